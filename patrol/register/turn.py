"""Writing in turn: what a batch writer owes to the people who wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections

from patrol.register import log

MAX_REST_SECONDS = 1.0
LEAST_REST_SECONDS = 0.01
"""Twice as long as whoever waits may sleep between two looks at the turn."""
_PAUSE_SECONDS = 0.0005


RUN_WAIT_SECONDS = 60.0
"""How long a run waits for a turn: longer than a person would, and shorter than its silence is taken for its death."""


class Turns(Protocol):
    """What the back-ends of both databases say beside Django's promise."""

    turn_wait_seconds: float | None

    def others_wait(self) -> bool:
        """Whether anybody waits to whom a writer that comes back at once would never leave the turn."""


def others_wait() -> bool:
    """Whether anybody waits for a turn whom we should let by."""
    return cast("Turns", connection).others_wait()


def wait_long() -> None:
    """Let this process wait for its turns as long as a run may: nobody waits for it, and giving up would end it.

    Of connections that are opened from here on. On a machine whose cores are all busy, whoever has the turn may
    be asleep with it for seconds.
    """
    kind = cast("type[Turns]", type(connections[DEFAULT_DB_ALIAS]))
    kind.turn_wait_seconds = RUN_WAIT_SECONDS


class _Rest:
    """Until when this process leaves the turn to those who wait for it."""

    def __init__(self) -> None:
        self._until = 0.0

    def take(self) -> None:
        """Rest until it is over, or nobody waits any more."""
        while time.perf_counter() < self._until and others_wait():
            time.sleep(_PAUSE_SECONDS)

    def owe(self, wrote: float) -> None:
        rest = min(max(wrote, LEAST_REST_SECONDS), MAX_REST_SECONDS)
        self._until = time.perf_counter() + rest


_REST = _Rest()


@contextmanager
def batch() -> Iterator[None]:
    """One transaction of a batch writer, which rests as long as it wrote before it writes again, while anybody waits.

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
