"""Ages and school stages as people write them: 15歲, 十五六歲, 14-16 y/o, aged 15, 國二, 高中, 8th grade, 未滿18.

A stage names ages in Taiwan, and in English those of schools in the United
States. What is read is an age of something: that it is a person's is for the
other terms of a rule to say.
"""

import re
from functools import cache

from pipelines.amounts import DIGITS
from pipelines.regexes import folded_regex

OLDEST = 120
"""Years; what is at least so old has no upper end."""

_ONE = "一二三四五六七八九"
_NUMBER = rf"(?:1 [0-9]|[0-9]{{1,3}}|[{_ONE}]?十[{_ONE}]{{0,2}}|[{_ONE}]{{1,2}})"
_TO = r"\s?[-~至到、或]\s?"
_YEARS_OLD = r"(?:歲|y/?o\b|years?[- ]?olds?|yrs?(?: old)?\b)"

_STAGES: dict[str, tuple[int, int]] = {
    "幼[稚兒]園": (3, 6), "國小|小學": (6, 12), "國中小": (6, 15), "國中|初中": (12, 15), "國高中": (12, 18), "高中|高職": (15, 18),
    **{f"小{one}": (5 + n, 6 + n) for n, one in enumerate(_ONE[:6], 1)},
    **{f"[國初]{one}": (11 + n, 12 + n) for n, one in enumerate(_ONE[:3], 1)},
    **{f"高{one}": (14 + n, 15 + n) for n, one in enumerate(_ONE[:3], 1)},
    **{f"大{one}": (17 + n, 18 + n) for n, one in enumerate(_ONE[:4], 1)},
    "大學生": (18, 22), "未成年|underage": (0, 17), "青少年": (12, 17), "teen(?:s|ager|agers|age)?": (13, 19),
    "kindergart(?:en|ners?)": (4, 6), "(?:elementary|primary) ?school(?:ers?)?": (6, 12), "(?:middle|junior high) ?school(?:ers?)?": (11, 14),
    "(?:senior )?high ?school(?:ers?)?": (14, 18), "(?:college|university) students?": (18, 22),
}  # fmt: skip
_GRADE = r"(?:[0-9]{1,2}(?:st|nd|rd|th)[- ]?grade(?:rs?)?|grade [0-9]{1,2})"
_UNDER = rf"(?:未滿|不滿|不到|under|below)\s?{_NUMBER}(?:\s?{_YEARS_OLD})?"
_AGED = rf"(?:aged?|ages)\s?{_NUMBER}(?:{_TO}{_NUMBER})?"
_SAID = rf"{_NUMBER}(?:{_TO}{_NUMBER})?\s?{_YEARS_OLD}(?:以[上下])?"

PATTERN = "|".join((_SAID, _UNDER, _AGED, _GRADE, *_STAGES))
"""Whatever may be an age; both scanners read it. Ask `age`."""

_NO_STAGE = re.compile(
    folded_regex(
        r"[中美英法德日韓泰外全各我本該大三同]國(?=[小一二三中])|[最身樓提加升攀拔增]高(?=[中一二三])|[大從短窄細]小(?=[一二三四五六])"
        r"|[偌強廣重最]大(?=[一二三四])"
    )
)
"""What ends in the first character of a stage and makes it none: 全國中小企業, 身高三, 大小一樣."""
_NO_END = re.compile(
    folded_regex(
        r"國中(?:央|部地|心)|國小(?:吃|姐|說|兒科)|高中(?:低|獎|音|空|階)|國[一二三](?:直|定|樣|個|號|手|道|起|代|致|般|十)"
        r"|高[一二三](?:點|些|個|度|等|倍|層|尺|公|級)|小[一二三四五六](?:點|些|號|輪)|[大小][一二三四](?:堆|早|些|群|件|碗|包|步|口|個|片|部|角|樓|聲|十)"
    )
)


def age(text: str, start: int, end: int) -> tuple[int, int] | None:
    """From which age to which `text[start:end]` of a folded text says; None if it is no age after all."""
    said = text[start:end]
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if said[0].isascii() and re.search(r"[a-z0-9]\Z|[0-9][.,]\Z", before):
        return None
    if said[-1].isascii() and re.match("[a-z0-9]", after):
        return None
    if _NO_STAGE.match(text, max(0, start - 1)) or _NO_END.match(text, start):
        return None
    return _grade(said) or _stage(said) or _years(said)


def _stage(said: str) -> tuple[int, int] | None:
    return next((ages for stage, ages in _stages() if stage.fullmatch(said)), None)


@cache
def _stages() -> tuple[tuple[re.Pattern[str], tuple[int, int]], ...]:
    return tuple((re.compile(folded_regex(stage)), ages) for stage, ages in _STAGES.items())


def _grade(said: str) -> tuple[int, int] | None:
    if "grade" not in said:
        return None
    grade = int(re.findall("[0-9]+", said)[0])
    return (grade + 5, grade + 6) if 1 <= grade <= 12 else None


def _years(said: str) -> tuple[int, int] | None:
    numbers = [one for found in re.findall(_NUMBER, said) for one in _numbers(found)]
    if not numbers or max(numbers) > OLDEST:
        return None
    least, most = min(numbers), max(numbers)
    if re.match(folded_regex("未滿|不滿|不到|under|below"), said):
        return (0, least - 1) if least else None
    if said.endswith("以上"):
        return least, OLDEST
    return (0, most) if said.endswith("以下") else (least, most)


def _numbers(written: str) -> list[int]:
    """15, 1 5, 十五, 二十, 十五六 (which is 15 and 16), 七八."""
    if written.isascii():
        return [int(written.replace(" ", ""))]
    tens, ten, ones = written.rpartition("十")
    base = 10 * (DIGITS[tens] if tens else 1) if ten else 0
    each = [base + DIGITS[one] for one in ones] or [base]
    return each if len(each) < 2 or each[1] == each[0] + 1 else []
