"""Chinese words as a dictionary cuts them: what is a word of its own is no disguise."""

from collections.abc import Iterator
from functools import cache

import rjieba

AROUND = 4
"""Characters on either side that say which words these are."""


@cache
def _segmenter() -> rjieba.Jieba:
    return rjieba.Jieba()


def warm() -> None:
    """Load the dictionary now, for a process that others are forked from."""
    _segmenter()


def segments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The words of `text[start:end]`, in places of the text."""
    done = max(0, start)
    for word in _segmenter().cut(text[done:end], hmm=False):
        yield done, done + len(word)
        done += len(word)
