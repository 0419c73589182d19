"""Whether a page writes the day or the month first: told by its own dates, never by guessing."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal

Order = Literal["dmy", "mdy"]
"""Which of day and month a board writes first."""

_FIGURES = re.compile(r"(?<![\d/.-])(?<!\d:)(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?!\d)")
_SHORT = re.compile(
    r"(?<![\d/.-])(?<!\d:)(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d:]|[/.-]\d)"
)
"""Years of two figures too, of which the first may be one: only the posts' own dates are asked so."""


_LANGUAGES = "fr de es it pt nl pl cs sk ru uk el tr fi sv da nb no hu ro bg hr sr id vi he ar"
_DAY_FIRST = frozenset(_LANGUAGES.split())
"""Languages that write the day before the month; English does both."""


def order_told(
    text: str, dates: Callable[[], Iterable[str]], clocks: Iterable[str], today: date
) -> Order | None:
    """By dates that leave no choice, by the order of the posts, or by what the board calls now."""
    return order_of(text) or order_in_turn(dates()) or order_by_clock(clocks, today)


def order_of(text: str) -> Order | None:
    """What those of a page's dates say that leave no choice; None if there are none, or they disagree."""
    votes: set[Order] = set()
    for figures in _FIGURES.findall(text):
        first, second = int(figures[0]), int(figures[1])
        if first > 12 >= second:
            votes.add("dmy")
        elif second > 12 >= first:
            votes.add("mdy")
    return votes.pop() if len(votes) == 1 else None


def order_in_turn(dates: Iterable[str]) -> Order | None:
    """The order by which posts, one after the other, do not go back in time, if by all others they do."""
    found = [match for words in dates if (match := _SHORT.search(words))]
    figures = [(int(one[1]), int(one[3]), int(one[4])) for one in found]
    ways: dict[str, list[tuple[int, int, int]]] = {
        "dmy": [(year, second, first) for first, second, year in figures],
        "mdy": [(year, first, second) for first, second, year in figures],
        "ymd": figures if all(year < 100 for *_, year in figures) else [],
    }
    possible = [way for way, days in ways.items() if days and _in_turn(days)]
    if possible == ["dmy"]:
        return "dmy"
    return "mdy" if possible == ["mdy"] else None


def order_by_clock(lines: Iterable[str], today: date) -> Order | None:
    """The one way in which what the board calls now is today, or a day beside it: its zone may be another."""
    ways: set[Order] = set()
    for figures in _FIGURES.findall(" ".join(lines)):
        first, second, year = (int(one) for one in figures)
        ways |= {"dmy"} if _beside((year, second, first), today) else set()
        ways |= {"mdy"} if _beside((year, first, second), today) else set()
    return ways.pop() if len(ways) == 1 else None


def order_by_language(language: str) -> Order | None:
    """What is usual in a language, with its region where there is one, such as `en-us`."""
    if language[:2] in _DAY_FIRST:
        return "dmy"
    return "mdy" if language == "en-us" else None


def _beside(day: tuple[int, int, int], today: date) -> bool:
    try:
        return abs((date(*day) - today).days) <= 1
    except ValueError:
        return False


def _in_turn(days: list[tuple[int, int, int]]) -> bool:
    """Whether each of (year, month, day) is a day, and none before the one above it."""
    return days == sorted(days) and all(month <= 12 and day <= 31 for _, month, day in days)
