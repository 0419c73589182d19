"""How often a source is read: as often as one page of it fills, within the limits that a supervisor set.

Said in one sentence: 17 posts an hour were seen over 7 days and a page holds
25, so it is read every 58 minutes, when the page is two thirds new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from patrol.models import Because, Revisit

SEEN = timedelta(days=7)
"""How far back the rate is counted: each hour of the week once."""
ENOUGH = timedelta(days=2)
"""Watched less than that, a source keeps to its schedule."""
FEWEST = 10
"""Readings, likewise."""
FILLED = 2 / 3
"""Of a page that may be new when it is read: what comes in bursts still fits."""
UNWATCHED = timedelta(hours=36)
"""Two readings so far apart tell nothing of the hours between them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A good run: when it ended, and how many posts were new to it."""

    at: datetime
    new: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What came while a source was watched."""

    posts: int
    watched: timedelta
    readings: int


def seen(readings: Sequence[Reading], since: datetime, apart: timedelta = UNWATCHED) -> Seen:
    """What came after `since`, of readings in order. The first one brings what stood there before, and counts as begin only."""
    spans = [
        (later.at - earlier.at, later.new)
        for earlier, later in pairwise(readings)
        if earlier.at >= since and later.at - earlier.at <= apart
    ]
    watched = sum((span for span, _ in spans), timedelta())
    return Seen(sum(new for _, new in spans), watched, len(spans))


def interval(
    found: Seen,
    page_rows: int | None,
    every: int,
    limits: Revisit | None,
    taken: timedelta = timedelta(),
) -> tuple[int, Because]:
    """Minutes from one reading to the next, and what decided them. Never outside of the limits.

    `taken` is what a run takes: the site is left alone for as long again, where the limits allow it.
    """
    if limits is None:
        return every, Because.FIXED
    if found.watched < ENOUGH or found.readings < FEWEST or not page_rows:
        return every, Because.LEARNING
    hours = found.watched / timedelta(hours=1)
    filling = 60 * FILLED * page_rows * hours / found.posts if found.posts else float("inf")
    least = max(limits.fastest_minutes, -(-2 * taken // timedelta(minutes=1)))
    if filling >= limits.slowest_minutes:
        return limits.slowest_minutes, Because.SLOWEST
    if filling >= least:
        return int(filling), Because.RATE
    if least == limits.fastest_minutes:
        return least, Because.FASTEST
    return min(int(least), limits.slowest_minutes), Because.RUN
