"""F60: what serves for days grows in nothing. Days are pressed together: every turn does what the clock does once an hour."""

import ctypes
import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler

from patrol.search import open_index
from patrol.settings import Settings
from pipelines.fold import fold_all

pytestmark = pytest.mark.faults
PAGES = ("/", "/inbox/", "/cases/", "/search/?q=bicycle", "/sources/", "/account/login/")
MEGABYTE = 1 << 20
WARM = 40
"""Turns until caches are full."""


def _resident() -> int:
    """Bytes of memory that are this process's own, no file's, without what it could give back: a leak would fill that first."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) << 10


def _open() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _status(handler: WSGIHandler, client: Any, address: str) -> str:
    """Of a page asked of the program as its server does: Django's test client itself grows with each request."""
    path, _, query = address.partition("?")
    said: list[str] = []

    def begin(status: str, _headers: object, _fault: object = None, /) -> Callable[[bytes], object]:
        said.append(status)
        return bytes

    response = handler(client._base_environ(PATH_INFO=path, QUERY_STRING=query), begin)
    b"".join(response)
    response.close()
    return said[0]


@pytest.mark.parametrize(
    ("turns", "allowed"),
    [
        pytest.param(120, 4 * MEGABYTE, id="short"),
        pytest.param(2_000, 32 * MEGABYTE, id="days", marks=[pytest.mark.sweep, pytest.mark.timeout(3_600)]),
    ],
)  # fmt: skip
def test_f60_neither_memory_nor_files_nor_threads_grow(
    garden: Any, sign_in: Callable[..., Any], turns: int, allowed: int
) -> None:
    """The clock's whole work, the index's feeding and six pages, again and again in one process.

    Nine to thirteen KB a turn stayed behind before the open index was renewed, and its threads shared arenas.
    """
    from patrol.schedule.children import Children
    from patrol.schedule.clock import Clock
    from patrol.search.outbox import project

    mei, lead, handler = sign_in("mei"), garden.leads[0], WSGIHandler()
    clock = Clock(Children())
    index = open_index(Settings(), writer=True)

    def turn() -> None:
        clock._counted = clock._looked_after = clock._asked = clock._called = clock._told = None
        clock.tick()
        garden_told(lead)
        project(index, fold_all)
        for page in PAGES:
            assert _status(handler, mei, page)[:3] in {"200", "302"}, page

    for _ in range(WARM):
        turn()
    memory, files, threads = _resident(), _open(), threading.active_count()
    for _ in range(turns):
        turn()
    grown = _resident() - memory
    index.close()
    clock.stop()
    assert _open() <= files, "open files"
    assert threading.active_count() <= threads, "threads"

    assert grown < allowed, f"{grown / MEGABYTE:.1f} MB in {turns} turns"


def garden_told(lead: Any) -> None:
    """The lead waits for the index once more."""
    from django.utils import timezone

    from patrol.register.tables import OutboxRow

    now = timezone.now()
    OutboxRow.objects.create(kind="lead", subject=lead.pk, op="put", written_at=now, next_at=now)
