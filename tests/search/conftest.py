"""An index per back-end, and invented posts to put into it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from patrol.models import Category, Channel, LeadKind, LeadStatus
from patrol.search import DocumentKind, IndexedPost, PostIndex

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""12:00 in Taipei."""


class Backend(Protocol):
    """A kind of index, and the place where it keeps its documents."""

    def open(self, *, writer: bool) -> PostIndex: ...


class Embedded:
    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "index"

    def open(self, *, writer: bool) -> PostIndex:
        from patrol.search.embedded import EmbeddedIndex

        return EmbeddedIndex(self.path, writer=writer)


BACKENDS: dict[str, Callable[[Path], Backend]] = {"embedded": Embedded}


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """Every test of the promise runs on each of `BACKENDS`."""
    return BACKENDS[request.param](tmp_path)


@pytest.fixture
def index(backend: Backend) -> Iterator[PostIndex]:
    opened = backend.open(writer=True)
    yield opened
    opened.close()


class MakePost(Protocol):
    def __call__(self, number: int, text: str = ..., **changes: Any) -> IndexedPost: ...


@pytest.fixture
def post() -> MakePost:
    """An invented post: number n was seen n minutes after noon."""

    def make(number: int, text: str = "徵兼職伴遊，加賴 abc123", **changes: Any) -> IndexedPost:
        at = NOON + timedelta(minutes=number)
        fields: dict[str, Any] = {
            "document": DocumentKind.POST,
            "number": number,
            "unit": 1,
            "source": "moto_forum",
            "channel": Channel.PLATFORM,
            "kind": LeadKind.LEAD,
            "category": Category.TRADING,
            "status": LeadStatus.NEW,
            "score": 40,
            "at": at,
            "seen_at": at,
            "text": text,
        }
        return IndexedPost(**(fields | changes))

    return make
