"""Other readings of a folded text, made only where they differ from it.

`spread` undoes separators put inside words: `援.交`, `加　賴`, `l i n e`.
`leet` undoes digits put for letters: `l1ne`, `t3legram`.
`cut` undoes strokes between ideographs: `援/交`, `加|賴`. People write them between
words too (`支援/交通`), so only a word cut behind its first or before its last
character is believed there.

Between ideographs a separator is taken out if nobody writes it there as
punctuation (`援.交`, `援*交`, `援💕交`); if people do (space, slash, brackets),
at least one side must stand alone (`支援 交流` stays, `加　賴` does not); of a
comma or a line break, both sides. Letters must stand alone, three in a row.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.fold import Folded

ALONE_EITHER = frozenset(" /|・,&+#~\"'()[]{}<>「」『』《》〈〉【】〔〕=")
"""Separators that are also written between words: one neighbour must be a single character."""

ALONE_BOTH = frozenset("\n,、:!")
"""Separators that are also written between sentences: both neighbours must be."""

NEVER = frozenset("。;?")

LONGEST = 4
"""Characters of a separator. Longer ones are layout."""

_LEET_INSIDE = re.compile(r"[013457@$!|][a-z]")
"""A digit behind the last letter is a number: `abc1`."""

LONGEST_LEET = 40
"""Characters of a word that is read as leet."""

_HAN = "㐀-䶿一-鿿𠀀-𪛟\u3105-\u312f"
_SOLID = re.compile(r"[^\W_]")
_GAP = re.compile(rf"(?<=[{_HAN}])[\W_]{{1,{LONGEST}}}(?=[{_HAN}])")
_STROKE = re.compile(rf"[/|](?<=[{_HAN}].)(?=[{_HAN}])")
_ROW = re.compile(
    rf"(?<![^\W_])[a-z](?:(?:[^\w。;?\n,、:!]|_){{1,{LONGEST}}}[a-z](?![^\W_])){{2,}}"
)
"""Letters that stand alone, three or more in a row."""
_LEET_FROM = "013457@$!|"
_LEET = (str.maketrans(_LEET_FROM, "oieastasii"), str.maketrans(_LEET_FROM, "oleastasll"))
"""1, ! and | are read as i, and again as l."""
_TOKEN = re.compile(r"[a-z0-9@$!|]+")
_LEET_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@$!|")
_LEAST_LEET = 3


class View(NamedTuple):
    """Another reading: `text[i]` stands at `origins[i]` of the folded text."""

    text: str
    origins: list[int]
    cut: bool = False
    """Whether only words that lost a stroke count in it."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the folded text that `text[start:end]` was read from."""
        return self.origins[start], self.origins[end - 1] + 1


def readings(batch: Folded) -> Iterator[tuple[int, View]]:
    """Each other reading of each post of a batch, with the post's place in it."""
    spreads, leets = _suspects(batch)
    for post in sorted(spreads | leets):
        text = batch.texts[post]
        for view in (
            *(leet(text) if post in leets else ()),
            *(spread(text) if post in spreads else ()),
        ):
            yield post, view
    for post, text in enumerate(batch.texts):
        if "/" in text or "|" in text:
            for view in cut(text):
                yield post, view


def spread(text: str) -> list[View]:
    """The folded text without separators inside words, if there are any."""
    gaps = _gaps(text)
    return [_without(text, gaps)] if gaps else []


def cut(text: str) -> list[View]:
    """The folded text without single strokes between ideographs, if there are any."""
    strokes = [stroke.span() for stroke in _STROKE.finditer(text)]
    return [_without(text, strokes)._replace(cut=True)] if strokes else []


def leet(text: str) -> list[View]:
    """The folded text with words like `l1ne` read as letters, if there are any."""
    words = list(_leet_words(text))
    found = {_replaced(text, words, letters) for letters in _LEET} - {text}
    return [View(read, list(range(len(text)))) for read in sorted(found)]


def _leet_words(text: str) -> Iterator[tuple[int, int]]:
    """Words of letters and the digits put for them."""
    done = 0
    for sign in _LEET_INSIDE.finditer(text):
        start = sign.start()
        if start < done:
            continue
        while start > done and text[start - 1] in _LEET_CHARS:
            start -= 1
        done = _TOKEN.match(text, sign.start()).end()  # type: ignore[union-attr]
        if _LEAST_LEET <= done - start <= LONGEST_LEET:
            real = sum(map(str.isalpha, text[start:done]))
            if 2 <= real < done - start:
                yield start, done


def _replaced(text: str, words: list[tuple[int, int]], letters: dict[int, int]) -> str:
    parts, place = [], 0
    for start, end in words:
        read = text[start:end].translate(letters)
        if read.isalpha():
            parts += [text[place:start], read]
            place = end
    return "".join((*parts, text[place:])) if parts else text


def _gaps(text: str) -> list[tuple[int, int]]:
    """Separators that stand inside a word, in order."""
    gaps = []
    for gap in _GAP.finditer(text):
        start, end = gap.span()
        needed = _needed(gap[0])
        if not needed or (needed < 3 and _alone(text, start - 1) + _alone(text, end) >= needed):
            gaps.append((start, end))
    for row in _ROW.finditer(text):
        letters = [place for place in range(*row.span()) if text[place].isalpha()]
        gaps += [(left + 1, right) for left, right in pairwise(letters)]
    return sorted(gaps)


def _alone(text: str, place: int) -> bool:
    """Whether a character has no letter, digit or ideograph beside it."""
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    return not (_SOLID.match(before) or _SOLID.match(after))


def _needed(separator: str) -> int:
    """How many of its neighbours must stand alone; 3 is never."""
    if not NEVER.isdisjoint(separator):
        return 3
    if not ALONE_BOTH.isdisjoint(separator):
        return 2
    repeated = len(separator) > 1 and len(set(separator)) == 1
    return int(repeated or not ALONE_EITHER.isdisjoint(separator))


def _without(text: str, gaps: list[tuple[int, int]]) -> View:
    origins: list[int] = []
    place = 0
    for start, end in [*gaps, (len(text), len(text))]:
        origins += range(place, start)
        place = end
    return View("".join(text[place] for place in origins), origins)


_OTHER, _HANZI, _LETTER, _DIGIT, _FREE, _EITHER, _BOTH, _NEVER = range(8)


@cache
def _kinds() -> NDArray[np.uint8]:
    """For every code point: what it is to a view."""
    kinds = np.full(sys.maxunicode + 1, _OTHER, dtype=np.uint8)
    for code in (*range(0x3400), *range(0xA000, 0xABFF), *range(0xD7A4, 0x20000)):
        if not _SOLID.match(chr(code)):
            kinds[code] = _FREE
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x3105, 0x312F)):
        kinds[first : last + 1] = _HANZI
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    kinds[ord("a") : ord("z") + 1] = _LETTER
    for kind, chars in ((_EITHER, ALONE_EITHER), (_BOTH, ALONE_BOTH), (_NEVER, NEVER)):
        kinds[[ord(char) for char in chars]] = kind
    return kinds


def _suspects(batch: Folded) -> tuple[set[int], set[int]]:
    """Posts that may have separators inside words, and posts that may have digits for letters.

    A cheap test that misses none: it looks at all posts at once, a few array
    operations each.
    """
    kinds = _kinds()[batch.codes]
    padded = np.concatenate(([_NEVER], kinds, [_NEVER] * 5)).astype(np.uint8)
    before, here, after, second, third, fourth, fifth = (
        padded[nth : nth + len(kinds)] for nth in range(7)
    )
    lone_left = before >= _FREE
    one = (after >= _FREE) & (after < _NEVER) & (second == here)
    more = (after >= _FREE) & (after < _NEVER) & (second >= _FREE) & (second < _NEVER)
    more &= (third == here) | (fourth == here) | (fifth == here)
    lone_right = more | (third >= _FREE)
    lone = (after == _FREE) | ((after == _EITHER) & (lone_left | lone_right))
    lone |= lone_left & lone_right
    apart = (here == _HANZI) & (one | more) & lone
    apart |= (here == _LETTER) & (one | more) & lone_left & lone_right
    digits = _leet_signs()[batch.codes] & (after == _LETTER)
    slow = set(batch.slow)
    return slow | _posts(batch, apart), slow | _posts(batch, digits)


def _posts(batch: Folded, where: NDArray[np.bool_]) -> set[int]:
    places = np.flatnonzero(where)
    return set((np.searchsorted(batch.starts, places, side="right") - 1).tolist())


@cache
def _leet_signs() -> NDArray[np.bool_]:
    signs = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    signs[[ord(char) for char in _LEET_FROM]] = True
    return signs
