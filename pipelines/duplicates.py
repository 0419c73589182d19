"""The same words elsewhere."""

from collections.abc import Sequence

from pipelines.fold import fold_all

SHORTEST_DUPLICATE = 8
"""Folded characters. Shorter words are everybody's words, and link nobody."""


def squeezed(text: str) -> str:
    """The letters, digits and ideographs of a text, folded and without anything between them.

    Two posts with the same result say the same, however they are spaced,
    punctuated or spelled. A text without any (only emoji) is compared as folded.
    """
    return squeezed_all([text])[0]


def squeezed_all(texts: Sequence[str]) -> list[str]:
    """The same of many."""
    return [
        "".join(filter(str.isalnum, folded)) or "".join(folded.split())
        for folded in fold_all(texts)
    ]
