"""When work begins and ends here, by the clock of Asia/Taipei."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from patrol.search.index import LOCAL
from patrol.settings import Settings


@cache
def _read(_set: tuple[tuple[str, str], ...]) -> Settings:
    return Settings()


def settings_now() -> Settings:
    """The settings, read again only where a variable has changed: to read all of them takes longer than most acts."""
    return _read(tuple(pair for pair in os.environ.items() if pair[0].startswith("PATROL_")))


@dataclass(frozen=True)
class Shift:
    """A working day: from its begin until its last minute."""

    begins_at: datetime
    ends_at: datetime


def begin_on(day: date) -> datetime:
    """When the shift of that day begins."""
    begins = datetime.combine(day, settings_now().shift_begins, LOCAL)
    return begins.astimezone(UTC)


def shift_at(now: datetime) -> Shift:
    """The shift at that instant, or the last one that began before it."""
    today = now.astimezone(LOCAL).date()
    begins = begin_on(today)
    if begins > now:
        begins = begin_on(today - timedelta(days=1))
    return Shift(begins, begins + timedelta(hours=settings_now().shift_hours))


def tomorrow(now: datetime) -> datetime:
    """When tomorrow's shift begins."""
    return begin_on(now.astimezone(LOCAL).date() + timedelta(days=1))
