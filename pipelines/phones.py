"""Telephone numbers, also spaced digit by digit, full width, or in Chinese digits.

The fold has made every digit ASCII's; Chinese digits are read here, one
character for one, so that places stay. libphonenumber says what is a number.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.far_phones import SPELLED_SIGN, contact, labelled, spelled

CHINESE = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789")
"""Folded, so simplified: 貳 is 贰."""
_RADIO = str.maketrans("洞么幺两三拐勾", "0112379")
"""Digits as soldiers and drivers say them: 洞九洞洞."""
_RADIO_RUN = re.compile(
    r"洞[九勾9](?:[洞么幺两拐勾零〇一二三四五六七八九0-9][ \-]?){8}(?![洞么幺拐勾零一二三四五六七八九0-9])"
)

_BETWEEN = "[ .\\-()/_~·*\u2190-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]{0,3}"
"""What people put between digits, arrows and emoji among it."""
_CHINESE = "[零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
_PAUSE = re.compile(f"(?<={_CHINESE})[,、](?={_CHINESE})")
"""Where a number is read out in groups: 零九零零,零零零,一二三. Between ASCII digits it would part thousands."""
SIGN = (
    rf"[0-9](?:{_BETWEEN}[0-9]){{6}}|{_CHINESE}(?:(?:{_BETWEEN}|[,、]){_CHINESE}){{6}}"
    r"|[0o]9[0-9oil]{2}[ \-.]?[0-9oil]{3}[ \-.]?[0-9oil]{3}"
    rf"|[0-9]{_BETWEEN}{_CHINESE}|{_CHINESE}{_BETWEEN}[0-9]|洞[九勾0-9洞]|{SPELLED_SIGN}"
)

_ANY_CHINESE = re.compile(_CHINESE)
_OH = re.compile(
    r"(?<![a-z0-9])(?=[0-9 \-.]{0,12}[oil])[0o]9[0-9oil]{2}[ \-.]?[0-9oil]{3}[ \-.]?[0-9oil]{3}(?![a-z0-9])"
)
"""A mobile of Taiwan with letters for noughts and ones: 09OO-OOO-12I."""
_LETTERS = str.maketrans("oil", "011")
_ENOUGH = re.compile(rf"[0-9](?:{_BETWEEN}[0-9]){{6}}")
_RUN = re.compile(rf"(?<![a-z0-9_])\+?\(?[0-9](?:{_BETWEEN}[0-9])*")
_GROUP = re.compile(r"\+?[0-9]+")
_BETWEEN_DIGITS = re.compile("[^0-9+]")
_WORD = re.compile("[a-z_]")
_INTERNATIONAL = re.compile(r"\+[0-9]{7,15}|(?:00|002)?886[0-9]{8,9}")
_FEWEST, _MOST_DIGITS = 7, 15
_TAIWAN = re.compile("0([2-9][0-9]{6,10})")
"""As Taiwan writes its own numbers, and no other country's."""
_TRIES = 2_000
"""Readings tried on one text, so that a page of numbers does not hold up a run."""


def phones(text: str, region: str = "TW") -> Iterator[Contact]:
    """Valid numbers of a folded text, as E.164. Without a country code they are the region's."""
    if "洞" in text:
        text = _RADIO_RUN.sub(lambda found: found[0].translate(_RADIO), text, count=MOST)
    # Translating is dear, and few texts have them.
    plain = _PAUSE.sub(" ", text).translate(CHINESE) if _ANY_CHINESE.search(text) else text
    plain = _OH.sub(lambda found: found[0].translate(_LETTERS), plain, count=MOST)
    return islice(_all(plain, region), MOST)


def _all(text: str, region: str) -> Iterator[Contact]:
    """Numbers as the region writes them, then those that something else must speak for."""
    own = list(islice(_phones(text, region), MOST))
    yield from own
    others = (*labelled(text), *spelled(text)) if region == "TW" else ()
    for start, end, digits in others:
        if any(one.start < end and start < one.end for one in own):
            continue
        if number := number_of(digits, region):
            yield contact(start, end, number)


def _phones(text: str, region: str) -> Iterator[Contact]:
    tries = _TRIES
    enough = _ENOUGH.search(text)
    for run in _RUN.finditer(text, max(0, enough.start() - 2)) if enough else ():
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run[0])]
        first = 0
        while first < len(groups) and tries > 0:
            step = 1
            for last in _ends(groups, first):
                start, end = groups[first][0], groups[last - 1][1]
                tries -= 1
                number = number_of(text[start:end], region)
                if number and not _WORD.match(text, end):
                    yield _contact(text, start, end, number)
                    step = last - first
                    break
            first += step


def _ends(groups: list[tuple[int, int]], first: int) -> Iterator[int]:
    """How many groups may make one number, longest first."""
    digits = 0
    ends = []
    for last in range(first, len(groups)):
        digits += groups[last][1] - groups[last][0]
        if digits > _MOST_DIGITS + 1:
            break
        if digits >= _FEWEST:
            ends.append(last + 1)
    return reversed(ends)


def number_of(written: str, region: str) -> str | None:
    """E.164 of a valid number, or None."""
    digits = _BETWEEN_DIGITS.sub("", written)
    if digits.startswith(("886", "00886", "002886")) and _INTERNATIONAL.fullmatch(digits):
        digits = "+" + digits[digits.index("886") :]
    if digits.startswith("+") and not _INTERNATIONAL.fullmatch(digits):
        return None
    if region == "TW" and (own := _TAIWAN.fullmatch(digits)):
        return f"+886{own[1]}" if _taiwan().fullmatch(own[1]) else None
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if not digits.startswith(("0", "+")):
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        if national.lstrip("(").startswith("0"):
            return None  # nobody writes it without its zero: an amount, an account, an order
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def _taiwan() -> re.Pattern[str]:
    """Valid numbers of Taiwan without their zero: libphonenumber's own patterns, asked without its detours."""
    known: Any = PhoneMetadata.metadata_for_region("TW")
    kinds = (known.fixed_line, known.mobile, known.toll_free, known.premium_rate, known.shared_cost,
             known.personal_number, known.voip, known.pager, known.uan, known.voicemail)  # fmt: skip
    any_kind = "|".join(kind.national_number_pattern for kind in kinds if kind is not None)
    general = known.general_desc.national_number_pattern
    return re.compile(rf"(?=(?:{general})\Z)(?:{any_kind})", re.ASCII)


def _contact(text: str, start: int, end: int, number: str) -> Contact:
    if start and text[start - 1] == "(":
        start -= 1
    sure = 0.95 if text[start] == "+" or text[start:end].startswith(("09", "886")) else 0.8
    return Contact(HandleKind.PHONE, number, start, end, sure)
