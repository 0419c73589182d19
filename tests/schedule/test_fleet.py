"""Many sources due in the same minute, with few places: all are read, none crashes, none is lost, the oldest first.

Real sockets, real processes and one register. A few in every run of the tests, two hundred in the sweeps.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.schedule.test_many import CLOCK, Site, stage

PLACES = 8
LIMIT_SECONDS = 1800
"""Nothing is expected to take so long: only a source that is never read does."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(pages=2) as served:
        yield served


@pytest.fixture
def clock() -> Iterator[Any]:
    """Start a clock with so many places, in a process of its own."""
    clocks: list[subprocess.Popen[bytes]] = []

    def start(places: int) -> None:
        code = CLOCK.replace("Children()", f"Children({places})")
        clocks.append(subprocess.Popen([sys.executable, "-c", code], process_group=0))

    yield start
    for one in clocks:
        one.terminate()
        try:
            one.wait(60)
        finally:
            os.killpg(one.pid, signal.SIGKILL) if one.poll() is None else None


def due_together(site: Site, names: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stage a source for each name, a host of its own each, due within one minute in a drawn order. Returns that order."""
    from django.db import connections
    from django.utils import timezone

    from patrol.register.tables import SourceRow

    hosts = {name: f"{name.replace('_', '')}.example" for name in names}
    places = ",".join(f"{host}:{site.port}" for host in hosts.values())
    monkeypatch.setenv("PATROL_LABORATORY", places)
    stage(site, hosts, pause=0.05)
    drawn = random.Random(7).sample(names, len(names))
    minute = timezone.now() - timedelta(minutes=1)
    for place, name in enumerate(drawn):
        due = minute + timedelta(minutes=1) * place / len(drawn)
        SourceRow.objects.filter(name=name).update(next_due_at=due)
    connections.close_all()
    return drawn


def all_ended(names: list[str]) -> list[Any]:
    """Their runs in the order in which they began, once each has ended."""
    from patrol.register.tables import RunRow

    ended = RunRow.objects.filter(source__name__in=names).exclude(ended_at=None)
    deadline = time.monotonic() + LIMIT_SECONDS
    while ended.values("source").distinct().count() < len(names):
        assert time.monotonic() < deadline, ended.count()
        time.sleep(0.5)
    return list(ended.select_related("source").order_by("begun_at"))


def read_in_turn(count: int, site: Site, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from patrol.register.tables import SourceRow

    names = [f"board_{number}" for number in range(count)]
    drawn = due_together(site, names, monkeypatch)
    begun = time.monotonic()
    clock(PLACES)
    runs = all_ended(names)
    print(f"{count} sources, {PLACES} places: {time.monotonic() - begun:.0f} s")  # noqa: T201
    assert {run.outcome for run in runs} == {"ok"}, [run.detail for run in runs]
    assert sorted(run.source.name for run in runs) == sorted(names), "each was read once"
    assert {run.posts for run in runs} == {1}
    assert not SourceRow.objects.filter(next_due_at__lte=timezone.now()).exists()
    for place, run in enumerate(runs):
        # Those that have a place begin together; none that was due later is a whole lot ahead.
        assert abs(place - drawn.index(run.source.name)) < 2 * PLACES


def test_twenty_that_are_due_together_are_all_read_in_turn(
    register: Path, site: Site, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_turn(20, site, clock, monkeypatch)


@pytest.mark.sweep
@pytest.mark.timeout(2 * LIMIT_SECONDS)
def test_two_hundred_that_are_due_together_are_all_read_in_turn(
    register: Path, site: Site, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_turn(200, site, clock, monkeypatch)
