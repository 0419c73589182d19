"""Days of the calendars that boards print: Gregorian, Iranian, Buddhist."""

from datetime import date, timedelta

BUDDHIST = 543
"""Years by which the Buddhist era is ahead."""


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
