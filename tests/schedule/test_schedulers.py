"""`patrol scheduler` as two real processes on PostgreSQL: a duplicate adds nothing, and either may die at any time."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.plugins.warm import Command, Warm

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.faults,
    pytest.mark.parametrize("register", ["postgresql"], indirect=True),
]
SOURCES = 40
WAIT_SECONDS = 120
TABLES = """
from patrol.register.start import start
start()
from patrol.actions.maintaining import setup
from patrol.settings import Settings
setup.make_tables(Settings())
"""
Start = Callable[[], Command]


@pytest.fixture
def start(
    register: Path, tmp_path: Path, warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """`start()` begins a `patrol scheduler`, once the queue has its tables."""
    monkeypatch.setenv("PATROL_QUEUE", "procrastinate")
    subprocess.run([sys.executable, "-c", TABLES], check=True)
    begun: list[Command] = []

    def scheduler() -> Command:
        said = tmp_path / f"told-{len(begun)}"
        begun.append(warm.patrol("scheduler", "--home", str(register), err=said))
        return begun[-1]

    yield scheduler
    for process in begun:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()


@pytest.fixture
def sources(register: Path) -> None:
    """Forty of one unit, all due now."""
    from django.utils import timezone

    from patrol.actions.collecting import sources
    from patrol.actions.desk import Desk
    from patrol.models import Channel, Source
    from patrol.register.tables import SourceRow

    source = Source(
        name="harbor",
        title={"en": "Harbor", "zh-Hant": "港灣"},
        channel=Channel.PLATFORM,
        start=("http://harbor.example/",),
    )
    sources.propose(Desk.command_line(), source, "巡查一隊")
    first = SourceRow.objects.get()
    now = timezone.now()
    for number in range(SOURCES):
        first.pk = None
        first._state.adding = True  # Django's way to copy a row
        first.name = f"harbor_{number}"
        first.body = {**first.body, "start": [f"http://harbor{number}.example/"]}
        first.next_due_at = now
        first.save()


def until(true: Callable[[], object], what: str, *processes: Command) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert [process.poll() for process in processes] == [None] * len(processes), what
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def jobs() -> Counter[str]:
    """How often each run is offered."""
    with psycopg.connect(os.environ["PATROL_DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT args->>'run' FROM procrastinate_jobs").fetchall()
        return Counter(run for (run,) in rows)


def due_once_more() -> None:
    """Every run has ended, and every source is due again.

    A scheduler that was put to sleep in its turn holds it until the server ends its transaction, after a minute.
    """
    from django.db import OperationalError

    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            _due()
        except OperationalError:
            assert time.monotonic() < deadline
        else:
            return


def _due() -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from patrol.register.tables import RunRow, SourceRow

    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        RunRow.objects.update(ended_at=now, outcome="crashed")
        cursor.execute("DELETE FROM procrastinate_jobs")
        SourceRow.objects.exclude(next_due_at=None).update(next_due_at=now)


def offered_once(rounds: int) -> None:
    from patrol.register.tables import RunRow

    known = set(map(str, RunRow.objects.filter(ended_at=None).values_list("pk", flat=True)))
    assert jobs() == Counter(dict.fromkeys(known, 1))
    assert len(known) == SOURCES
    assert RunRow.objects.count() == rounds * SOURCES


def lose_connections() -> None:
    """Everybody's; ours is made anew when it is asked for."""
    from django.db import connections

    connections.close_all()
    with psycopg.connect(os.environ["PATROL_DATABASE_URL"]) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            " current_database() AND pid <> pg_backend_pid()"
        )


def health(warm: Warm, register: Path) -> tuple[int, str]:
    asked = warm.patrol("healthcheck", "scheduler", "--home", str(register))
    _, said = asked.communicate()
    return asked.wait(0), said


@pytest.mark.usefixtures("sources")
def test_a_duplicate_adds_nothing_and_the_rest_goes_on(
    start: Start, register: Path, warm: Warm, tmp_path: Path
) -> None:
    assert health(warm, register) == (1, "No scheduler runs here.\n")
    two = [start(), start()]
    until(lambda: len(jobs()) == SOURCES, "all are offered", *two)
    assert health(warm, register) == (0, "The scheduler is awake.\n")
    due_once_more()
    until(lambda: len(jobs()) == SOURCES, "all are offered again", *two)
    offered_once(2)

    two[0].send_signal(signal.SIGSTOP)
    due_once_more()
    until(lambda: len(jobs()) == SOURCES, "one is enough", two[1])
    two[0].send_signal(signal.SIGCONT)
    two[1].kill()
    due_once_more()
    until(lambda: len(jobs()) == SOURCES, "the one that slept goes on", two[0])
    offered_once(4)

    due_once_more()
    lose_connections()
    until(lambda: len(jobs()) == SOURCES, "a lost connection ends no scheduler", two[0])
    offered_once(5)

    two[0].send_signal(signal.SIGTERM)
    assert two[0].wait(WAIT_SECONDS) == 0
    said = (tmp_path / "told-0").read_text()
    assert "The scheduler looks for what is due." in said
    assert "Traceback" not in said
    assert health(warm, register) == (1, "No scheduler runs here.\n")


def test_without_a_queue_there_is_nothing_to_offer_to(warm: Warm, register: Path) -> None:
    asked = warm.patrol("scheduler", "--home", str(register), environment=_without_queue())
    _, said = asked.communicate()
    assert asked.wait(0) == 2
    assert "There is no queue" in said


def _without_queue() -> dict[str, Any]:
    return {key: value for key, value in os.environ.items() if key != "PATROL_QUEUE"}
