"""Words cut at the edges of their spans, so that a page can mark them; a possible victim's handles are masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MASK = "•"


@dataclass(frozen=True)
class Piece:
    """Consecutive characters that the same rules marked (none, mostly)."""

    text: str
    rules: tuple[str, ...]
    """Names of the rules, in order."""

    @property
    def marked(self) -> bool:
        return bool(self.rules)


Marks = Sequence[tuple[int, int, str]]
"""Start, end, rule."""


def masked(words: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words with every character of those spans replaced by a bullet; places stay what they were."""
    letters = list(words)
    for start, end in spans:
        for place in range(max(0, start), min(end, len(letters))):
            if not letters[place].isspace():
                letters[place] = MASK
    return "".join(letters)


def pieces(words: str, marks: Marks) -> tuple[Piece, ...]:
    """All of the words, in order: joined again they are the original."""
    edges = {0, len(words)}
    for start, end, _ in marks:
        edges.update((min(start, len(words)), min(end, len(words))))
    places = sorted(edges)
    made = []
    for start, end in pairwise(places):
        rules = tuple(dict.fromkeys(rule for a, b, rule in marks if a <= start and end <= b))
        made.append(Piece(words[start:end], rules))
    return tuple(made)


def snippet(words: str, marks: Marks, around: int = 40) -> tuple[Piece, ...]:
    """The neighbourhood of the first mark, with dots where words were left out."""
    first = min((start for start, _, _ in marks), default=0)
    last = max((end for start, end, _ in marks if start <= first + around), default=0)
    left, right = max(0, first - around), min(len(words), max(last, first) + around)
    inside = [
        (max(a, left) - left, min(b, right) - left, rule)
        for a, b, rule in marks
        if b > left and a < right
    ]
    cut = pieces(words[left:right].replace("\n", " "), inside)
    before = (Piece("…", ()),) if left else ()
    after = (Piece("…", ()),) if right < len(words) else ()
    return (*before, *cut, *after)
