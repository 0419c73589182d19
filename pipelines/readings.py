"""Another reading of a folded text, and many of one kind from a batch of posts.

A reading is the text with some pieces written otherwise. Nothing is read twice:
a post has a reading only where something in it asks for one, and every character
of a reading knows where it stands in the fold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from patrol.models import Disguise
from pipelines.fold import NUL

WORDS_ONLY = frozenset({
    Disguise.STROKES, Disguise.DOTS, Disguise.REPEATED, Disguise.SPLIT, Disguise.CANTONESE,
    Disguise.TAIWANESE, Disguise.ZHUYIN, Disguise.PINYIN, Disguise.EMOJI, Disguise.HOMOPHONE, Disguise.PARTED,
})  # fmt: skip
"""Readings in which only listed words are looked for, no contacts and no regexes."""


_LEFT_OUT = "\x01"
"""Stands for the text between. It is in no fold, so no word reaches across it."""


@dataclass(frozen=True)
class View:
    """Another reading of a folded text."""

    text: str
    how: Disguise
    edits: tuple[tuple[int, int, int], ...] = ()
    """Start, end, length: `folded[start:end]` became so many characters of the text, in order.
    As many as it was: each stands where it stood."""

    @property
    def cut(self) -> bool:
        """Whether only words that lost a stroke count in it."""
        return self.how is Disguise.STROKES

    @property
    def words_only(self) -> bool:
        """Whether only listed words are looked for in it."""
        return self.how in WORDS_ONLY

    @cached_property
    def origins(self) -> Sequence[int]:
        """Where in the fold its characters begin; few views are ever asked."""
        places: list[int] = []
        done = 0
        for start, end, length in self.edits:
            places += range(done, start)
            places += range(start, end) if length == end - start else [start] * length
            done = end
        places += range(done, done + len(self.text) - len(places))
        return places

    @cached_property
    def _ends(self) -> Sequence[int]:
        """Where they end."""
        places: list[int] = []
        done = 0
        for start, end, length in self.edits:
            places += range(done + 1, start + 1)
            places += range(start + 1, end + 1) if length == end - start else [end] * length
            done = end
        places += range(done + 1, done + 1 + len(self.text) - len(places))
        return places

    def whole(self, folded: str) -> str:
        """Its text, with what was left out because it is far from everything that is read otherwise."""
        parts: list[str] = []
        done = read = 0
        for start, end, length in self.edits:
            said = self.text[read + start - done : read + start - done + length]
            parts += folded[done:start], folded[start:end] if said == _LEFT_OUT else said
            read += start - done + length
            done = end
        return "".join((*parts, folded[done:])) if parts else self.text

    def changed(self, folded: str) -> list[tuple[int, int]]:
        """The pieces of the folded text that are read otherwise."""
        if not self.edits:
            pairs = enumerate(zip(folded, self.text, strict=False))
            return [(place, place + 1) for place, (one, other) in pairs if one != other]
        pieces = []
        shift = 0
        for start, end, length in self.edits:
            if self.text[start + shift : start + shift + length] != _LEFT_OUT:
                pieces.append((start, end))
            shift += length - (end - start)
        return pieces

    def read(self, start: int, end: int) -> str:
        """What is read where the folded text has `folded[start:end]`."""
        pairs = zip(self.origins, self._ends, self.text, strict=True)
        return "".join(char for first, last, char in pairs if start <= first and last <= end)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the folded text that `text[start:end]` was read from."""
        if not self.edits:
            return start, end
        return self.origins[start], self._ends[end - 1]


@dataclass(frozen=True)
class Turned(View):
    """A reading in which pieces stand the other way round."""

    pieces: tuple[tuple[int, int], ...] = ()
    """`folded[start:end]` of each, in order."""

    def changed(self, folded: str) -> list[tuple[int, int]]:
        del folded
        return list(self.pieces)

    @cached_property
    def origins(self) -> Sequence[int]:
        places = list(range(len(self.text)))
        for start, end in self.pieces:
            places[start:end] = reversed(places[start:end])
        return places

    def read(self, start: int, end: int) -> str:
        pairs = zip(self.origins, self.text, strict=True)
        return "".join(char for place, char in pairs if start <= place < end)

    def place(self, start: int, end: int) -> tuple[int, int]:
        own = self.origins[start:end]
        return min(own), max(own) + 1


class Readings:
    """Other readings of one kind, of those posts of a batch that have one."""

    def __init__(self, how: Disguise, posts: list[int], starts: list[int], joined: str) -> None:
        self.how = how
        self.posts = posts
        """Whose they are, in order; a post may have several."""
        self.joined = joined
        """Their texts, each with a `NUL` behind it."""
        self._starts = starts

    def text(self, nth: int) -> str:
        """One of them."""
        return self.joined[self._starts[nth] : self._starts[nth + 1] - 1]

    def view(self, nth: int) -> View:
        """The same, with its places."""
        return View(self.text(nth), self.how)


Edit = tuple[int, int, str]
"""Start and end in a folded text, and what is read there instead."""


class Written(Readings):
    """Readings that are made text by text."""

    def __init__(self, how: Disguise, views: Iterable[tuple[int, View]]) -> None:
        listed = list(views)
        self._views = [view for _, view in listed]
        texts = [f"{view.text}{NUL}" for view in self._views]
        posts = [post for post, _ in listed]
        super().__init__(how, posts, [0, *accumulate(map(len, texts))], "".join(texts))

    def view(self, nth: int) -> View:
        return self._views[nth]


def edited(text: str, edits: Sequence[Edit], how: Disguise) -> View:
    """The text with these pieces written otherwise. They are in order, and none reaches into the next."""
    parts: list[str] = []
    done = 0
    for start, end, read in edits:
        parts += text[done:start], read
        done = end
    return View(
        "".join((*parts, text[done:])),
        how,
        tuple((start, end, len(read)) for start, end, read in edits),
    )


MOST = 200
"""Pieces of one text that are read otherwise in one way: who hides more hides nothing."""

NEAR = 32
"""Characters around what is read otherwise: more than a listed word has."""


FAR = 2_000
"""Characters behind the last piece that is read otherwise, from which on a reading is not read again."""


def shortened(text: str, edits: Sequence[Edit]) -> Sequence[Edit]:
    """These edits, and what is far behind them left out: it says in the fold what it says here."""
    end = edits[-1][1] + FAR
    return edits if end >= len(text) else [*edits, (end, len(text), _LEFT_OUT)]


def around(text: str, edits: Sequence[Edit], how: Disguise) -> View:
    """The same with what is far from all pieces left out: for readings of words only."""
    kept: list[Edit] = []
    done = 0
    for start, end, read in edits:
        if start - NEAR > done:
            kept.append((done, start - NEAR, _LEFT_OUT))
        kept.append((start, end, read))
        done = min(end + NEAR, len(text))
    if done < len(text):
        kept.append((done, len(text), _LEFT_OUT))
    return edited(text, kept, how)


def apart(edits: Iterable[Edit]) -> list[Edit]:
    """Those of them that do not reach into one another: of two, the earlier, then the longer."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one[0], -one[1])):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept
