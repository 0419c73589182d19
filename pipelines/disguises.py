"""What was seen through in a text, for people: 見「援.交」→ 援交.

Flagging needs places only. This says, for `patrol fold` and whoever asks, how a
text is read and which of its characters were written to be overlooked.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from patrol.models import Disguise
from pipelines.fold import NUL, Folded, fold, fold_one
from pipelines.fold_table import ignored
from pipelines.letters import dots, repeats
from pipelines.match import Texts
from pipelines.readings import View
from pipelines.terms import Terms
from pipelines.views import cut, dear_readings, readings, respelled, spread

_BESIDE = 2
"""Characters between two disguised ones of one word."""
_TAKEN_OUT = frozenset({Disguise.SEPARATORS, Disguise.STROKES, Disguise.DOTS})


class SeenThrough(NamedTuple):
    """Characters of the original, `text[start:end]`, and what is read there."""

    how: Disguise
    start: int
    end: int
    written: str
    read: str


class Reading(NamedTuple):
    """How one text is read."""

    views: list[str]
    """Its fold, and every other reading, each once."""
    seen_through: list[SeenThrough]
    """In the order of the text."""


def read(texts: Sequence[str], terms: Terms) -> list[Reading]:
    """All readings of some texts. Spellings and sounds are those of words that the terms list."""
    batch = fold(texts)
    views: list[list[View]] = [[] for _ in texts]
    spelled = terms.scan_all(Texts(batch.joined)).spelled
    folds = dict(enumerate(batch.texts))
    for some in (
        *readings(batch),
        *dear_readings(batch, terms.sounds, terms.parted),
        *respelled(folds, spelled),
    ):
        for nth, post in enumerate(some.posts):
            views[post].append(some.view(nth))
    return [_reading(batch, post, own) for post, own in enumerate(views)]


def plainly(text: str) -> str:
    """A marked piece of a text without its disguise, for people: ideographs as they are written, all else plain."""
    folded = fold_one(text)
    makers = (spread, cut, repeats) if _ADDRESS.search(folded) else (spread, cut, dots, repeats)
    for make in makers:
        views = make(folded)
        if views:
            folded = views[0].whole(folded)
    folds = [fold_one(char) for char in text]
    shown: list[str] = []
    done = 0
    for char in folded:
        place = folds.index(char, done) if char in folds[done:] else -1
        ideograph = place >= 0 and not text[place].isascii() and not char.isascii()
        shown.append(text[place] if ideograph else char)
        done = place + 1 if place >= 0 else done
    return "".join(shown)


_ADDRESS = re.compile("[@_0-9]|[a-z][.][a-z]")
"""Signs in these belong there."""


def _reading(batch: Folded, post: int, views: Sequence[View]) -> Reading:
    folded = batch.text(post)
    whole = dict.fromkeys([folded, *(view.whole(folded) for view in views)])
    seen = {*_characters(batch.originals[post])}
    for view in views:
        seen |= {*_pieces(batch, post, view)}
    return Reading(list(whole), sorted(seen, key=lambda one: (one.start, one.end, one.how)))


def _pieces(batch: Folded, post: int, view: View) -> Iterator[SeenThrough]:
    """What a view reads otherwise, a word's disguised characters together."""
    folded, text = batch.text(post), batch.originals[post]
    groups: list[tuple[int, int]] = []
    for start, end in view.changed(folded):
        if groups and start - groups[-1][1] <= _BESIDE:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    for start, end in groups:
        beside = view.how in _TAKEN_OUT
        first, last = max(0, start - beside), min(len(folded), end + beside)
        place = batch.place(post, first, last)
        read = view.read(first, last)
        yield SeenThrough(view.how, *place, text[place.start : place.end], read)


def _characters(text: str) -> Iterator[SeenThrough]:
    """Letters and digits of other alphabets and shapes, and what nobody sees inside words."""
    start = None
    for place, char in enumerate(f"{text}{NUL}"):
        if char != NUL and (_odd(char) or ignored(char)):
            start = place if start is None else start
        elif start is not None:
            piece = text[start:place]
            inside = start > 0 and place < len(text)
            if any(map(_odd, piece)) or inside:
                yield SeenThrough(Disguise.CHARACTERS, start, place, piece, fold_one(piece))
            start = None


def _odd(char: str) -> bool:
    """Whether it stands for a plain letter or digit that it is not."""
    if char.isascii():
        return False
    plain = fold_one(char)
    return bool(plain) and plain.isascii() and plain.isalnum()
