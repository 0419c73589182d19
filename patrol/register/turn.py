"""Writing in turn: what a batch writer owes to the people who wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from patrol.register import log

MAX_REST_SECONDS = 1.0


class _Rest:
    """Until when this process leaves the turn to others."""

    def __init__(self) -> None:
        self._until = 0.0

    def take(self) -> None:
        time.sleep(max(self._until - time.perf_counter(), 0.0))

    def owe(self, wrote: float) -> None:
        self._until = time.perf_counter() + min(wrote, MAX_REST_SECONDS)


_REST = _Rest()


@contextmanager
def batch() -> Iterator[None]:
    """One transaction of a batch writer, which rests as long as it wrote before it writes again.

    Without the rest a look waits 2.6 s (p95) beside one busy crawler, with it milliseconds.
    What the writer does meanwhile, such as flagging the next pages, counts as rest.
    Within a larger transaction there is no rest: it would only make that one longer.
    """
    within = connection.in_atomic_block
    if not within:
        _REST.take()
    with log.durably():
        begun = time.perf_counter()
        yield
    if not within:
        _REST.owe(time.perf_counter() - begun)
