"""What machines ask: `/healthz` and `/readyz`."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patrol.search.schema import FORMAT


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.actions.maintaining import readiness

    monkeypatch.setattr(readiness, "_last", None)


@pytest.fixture
def broken_index(register: Path) -> None:
    month = register / "index" / FORMAT / "2026-11.0001"
    month.mkdir(parents=True)
    (month / "meta.json").write_text("{")


def test_alive_says_nothing_else(visitor: Any) -> None:
    assert visitor.get("/healthz").content == b"ok\n"


def test_ready_tells_of_register_and_index(visitor: Any) -> None:
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"register ok\nindex ok\n")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"


def test_index_away_is_told_and_fails_nothing(visitor: Any, broken_index: None) -> None:
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"register ok\nindex away\n")


def test_index_that_hangs_keeps_nobody_waiting(
    visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PATROL_SEARCH_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        answer = visitor.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"register ok\nindex away\n")
    assert time.monotonic() - begun < 5


def test_without_a_writable_log_nothing_is_ready(
    visitor: Any, break_log: Callable[[], None]
) -> None:
    break_log()
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"register away\nindex ok\n")


def test_asking_often_writes_once(visitor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.register import log

    asked: list[int] = []
    look = log.refuse_unwritable

    def counted() -> None:
        asked.append(1)
        look()

    monkeypatch.setattr(log, "refuse_unwritable", counted)
    for _ in range(20):
        assert visitor.get("/readyz").status_code == 200
    assert len(asked) == 1


def test_asking_leaves_no_record_and_no_session(visitor: Any, records: Callable[..., Any]) -> None:
    from django.contrib.sessions.models import Session

    visitor.get("/readyz")
    assert records() == []
    assert Session.objects.count() == 0
