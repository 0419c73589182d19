"""Dates as people here write and read them: Asia/Taipei, 24 hours, and years of the Republic."""

import re
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
ROC_OFFSET = 1911
"""Year 1 of the Republic is 1912."""
_REPUBLIC = ContextVar("republic", default=False)
"""Whether whoever asks for this page reads years of the Republic."""

_DATE = re.compile(
    r"(?:民國|中華民國)?\s*(\d{2,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
)


def read_date(words: str) -> date:
    """`2026-11-22`, `115/11/22`, `民國115年11月22日`. A year below 200 is the Republic's. Raises `ValueError`."""
    found = _DATE.fullmatch(words.strip())
    if not found:
        raise ValueError(words)
    year, month, day = (int(part) for part in found.groups())
    return date(year + ROC_OFFSET if year < 200 else year, month, day)


def read_moment(words: str) -> datetime:
    """`2026/11/22 15:04`, `115/11/22 15:04` or `民國115年11月22日 15:04`, by the clock of Taipei. Raises `ValueError`."""
    day, _, clock = words.strip().rpartition(" ")
    hour, _, minute = clock.partition(":")
    at = time(int(hour), int(minute))
    return datetime.combine(read_date(day), at, TAIPEI).astimezone(UTC)


def begin_of(day: date) -> datetime:
    """Its first instant in Taipei, in UTC."""
    return datetime.combine(day, time(), TAIPEI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The instant after its last one."""
    return begin_of(day + timedelta(days=1))


def count_years(*, republic: bool) -> None:
    """From here on, in this thread: `115/11/22` instead of `2026/11/22`."""
    _REPUBLIC.set(republic)


def day(one: date, precision: str | None = None) -> str:
    """`2026/11/22`, or `115/11/22`: no more exact than it is known."""
    year = one.year - ROC_OFFSET if _REPUBLIC.get() and one.year > ROC_OFFSET else one.year
    if precision == "year":
        return str(year)
    return f"{year}/{one:%m}" if precision == "month" else f"{year}/{one:%m/%d}"


def month_and_day(one: str) -> str:
    """`11/22` of `2026-11-22`: under a drawing, where the year is the drawing's."""
    return one[5:].replace("-", "/")


def shown(at: datetime, precision: str | None = None) -> str:
    """`2026/11/22 15:04`, no more exact than it is known."""
    here = at.astimezone(TAIPEI)
    clocks = {"year": "", "month": "", "day": "", "hour": " %H:00", "exact": " %H:%M:%S"}
    clock = clocks.get(precision or "", " %H:%M")
    return day(here.date(), precision) + here.strftime(clock)
