"""Workers on a real PostgreSQL: runs are handed out once, and what a killed worker left is read again."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from patrol.demo.boards import Boards

pytestmark = [pytest.mark.postgres, pytest.mark.faults]
READ = ("campus_corner", "harbor_forum")
PATIENCE_SECONDS = 300
PATROL = "from patrol.cli.main import main; main()"
TABLES = """
from patrol.register.start import start
start()
from patrol.actions.maintaining import setup
from patrol.settings import Settings
setup.make_tables(Settings())
"""
QUICK = """
import signal
from datetime import timedelta
from patrol.register.start import start
start()
from patrol.schedule.clock import Clock
from patrol.schedule.jobs import Jobs
Clock(Jobs(look_seconds=0.5, left_after=timedelta(seconds=1)), seconds=0.2).start()
signal.pause()
"""
"""A scheduler that looks more often for what dead workers left."""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(register: Path, boards: Boards, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start Python in a process group of its own, all of which is killed at the end."""
    monkeypatch.setenv("PATROL_LABORATORY", boards.laboratory)
    monkeypatch.setenv("PATROL_QUEUE", "procrastinate")
    begun: list[subprocess.Popen[str]] = []

    def start(script: str, *words: str) -> "subprocess.Popen[str]":
        begun.append(
            subprocess.Popen([sys.executable, "-c", script, *words], text=True, process_group=0)
        )
        return begun[-1]

    yield start
    for process in begun:
        _kill(process)


def _kill(process: "subprocess.Popen[str]") -> None:
    """With its template and its runs: as if the machine had lost its power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _stands() -> object:
    from patrol.register.tables import RunRow

    runs = RunRow.objects.values_list("pk", "source__name", "begun_at", "ended_at", "outcome")
    return list(runs), _jobs(os.environ["PATROL_DATABASE_URL"])


def _until(what: Callable[[], Any], *processes: "subprocess.Popen[str]") -> Any:
    """What it says once it says something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (said := what()):
        assert time.monotonic() < deadline, _stands()
        assert [process.poll() for process in processes] == [None] * len(processes)
        time.sleep(0.02)
    return said


@pytest.fixture
def staged(register: Path, boards: Boards) -> Any:
    """Sources that are due."""
    from patrol.demo.stage import build
    from patrol.register.tables import SourceRow
    from patrol.settings import Settings

    stage = build(Settings(), [source for source in boards.sources() if source.name in READ])
    assert SourceRow.objects.filter(next_due_at=None).count() == 0
    return stage


def _jobs(url: str) -> list[tuple[str, str]]:
    """None yet while there are no tables for them."""
    with suppress(psycopg.ProgrammingError), psycopg.connect(url) as connection:
        rows = connection.execute("SELECT queueing_lock, status::text FROM procrastinate_jobs")
        return rows.fetchall()
    return []


def _steal_one(url: str) -> None:
    """As a worker leaves it that dies between taking a job and beginning its run."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
            " WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
        )


@pytest.mark.parametrize(
    "register", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
@pytest.mark.timeout(900)
@pytest.mark.parametrize("workers", [1, pytest.param(4, marks=pytest.mark.sweep)])
def test_runs_are_carried_out_once_and_again_after_kill_9(
    staged: Any, start: Start, boards: Boards, workers: int
) -> None:
    from patrol.register.tables import RunRow, Sighting
    from tests.schedule.test_kill import SOURCE, _flagged_keys

    url = os.environ["PATROL_DATABASE_URL"]
    expected = _flagged_keys(boards)  # and the rules are compiled, once for all runs
    assert start(TABLES).wait(120) == 0
    clock, other = start(QUICK), start(PATROL, "scheduler")
    _until(lambda: len(_jobs(url)) == len(READ), clock, other)
    assert len(dict(_jobs(url))) == len(READ), "two schedulers offer each run once"
    _steal_one(url)

    first = [start(PATROL, "worker") for _ in range(workers)]
    under_way = RunRow.objects.filter(begun_at__isnull=False, ended_at=None, pages__gt=0)
    _until(under_way.exists, clock, *first)
    for worker in first:
        _kill(worker)
    killed = set(under_way.values_list("pk", flat=True))

    _kill(other)
    last = start(PATROL, "worker")
    good = RunRow.objects.filter(outcome__in=("ok", "nothing_new"))
    _until(lambda: good.values("source").distinct().count() == len(READ), clock, last)
    outcomes = RunRow.objects.filter(pk__in=killed).values_list("outcome", flat=True)
    assert set(outcomes) <= {"crashed"}, "a run that died says so"
    kept = Sighting.objects.filter(source__name=SOURCE).values_list("key", flat=True)
    assert Counter(kept) == Counter(dict.fromkeys(expected, 1))
    _never_two_at_once()
    last.terminate()
    assert last.wait(60) == 0


def _never_two_at_once() -> None:
    from patrol.register.tables import RunRow

    for name in READ:
        runs = RunRow.objects.filter(source__name=name).exclude(begun_at=None).order_by("begun_at")
        times = list(runs.values_list("begun_at", "ended_at"))
        for (_, ended), (begun, _) in pairwise(times):
            assert ended is not None
            assert begun is not None
            assert ended <= begun, name
