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
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pipelines.fold import Folded
from pipelines.separators import ALONE_BOTH, ALONE_EITHER, LEET, LONGEST, NEVER, hidden

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
_LETTERS = (str.maketrans(LEET, "oieastasii"), str.maketrans(LEET, "oleastasll"))
"""1, ! and | are read as i, and again as l."""
_TOKEN = re.compile(r"[a-z0-9@$!|]+")
_LEET_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@$!|")
_LEAST_LEET = 3


@dataclass(frozen=True)
class View:
    """Another reading: `text[i]` stands at `origins[i]` of the folded text."""

    text: str
    gaps: tuple[tuple[int, int], ...]
    """Pieces of the folded text that were taken out."""
    cut: bool = False
    """Whether only words that lost a stroke count in it."""

    @cached_property
    def origins(self) -> list[int]:
        """Where its characters stand; few views are ever asked."""
        places: list[int] = []
        place = 0
        for start, end in self.gaps:
            places += range(place, start)
            place = end
        places += range(place, place + len(self.text) - len(places))
        return places

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the folded text that `text[start:end]` was read from."""
        return self.origins[start], self.origins[end - 1] + 1


def readings(batch: Folded) -> Mapping[int, list[View]]:
    """The other readings of those posts of a batch that have any."""
    found = hidden(batch)
    views: dict[int, list[View]] = defaultdict(list)
    for post in found.leets - batch.slow.keys():
        if other := leet(batch.texts[post]):
            views[post] += other
    for post, gaps in found.gaps.items():
        if post not in batch.slow:
            views[post].append(_without(batch.texts[post], gaps))
    for post, strokes in found.strokes.items():
        if post not in batch.slow:
            views[post].append(_without(batch.texts[post], strokes, cut=True))
    for post in batch.slow:
        text = batch.texts[post]
        if other := [*leet(text), *spread(text), *cut(text)]:
            views[post] = other
    return views


def spread(text: str) -> list[View]:
    """The folded text without separators inside words, if there are any."""
    gaps = _gaps(text)
    return [_without(text, gaps)] if gaps else []


def cut(text: str) -> list[View]:
    """The folded text without single strokes between ideographs, if there are any."""
    strokes = [stroke.span() for stroke in _STROKE.finditer(text)]
    return [_without(text, strokes, cut=True)] if strokes else []


def leet(text: str) -> list[View]:
    """The folded text with words like `l1ne` read as letters, if there are any."""
    words = list(_leet_words(text))
    found = {_replaced(text, words, letters) for letters in _LETTERS} - {text}
    return [View(read, ()) for read in sorted(found)]


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


def _without(text: str, gaps: list[tuple[int, int]], *, cut: bool = False) -> View:
    parts = []
    place = 0
    for start, end in gaps:
        parts.append(text[place:start])
        place = end
    parts.append(text[place:])
    return View("".join(parts), tuple(gaps), cut)
