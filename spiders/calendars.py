"""Days of the calendars that boards print: Gregorian, Iranian, Buddhist, Japanese."""

import re
from datetime import date, timedelta

BUDDHIST = 543
"""Years by which the Buddhist era is ahead."""


_BEFORE_ERA = {"令和": 2018, "平成": 1988, "昭和": 1925}
"""The year before the first one of each era."""
_ERA = re.compile(rf"({'|'.join(_BEFORE_ERA)})\s?(\d{{1,2}}|元)\s?年")


def without_eras(words: str) -> str:
    """The same words with the years of Japanese eras counted as everybody counts them."""
    return _ERA.sub(
        lambda said: f"{_BEFORE_ERA[said[1]] + (1 if said[2] == '元' else int(said[2]))}年", words
    )


def short_year(year: int, month: int, day: int, language: str) -> date | None:
    """A day whose year has two figures and comes first, in languages that write no other way."""
    if language in {"ja", "ko"} and year < 70:
        return date(2000 + year, month, day)
    return iranian_day(1300 + year, month, day) if language == "fa" and year >= 60 else None


def day_of(year: int, month: int, day: int) -> date:
    """A day of the calendar that a year of this size belongs to."""
    if 1300 <= year <= 1450:
        return iranian_day(year, month, day)
    return date(year - BUDDHIST if 2500 <= year <= 2600 else year, month, day)


def iranian_day(year: int, month: int, day: int) -> date:
    """A day of the Iranian calendar, right for 1178 to 1633 (leap years of a 33-year cycle)."""
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError("no such day in the Iranian calendar")
    elapsed = year - 979
    days = 365 * elapsed + elapsed // 33 * 8 + (elapsed % 33 + 3) // 4
    days += 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date(1600, 3, 20) + timedelta(days=days + day - 1)
