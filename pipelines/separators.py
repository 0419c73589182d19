"""Where separators and digits may hide words, in all posts of a batch at once.

The same places as `gaps` finds in one text, by a few array operations on the
batch: most posts have none, and are not looked at again.
"""

import re
import sys
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.fold import NUL, Folded, Joined
from pipelines.readings import MOST

ALONE_EITHER = frozenset(" /|・,&+#~\"'()[]{}<>「」『』《》〈〉【】〔〕=")
"""Separators that are also written between words: one neighbour must be a single character."""

ALONE_BOTH = frozenset("\n,、:!")
"""Separators that are also written between sentences: both neighbours must be."""

NEVER = frozenset("。;?")

LONGEST = 4
"""Characters of a separator. Longer ones are layout."""

MOST_GAPS = 20_000
"""Separators that are taken out of one text: a book of two hundred pages, spaced letter by letter."""

TONES = "ˇˊˋ"
HAN = f"㐀-䶿一-鿿𠀀-𪛟\u3105-\u312f{TONES}"
"""What is written without spaces, as a class of a regex: ideographs, and Zhuyin with its tones."""

STROKES = "/|"
LEET = "013457@$!|€£¥¢"
TURNED = "ɐɔǝəɟɥᴉʞɯɹʃʅʇʌʍʎ"
"""Letters upside down that no other sign says."""
FILLERS = "のノッーっ々〃ㄉㄟㄜㄍぁぃぅぇぉゃゅょァィゥェォャュョアイqxovdzyp"
"""Letters that are put between ideographs to part them, where they say nothing."""

_WRITTEN = re.compile(r"[^\W_]")

_SOLID, _HANZI, _LETTER, _FREE, _EITHER, _BOTH, _NEVER, _END = range(8)
"""What a character is to a view; from `_FREE` on it separates. `_END` is the end of a post."""

_FILLER, _LEET_SIGN, _STROKE, _SIGN = 8, 16, 32, 64
"""Added to the kind of a filler, of a character that is put for a letter, of a stroke, and of one that may tell
of an escape or stands upside down."""

_KIND = 7

_BREAK = ord("\n")
_OPENS_TAG = tuple(map(ord, "<["))

_BEFORE, _BEHIND = 2, 6
"""Characters that are asked for around a place."""


class Pieces(NamedTuple):
    """Pieces of the joined folds, `joined[starts[i]:ends[i]]`, in order."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class Hidden(NamedTuple):
    """Places worth another reading."""

    gaps: Pieces
    """Separators inside words."""
    strokes: Pieces
    """Single strokes between ideographs."""
    leets: list[int]
    """Where a digit stands before a letter, in the joined folds."""
    signs: list[int]
    """Where an escape may begin, or a letter stands upside down."""
    tags: list[int]
    """Where the end of a tag begins: `</` or `[/`."""


@cache
def _kinds() -> NDArray[np.uint8]:
    """For every code point: what it is to a view."""
    kinds = np.full(sys.maxunicode + 1, _SOLID, dtype=np.uint8)
    for first, last in ((0, 0x33FF), (0x4DC0, 0x4DFF), (0xA000, 0xABFF), (0xD7A4, 0x1FFFF)):
        solid = [chr(code).isalnum() for code in range(first, last + 1)]
        kinds[first : last + 1] = np.where(solid, _SOLID, _FREE)
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x3105, 0x312F)):
        kinds[first : last + 1] = _HANZI
    kinds[[ord(tone) for tone in TONES]] = _HANZI
    kinds[ord("a") : ord("z") + 1] = _LETTER
    for kind, chars in ((_EITHER, ALONE_EITHER), (_BOTH, ALONE_BOTH), (_NEVER, NEVER)):
        kinds[[ord(char) for char in chars]] = kind
    kinds[ord(NUL)] = _END
    kinds[[ord(char) for char in LEET]] |= _LEET_SIGN
    kinds[0xF0000:] = _FREE
    for bit, some in ((_STROKE, STROKES), (_SIGN, f"&%\\{TURNED}"), (_FILLER, FILLERS)):
        kinds[[ord(char) for char in some]] |= bit
    return kinds


class Characters(NamedTuple):
    """Which of the joined characters are of a kind."""

    letter: NDArray[np.bool_]
    hanzi: NDArray[np.bool_]
    """Ideographs and Zhuyin."""
    free: NDArray[np.bool_]
    """Signs that nobody writes between them."""
    either: NDArray[np.bool_]
    """Brackets, and what else stands between words."""
    filler: NDArray[np.bool_]
    """Letters that may part ideographs."""


def ideographs(text: str) -> bool:
    """Whether a text is made of ideographs and Zhuyin alone."""
    return all(ord(char) < len(_kinds()) and _kinds()[ord(char)] & _KIND == _HANZI for char in text)


def written(batch: Joined) -> Characters:
    """What the characters of a batch are."""
    signed = np.take(_kinds(), batch.codes, mode="clip")
    kinds = signed & np.uint8(_KIND)
    return Characters(
        letter=kinds == _LETTER,
        hanzi=kinds == _HANZI,
        free=kinds == _FREE,
        either=kinds == _EITHER,
        filler=(signed & _FILLER) != 0,
    )


def hidden(batch: Folded) -> Hidden:
    """What the posts of a batch that are in its arrays may hide."""
    signed = np.empty(len(batch.codes) + _BEFORE + _BEHIND, dtype=np.uint8)
    np.take(_kinds(), batch.codes, mode="clip", out=signed[_BEFORE:-_BEHIND])
    signed[:_BEFORE] = signed[-_BEHIND:] = _END
    kinds = signed & np.uint8(_KIND)
    letter = kinds == _LETTER
    digits = np.flatnonzero(((signed & _LEET_SIGN) != 0)[:-1] & letter[1:]) - _BEFORE
    apart = kinds >= _FREE
    hanzi = kinds == _HANZI
    lone = np.flatnonzero(letter[1:-1] & apart[:-2] & apart[2:]) + 1
    found = (
        _one(kinds, hanzi, apart),
        _more(batch, kinds, hanzi, apart),
        _rows(batch, kinds, lone),
    )
    marked = np.flatnonzero(signed >= _STROKE)
    signs = (signed[marked] & _SIGN) != 0
    strokes = marked[~signs]
    before = batch.codes.take(strokes - _BEFORE - 1, mode="clip")
    tags = strokes[(before == _OPENS_TAG[0]) | (before == _OPENS_TAG[1])] - _BEFORE - 1
    strokes = strokes[hanzi[strokes - 1] & hanzi[strokes + 1]] - _BEFORE
    starts = np.concatenate([some.starts for some in found]) - _BEFORE
    ends = np.concatenate([some.ends for some in found]) - _BEFORE
    starts, order = np.unique(starts, return_index=True)
    if len(starts) > MOST_GAPS:
        few = np.searchsorted(starts, batch.few(starts, MOST_GAPS))
        starts, order = starts[few], order[few]
    return Hidden(
        gaps=Pieces(starts, ends[order]),
        strokes=Pieces(strokes, strokes + 1),
        leets=batch.few(digits, MOST).tolist(),
        tags=batch.few(tags, MOST).tolist(),
        signs=batch.few(marked[signs] - _BEFORE, MOST).tolist(),
    )


def _one(kinds: NDArray[np.uint8], hanzi: NDArray[np.bool_], apart: NDArray[np.bool_]) -> Pieces:
    """Separators of one character that stand inside a word of ideographs; like all below, in the padded arrays."""
    here = kinds[2:-2]
    alone = apart[:-4].view(np.uint8) + apart[4:].view(np.uint8)
    inside = hanzi[1:-3] & hanzi[3:-1] & apart[2:-2]
    inside &= (here < _NEVER) & (here <= alone + np.uint8(_FREE))
    starts = np.flatnonzero(inside) + 2
    return Pieces(starts, starts + 1)


def _more(
    batch: Folded, kinds: NDArray[np.uint8], hanzi: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> Pieces:
    """Separators of several characters that do. Few texts have any."""
    starts = np.flatnonzero(hanzi[:-_BEHIND] & apart[1 : 1 - _BEHIND] & apart[2 : 2 - _BEHIND]) + 1
    ends = starts + 2
    for _ in range(LONGEST - 2):
        ends += apart[ends]
    whole = hanzi[ends]
    starts, ends = starts[whole], ends[whole]
    codes, worst, repeated = batch.codes, kinds[starts], np.ones(len(starts), dtype=np.bool_)
    for nth in range(1, LONGEST):
        longer = starts + nth < ends
        np.maximum(worst, np.where(longer, kinds[starts + nth], 0), out=worst)
        first = starts - _BEFORE
        repeated &= ~longer | (codes[first] == codes.take(first + nth, mode="clip"))
    needed = np.where(worst == _FREE, repeated, worst - _FREE)
    alone = apart[starts - 2].astype(np.uint8) + apart[ends + 1]
    inside = (worst < _NEVER) & (alone >= needed)
    return Pieces(starts[inside], ends[inside])


def _rows(batch: Folded, kinds: NDArray[np.uint8], lone: NDArray[np.int64]) -> Pieces:
    """Separators between letters that stand alone, three or more in a row."""
    starts, ends = lone[:-1] + 1, lone[1:]
    linked = ends - starts <= LONGEST
    for nth in range(LONGEST):
        between = kinds[starts + nth]
        written = (between >= _FREE) & (between <= _EITHER)
        written |= batch.codes.take(starts + nth - _BEFORE, mode="clip") == _BREAK
        linked &= (starts + nth >= ends) | written
    follows = np.zeros(len(starts) + 1, dtype=np.bool_)
    follows[1:-1] = linked[1:] & linked[:-1]
    row = follows[1:] | follows[:-1]
    return Pieces(starts[row], ends[row])


def taken_out(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, which parts two ideographs, is a separator inside a word: one place of those that `hidden` finds."""
    needed = _needed(text[start:end])
    return not needed or (needed < 3 and _alone(text, start - 1) + _alone(text, end) >= needed)


def _alone(text: str, place: int) -> bool:
    """Whether a character has no letter, digit or ideograph beside it."""
    before = text[place - 1] if place else " "
    after = text[place + 1] if place + 1 < len(text) else " "
    return not (_WRITTEN.match(before) or _WRITTEN.match(after))


def _needed(separator: str) -> int:
    """How many of its neighbours must stand alone; 3 is never."""
    if not NEVER.isdisjoint(separator):
        return 3
    if not ALONE_BOTH.isdisjoint(separator):
        return 2
    repeated = len(separator) > 1 and len(set(separator)) == 1
    return int(repeated or not ALONE_EITHER.isdisjoint(separator))


_GAP = re.compile(rf"(?<=[{HAN}])[\W_]{{1,{LONGEST}}}(?=[{HAN}])")
_ROW = re.compile(rf"(?<![^\W_])[a-z](?:(?:[^\w。;?,、:!]|_){{1,{LONGEST}}}[a-z](?![^\W_])){{2,}}")
"""Letters that stand alone, three or more in a row."""


def gaps(text: str) -> list[tuple[int, int]]:
    """Separators that stand inside a word, in order."""
    found = [gap.span() for gap in _GAP.finditer(text) if taken_out(text, *gap.span())]
    for row in _ROW.finditer(text):
        letters = [place for place in range(*row.span()) if text[place].isalpha()]
        found += [(left + 1, right) for left, right in pairwise(letters)]
    return sorted(found)
