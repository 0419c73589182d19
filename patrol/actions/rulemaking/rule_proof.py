"""Whether a rule can be used: it compiles, its examples come true, and it looks for words and not for somebody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from patrol.actions.rulemaking.remarks import remarks
from patrol.actions.rulemaking.rulebook import live_lexicons
from patrol.errors import BadInput, ManyErrors, PatrolError, Refused
from patrol.models import Lexicon, Rule
from patrol.register.tables import LexiconRow
from pipelines import calendar
from pipelines.examples import disproved, texts_of
from pipelines.flow import Flagger
from pipelines.fold import fold_one
from pipelines.rules import Ruleset

LONGEST_NAME = 50
"""A version on trial is compiled under the name with its number behind it."""
_NUMBERED = re.compile(r"_t\d+$")


class FollowsSomebody(Refused):
    """A rule that looks for one contact is the watching of a person."""

    def __init__(self, where: str, word: str) -> None:
        super().__init__(
            f"`{word}` is a contact of somebody.",
            why="General patrol looks for what is said, by whoever says it; to follow one person takes a mandate that names them.",
            do="Take it out. Ask for a directed authorization if the person is to be followed.",
            where=where,
        )


class LongName(BadInput):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` cannot be a rule's name here.",
            why="A version on trial is compiled under the name with its number behind it, such as `name_t2`.",
            do=f"Choose a name of at most {LONGEST_NAME} characters that does not end so.",
        )


class WordsAreDrafts(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"The word list `{name}` is not approved yet.",
            why="Words that nobody has approved would be looked for under an approved rule.",
            do="Have the word list approved first.",
        )


def proved(rule: Rule, changes: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Remarks on a rule that can be used with the word lists in force. Raises `ManyErrors` with all faults at once."""
    faults: list[PatrolError] = []
    if len(rule.name) > LONGEST_NAME or _NUMBERED.search(rule.name):
        faults.append(LongName(rule.name))
    lexicons = live_lexicons()
    faults += _unapproved(rule, lexicons)
    if faults:
        raise ManyErrors(faults)
    compiled = rule.model_copy(update=dict(changes or {}))
    flagger = Flagger(Ruleset.build(*calendar.on(None, [compiled], lexicons)))
    faults += _somebody(rule, flagger)
    flaggings = iter(flagger.flag(texts_of(rule)))
    faults += disproved(rule, flaggings, _place_of(rule), compiled.name)
    if faults:
        raise ManyErrors(faults)
    return tuple(remarks(rule, lexicons))


def _unapproved(rule: Rule, lexicons: Sequence[Lexicon]) -> Iterator[PatrolError]:
    known = {lexicon.name for lexicon in lexicons}
    for term in rule.terms.values():
        missing = term.lexicon if term.lexicon not in known else None
        if missing and LexiconRow.objects.filter(name=missing).exists():
            yield WordsAreDrafts(missing)


def _somebody(rule: Rule, flagger: Flagger) -> Iterator[PatrolError]:
    """Contacts that stand in the words or regexes of a rule."""
    for name, term in rule.terms.items():
        written = [*term.words, *([term.regex] if term.regex else [])]
        for word, found in zip(written, flagger.flag(written), strict=True):
            if found.handles or fold_one(word).startswith("@"):
                yield FollowsSomebody(f"rule `{rule.name}`, term `{name}`", word)


def _place_of(rule: Rule) -> Any:
    def where(*steps: str | int) -> str:
        said = ", ".join(f"{step + 1}" if isinstance(step, int) else step for step in steps[1:])
        return f"rule `{rule.name}`, example {said}"

    return where
