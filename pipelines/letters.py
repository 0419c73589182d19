"""Letters written as digits (`l1ne`), and letters said again and again (`liiine`, `加加賴賴`).

Digits may be meant as letters in two ways, because 1 is an l or an i. Of letters
said again, three and more are one or two of them; where two neighbours are
both doubled, every pair is one.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle, groupby, islice

import numpy as np
from numpy.typing import NDArray

from patrol.models import Disguise
from pipelines.fold import Joined
from pipelines.readings import MOST, Edit, View, Written, around
from pipelines.separators import ALONE_BOTH, ALONE_EITHER, HAN, LEET, NEVER, Characters

_LEET_INSIDE = re.compile(r"[013457@$!|€£¥¢](?=[a-z])")
"""A digit behind the last letter is a number: `abc1`."""
LONGEST_LEET = 40
"""Characters of a word that is read as leet."""
_AS_I, _AS_L = str.maketrans(LEET, "oieastasiielyc"), str.maketrans(LEET, "oleastasllelyc")
_ONE = re.compile("[1!|]")
"""Read as i, and again as l; of several, one as i and the next as l."""
_TOKEN = re.compile(r"[a-z0-9@$!|€£¥¢]+")
_LAST_SIGNS = "!|"
"""Behind a word they end a sentence or a cell."""
_LEET_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@$!|€£¥¢")
_LEAST_LEET = 3

_DOT = re.compile(
    rf"(?<=[a-z])(?:[^\w{re.escape(''.join(sorted(ALONE_EITHER | ALONE_BOTH | NEVER)))}]|_)(?=[a-z])"
)
_OPEN, _CLOSE = "([{<「『《〈【〔", ")]}>」』》〉】〕"
_OPENS, _CLOSES = (
    np.array([ord(char) for char in some], dtype=np.uint32) for some in (_OPEN, _CLOSE)
)
_BRACKET = re.compile(
    rf"(?<=[a-z])[{re.escape(_OPEN)}][a-z](?=[{re.escape(_CLOSE)}])"
    rf"|[{re.escape(_OPEN)}][a-z](?=[{re.escape(_CLOSE)}][a-z])"
)
_HYPHEN, _LINE_BREAK = map(ord, "-\n")
_HYPHENED = re.compile("(?<=[a-z])-\n(?=[a-z])")
_RUN = re.compile(rf"([a-z{HAN}])\1+")
_MANY = 3
"""Letters in a row that nobody spells."""


def leet(text: str) -> list[View]:
    """The folded text with words like `l1ne` read as letters, if there are any."""
    return _as_letters(
        text,
        _leet_words(text, [sign.start() for sign in islice(_LEET_INSIDE.finditer(text), MOST)]),
    )


def leets(batch: Joined, signs: Sequence[int]) -> Written:
    """The same for a batch, of which is known where a digit stands before a letter."""
    words = _leet_words(batch.joined, signs)
    return Written(Disguise.LEET, _views(batch, words, _as_letters))


def _views(
    batch: Joined,
    pieces: Iterable[tuple[int, int]],
    read: Callable[[str, Iterable[tuple[int, int]]], list[View]],
) -> Iterator[tuple[int, View]]:
    """Readings of posts with these pieces of the joined folds."""
    by_post = groupby(pieces, lambda piece: bisect_right(batch.starts, piece[0]) - 1)
    for post, some in by_post:
        first = batch.starts[post]
        own = [(start - first, end - first) for start, end in some]
        yield from ((post, view) for view in read(batch.text(post), own))


def _leet_words(text: str, signs: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Words of letters and the digits put for them, around these digits."""
    done = 0
    for sign in signs:
        start = sign
        if start < done:
            continue
        while start > done and text[start - 1] in _LEET_CHARS:
            start -= 1
        done = end = _TOKEN.match(text, sign).end()  # type: ignore[union-attr]
        while text[end - 1] in _LAST_SIGNS:
            end -= 1
        if _LEAST_LEET <= end - start <= LONGEST_LEET:
            real = sum(map(str.isalpha, text[start:end]))
            if 2 <= real < end - start:
                yield start, end


def _as_letters(text: str, words: Iterable[tuple[int, int]]) -> list[View]:
    """The text with these words as letters, in the ways there are."""
    listed = list(words)
    ways: list[Callable[[str], str]] = [
        lambda word: word.translate(_AS_I),
        lambda word: word.translate(_AS_L),
    ]
    if any(len(_ONE.findall(text, *word)) > 1 for word in listed):
        ways += [_in_turn("il"), _in_turn("li")]
    found = {_replaced(text, listed, letters) for letters in ways} - {text}
    return [View(read, Disguise.LEET) for read in sorted(found)]


def _in_turn(letters: str) -> Callable[[str], str]:
    """Reads the first, third, ... of the signs that are an i or an l as one, the others as the other."""

    def read(word: str) -> str:
        turn = cycle(letters)
        return _ONE.sub(lambda _: next(turn), word).translate(_AS_I)

    return read


def _replaced(text: str, words: Sequence[tuple[int, int]], letters: Callable[[str], str]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in words:
        read = letters(text[start:end])
        if read.isalpha():
            parts += text[done:start], read
            done = end
    return "".join((*parts, text[done:])) if parts else text


def dots(text: str) -> list[View]:
    """The folded text without signs inside words (`tele*gram`, `(t)elegram`), if there are any."""
    brackets = [found.start() for found in _BRACKET.finditer(text)]
    pairs = [one for start in brackets for one in (start, start + 2)]
    pairs += [one for found in _HYPHENED.finditer(text) for one in range(*found.span())]
    return _undotted(text, sorted({*(dot.start() for dot in _DOT.finditer(text)), *pairs})[:MOST])


def dotted(batch: Joined, kinds: Characters) -> Written:
    """The same for a batch."""
    letter, free, bracket = kinds.letter, kinds.free, kinds.either
    signs = np.flatnonzero(letter[:-2] & free[1:-1] & letter[2:]) + 1
    opens = np.flatnonzero(bracket[:-2] & letter[1:-1] & bracket[2:])
    breaks = _breaks(batch, letter)
    if not len(signs) and not len(opens) and not len(breaks):
        return Written(Disguise.DOTS, ())
    opens = opens[np.isin(batch.codes[opens], _OPENS) & np.isin(batch.codes[opens + 2], _CLOSES)]
    opens = opens[letter[opens - 1] | letter.take(opens + 3, mode="clip")]
    pairs = np.concatenate([opens, opens + 2, breaks, breaks + 1])
    places = batch.few(np.union1d(signs, pairs), MOST).tolist()
    views = (
        (post, view)
        for post, some in groupby(places, lambda place: bisect_right(batch.starts, place) - 1)
        for view in _undotted(batch.text(post), [one - batch.starts[post] for one in some])
    )
    return Written(Disguise.DOTS, views)


def _breaks(batch: Joined, letter: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where a hyphen and a line break cut a word."""
    inside = letter[:-3] & letter[3:]
    inside &= (batch.codes[1:-2] == _HYPHEN) & (batch.codes[2:-1] == _LINE_BREAK)
    return np.flatnonzero(inside) + 1


def _undotted(text: str, places: Iterable[int]) -> list[View]:
    edits = [(place, place + 1, "") for place in sorted(places)]
    return [around(text, edits, Disguise.DOTS)] if edits else []


def repeats(text: str) -> list[View]:
    """The folded text with letters said once or twice that were said again and again, if there are any."""
    return _said_once(text, [run.span() for run in islice(_RUN.finditer(text), MOST)])


def repeated(batch: Joined, kinds: Characters) -> Written:
    """The same for a batch."""
    return Written(Disguise.REPEATED, _views(batch, _runs(batch, kinds), _said_once))


def _runs(batch: Joined, kinds: Characters) -> list[tuple[int, int]]:
    """Letters said again, of posts in which one is said three times, or two neighbours twice."""
    letter, hanzi = kinds.letter, kinds.hanzi
    same = np.zeros(len(batch.codes) + 2, dtype=np.bool_)
    same[1:-2] = (batch.codes[1:] == batch.codes[:-1]) & (letter | hanzi)[1:]
    # same[i]: the character at i - 1 is said again behind it
    often = same[1:-1] & same[2:]
    often[:-1] |= same[1:-2] & same[3:] & ~same[2:-1]
    places = np.flatnonzero(often)
    if not len(places):
        return []
    wanted = np.zeros(len(batch.starts), dtype=np.bool_)
    wanted[batch.posts(places)] = True
    edges = np.flatnonzero(same[1:] != same[:-1])
    begins, ends = edges[::2], edges[1::2] + 1
    own = wanted[batch.posts(begins)]
    begins = batch.few(begins[own], MOST)
    ends = ends[np.searchsorted(edges[::2], begins)]
    return list(zip(begins.tolist(), ends.tolist(), strict=True))


def _said_once(text: str, runs: Iterable[tuple[int, int]]) -> list[View]:
    listed = list(runs)
    many = [
        (start, end) for start, end in listed if end - start >= _MANY and text[start:end] != "www"
    ]
    ways: list[list[Edit]] = [
        [(start, end, text[start]) for start, end in many],
        [(start, end, text[start] * 2) for start, end in many],
    ]
    doubled = [run for run in listed if (run[1] - run[0]) % 2 == 0]
    beside = {end for _, end in doubled} & {start for start, _ in doubled}
    if beside:
        ways.append([(start, end, text[start] * ((end - start) // 2)) for start, end in doubled])
    return [around(text, way, Disguise.REPEATED) for way in ways if way]
