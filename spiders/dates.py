"""Dates as boards print them, read in the board's own zone, with how exact they are.

What cannot be read with certainty is None: an officer who sees no date looks
for himself, one who sees a wrong date does not. A day and month whose order
nothing on the page tells is such a case.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from patrol.models import Precision
from spiders.ago import ago, days_back, on_weekday, weekday_before
from spiders.calendars import day_of, iranian_day, short_year, without_eras
from spiders.months import ARABIC, JALALI_MONTHS, LANGUAGES, MONTHS
from spiders.order import Order
from spiders.zones import ZONE_NAMES

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No public board is older; an earlier date was misread."""

AHEAD = timedelta(days=2)
"""How far a board's clock may run before ours."""

_LONGEST = 300
"""Characters; more is not a date but a text that may hold one."""

_MINGUO = 1911


class ReadDate(NamedTuple):
    """An instant, and how exactly it was printed."""

    at: datetime
    precision: Precision


class _Clock(NamedTuple):
    """A time of day."""

    at: time
    precision: Precision
    zone: tzinfo | None = None


class _Day(NamedTuple):
    """A calendar day; `exact` unless the board printed only its month."""

    on: date
    precision: Precision = Precision.DAY
    whole: bool = True
    """Whether the year was printed."""


def _nothing() -> Order | None:
    return None


class Manner(NamedTuple):
    """How a page writes its dates, where that is known."""

    order: Callable[[], Order | None] = _nothing
    """Asked only for a day and a month in figures that could be either."""
    language: str = ""
    """Two letters; a month's name that means another month elsewhere is read by it."""


def read_date(text: str, zone: tzinfo, now: datetime, manner: Manner = Manner()) -> ReadDate | None:  # noqa: B008  (frozen)
    """The instant that the words mean, in UTC, or None where they are not certain.

    `now` is when the page was fetched: what is said relative to it is
    counted from there.
    """
    try:
        found = _stamp(text) or _worded(text, zone, now, manner)
    except (ValueError, OverflowError):
        return None
    if found is None or not EARLIEST <= found[0] <= now + AHEAD:
        return None
    return ReadDate(found[0].astimezone(UTC), found[1])


def _worded(
    text: str, zone: tzinfo, now: datetime, manner: Manner
) -> tuple[datetime, Precision] | None:
    words = without_eras(_folded(text))
    if not words or len(words) > _LONGEST:
        return None
    return _epoch(words) or _absolute(words, zone, now, manner) or ago(words, zone, now)


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def _folded(text: str) -> str:
    """Lower case, one kind of blank, one kind of digit."""
    words = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[: 4 * _LONGEST]))
    figures = "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() and not letter.isascii() else letter
        for letter in words
    )
    return " ".join(figures.translate(ARABIC).lower().split())


_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def _stamp(text: str) -> ReadDate | None:
    """ISO 8601 in full, as `time@datetime` holds it."""
    if not _STAMP.fullmatch(text):
        return None
    return ReadDate(datetime.fromisoformat(text), Precision.SECOND)


_EPOCH = re.compile(r"\d{10}|\d{13}")


def _epoch(words: str) -> ReadDate | None:
    if not _EPOCH.fullmatch(words):
        return None
    return ReadDate(datetime.fromtimestamp(int(words[:10]), UTC), Precision.SECOND)


# -- A day, and a time of day -----------------------------------------------------------------


def _absolute(words: str, zone: tzinfo, now: datetime, manner: Manner) -> ReadDate | None:
    clock, rest = _clock(words)
    here = now.astimezone(zone)
    day = _day(rest, here, manner)
    if day is None and clock is not None and (on := weekday_before(rest, here)):
        day = _Day(on)
    if day is None:
        return None
    if clock is None or day.precision is not Precision.DAY:
        at = datetime.combine(day.on, time(), zone)
        return ReadDate(at, day.precision)
    return ReadDate(datetime.combine(day.on, clock.at, clock.zone or zone), clock.precision)


_HALF_BEFORE = (
    r"(?P<before>上午|下午|中午|正午|凌晨|清晨|早上|早晨|晚上|傍晚|午前|午後|오전|오후)?\s?"
)
_HALF_AFTER = r"\s?(?P<after>[ap]\.?\s?m\b\.?|ق\.?\s?ظ|ب\.?\s?ظ|صبح|عصر|صباح[ا\u064b]*|مساء\u064b?|πμ|μμ|π\.μ|μ\.μ)?"
_CLOCK = re.compile(
    r"(?<![\d.:+-])" + _HALF_BEFORE + r"(?P<hour>\d{1,2})\s?"
    r"(?:[:h](?P<minute>\d{2})(?:\s?[:](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"|[時时点點시](?:\s?(?P<minute2>\d{1,2})\s?[分분]?(?:\s?(?P<second2>\d{1,2})\s?[秒초])?)?(?![間前전间])"
    r"|\s?(?=[ap]\.?m\b(?!\s?:)))(?![\d:])" + _HALF_AFTER
)
_ZONE = re.compile(
    r"^\s?\(?(?:(?P<zulu>z\b|gmt\b(?!\s?[+-]\d)|utc\b(?!\s?[+-]\d))|(?:gmt|utc)?\s?(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})(?!\d))"
)
_ZONE_LETTERS = re.compile(rf"^\s?\(?({'|'.join(ZONE_NAMES)}|cst|ist|bst|ast)\b")
_ISO_T = re.compile(r"(?<=\d)t(?=\d{2}:)")
_EARLY = {"上午", "凌晨", "清晨", "早上", "午前", "오전"}
_LATER = {"下午", "午後", "오후", "晚上", "傍晚", "عصر"}


def _clock(words: str) -> tuple[_Clock | None, str]:
    """The time of day, and what is left without it. Two different times are none."""
    words = _ISO_T.sub(" ", words)
    found = list(_CLOCK.finditer(words))
    if len(found) != 1:
        return None, words
    match = found[0]
    hour = int(match["hour"])
    minute = int(match["minute"] or match["minute2"] or 0)
    seconds = match["second"] or match["second2"]
    hour = _hour_of_day(hour, match["before"] or "", (match["after"] or "").replace(" ", ""))
    precision = Precision.SECOND if seconds else Precision.MINUTE
    if not seconds and match["minute"] is None and match["minute2"] is None:
        precision = Precision.HOUR
    zone, length = _zone(words[match.end() :])
    rest = f"{words[: match.start()]} {words[match.end() + length :]}"
    return _Clock(time(hour, minute, min(int(seconds or 0), 59)), precision, zone), rest


def _hour_of_day(hour: int, before: str, after: str) -> int:
    """24-hour clock. Raises ValueError for an hour that no day has."""
    early = after[:1] in {"a", "ق", "π"} or after.startswith("صباح") or before in _EARLY
    late = after[:1] in {"p", "ب", "μ", "م"} or before in _LATER or after in _LATER
    if late and before == "晚上" and hour == 12:
        raise ValueError("midnight of which day?")
    if late and hour < 12:
        return hour + 12
    if early and hour == 12:
        return 0
    return hour + 12 if before in {"中午", "正午"} and hour < 4 else hour


def _zone(after: str) -> tuple[tzinfo | None, int]:
    """The zone printed behind a time, and how many characters it took."""
    letters = _ZONE_LETTERS.match(after)
    if letters:
        if letters[1] not in ZONE_NAMES:
            raise ValueError("letters that mean several zones")
        return ZONE_NAMES[letters[1]], letters.end()
    match = _ZONE.match(after)
    if match is None:
        return None, 0
    if match["zulu"]:
        return UTC, match.end()
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return timezone(-offset if match["sign"] == "-" else offset), match.end()


_ALONE = r"(?<![\d/.-])(?<!\d:)"
_END = r"(?![\d:]|[/.-]\d)"
_YMD = re.compile(
    rf"(?:(?P<minguo>民國|民国)\s?|{_ALONE})(?P<y>\d{{2,4}})\s?"
    r"(?:[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]?"
    rf"|(?P<by>[-/.])\s?(?P<m2>\d{{1,2}})(?P=by)\s?(?P<d2>\d{{1,2}})){_END}"
)
_XYY = re.compile(
    rf"{_ALONE}(?P<a>\d{{1,2}})(?P<by>[-/.])\s?(?P<b>\d{{1,2}})(?:(?P=by)|,)\s?(?P<y>\d{{4}}|\d{{2}}){_END}"
)
_CJK = re.compile(
    rf"(?<![\d年년])(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日号號일]?(?:\s?,\s?(?P<y>\d{{4}}))?{_END}"
)
_MONTH_ONLY = re.compile(r"(?<!\d)(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월](?!\s?\d)")
_PAIR = re.compile(rf"{_ALONE}(?P<a>\d{{1,2}})[-/](?P<b>\d{{1,2}}){_END}")
_WORD = re.compile(r"[^\W\d_]{2,14}")
_DAY_BEFORE = re.compile(
    r"(?<![\d:/.-])(\d{1,2})(?:st|nd|rd|th|er|re|ος|η|º|ª|\.)?[\s-]?(?:de |of |del |den |d'|ב)?$"
)
_DAY_AFTER = re.compile(r"[.,-]{0,2}\s?(\d{1,2})(?:st|nd|rd|th)?\.?(?![\d:/])")
_YEAR_AFTER = re.compile(
    r"[\s.,-]{0,3}(?:de |of |del |г)?\s?(?:(\d{4})|'(\d{2})|(\d{2}))(?![\d:/])"
)
_YEAR = re.compile(r"((?:19|20)\d{2})年?")
_YEAR_FIRST = re.compile(r"(?<![\d:/.-])(\d{4})[\s.,-]{1,3}$")


def _day(words: str, here: datetime, manner: Manner) -> _Day | None:
    """The one day that is named, with `here` as the page's own clock."""
    back = days_back(words, here)
    readings = (
        _year_first(words, manner),
        _year_last(words, manner),
        _named_month(words, here, manner),
        _cjk_month(words, here),
    )
    found = [day for day in readings if day is not None]
    if back is not None:
        return _Day(back) if not found else None
    if not found:
        return _fitting(_pair(words, here, manner), words) or _rough(words)
    found = [day for day in found if day.whole] or found
    return _fitting(found[0], words) if len({day.on for day in found}) == 1 else None


def _fitting(day: _Day | None, words: str) -> _Day | None:
    """Without a year, the day of the last one in which it fell on the day of the week beside it."""
    on = None if day is None else day.on if day.whole else on_weekday(day.on, words)
    return day._replace(on=on) if day and on else None


def _year_first(words: str, manner: Manner) -> _Day | None:
    matches = list(_YMD.finditer(words))
    if len(matches) != 1:
        return None
    match = matches[0]
    year, month = int(match["y"]), int(match["m"] or match["m2"])
    day = int(match["d"] or match["d2"])
    if match["minguo"] or len(match["y"]) == 3:
        return _Day(date(year + _MINGUO, month, day))
    if len(match["y"]) == 2:
        # `98/11/5` may be 1998, 民國98年 or worse; with 年 it is a short year.
        if not match["m"]:
            on = short_year(year, month, day, manner.language)
            return _Day(on) if on else None
        return _Day(date(2000 + year, month, day)) if year < 70 else None
    return _Day(day_of(year, month, day))


def _year_last(words: str, manner: Manner) -> _Day | None:
    matches = list(_XYY.finditer(words))
    if len(matches) != 1:
        return None
    match = matches[0]
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    if year < 100:
        return _short_year(first, second, year, manner)
    first_is_day = first > 12 or match["by"] == "."
    if not first_is_day and second <= 12 and first != second:
        told = manner.order()
        if told is None:
            return None
        first_is_day = told == "dmy"
    day, month = (first, second) if first_is_day else (second, first)
    return _Day(day_of(year, month, day))


def _short_year(first: int, second: int, year: int, manner: Manner) -> _Day | None:
    """`05.06.15`: only where the page tells the order, since the year may come first too."""
    told = manner.order()
    if told is None or year >= 70:
        return None
    day, month = (first, second) if told == "dmy" else (second, first)
    return _Day(date(2000 + year, month, day))


def _named_month(words: str, here: datetime, manner: Manner) -> _Day | None:
    """A month's name with the figures beside it. `mar.` may be a Tuesday: the fuller reading wins."""
    found = []
    for match in _WORD.finditer(words):
        month, iranian = _month(match[0], manner.language)
        if month is None:
            continue
        day = _beside(words[: match.start()], words[match.end() :], month, here, iranian=iranian)
        if day is not None:
            found.append(day)
    best = min(found, key=_vagueness, default=None)
    rivals = {day.on for day in found if best and _vagueness(day) == _vagueness(best)}
    return best if len(rivals) == 1 else None


def _vagueness(day: _Day) -> int:
    return 2 * (not day.whole) + (day.precision is not Precision.DAY)


def _beside(before: str, after: str, month: int, here: datetime, *, iranian: bool) -> _Day | None:
    day = _DAY_BEFORE.search(before)
    if day is None:
        day = _DAY_AFTER.match(after)
        after = after[day.end() :] if day else after
    year = _YEAR_AFTER.match(after) or _YEAR_FIRST.search(before)
    number = next((int(group) for group in year.groups() if group), None) if year else None
    if number is not None and number < 100:
        number += 2000 if number <= here.year % 100 + 1 else 1900
    if day is None:
        return _Day(date(number, month, 1), Precision.MONTH) if number and not iranian else None
    if iranian:
        return _Day(iranian_day(number, month, int(day[1]))) if number else None
    if number is None:
        return _latest(month, int(day[1]), here)
    return _Day(day_of(number, month, int(day[1])))


def _month(name: str, language: str) -> tuple[int | None, bool]:
    """The month, and whether it is one of the Iranian calendar."""
    own = LANGUAGES.get(language, {})
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    for word in (name, bare, name.removeprefix("ב")):
        if word in own or word in MONTHS:
            return own.get(word) or MONTHS[word], False
        if word in JALALI_MONTHS:
            return JALALI_MONTHS[word], True
    return None, False


def _cjk_month(words: str, here: datetime) -> _Day | None:
    matches = list(_CJK.finditer(words))
    if len(matches) != 1 or _YMD.search(words):
        return None
    match = matches[0]
    if match["y"]:
        return _Day(date(int(match["y"]), int(match["m"]), int(match["d"])))
    return _latest(int(match["m"]), int(match["d"]), here)


def _pair(words: str, here: datetime, manner: Manner) -> _Day | None:
    """`11/05`: month first, as Chinese and Japanese boards print it, unless the page says otherwise."""
    match = _PAIR.search(words)
    if match is None or _digits_beside(words, match):
        return None
    first, second = int(match["a"]), int(match["b"])
    if first > 12 or (second <= 12 and manner.order() == "dmy"):
        first, second = second, first
    return _latest(first, second, here)


def _digits_beside(words: str, match: re.Match[str]) -> bool:
    return any(letter.isdigit() for letter in words[: match.start()] + words[match.end() :])


def _latest(month: int, day: int, here: datetime) -> _Day | None:
    """The last such day before the page was fetched; boards leave out the year of young posts only."""
    for year in (here.year + 1, here.year, here.year - 1):
        try:
            on = date(year, month, day)
        except ValueError:
            continue
        if on <= (here + AHEAD).date():
            return _Day(on, whole=False)
    return None


def _rough(words: str) -> _Day | None:
    month = _MONTH_ONLY.search(words)
    if month:
        return _Day(date(int(month["y"]), int(month["m"]), 1), Precision.MONTH)
    year = _YEAR.fullmatch(words.strip())
    return _Day(date(int(year[1]), 1, 1), Precision.YEAR) if year else None
