"""Letters turned upside down: `ǝuıl` is line, and `lᴉuǝ` too.

Who turns a text turns its order as well, so each row of such letters is read
backwards; who turns single letters does not, so it is also read forwards.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice

from patrol.models import Disguise
from pipelines.fold import Folded
from pipelines.markup import backwards
from pipelines.readings import MOST, View, Written
from pipelines.separators import TURNED

_UPRIGHT = str.maketrans("ɐɔǝəɟɥᴉʞɯɹʃʅʇʌʍʎ", "aceefhikmrlltvwy")
_FLIPPED = str.maketrans("bdnpqur", "gpudbnj")
"""Letters that are others upside down. The fold reads a turned g as b."""
_FLIPPED_B = str.maketrans("b", "q")
_LONGEST = 20_000
"""Characters of a post that are read so: nobody stands on his head for longer."""
_ROW = re.compile(rf"[a-z{TURNED}]+(?:[ ']{{1,2}}[a-z{TURNED}]+)*")


def upside_down(batch: Folded, signs: Iterable[int]) -> Written:
    """Posts with such letters, of which is known where they may stand."""
    places = (place for place in signs if batch.joined[place] in TURNED)
    posts = [
        post for post, _ in groupby(places, lambda place: bisect_right(batch.starts, place) - 1)
    ]
    return Written(
        Disguise.TURNED, ((post, view) for post in posts for view in _views(batch.text(post)))
    )


def _views(text: str) -> Iterator[View]:
    text = text[:_LONGEST]
    rows = [row.span() for row in islice(_ROW.finditer(text), MOST)]
    pieces = [(start, end) for start, end in rows if not set(TURNED).isdisjoint(text[start:end])]
    view = backwards(text, pieces)
    for letters in (_FLIPPED, {**_FLIPPED, **_FLIPPED_B}):
        yield replace(view, text=_upright(view.text, pieces, letters))
    for letters in ({}, _FLIPPED):
        yield View(_upright(text, pieces, letters), Disguise.TURNED)


def _upright(text: str, pieces: Iterable[tuple[int, int]], letters: dict[int, int]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in pieces:
        parts += text[done:start], text[start:end].translate(letters).translate(_UPRIGHT)
        done = end
    return "".join((*parts, text[done:]))
