"""Hours of the day in which a source may be read: one meaning, for the clock, the run and what is told of both."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
MIDNIGHT = 24
"""As an end it is that day's, 0 is the next day's: the same instant."""


Hours = tuple[int, int]
"""From one of 0 to 23 until another of 0 to 24, by the clock of a zone; `(22, 6)` goes over midnight, `(0, 24)` is the whole day."""


def open_spans(hours: Hours | None, zone: str, begin: datetime, end: datetime) -> Iterator[Span]:
    """The parts of a span that lie within these hours, in order, in UTC. None is any hour."""
    if hours is None:
        if begin < end:
            yield begin, end
        return
    place = ZoneInfo(zone)
    first, last = hours
    day = begin.astimezone(place).date() - timedelta(days=1)
    while day <= end.astimezone(place).date():
        until = day if first < last else day + timedelta(days=1)
        opens = max(begin, datetime.combine(day, time(first), place).astimezone(UTC))
        whole = datetime.combine(until, time(last % MIDNIGHT), place) + timedelta(
            days=last // MIDNIGHT
        )
        closes = min(end, whole.astimezone(UTC))
        if opens < closes:
            yield opens, closes
        day += timedelta(days=1)


def is_open(hours: Hours | None, zone: str, at: datetime) -> bool:
    """Whether that instant lies within these hours."""
    return any(True for _ in open_spans(hours, zone, at, at + timedelta(microseconds=1)))
