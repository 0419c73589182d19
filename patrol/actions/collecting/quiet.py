"""When a run that found no fault is still too empty to be believed: two learned floors.

Rows: a run that reads far fewer than the fewest of four weeks has lost a part
of the board. New posts: a board that brings nothing although a score came at
the same hours of each week before shows an old page. Both know the hours of
the week (a quiet night was quiet the weeks before), and both are silent until
they have seen enough.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt

from patrol.actions.collecting.rhythm import UNWATCHED, Reading

LEARNED = timedelta(days=28)
"""How far back the rows of good runs are compared."""
FEWEST_RUNS = 20
LEAST_DAYS = timedelta(days=7)
"""Fewer runs, or runs of fewer days, teach no floor: a whole week is among them."""
WEEK = timedelta(days=7)
WEEKS = 4
FEWEST_WEEKS = 3
"""Of them that were watched, or nothing is said."""
WATCHED = 0.8
"""Part of the hours compared that must have been watched."""
USUAL = 20
"""Posts that the same hours bring each week at least. By chance alone nothing comes then once in 500 million times."""
LONGEST = timedelta(days=28)
"""Of a silence, the part that is compared: one that lasts stays told."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came since then, and `usual` posts at least came at the same hours of `weeks` weeks before."""

    since: datetime
    usual: int
    weeks: int


def rows_floor(least: int | None, runs: int, span: timedelta) -> int:
    """Rows below which a run is suspiciously empty, of the fewest that good runs read; 0 says nothing.

    Half of them, and less where they are few: three roots below the least of twenty is out of chance's reach.
    """
    if least is None or runs < FEWEST_RUNS or span < LEAST_DAYS:
        return 0
    return max(0, min(least // 2, int(least - 3 * sqrt(least))))


def silence(readings: Sequence[Reading], since: datetime, now: datetime) -> Silence | None:
    """Whether a source that brought nothing since then should have. Readings are in order."""
    length = min(now - since, LONGEST)
    if length <= timedelta():
        return None
    counts = weeks_before(readings, since, since + length)
    if len(counts) < FEWEST_WEEKS or min(counts) < USUAL:
        return None
    return Silence(since, int(min(counts)), len(counts))


def compared(since: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans whose readings `silence` looks at, the newest first."""
    length = min(now - since, LONGEST)
    first = max(1, -(-length // WEEK))
    for week in range(first, first + WEEKS):
        begin = since - week * WEEK
        yield begin - UNWATCHED, begin + length + UNWATCHED


def weeks_before(
    readings: Sequence[Reading], begin: datetime, end: datetime, *, surely: bool = True
) -> list[float]:
    """How many posts came at the same hours of each of the four weeks before that were watched then.

    A reading tells that its posts came since the one before, and not when. `surely` counts only those that
    must have come within the hours, else each is spread over its time.
    """
    first = max(1, -(-(end - begin) // WEEK))
    times = [one.at for one in readings]
    found = []
    for week in range(first, first + WEEKS):
        sure, about, watched = _came(readings, times, begin - week * WEEK, end - week * WEEK)
        if watched >= WATCHED:
            found.append(sure if surely else about)
    return found


def _came(
    readings: Sequence[Reading], times: Sequence[datetime], begin: datetime, end: datetime
) -> tuple[float, float, float]:
    """Posts that surely came in a span, about how many did, and the part of it that was watched."""
    if end <= begin:
        return 0.0, 0.0, 0.0
    first = max(0, bisect_left(times, begin) - 1)
    last = bisect_left(times, end) + 1
    sure, about, watched = 0.0, 0.0, timedelta()
    for earlier, later in pairwise(readings[first:last]):
        apart = later.at - earlier.at
        within = min(later.at, end) - max(earlier.at, begin)
        if timedelta() < within and apart <= UNWATCHED:
            sure += later.new if within == apart else 0
            about += later.new * (within / apart)
            watched += within
    return sure, about, watched / (end - begin)
