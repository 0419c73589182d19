"""Posts that are not on their board any more, and posts that are back.

A post is called gone when the page that held it was read whole without it, and
the rest of its thread as well, twice: in two runs, some minutes apart.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from patrol.models import ReadPage
from patrol.register.sealing import keyed_hash
from patrol.register.tables import Sighting

APART = timedelta(minutes=5)
"""Between the two readings: a board that was half awake is not believed."""
_AT_ONCE = 500


class Whole(Protocol):
    """A thread of which every page was read whole."""

    @property
    def mark(self) -> str | None: ...
    @property
    def pages(self) -> Sequence[str]: ...
    @property
    def keys(self) -> frozenset[str]: ...


class Missed(NamedTuple):
    """What came of looking."""

    gone: int
    """Posts that are called gone since now."""
    once: tuple[Whole, ...]
    """Threads in which a post was missed for the first time: they are to be read whole again."""


def page_hmac(page: ReadPage) -> str:
    """Under which a page's address is known without standing there."""
    return keyed_hash("page", page.capture.requested_url)


def missed(source: int) -> set[str]:
    """Keys of that source's posts that were missed once or twice."""
    found = Sighting.objects.filter(source_id=source, missed_at__isnull=False)
    return set(found.values_list("key", flat=True))


def back(source: int, keys: set[str], now: datetime) -> None:
    """These posts are on the board after all, or again."""
    found = Sighting.objects.filter(source_id=source, key__in=keys)
    found.filter(removed_seen_at__isnull=False).update(back_at=now)
    found.update(missed_at=None, removed_seen_at=None)


def miss(source: int, threads: Sequence[Whole], now: datetime) -> Missed:
    """Write down which posts are not where they were."""
    once: list[str] = []
    again: list[str] = []
    to_read: dict[int, Whole] = {}
    for thread, key, missed_at in _absent(source, threads):
        if missed_at is not None and missed_at <= now - APART:
            again.append(key)
            continue
        to_read[id(thread)] = thread
        if missed_at is None:
            once.append(key)
    theirs = Sighting.objects.filter(source_id=source)
    for some in _some(once):
        theirs.filter(key__in=some, missed_at=None).update(missed_at=now)
    for some in _some(again):
        theirs.filter(key__in=some, missed_at__isnull=False).update(removed_seen_at=now)
    return Missed(len(again), tuple(to_read.values()))


def _absent(source: int, threads: Sequence[Whole]) -> Iterator[tuple[Whole, str, datetime | None]]:
    """Posts, not called gone yet, whose page was read, and that stand nowhere in its thread."""
    thread_of = {keyed_hash("page", url): thread for thread in threads for url in thread.pages}
    present = {key for thread in threads for key in thread.keys}
    there = Sighting.objects.filter(source_id=source, removed_seen_at=None)
    found: dict[str, tuple[Whole, str, datetime | None]] = {}
    for some in _some(sorted(thread_of)):
        rows = there.filter(page_hmac__in=some).values_list("page_hmac", "key", "missed_at")
        for at, key, missed_at in rows:
            if key not in present:
                found[key] = (thread_of[at or ""], key, missed_at)
    yield from found.values()


def _some(things: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(things), _AT_ONCE):
        yield things[start : start + _AT_ONCE]
