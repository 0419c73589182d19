"""Which days are counted. A day is one of Asia/Taipei."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from patrol.errors import BadInput
from patrol.search.index import LOCAL

MOST_DAYS = 366


class BadPeriod(BadInput):
    """A period that has no days, or too many."""

    def __init__(self) -> None:
        super().__init__(
            "The period cannot be shown.",
            why="It ends on its first day or later, has 366 days at most, and lies between 1970 and 2199.",
            do="Choose its first and its last day anew.",
        )


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included. Raises `BadPeriod`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        ordered = date(1970, 1, 2) <= self.first <= self.last < date(2200, 1, 1)
        if not ordered or (self.last - self.first).days >= MOST_DAYS:
            raise BadPeriod

    @classmethod
    def last_days(cls, count: int, now: datetime) -> Self:
        """That many days, today the last of them."""
        today = local_day(now)
        return cls(today - timedelta(days=count - 1), today)

    @property
    def days(self) -> tuple[date, ...]:
        """All of them, in order."""
        return tuple(
            self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)
        )

    @property
    def begins_at(self) -> datetime:
        """Its first instant."""
        return begin_of(self.first)

    @property
    def ends_at(self) -> datetime:
        """The instant after its last one."""
        return begin_of(self.last + timedelta(days=1))


def local_day(moment: datetime) -> date:
    """The day that it is in Taipei."""
    return moment.astimezone(LOCAL).date()


def begin_of(day: date) -> datetime:
    """Its first instant, in UTC."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)
