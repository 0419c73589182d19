"""Places in what people wrote, shown so that nothing in the line can hide or turn around."""

import unicodedata
from typing import Self

_SHOWN = 72
"""Characters of a long line that are shown around a place."""


def visible(text: str) -> str:
    """The text with what hides or turns letters around written out: `⟦U+202E⟧`."""
    return "".join(
        f"⟦U+{ord(letter):04X}⟧" if _hides(letter) else letter
        for letter in text.replace("\r\n", "\n")
    )


def _hides(letter: str) -> bool:
    return letter not in "\n\t" and unicodedata.category(letter) in {
        "Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp",
    }  # fmt: skip


class Place(str):
    """Where a fault is, such as `file:line:column`; `excerpt` is the line there with a caret below, or empty."""

    __slots__ = ("excerpt",)
    excerpt: str

    def __new__(cls, where: str, line: str | None = None, column: int = 1) -> Self:
        """The column is counted from 1, in characters."""
        place = super().__new__(cls, where)
        place.excerpt = "" if line is None else _excerpt(line, min(column - 1, len(line)))
        return place


def _excerpt(line: str, at: int) -> str:
    """The line, or what of it is around the place, and a caret below the place."""
    first = max(0, min(at - _SHOWN // 2, len(line) - _SHOWN))
    before = "…" * (first > 0) + visible(line[first:at])
    behind = visible(line[at : first + _SHOWN]) + "…" * (first + _SHOWN < len(line))
    shown = (before + behind).replace("\t", " ").rstrip()
    return f"    {shown}\n    {' ' * _columns(before)}^"


def _columns(text: str) -> int:
    """How many columns of a terminal it takes: a wide character takes two, a combining mark none."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
