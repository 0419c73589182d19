"""Writing in turn: what a batch writer owes to the people who wait."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from patrol.register import log

MAX_REST_SECONDS = 1.0


@contextmanager
def batch() -> Iterator[None]:
    """One transaction of a batch writer, which then rests as long as it wrote.

    Without the rest a look waits 2.6 s (p95) beside one busy crawler, with it milliseconds.
    Within a larger transaction there is no rest: it would only make that one longer.
    """
    with log.durably():
        begun = time.perf_counter()
        yield
    if not connection.in_atomic_block:
        time.sleep(min(time.perf_counter() - begun, MAX_REST_SECONDS))
