"""Times said relative to now: today, yesterday, three hours ago."""

import re
from datetime import date, datetime, timedelta, tzinfo

from patrol.models import Precision
from spiders.months import DAYS_BACK, SHORT_WEEKDAYS, UNITS, WEEKDAYS

_WORDS_BACK = {
    word.replace("_", " "): back for back, words in DAYS_BACK.items() for word in words.split()
}
_BACK = re.compile(
    r"(?<![^\W\d_])(?:"
    + "|".join(
        re.escape(w)
        for w in sorted(_WORDS_BACK, key=len, reverse=True)
        if w.isascii() or w < "\u3000"
    )
    + r")(?![^\W\d_])|"
    + "|".join(re.escape(w) for w in sorted(_WORDS_BACK, key=len, reverse=True) if w >= "\u3000")
)
_WEEKDAY = {word: day for day, words in enumerate(WEEKDAYS) for word in words.split()}
_WEEKDAYS = re.compile(r"(?<![^\W\d_])(?:" + "|".join(_WEEKDAY) + r")(?![^\W\d_])")
_SHORT_WEEKDAY = _WEEKDAY | {
    word: day for day, words in enumerate(SHORT_WEEKDAYS) for word in words.split()
}
_BESIDE = re.compile(
    r"(?<![^\W\d_])(?:"
    + "|".join(map(re.escape, _SHORT_WEEKDAY))
    + r")(?![^\W\d_])|\((?P<sign>[月火水木金土日])\)"
)
_YEARS_BACK = 5
"""A day of the year falls on the same day of the week again after five years at the soonest."""
_UNIT = {name: "|".join(patterns.split()) for name, patterns in UNITS.items()}
_COUNT = (
    r"(?P<n>\d{1,3}|an?|one|une?|eine[rm]?|half an|半個?|半个?|[一二兩两三四五六七八九十]{1,3})"
)
_PASSED = re.compile(
    _COUNT
    + r"\s?(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNIT.items())
    + r")(?![^\W\d_前전ago])"
)
_AGO = re.compile(
    r"\bago\b|(?<!\w)(?:il y a|vor|hace|há|fa|trước|lalu|önce|temu|siden|sedan|sitten|atrás)(?!\w)"
    r"|(?<!\w)(?:منذ|לפני)(?!\w)|назад|geleden|(?<=\w) her$|ที่แล้ว|پیش|قبل|前|전\b"
)
_ONCE = re.compile(r"(?<!\w)(?<!\d )(час|минуту|секунду|день|неделю|месяц|год) назад")
_JUST = re.compile(
    r"just now|moments? ago|few (?:seconds|moments) ago|less than (?:a|1|one) minute|剛剛|刚刚|剛才|刚才|방금|à l'instant|только что"
)
_LONGEST_WEEKDAY = 30
"""Characters beside the time of day; more is not a date, but a sentence."""
_CHINESE = {figure: number for number, figure in enumerate("零一二三四五六七八九十")} | {
    "兩": 2,
    "两": 2,
}
_LENGTH = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_PRECISION = {
    "second": Precision.MINUTE, "minute": Precision.MINUTE, "hour": Precision.HOUR, "day": Precision.DAY,
    "week": Precision.MONTH, "month": Precision.MONTH, "year": Precision.YEAR,
}  # fmt: skip


def days_back(words: str, here: datetime) -> date | None:
    """The day that is named by its distance, with `here` as the page's own clock."""
    found = {_WORDS_BACK[match[0]] for match in _BACK.finditer(words)}
    if len(found) != 1 or _AGO.search(words.replace("前天", "")):
        counted = _counted_days(words)
        return None if counted is None else (here - timedelta(days=counted)).date()
    return (here - timedelta(days=found.pop())).date()


def weekday_before(words: str, here: datetime) -> date | None:
    """The last such day of the week before today: today and what is older than a week boards call otherwise."""
    found = {_WEEKDAY[match[0]] for match in _WEEKDAYS.finditer(words)}
    if (
        len(found) != 1
        or len(words) > _LONGEST_WEEKDAY
        or any(letter.isdigit() for letter in words)
    ):
        return None
    back = (here.weekday() - found.pop()) % 7 or 7
    return (here - timedelta(days=back)).date()


def on_weekday(day: date, words: str) -> date | None:
    """The day, or the same one of the last year in which it fell on the day of the week that is named beside it.

    None where it did so in none of the last years: then the words say something else.
    """
    named = {
        "月火水木金土日".index(found["sign"]) if found["sign"] else _SHORT_WEEKDAY[found[0]]
        for found in _BESIDE.finditer(words)
    }
    if len(named) != 1 or (day.month, day.day) == (2, 29):
        return day
    wanted = named.pop()
    years = (day.replace(year=day.year - back) for back in range(_YEARS_BACK + 1))
    return next((one for one in years if one.weekday() == wanted), None)


def _counted_days(words: str) -> int | None:
    """`3 天前`, alone or with a time of day beside it."""
    passed = list(_PASSED.finditer(words))
    if len(passed) == 1 and passed[0]["day"] and _AGO.search(words):
        return int(_count(passed[0]["n"]))
    return None


def ago(words: str, zone: tzinfo, now: datetime) -> tuple[datetime, Precision] | None:
    """So many hours ago, cut to the unit that was counted: no more was said."""
    if _JUST.search(words):
        return (now.replace(second=0, microsecond=0), Precision.MINUTE)
    words = _ONCE.sub(r"1 \1 назад", words)
    passed = list(_PASSED.finditer(words))
    if not passed or not _AGO.search(words):
        return None
    units = [str(match.lastgroup) for match in passed]
    counts = [_count(match["n"]) for match in passed]
    if len(set(units)) != len(units):
        return None
    here, smallest = now.astimezone(zone), units[-1]
    if smallest in {"month", "year"} or "month" in units or "year" in units:
        months = sum(
            c * (12 if u == "year" else 1)
            for c, u in zip(counts, units, strict=True)
            if u in {"month", "year"}
        )
        return (_months_back(here, int(months)), _PRECISION[smallest])
    at = here - timedelta(seconds=sum(c * _LENGTH[u] for c, u in zip(counts, units, strict=True)))
    precision = Precision.MINUTE if counts[-1] == 0.5 else _PRECISION[smallest]
    return (_cut(at, precision), precision)


def _count(figure: str) -> float:
    if figure.isdigit():
        return int(figure)
    if figure.startswith(("半", "half")):
        return 0.5
    if figure[0] in _CHINESE:
        tens, _, ones = figure.rpartition("十")
        if "十" not in figure:
            return _CHINESE[figure] if len(figure) == 1 else 0
        return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)
    return 1


def _months_back(here: datetime, months: int) -> datetime:
    count = here.year * 12 + here.month - 1 - months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=here.tzinfo)


def _cut(at: datetime, precision: Precision) -> datetime:
    if precision is Precision.MINUTE:
        return at.replace(second=0, microsecond=0)
    if precision is Precision.HOUR:
        return at.replace(minute=0, second=0, microsecond=0)
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
