"""Telephone numbers that Taiwan's own shapes do not show: China's and North America's without their code, and those spelled in words.

A number without its country's code is believed only behind a word that says what it
is (手機, 电话, call, text), for orders and parcels are numbered as long.
"""

import re
from collections.abc import Iterator
from itertools import islice

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.regexes import folded_regex

_MAINLAND = r"(?P<cn>1[3-9][0-9](?:[ \-]?[0-9]{4}){2})"
_AMERICA = r"(?P<us>(?:1[ .\-])?\(?[2-9][0-9]{2}\)?[ .\-]?[2-9][0-9]{2}[ .\-][0-9]{4})"
_NUMBER = re.compile(rf"(?<![0-9a-z+.\-])(?:{_MAINLAND}|{_AMERICA})(?![0-9a-z]|[.\-][0-9])")
_CODES = {"cn": "+86", "us": "+1"}
_LABEL = re.compile(
    folded_regex(
        r"(?:電話|手機|聯[絡繫系]|微信|致電|來電|撥打?|號碼|洽|打|同號|whats ?app|\b(?:call|text|txt|tel|phone|cell|mobile|sms|dial|ring|contact|reach|ph|signal|number|hmu|hit me up|whatsapp|wechat|me|us)\b)"
        r"[^0-9a-z。!?\n]{0,8}(?:(?:at|on|is|me|us|號|微信|同號)[^0-9a-z。!?\n]{0,4}){0,2}$"
    )
)
"""What says right before a number that it is one to be called."""
_CALLED = re.compile(r"\s?(?:(?:please|pls) )?(?:text|call|sms|whatsapp|hmu|dm|ring|dial)\b")
"""The same right behind it."""
_NEAR = 24
"""Characters before a number in which that stands."""

_WORDS = {"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4",
          "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}  # fmt: skip
_WORD = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_APART = r"[ ,.\-_/]{0,3}"
SPELLED_SIGN = rf"(?:{_WORD})(?:{_APART}(?:{_WORD})){{2}}"
_SPELLED = re.compile(
    rf"(?<![a-z0-9])(?:{_WORD}|[0-9])(?:{_APART}(?:{_WORD}|[0-9])){{6,14}}(?![a-z0-9])"
)
_PIECE = re.compile(rf"{_WORD}|[0-9]")
_LEAST_WORDS = 3


def labelled(text: str) -> Iterator[tuple[int, int, str]]:
    """Where such numbers stand in a folded text behind a word for them, with their country's code."""
    for found in islice(_NUMBER.finditer(text), MOST):
        before = text[max(0, found.start() - _NEAR) : found.start()]
        if _LABEL.search(before) or _CALLED.match(text, found.end()):
            yield *found.span(), f"{_CODES[str(found.lastgroup)]}{found[0]}"


def spelled(text: str) -> Iterator[tuple[int, int, str]]:
    """Where numbers are spelled in English words, and their digits."""
    if not any(map(text.__contains__, _WORDS)):
        return
    for found in islice(_SPELLED.finditer(text), MOST):
        pieces = _PIECE.findall(found[0])
        if sum(map(str.isalpha, pieces)) >= _LEAST_WORDS:
            yield *found.span(), "".join(_WORDS.get(one, one) for one in pieces)


def contact(start: int, end: int, number: str) -> Contact:
    """A number of a folded text."""
    return Contact(HandleKind.PHONE, number, start, end, 0.7)
