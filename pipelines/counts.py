"""Numbers of things: 20顆, 三十 包, 1,200 pcs. What is a code, a date or an account is no number of anything."""

import re
from collections.abc import Sequence
from decimal import Decimal

from pipelines.amounts import amount_of, plain
from pipelines.regexes import folded_regex

_NUMBER = r"(?:[0-9][0-9,]{0,12}(?:\.[0-9]{1,2})?(?:\s?[百千萬億][0-9一二三四五六七八九]?|[kw])?|[一二三四五六七八九兩〇零十百千萬億壹貳參肆伍陸柒捌玖拾佰仟]{1,12})"
_READ = re.compile(folded_regex(_NUMBER))
_GOES_BEFORE = re.compile(r"(?:[a-z0-9_@#]|[a-z0-9][.,:/-])\Z")
"""What a code, a date or an account is made of: a comma behind a word is a comma."""
_VAGUE = re.compile("[百千万亿佰仟]+")
"""Of 千萬不要: counts nothing."""


def pattern(of: Sequence[str]) -> str:
    """Whatever may be a number of these things; both scanners read it. Ask `count`."""
    things = "|".join(sorted(map(re.escape, of), key=len, reverse=True))
    return rf"{_NUMBER}\s?(?:{things})" if things else _NUMBER


def count(text: str, start: int, end: int) -> tuple[Decimal, Decimal] | None:
    """How many `text[start:end]` of a folded text counts, from and to; None if it is no number after all."""
    said = text[start:end]
    behind = text[end : end + 2]
    if said[0].isascii() and _GOES_BEFORE.search(text, max(0, start - 2), start):
        return None
    if said[-1].isascii() and re.match("[0-9a-z_@]", behind):
        return None
    if said[-1] in "0123456789" and re.match("[.,:/-][0-9]", behind):
        return None
    if re.match("0[0-9]", said):
        return None
    counted = _READ.match(said)
    if counted is None or _VAGUE.fullmatch(counted[0]):
        return None
    amount = amount_of(plain(counted[0]))
    return None if amount is None else (amount, amount)
