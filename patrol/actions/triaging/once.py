"""Answers that many ask for at the same instant, worked out once."""

import time
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar
from zlib import crc32

from django.core.cache import caches

T = TypeVar("T")
SECONDS = 5
"""How old a number beside a page, or who is in a unit, may be. Never a lead's own state."""
LONGEST = 200
_TURNS = tuple(Lock() for _ in range(64))
"""One for each of so many keys: two that share one wait for each other, which costs time and nothing else."""


def once(key: str, work_out: Callable[[], T], fresh_seconds: int) -> T:
    """What `work_out` gives, at most so old. Whoever asks while a colleague's answer is being worked out waits for it."""
    near = caches["near"]
    key = _kept_as(key)
    kept: Any = near.get(key)
    if kept is not None:
        return kept[0]  # type: ignore[no-any-return]
    with _TURNS[crc32(key.encode()) % len(_TURNS)]:
        kept = near.get(key)
        if kept is None:
            kept = (work_out(),)
            near.set(key, kept, fresh_seconds)
    return kept[0]  # type: ignore[no-any-return]


def forget(key: str) -> None:
    """What is asked for next is worked out anew, here; other processes that serve pages learn it when theirs is over."""
    caches["near"].delete(_kept_as(key))


def change(key: str) -> None:
    """What it names is another from here on: what is kept under `changes` of it is worked out anew, in this process."""
    caches["near"].set(f"changes:{key}", time.monotonic_ns(), None)


def changes(key: str) -> int:
    """Another number behind each `change`, to be part of a name in `once`."""
    return caches["near"].get(f"changes:{key}", 0)  # type: ignore[no-any-return]


def moves(unit: int) -> str:
    """What changes with each decision on a lead of a unit."""
    return f"moves:{unit}"


def _kept_as(key: str) -> str:
    """Caches take names of 250 characters."""
    return key if len(key) <= LONGEST else sha256(key.encode()).hexdigest()
