"""The other readings of a batch of folded posts.

`spread` undoes separators put inside words: `援.交`, `加　賴`, `l i n e`.
`cut` undoes strokes between ideographs: `援/交`, `加|賴`. People write them between
words too (`支援/交通`), so only a word cut behind its first or before its last
character is believed there.

Between ideographs a separator is taken out if nobody writes it there as
punctuation (`援.交`, `援*交`, `援💕交`); if people do (space, slash, brackets),
at least one side must stand alone (`支援 交流` stays, `加　賴` does not); of a
comma or a line break, both sides. Letters must stand alone, three in a row.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from patrol.models import Disguise
from pipelines.fold import Folded, Joined
from pipelines.letters import dotted, leets, repeated
from pipelines.markup import entities, turned
from pipelines.parted import Parted
from pipelines.readings import Readings, View, Written, apart, around, edited
from pipelines.separators import (
    HAN,
    LONGEST,
    Pieces,
    hidden,
    taken_out,
    written,
)
from pipelines.sounds import Sounds
from pipelines.spellings import Spelling

_GAP = re.compile(rf"(?<=[{HAN}])[\W_]{{1,{LONGEST}}}(?=[{HAN}])")
_STROKE = re.compile(rf"[/|](?<=[{HAN}].)(?=[{HAN}])")
_ROW = re.compile(rf"(?<![^\W_])[a-z](?:(?:[^\w。;?,、:!]|_){{1,{LONGEST}}}[a-z](?![^\W_])){{2,}}")
"""Letters that stand alone, three or more in a row."""


class _Shorter(Readings):
    """Posts without some of their pieces."""

    def __init__(self, batch: Folded, gaps: Pieces, how: Disguise) -> None:
        bounds, owners = batch.bounds, batch.posts(gaps.starts)
        posts, firsts = np.unique(owners, return_index=True)
        edges = np.sort(np.concatenate((bounds[posts], gaps.starts, gaps.ends, bounds[posts + 1])))
        begins, lengths = edges[::2], edges[1::2] - edges[::2]
        behind = np.cumsum(lengths)
        kept = np.repeat(begins - (behind - lengths), lengths) + np.arange(behind[-1])
        own = bounds[posts + 1] - bounds[posts] - np.add.reduceat(gaps.ends - gaps.starts, firsts)
        starts = [0, *np.cumsum(own).tolist()]
        super().__init__(how, posts.tolist(), starts, str(batch.codes[kept].data, "utf-32-le"))
        shifts = bounds[owners]
        self._gaps = Pieces(gaps.starts - shifts, gaps.ends - shifts)
        self._firsts = [*firsts.tolist(), len(owners)]

    def view(self, nth: int) -> View:
        own = slice(self._firsts[nth], self._firsts[nth + 1])
        starts, ends = self._gaps.starts[own].tolist(), self._gaps.ends[own].tolist()
        gaps = tuple((start, end, 0) for start, end in zip(starts, ends, strict=True))
        return View(self.text(nth), self.how, gaps)


def readings(batch: Folded) -> list[Readings]:
    """The other readings of a batch that cost little: nearly all posts have none."""
    found = hidden(batch)
    made: list[Readings] = [
        leets(batch, found.leets),
        *([_Shorter(batch, found.gaps, Disguise.SEPARATORS)] if len(found.gaps.starts) else ()),
        *([_Shorter(batch, found.strokes, Disguise.STROKES)] if len(found.strokes.starts) else ()),
        entities(batch),
        turned(batch),
    ]
    return [some for some in made if some.posts]


def dear_readings(batch: Joined, sounds: Sounds, parted: Parted) -> list[Readings]:
    """Those that cost more than all the others, and in which only listed words are looked for."""
    kinds = written(batch)
    made = (
        dotted(batch, kinds),
        repeated(batch, kinds),
        parted.joined(batch, kinds),
        sounds.spelled(batch),
        sounds.heard(batch),
    )
    return [some for some in made if some.posts]


def respelled(
    texts: Mapping[int, str], found: Mapping[int, Sequence[tuple[int, int, Spelling]]]
) -> list[Readings]:
    """Readings of posts in which other spellings of characters or words were found, by post."""
    views: dict[Disguise, list[tuple[int, View]]] = {}
    for post, some in found.items():
        for how in sorted({spelling.how for _, _, spelling in some}):
            own = [one for one in some if one[2].how is how]
            ways = max(len(spelling.read) for _, _, spelling in own)
            views.setdefault(how, []).extend(
                (
                    post,
                    around(
                        texts[post],
                        apart(
                            (start, end, spelling.read[min(way, len(spelling.read) - 1)])
                            for start, end, spelling in own
                        ),
                        how,
                    ),
                )
                for way in range(min(ways, _WAYS))
            )
    return [Written(how, some) for how, some in views.items()]


_WAYS = 3
"""Readings of one text in which a spelling may mean several things."""


def spread(text: str) -> list[View]:
    """The folded text without separators inside words, if there are any."""
    gaps = _gaps(text)
    return [edited(text, [(*gap, "") for gap in gaps], Disguise.SEPARATORS)] if gaps else []


def cut(text: str) -> list[View]:
    """The folded text without single strokes between ideographs, if there are any."""
    strokes = [(*stroke.span(), "") for stroke in _STROKE.finditer(text)]
    return [edited(text, strokes, Disguise.STROKES)] if strokes else []


def _gaps(text: str) -> list[tuple[int, int]]:
    """Separators that stand inside a word, in order."""
    gaps = [gap.span() for gap in _GAP.finditer(text) if taken_out(text, *gap.span())]
    for row in _ROW.finditer(text):
        letters = [place for place in range(*row.span()) if text[place].isalpha()]
        gaps += [(left + 1, right) for left, right in pairwise(letters)]
    return sorted(gaps)
