"""Numbers in listed words as people also write them: 3000 is 三千, 三〇〇〇, 叁仟, 3千.

The other spellings are looked for together with the word, so a text is never
searched for numbers. Words are folded, so simplified.
"""

import re
from collections.abc import Iterator
from itertools import product

_CHARS = (
    "0〇零",
    "1一壹",
    "2二两贰",
    "3三叁",
    "4四肆",
    "5五伍",
    "6六陆",
    "7七柒",
    "8八捌",
    "9九玖",
)
_DIGITS = tuple(f"(?:{'|'.join(chars)})" for chars in _CHARS)
_ROW_DIGITS = tuple(
    f"(?:{'|'.join(chars + more)})"
    for chars, more in zip(_CHARS, ("o", "么幺", *[""] * 5, "拐", "", ""), strict=True)
)
"""In a row of several digits: 3ooo is 3000, 么六五 is 165 as it is said on the radio."""
_VALUES = {char: value for value, chars in enumerate(_CHARS) for char in chars}
_UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1_000,
    "仟": 1_000,
    "k": 1_000,
    "万": 10_000,
    "w": 10_000,
}
_TENS = {10: "(?:十|拾)", 100: "(?:百|佰)", 1_000: "(?:千|仟)"}
_NUMBER = re.compile(
    rf"[{''.join(_VALUES)}]+(?:[十拾百佰千仟万][{''.join(_VALUES)}十拾百佰千仟万]*)?|[十拾]+[{''.join(_VALUES)}]?"
)
_NOUGHT = "(?:〇|零)?"
_LARGEST = 100_000_000
_PLACES = 12
"""Digits of a number that is spelled in other ways."""


def spellings(word: str) -> list[str]:
    """Patterns for a folded word with its numbers written otherwise; none if it has no number."""
    pieces: list[list[str]] = []
    done = 0
    numbers = any(_counts(found[0]) for found in _NUMBER.finditer(word))
    for found in _NUMBER.finditer(word):
        ways = _ways(found[0]) if numbers else []
        if ways:
            pieces += [[re.escape(word[done : found.start()])], ways]
            done = found.end()
    if not pieces:
        return []
    pieces.append([re.escape(word[done:])])
    return sorted({"".join(parts) for parts in product(*pieces)})


def _counts(number: str) -> bool:
    """Whether it surely is a number: a single 一 may be a part of any word."""
    return any(char.isascii() for char in number) or len(number) > 1


def _ways(number: str) -> list[str]:
    """Patterns of the ways to write a number."""
    value = _value(number)
    if value is None:
        plain = [_VALUES[char] for char in number if char in _VALUES]
        return (
            ["".join(_DIGITS[one] for one in plain)] if len(plain) == len(number) <= _PLACES else []
        )
    row = _ROW_DIGITS if value >= 10 else _DIGITS
    digits = "".join(row[int(one)] for one in str(value))
    spoken = {_spoken(value), *_short(value)} if value >= 10 else set()
    return sorted({digits, *spoken} - {""})


def _value(number: str) -> int | None:
    """What it counts; None for a row of digits that begins with nought, and for what is no number."""
    if all(char in _VALUES for char in number):
        digits = "".join(str(_VALUES[char]) for char in number)
        return int(digits) if digits[0] != "0" and int(digits) < _LARGEST else None
    total = section = 0
    current: int | None = None
    last = 1
    for char in number:
        if char in _VALUES:
            digit = _VALUES[char]
            current = digit if current in {None, 0} else (current or 0) * 10 + digit
            continue
        unit = _UNITS[char]
        if unit == 10_000:
            total += (section + (current or 0) or 1) * unit
            section = 0
        else:
            section += (1 if current is None else current) * unit
        last, current = unit, None
    if current is not None:
        tail = number[-1] not in "0〇零" and last >= 100 and number[-2] not in "0〇零"
        section += current * (last // 10) if tail and current < 10 else current
    value = total + section
    return value if 0 < value < _LARGEST else None


def _spoken(value: int) -> str:
    """With units: 两千五百, and 十五 as 一十五."""
    high, low = divmod(value, 10_000)
    parts = [f"{_spoken_section(high)}万"] if high else []
    if low:
        parts.append((_NOUGHT if high and low < 1_000 else "") + _spoken_section(low))
    return "".join(parts)


def _spoken_section(value: int) -> str:
    parts: list[str] = []
    gap = False
    for unit in (1_000, 100, 10):
        digit, value = divmod(value, unit)
        if digit:
            said = _DIGITS[digit]
            if unit == 10 and not parts and digit == 1:
                said += "?"
            ten = f"(?:{said}{_TENS[unit]}|廿)" if unit == 10 and digit == 2 else said + _TENS[unit]
            parts.append((_NOUGHT if gap else "") + ten)
            gap = False
        else:
            gap = bool(parts)
    if value:
        parts.append((_NOUGHT if gap else "") + _DIGITS[value])
    return "".join(parts)


def _short(value: int) -> Iterator[str]:
    """两千五, 6万8, 3k: the last unit is not said; and digits before a unit: 30万."""
    for unit in (10_000, 1_000, 100):
        first, rest = divmod(value, unit)
        if not first:
            continue
        head = "".join(_DIGITS[int(one)] for one in str(first))
        heads = {head, _spoken(first)} if first >= 10 else {head}
        name = {10_000: "(?:万|w)", 1_000: "(?:千|仟|k)", 100: "(?:百|佰)"}[unit]
        if not rest:
            yield from (f"(?:{one}){name}" for one in heads)
        elif rest % (unit // 10) == 0 and rest // (unit // 10) < 10:
            tail = _DIGITS[rest // (unit // 10)]
            yield from (f"(?:{one}){name}{tail}" for one in heads)
