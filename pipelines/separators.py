"""Where separators and digits may hide words, in all posts of a batch at once.

The same places as `views` finds post by post, by a few array operations on the
batch: most posts have none, and are not looked at again. Posts that were folded
by clusters are not in the arrays; `views` looks at them itself.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import cache
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

STROKES = "/|"
LEET = "013457@$!|"

Gaps = Mapping[int, list[tuple[int, int]]]
"""Pieces of folded texts, by post, in order."""

_SOLID, _HANZI, _LETTER, _FREE, _EITHER, _BOTH, _NEVER, _END = range(8)
"""What a character is to a view; from `_FREE` on it separates. `_END` is the end of a post."""

_LEET_SIGN = 16
_STROKE = 32
"""Added to the kind of a character that is put for a letter, and of a stroke."""

_KIND = 15

_BEFORE, _BEHIND = 2, 6
"""Characters that are asked for around a place."""


class Hidden(NamedTuple):
    """Places worth another reading."""

    gaps: Gaps
    """Separators inside words."""
    strokes: Gaps
    """Single strokes between ideographs."""
    leets: AbstractSet[int]
    """Posts with a digit before a letter."""


@cache
def _kinds() -> NDArray[np.uint8]:
    """For every code point: what it is to a view."""
    kinds = np.full(sys.maxunicode + 1, _SOLID, dtype=np.uint8)
    for first, last in ((0, 0x33FF), (0x4DC0, 0x4DFF), (0xA000, 0xABFF), (0xD7A4, 0x1FFFF)):
        solid = [chr(code).isalnum() for code in range(first, last + 1)]
        kinds[first : last + 1] = np.where(solid, _SOLID, _FREE)
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x3105, 0x312F)):
        kinds[first : last + 1] = _HANZI
    kinds[ord("a") : ord("z") + 1] = _LETTER
    for kind, chars in ((_EITHER, ALONE_EITHER), (_BOTH, ALONE_BOTH), (_NEVER, NEVER)):
        kinds[[ord(char) for char in chars]] = kind
    kinds[[ord(char) for char in LEET]] |= _LEET_SIGN
    kinds[[ord(char) for char in STROKES]] |= _STROKE
    return kinds


def hidden(batch: Folded) -> Hidden:
    """What the posts of a batch that are in its arrays may hide."""
    signed = np.empty(len(batch.codes) + _BEFORE + _BEHIND, dtype=np.uint8)
    np.take(_kinds(), batch.codes, mode="clip", out=signed[_BEFORE:-_BEHIND])
    signed[:_BEFORE] = signed[-_BEHIND:] = _END
    signed[np.array(batch.starts[1:], dtype=np.int64) + _BEFORE - 1] = _END
    kinds = signed & np.uint8(_KIND)
    digits = np.flatnonzero(((signed & _LEET_SIGN) != 0)[:-1] & (kinds[1:] == _LETTER))
    apart = kinds >= _FREE
    hanzi = kinds == _HANZI
    lone = np.flatnonzero((kinds == _LETTER)[1:-1] & apart[:-2] & apart[2:]) + 1
    found = (*_one(kinds, hanzi, apart), *_more(batch, kinds, hanzi, apart), *_rows(kinds, lone))
    between = ((signed & _STROKE) != 0)[1:-1] & hanzi[:-2] & hanzi[2:]
    strokes = np.flatnonzero(between) + 1
    return Hidden(
        gaps=_by_post(batch, np.concatenate(found[::2]), np.concatenate(found[1::2])),
        strokes=_by_post(batch, strokes, strokes + 1),
        leets=set(_posts(batch, digits - _BEFORE)),
    )


_Pieces = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and ends in the padded arrays."""


def _one(kinds: NDArray[np.uint8], hanzi: NDArray[np.bool_], apart: NDArray[np.bool_]) -> _Pieces:
    """Separators of one character that stand inside a word of ideographs."""
    here = kinds[2:-2]
    alone = apart[:-4].view(np.uint8) + apart[4:].view(np.uint8)
    inside = hanzi[1:-3] & hanzi[3:-1] & apart[2:-2]
    inside &= (here < _NEVER) & (here <= alone + np.uint8(_FREE))
    starts = np.flatnonzero(inside) + 2
    return starts, starts + 1


def _more(
    batch: Folded, kinds: NDArray[np.uint8], hanzi: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> _Pieces:
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
    return starts[inside], ends[inside]


def _rows(kinds: NDArray[np.uint8], lone: NDArray[np.int64]) -> _Pieces:
    """Separators between letters that stand alone, three or more in a row."""
    starts, ends = lone[:-1] + 1, lone[1:]
    linked = ends - starts <= LONGEST
    for nth in range(LONGEST):
        between = kinds[starts + nth]
        linked &= (starts + nth >= ends) | ((between >= _FREE) & (between <= _EITHER))
    follows = np.zeros(len(starts) + 1, dtype=np.bool_)
    follows[1:-1] = linked[1:] & linked[:-1]
    row = follows[1:] | follows[:-1]
    return starts[row], ends[row]


def _posts(batch: Folded, places: NDArray[np.int64]) -> list[int]:
    posts: list[int] = (np.searchsorted(batch.starts, places, side="right") - 1).tolist()
    return posts


def _by_post(batch: Folded, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Gaps:
    """Pieces of the padded arrays, as places in their posts."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    order = np.argsort(starts)
    places = starts[order] - _BEFORE
    posts = _posts(batch, places)
    pieces = zip(posts, places.tolist(), (ends[order] - _BEFORE).tolist(), strict=True)
    for post, start, end in pieces:
        first = batch.starts[post]
        found[post].append((start - first, end - first))
    return found
