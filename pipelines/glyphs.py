"""Latin words with letters that look like others, or misspelled: `telegrarn`, `vvhatsapp`, `crypt0`, `tellegram`.

These are looked for together with the word, so no text is searched for them. Digits
inside a word are read in every text (`letters.leet`); behind one they are mostly a number, so
there only those are letters with which a listed word ends.
"""

from collections.abc import Iterator

_LEAST = 5
"""Letters of a word: `stern` is not `stem`."""
_PAIRS = (("m", "rn"), ("w", "vv"))
_LONG = 7
"""Letters from which on a word is known by the others when one is doubled, or a blank cuts it."""
_DOUBLED = "lmnprst"
"""Letters that are doubled, or not, by mistake."""
_VOWELS = "aeiou"
_LEAST_PIECE = 3
_LAST = {"o": "0", "e": "3", "a": "4", "t": "7", "l": "1"}
"""An s is not among them: `slot5` is the fifth slot."""


def lookalikes(word: str) -> list[str]:
    """Other ways to write a folded word, none if it is short or not of Latin letters."""
    letters = word.replace(" ", "")
    latin = letters.isascii() and letters.isalpha()
    return sorted(_ways(word)) if latin and len(letters) >= _LEAST else []


def _ways(word: str) -> Iterator[str]:
    yield from (word.replace(*pair) for pair in ("li", "il") if pair[0] in word)
    if " " not in word and len(word) >= _LONG:
        yield from _misspelled(word)
    yield from (word.replace(letter, pair) for letter, pair in _PAIRS if letter in word)
    if word[-1] in _LAST:
        yield word[:-1] + _LAST[word[-1]]


def _misspelled(word: str) -> Iterator[str]:
    """With a letter doubled or no longer, a vowel less, or in two pieces: `tellegram`, `pasport`, `telgram`, `whats app`."""
    for place, letter in enumerate(word):
        if word[place - 1 : place] == letter:
            yield word[:place] + word[place + 1 :]
        elif letter in _DOUBLED and word[place + 1 : place + 2] != letter:
            yield word[:place] + letter + word[place:]
    if len(word) > _LONG:
        yield from (
            word[:place] + word[place + 1 :]
            for place in range(1, len(word) - 1)
            if word[place] in _VOWELS
        )
    for place in range(_LEAST_PIECE, len(word) - _LEAST_PIECE + 1):
        yield f"{word[:place]} {word[place:]}"
