"""What is no fault in a rule, and should be thought about before somebody approves it. Asks no register."""

from collections.abc import Iterator, Sequence

from patrol.models import Lexicon, Rule
from pipelines.fold import fold_one

COMMON = 1
"""Characters of a word that stands in every other text."""


def remarks(rule: Rule, lexicons: Sequence[Lexicon]) -> Iterator[str]:
    """One sentence each."""
    for name, term in rule.terms.items():
        for word in term.words:
            if len(fold_one(word)) <= COMMON:
                yield f"The word `{word}` of the term `{name}` is one character: it stands in many posts."
    if len(rule.examples.miss) < len(rule.examples.hit):
        yield "It has fewer misses than hits among its examples: what it must not flag is what others will test."
    if rule.expires is None and rule.exceptions:
        yield "Its exceptions end, and it does not."
    if not rule.falsepositives:
        yield "It names no false positives."
    listed = {word.word for lexicon in lexicons for word in lexicon.words}
    twice = sorted({word for term in rule.terms.values() for word in term.words} & listed)
    if twice:
        yield f"Words of it stand in a word list already: {', '.join(twice[:5])}."
