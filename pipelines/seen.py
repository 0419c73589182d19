"""Which posts were read before, and the words of the unflagged ones: plain SQL, many rows at a time.

These are the only tables that grow with every page, and Django's objects take
ten times as long for them as the database.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from patrol.models import Post
from patrol.register.inserts import moment
from patrol.register.sealing import seal_each
from patrol.register.tables import RetentionUnit

_AT_ONCE = 100
"""Rows of a statement: what SQLite takes for certain, at six values each."""

_KNOWN = (
    "SELECT key, words_hmac, id, flagged FROM register_seenpost WHERE source_id = %s AND key IN "
)
_COUNT = "SELECT key, count(*) FROM register_seenpost WHERE source_id = %s AND key IN "
_SEE = (
    "INSERT INTO register_seenpost (source_id, key, words_hmac, flagged, first_seen_at, last_seen_at)"
    " VALUES "
)
_KEEP = "INSERT INTO register_backtestpost (seen_id, unit_id, body, expires_at) VALUES "

Words = tuple[str, str]
"""A post's key, and the keyed hash of its words: one version of one post."""


class Known(NamedTuple):
    """A version of a post that was read before."""

    id: int
    flagged: bool


def known(source: int, keys: set[str]) -> dict[Words, Known]:
    """All versions of these posts that were read before."""
    found: dict[Words, Known] = {}
    for some in _some(sorted(keys)):
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN + _places(len(some)), [source, *some])
            for key, hmac, id_, flagged in cursor.fetchall():
                found[key, hmac] = Known(id_, bool(flagged))
    return found


def versions(source: int, each: Sequence[Words]) -> dict[Words, int]:
    """The number of each of these new versions, from 1: asked before they are seen."""
    counts: Counter[str] = Counter()
    for some in _some(sorted({key for key, _ in each})):
        with connection.cursor() as cursor:
            cursor.execute(f"{_COUNT}{_places(len(some))} GROUP BY key", [source, *some])
            counts.update(dict(cursor.fetchall()))
    numbers = {}
    for version in each:
        counts[version[0]] += 1
        numbers[version] = counts[version[0]]
    return numbers


def see(source: int, versions: Sequence[Words], now: datetime, *, flagged: bool) -> list[int]:
    """Write down that they were read. Returns the rows' numbers, in the order given."""
    at = moment(now)
    numbers: dict[Words, int] = {}
    for some in _some(versions):
        values = [value for key, hmac in some for value in (source, key, hmac, flagged, at, at)]
        rows = _rows(len(some), 6)
        with connection.cursor() as cursor:
            cursor.execute(f"{_SEE}{rows} RETURNING key, words_hmac, id", values)
            numbers |= {(key, hmac): id_ for key, hmac, id_ in cursor.fetchall()}
    return [numbers[version] for version in versions]


def keep_words(
    unit: RetentionUnit, numbers: Sequence[int], posts: Sequence[Post], expires_at: datetime
) -> None:
    """Seal the words of posts that were seen under these numbers."""
    at = moment(expires_at)
    sealed = seal_each(unit, (post.model_dump_json().encode(errors="replace") for post in posts))
    for some in _some(list(zip(numbers, sealed, strict=True))):
        values = [value for number, body in some for value in (number, unit.pk, body, at)]
        with connection.cursor() as cursor:
            cursor.execute(_KEEP + _rows(len(some), 4), values)


def _places(count: int) -> str:
    return f"({', '.join(['%s'] * count)})"


def _rows(count: int, width: int) -> str:
    return ", ".join([_places(width)] * count)


def _some(things: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(things)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
