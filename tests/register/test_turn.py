"""A batch writer leaves as much time as it takes to those who wait, and none to nobody."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture
def written(register: Path) -> Iterator[list[str]]:
    """Who wrote, in their order. Whoever waits in a thread of their own is waited for at the end."""
    yield []
    for thread in threading.enumerate():
        if thread.name == "waits":
            thread.join(30)


@contextmanager
def _somebody_waits(written: list[str]) -> Iterator[None]:
    """From the end of the block's transaction on."""
    from django.db import connection, transaction

    from patrol.register.turn import others_wait

    def wait() -> None:
        with transaction.atomic():
            written.append("the one who waits")
        connection.close()

    thread = threading.Thread(target=wait, name="waits")
    thread.start()
    deadline = time.monotonic() + 30
    while not others_wait():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    yield


def test_who_waits_comes_before_the_batch_writer_again(written: list[str]) -> None:
    from patrol.register.turn import batch

    for turn in range(5):
        with batch(), _somebody_waits(written):
            time.sleep(0.1)
        for again in range(3):
            with batch():
                written.append(f"batch {turn}.{again}")
        assert written[-4] == "the one who waits"


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a batch writer rests, without resting."""
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    return rests


def test_nobody_is_rested_for_who_does_not_wait(register: Path, slept: list[float]) -> None:
    from patrol.register.turn import batch, others_wait

    for _ in range(3):
        with batch():
            assert not others_wait()
    assert not slept


def test_a_rest_ends_though_somebody_waits_for_ever(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a process that was stopped: it holds nobody up."""
    from patrol.register import turn

    monkeypatch.setattr(turn, "others_wait", lambda: True)
    with turn.batch():
        time.sleep(0.2)
        ended = time.perf_counter()
    with turn.batch():
        assert 0.2 <= time.perf_counter() - ended < 30


def test_within_a_larger_transaction_nobody_rests(
    register: Path, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import transaction

    from patrol.register import turn

    monkeypatch.setattr(turn, "others_wait", lambda: True)
    with transaction.atomic():
        for _ in range(3):
            with turn.batch():
                pass
    assert not slept


def test_a_run_waits_longer_for_its_turn_than_a_person_would(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError, connection, transaction

    from patrol.actions.collecting.runs import SILENT_AFTER
    from patrol.register import turn
    from patrol.register.sqlite.base import DatabaseWrapper

    monkeypatch.setattr(DatabaseWrapper, "turn_wait_seconds", 0.05)
    taken, over = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            taken.set()
            over.wait(30)
        connection.close()

    holder = threading.Thread(target=write)
    holder.start()
    assert taken.wait(30)
    with pytest.raises(OperationalError, match="no turn to write within 0 s"), transaction.atomic():
        pass
    turn.wait_long()
    connection.close()
    later = threading.Timer(0.5, over.set)
    later.start()
    with transaction.atomic():
        assert over.is_set(), "it waited until the other one had written"
    holder.join(30)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (turn.RUN_WAIT_SECONDS * 1000 / 2,), "without a turn too"
    assert 10 < turn.RUN_WAIT_SECONDS < SILENT_AFTER.total_seconds()
