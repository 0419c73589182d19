"""Listed words in other characters of the same sound (諧音: 加萊) or in Zhuyin (注音: 加ㄌㄞˋ).

Sounds are syllables, of short words with their tones. A word is heard only if at least half
of its characters are written as listed, and the others belong to no word
of their own: 我們票買了 says nothing of 門票. A character written in Zhuyin is
written on purpose, so a word may be spelled whole in it.
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import distribution
from itertools import groupby, islice, pairwise
from operator import eq
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from patrol.models import Disguise
from pipelines import segments
from pipelines.fold import Joined
from pipelines.readings import MOST, Edit, View, Written, apart, around
from pipelines.segments import AROUND

_INITIALS = dict(zip(
    ["b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s"],
    ["ㄅ", "ㄆ", "ㄇ", "ㄈ", "ㄉ", "ㄊ", "ㄋ", "ㄌ", "ㄍ", "ㄎ", "ㄏ", "ㄐ", "ㄑ", "ㄒ", "ㄓ", "ㄔ", "ㄕ", "ㄖ", "ㄗ", "ㄘ", "ㄙ"],
    strict=True,
))  # fmt: skip
_FINALS = {
    "a": "ㄚ", "o": "ㄛ", "e": "ㄜ", "ê": "ㄝ", "ai": "ㄞ", "ei": "ㄟ", "ao": "ㄠ", "ou": "ㄡ", "an": "ㄢ", "en": "ㄣ",
    "ang": "ㄤ", "eng": "ㄥ", "er": "ㄦ", "ong": "ㄨㄥ", "i": "ㄧ", "ia": "ㄧㄚ", "ie": "ㄧㄝ", "iao": "ㄧㄠ", "iu": "ㄧㄡ",
    "ian": "ㄧㄢ", "in": "ㄧㄣ", "iang": "ㄧㄤ", "ing": "ㄧㄥ", "iong": "ㄩㄥ", "u": "ㄨ", "ua": "ㄨㄚ", "uo": "ㄨㄛ",
    "uai": "ㄨㄞ", "ui": "ㄨㄟ", "uan": "ㄨㄢ", "un": "ㄨㄣ", "uang": "ㄨㄤ", "ü": "ㄩ", "üe": "ㄩㄝ", "üan": "ㄩㄢ", "ün": "ㄩㄣ",
}  # fmt: skip
_WHOLE = {
    "yi": "ㄧ", "ya": "ㄧㄚ", "ye": "ㄧㄝ", "yao": "ㄧㄠ", "you": "ㄧㄡ", "yan": "ㄧㄢ", "yin": "ㄧㄣ", "yang": "ㄧㄤ", "ying": "ㄧㄥ",
    "yong": "ㄩㄥ", "yo": "ㄧㄛ", "yu": "ㄩ", "yue": "ㄩㄝ", "yuan": "ㄩㄢ", "yun": "ㄩㄣ", "wu": "ㄨ", "wa": "ㄨㄚ", "wo": "ㄨㄛ",
    "wai": "ㄨㄞ", "wei": "ㄨㄟ", "wan": "ㄨㄢ", "wen": "ㄨㄣ", "wang": "ㄨㄤ", "weng": "ㄨㄥ", "zhi": "ㄓ", "chi": "ㄔ", "shi": "ㄕ",
    "ri": "ㄖ", "zi": "ㄗ", "ci": "ㄘ", "si": "ㄙ",
}  # fmt: skip
_PINYIN = re.compile("(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])(.+)")
_RUN = re.compile("[\u3105-\u312f][\u3105-\u312fˊˇˋ ]{0,200}")
_SYLLABLE = re.compile("(?P<spelled>[ㄅ-ㄙ]?[ㄧㄨㄩ]?[ㄚ-ㄦ]?)[ˊˇˋ]?")
_FIRST_ZHUYIN, _ZHUYINS = 0x3105, 0x2B

GRAMMAR = frozenset(
    "的一是不了在有人我他你她它这那个上下来去到说要会可以就都也和与及或为因从被把给对没很太再又还才只能得着过吗呢吧啊呀么什谁哪怎自己大小多少好中年月日时分点前后里外出入回开家"
)
"""Characters that stand everywhere: none of them is taken for another of its sound."""

_LONGEST = 12
"""Characters of a word that is heard."""
_SHORT = 2
"""Characters of a word that is like many others but for its tones."""
_MOST = 100
"""Runs of Zhuyin that are read in one text."""

_CANDIDATES = 20_000
"""Places of one text that are compared with listed words: what people write has some dozens."""

_BITS = 9
_HASH_BITS = 22
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing (Knuth, The Art of Computer Programming 6.4)."""
_ALL, _BEGINS, _GOES_ON = 1, 2, 4
"""A pair of syllables is a word, its first two of more, or the two behind its first."""
_PAIR = 1 << _BITS
"""More than there are syllables."""


def zhuyin(pinyin: str) -> str | None:
    """A toneless syllable in Zhuyin; None if Mandarin has none such."""
    if pinyin in _WHOLE:
        return _WHOLE[pinyin]
    found = _PINYIN.fullmatch(pinyin)
    if found is None:
        return _FINALS.get(pinyin)
    initial, final = found.groups()
    if initial in {"j", "q", "x"} and final.startswith("u"):
        final = f"ü{final[1:]}"
    return _INITIALS[initial] + _FINALS[final] if final in _FINALS else None


class _Syllables(NamedTuple):
    of: NDArray[np.uint16]
    """For every code point: the number of its syllable, 0 is none."""
    tones: NDArray[np.uint8]
    """For every code point: its tone, 0 is none."""
    zhuyin: Mapping[str, int]
    """The number of each syllable, by its spelling without the tone."""


@cache
def _syllables() -> _Syllables:
    """The commonest reading of each character. Read from pypinyin's table; its code is not needed."""
    path = Path(str(distribution("pypinyin").locate_file("pypinyin/pinyin_dict.json")))
    table: dict[str, str] = json.loads(path.read_text("utf-8"))
    of = np.zeros(0x30000, dtype=np.uint16)
    tones = np.zeros(0x30000, dtype=np.uint8)
    numbers: dict[str, int] = {}
    spelled: dict[str, str | None] = {}
    for code, said in table.items():
        first = said.partition(",")[0]
        if first not in spelled:
            spelled[first] = zhuyin(_toneless(first))
        sound = spelled[first]
        if sound and int(code) < len(of):
            of[int(code)] = numbers.setdefault(sound, len(numbers) + 1)
            tones[int(code)] = _tone(first)
    return _Syllables(of, tones, numbers)


def _tone(pinyin: str) -> int:
    """1 to 4, 0 for the neutral one."""
    marks = "\u0304\u0301\u030c\u0300"
    return max(marks.find(char) + 1 for char in unicodedata.normalize("NFD", pinyin))


def _toneless(pinyin: str) -> str:
    plain = unicodedata.normalize("NFD", pinyin)
    kept = "".join(
        char for char in plain if char in "\u0308\u0302" or not unicodedata.combining(char)
    )
    return unicodedata.normalize("NFC", kept)


class _Word(NamedTuple):
    text: str
    sounds: tuple[int, ...]


class _Unit(NamedTuple):
    """A character of a text, or a syllable in Zhuyin."""

    sound: int
    start: int
    end: int
    char: str
    """Empty for Zhuyin."""


class Sounds:
    """Words that may be heard. Characters and syllables are compared; tones are not."""

    def __init__(self, words: Iterable[str]) -> None:
        """From folded words; those with other characters than ideographs, or with one only, are not heard."""
        self._words: dict[tuple[int, int], list[_Word]] = defaultdict(list)
        of = _syllables().of
        for text in sorted(set(words)):
            codes = [ord(char) for char in text]
            if not 2 <= len(codes) <= _LONGEST or max(codes) >= len(of) or not of[codes].all():
                continue
            sounds = tuple(int(one) for one in of[codes])
            self._words[sounds[0], sounds[1]].append(_Word(text, sounds))
        listed = [word for some in self._words.values() for word in some]
        self._pairs = np.zeros(_PAIR * _PAIR, dtype=np.uint8)
        for word in listed:
            pairs = [first << _BITS | second for first, second in pairwise(word.sounds[:3])]
            bits = (_ALL,) if len(pairs) == 1 else (_BEGINS, _GOES_ON)
            for pair, bit in zip(pairs, bits, strict=True):
                self._pairs[pair] |= np.uint8(bit)
        keys = np.array([key for word in listed for key in _keys(word)], dtype=np.uint64)
        self._keys = np.zeros(1 << _HASH_BITS, dtype=np.bool_)
        self._keys[_hash(*keys.reshape(-1, 5).T)] = True

    def heard(self, batch: Joined) -> Written:
        """Posts in which words are said in other characters."""
        if not self._words:
            return Written(Disguise.HOMOPHONE, ())
        sounds = np.zeros(len(batch.codes) + 3, dtype=np.uint32)
        sounds[:-3] = np.take(_syllables().of, batch.codes, mode="clip")
        pairs = self._pairs[(sounds[:-2] << _BITS) | sounds[1:-1]]
        # the bits of a place and of the next one, side by side
        there = (pairs[:-1] & _ALL) | (pairs[:-1] & (pairs[1:] >> 1) & _BEGINS)
        places = np.flatnonzero(there)
        return Written(Disguise.HOMOPHONE, self._heard(batch, self._likely(batch, sounds, places)))

    def _likely(
        self, batch: Joined, sounds: NDArray[np.uint32], places: NDArray[np.int64]
    ) -> list[int]:
        """Of places that sound like the beginning of a word, those with enough of its characters."""
        if not len(places):
            return []
        places = batch.few(places, _CANDIDATES)
        beside = places + np.arange(4)[:, np.newaxis]
        said = sounds[beside].astype(np.uint64)
        written = batch.codes.take(beside[:3], mode="clip").astype(np.uint64)
        chosen = np.where(_KEPT[:, :, np.newaxis], written, said[:3])
        chosen[:_PAIRS_KEPT, 2] = 0
        fourth = np.zeros_like(chosen[:, 0])
        fourth[_THREES_KEPT:] = said[3]
        kinds = np.arange(len(_KEPT), dtype=np.uint64)[:, np.newaxis]
        likely = self._keys[_hash(kinds, chosen[:, 0], chosen[:, 1], chosen[:, 2], fourth)].any(
            axis=0
        )
        found: list[int] = batch.few(places[likely], MOST).tolist()
        return found

    def _heard(self, batch: Joined, places: Sequence[int]) -> Iterator[tuple[int, View]]:
        edits = [edit for place in places for edit in self._in_characters(batch.joined, place)]
        for post, some in groupby(edits, lambda edit: bisect_right(batch.starts, edit[0]) - 1):
            first = batch.starts[post]
            own = apart((start - first, end - first, read) for start, end, read in some)
            yield post, around(batch.text(post), own, Disguise.HOMOPHONE)

    def _in_characters(self, text: str, start: int) -> Iterator[Edit]:
        """Words that may be meant by the characters from there on."""
        for word in self._words.get((_sound(text[start]), _sound(text[start + 1])), ()):
            end = start + len(word.text)
            written = text[start:end]
            same = sum(map(eq, written, word.text))
            if same == len(word.text) or 2 * same < len(word.text):
                continue
            others = [place for place in range(len(written)) if written[place] != word.text[place]]
            heard = all(
                written[place] not in GRAMMAR
                and _sound(written[place]) == word.sounds[place]
                and (len(word.text) > _SHORT or _same_tone(written[place], word.text[place]))
                for place in others
            )
            if heard and _stand_alone(text, start, end, [start + place for place in others]):
                yield start, end, word.text

    def spelled(self, batch: Joined) -> Written:
        """Posts in which words are spelled in Zhuyin, whole or in part."""
        there = np.flatnonzero(batch.codes - np.uint32(_FIRST_ZHUYIN) < _ZHUYINS)
        if not len(there) or not self._words:
            return Written(Disguise.ZHUYIN, ())
        posts = np.unique(batch.posts(there)).tolist()
        return Written(Disguise.ZHUYIN, self._spelled(batch, posts))

    def _spelled(self, batch: Joined, posts: Iterable[int]) -> Iterator[tuple[int, View]]:
        for post in posts:
            text = batch.text(post)
            runs = islice(_RUN.finditer(text), _MOST)
            edits = apart(edit for run in runs for edit in self._in_zhuyin(_units(text, run)))
            if edits:
                yield post, around(text, edits, Disguise.ZHUYIN)

    def _in_zhuyin(self, units: Sequence[_Unit]) -> Iterator[Edit]:
        for first, second in zip(range(len(units)), units[1:], strict=False):
            for word in self._words.get((units[first].sound, second.sound), ()):
                own = units[first : first + len(word.text)]
                written = "".join(unit.char or "ㄅ" for unit in own)
                alike = (
                    unit.sound == sound and unit.char in {"", char}
                    for unit, sound, char in zip(own, word.sounds, word.text, strict=False)
                )
                if len(own) == len(word.text) and written != word.text and all(alike):
                    yield own[0].start, own[-1].end, word.text


def _sound(char: str) -> int:
    of = _syllables().of
    return int(of[ord(char)]) if ord(char) < len(of) else 0


def _same_tone(one: str, other: str) -> bool:
    tones = _syllables().tones
    return bool(tones[ord(one)] == tones[ord(other)])


def warm() -> None:
    """Load what is else loaded with the first word that is heard: for a process that others are forked from."""
    _syllables()
    segments.warm()


def _stand_alone(text: str, start: int, end: int, others: Sequence[int]) -> bool:
    """Whether no word reaches out of `text[start:end]`, and these of its characters belong to none.

    海 of 海關 is itself; so is 款 of 款式.
    """
    for first, last in segments.segments(text, start - AROUND, end + AROUND):
        if last - first == 1 or last <= start or end <= first:
            continue
        if first < start or end < last or any(first <= place < last for place in others):
            return False
    return True


def _units(text: str, run: re.Match[str]) -> list[_Unit]:
    """A run of Zhuyin as syllables, with the characters around it that may belong to its words."""
    before = range(max(0, run.start() - _LONGEST), run.start())
    behind = range(run.end(), min(len(text), run.end() + _LONGEST))
    spelled = [
        _Unit(
            _syllables().zhuyin.get(one["spelled"], 0),
            run.start() + one.start(),
            run.start() + one.end(),
            "",
        )
        for one in _SYLLABLE.finditer(run[0])
        if one["spelled"]
    ]
    return [*_characters(text, before), *spelled, *_characters(text, behind)]


def _characters(text: str, places: Iterable[int]) -> list[_Unit]:
    return [_Unit(_sound(text[place]), place, place + 1, text[place]) for place in places]


_KEPT = np.array(
    [(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)],
    dtype=np.bool_,
)
"""Which of the first three characters are written as listed: one of two, two of three, one of more."""
_PAIRS_KEPT, _THREES_KEPT = 2, 5


def _keys(word: _Word) -> Iterator[tuple[int, int, int, int, int]]:
    """What its first characters are if enough of them are written as listed: kind, and characters or syllables."""
    codes, length = [*map(ord, word.text[:3]), 0], len(word.text)
    kinds = {2: range(_PAIRS_KEPT), 3: range(_PAIRS_KEPT, _THREES_KEPT)}
    for kind in kinds.get(length, range(_THREES_KEPT, len(_KEPT))):
        ways = zip(_KEPT[kind], codes, (*word.sounds[:3], 0), strict=False)
        first, second, third = (code if kept else sound for kept, code, sound in ways)
        yield kind, first, second, third, word.sounds[3] if length > len(_KEPT[kind]) else 0


def _hash(kind: Any, first: Any, second: Any, third: Any, fourth: Any) -> Any:
    """Rows of the table, for arrays; two keys may share one, which costs a look."""
    parts = (np.asarray(one, dtype=np.uint64) for one in (first, second, third, fourth, kind))
    mixed: Any = np.uint64(0)
    for part in parts:
        mixed = (mixed ^ part) * _MIX
        mixed = mixed ^ (mixed >> np.uint64(29))
    return mixed >> np.uint64(64 - _HASH_BITS)
