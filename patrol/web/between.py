"""What stands between words, as each language sets it."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def comma(words: Iterable[object]) -> str:
    """One after another."""
    return pgettext("between words", ", ").join(str(word) for word in words)


def colon() -> str:
    """Between a word and what it is about."""
    return pgettext("between words", ": ")


def aside(words: object) -> str:
    """What is said in brackets, with the space that stands before them."""
    return pgettext("between words", " ({0})").format(words)
