"""When a source was not watched: time in which nothing younger than its schedule promises had been read.

A good reading sees what was posted before it, so a source is watched until
its schedule's interval, and the time that a run may take, have passed after
the last one. What lies behind that, until the next good reading, is unseen.
Hours in which the source may not be read are not asked of anybody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from patrol.models import Source
from patrol.models.hours import Span, open_spans

_TWO_DAYS = timedelta(days=2)
"""Of which every source is open at some hour, whatever a clock change takes away."""
_LONGEST_WAIT = timedelta(minutes=5)

Reading = tuple[datetime, timedelta]
"""When a good reading ended, and the interval that its schedule promised."""


@dataclass(frozen=True)
class Watch:
    """What a source's schedule promises."""

    every: timedelta
    grace: timedelta
    """What a run may take until it ends."""
    hours: tuple[int, int] | None = None
    """Local hours in which it is read; `(22, 6)` goes over midnight."""
    zone: str = "Asia/Taipei"

    @classmethod
    def of(cls, source: Source) -> "Watch":
        every = timedelta(minutes=source.every_minutes)
        grace = min(every, timedelta(minutes=source.deadline_minutes))
        return cls(every, grace, source.hours, source.timezone)

    def promised(self, minutes: int | None) -> timedelta:
        """The interval that a run noted; of one that noted none, today's."""
        return self.every if minutes is None else timedelta(minutes=minutes)

    def open(self, begin: datetime, end: datetime) -> Iterator[Span]:
        """The parts of a span in which the source may be read, in order."""
        return open_spans(self.hours, self.zone, begin, end)

    def opens(self, at: datetime) -> datetime:
        """The first instant from `at` on in which the source may be read: `at` itself within its hours."""
        return next((begin for begin, _ in self.open(at, at + _TWO_DAYS)), at)

    def due(self, name: str, after: datetime) -> datetime:
        """When a source of that name is to be read next, not before `after`.

        Many sources were set up in the same minute, and many open at the same hour: each waits a part of its
        interval that is its own and another one each time, a tenth and five minutes at most.
        """
        opened = self.opens(after)
        digest = sha256(f"{name} {opened.isoformat()}".encode()).digest()
        share = int.from_bytes(digest[:4]) / 2**32
        spread = opened + share * min(self.every / 10, _LONGEST_WAIT)
        return spread if self.opens(spread) == spread else opened

    def unseen(self, first: Reading, good: Sequence[Reading], end: datetime) -> Iterator[Span]:
        """Spans from the end of `first` to `end` that no good reading came for in time, in order as `good` are.

        What a reading promised holds until the next one, whatever the schedule says today.
        """
        last, every = first
        for at, promised in (*good, (end, self.every)):
            yield from self._late(last, min(at, end), every)
            last, every = max(last, at), promised

    def _late(self, last: datetime, until: datetime, every: timedelta) -> Iterator[Span]:
        allowed = every + min(every, self.grace)
        if until - last <= allowed:
            return
        for opens, closes in self.open(last, until):
            taken = min(allowed, closes - opens)
            allowed -= taken
            if opens + taken < closes:
                yield opens + taken, closes


def hours_in(spans: Iterable[Span], begin: datetime, end: datetime) -> float:
    """How many hours of them lie between two instants."""
    parts = (min(closes, end) - max(opens, begin) for opens, closes in spans)
    return sum(max(timedelta(), part).total_seconds() for part in parts) / 3600
