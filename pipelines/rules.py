"""Rules, compiled: which of them hit a text, and with which words.

Only rules of which an anchor was found are evaluated at all: one of a few terms
without which the rule cannot be true, words rather than contacts and prices.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Self

from patrol.errors import BadInput, ManyErrors, PatrolError
from patrol.models import Category, LeadKind, Lexicon, Rule
from pipelines.anchors import Anchors, places
from pipelines.clues import Clues
from pipelines.match import outermost
from pipelines.overlooked import overlooked
from pipelines.terms import Span, Terms
from pipelines.when import Node, parse
from pipelines.windows import in_order, windows


class SameName(BadInput):
    """Two rules, or two lexicons, of one name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"there are two {kind}s with the name `{name}`.",
            why="Matches, decisions and figures are kept under the name.",
            do="Rename one of them.",
        )


@dataclass(frozen=True)
class Compiled:
    """A rule, ready to be asked."""

    rule: Rule
    when: Node
    terms: Mapping[str, int]
    """Its terms' numbers, those that can make it true before those that are only negated."""

    def spans(self, clues: Clues) -> list[Span] | None:
        """Spans of the terms that make it true, in order, without those inside others; None if it is not.

        Rules for possible victims are asked of all contacts, the others of those offered.
        """
        offered = self.rule.kind is not LeadKind.POSSIBLE_VICTIM
        there = self._there(clues, offered=offered)
        if there is None:
            return None
        own = {name: clues.spans(self.terms[name], offered=offered) for name in there}
        found = self._found(own, clues.text)
        if not any(map(clues.torn, found)):
            return found or None
        whole = {name: self.whole(name, spans, clues) for name, spans in own.items()}
        return (
            self._found({name: spans for name, spans in whole.items() if spans}, clues.text) or None
        )

    def whole(self, name: str, spans: AbstractSet[Span], clues: Clues) -> AbstractSet[Span]:
        """Those of a term that are no meeting of two other words. What only speaks against a hit stays."""
        return spans if name not in self.wanted else {one for one in spans if not clues.torn(one)}

    def _found(self, own: Mapping[str, AbstractSet[Span]], text: str) -> list[Span]:
        """The spans of those of these terms that make it true; none if it is not."""
        if self.free:
            support = self.when.support(own.keys(), own.keys()) or ()
            return outermost(span for name in support for span in own[name])
        return outermost(span for window in self._true(own, text) for span in window)

    @cached_property
    def wanted(self) -> AbstractSet[str]:
        """Terms that can make it true."""
        return self.when.wanted()

    @cached_property
    def negated(self) -> AbstractSet[str]:
        """Terms that can make it false."""
        return self.when.negated().wanted()

    @cached_property
    def free(self) -> bool:
        """Whether its terms may stand anywhere in a text, in any order."""
        rule = self.rule
        return rule.within is None and rule.sentences is None and not rule.order

    def _there(self, clues: Clues, *, offered: bool) -> set[str] | None:
        """Which of its terms are there; None as soon as it cannot be true any more.

        What is doubtful counts for the rule until it is known: as there where it
        is wanted, as absent where it is negated.
        """
        there = {name for name, one in self.terms.items() if clues.known(one, offered=offered)}
        doubtful = [name for name in self.terms if name not in there]
        for look in (False, True):
            if look:
                clues.look()
            doubtful = [name for name in doubtful if clues.may(self.terms[name])]
            if not self.when.holds(there.union(doubtful), there):
                return None
        while doubtful:
            name = doubtful.pop(0)
            if clues.spans(self.terms[name], offered=offered):
                there.add(name)
            otherwise = self.negated if name in there else self.wanted
            if name in otherwise and not self.when.holds(there.union(doubtful), there):
                return None
        return there

    def _true(self, own: Mapping[str, AbstractSet[Span]], text: str) -> Iterator[list[Span]]:
        """The true windows' spans. What is negated must be nowhere, not only not near."""
        there = own.keys()
        for near in windows(self.rule, own, text):
            if not self.when.holds(near.keys(), there):
                continue
            support = self.when.support(near.keys(), there)
            if support is not None and in_order(self.rule.order, support, near):
                yield [span for name in support for span in near[name]]


class Ruleset:
    """Rules and their lexicons, compiled together, with a hash that says which they were."""

    def __init__(self, rules: Sequence[Compiled], terms: Terms, digest: str) -> None:
        self.rules = tuple(compiled.rule for compiled in rules)
        self.terms = terms
        self.sha256 = digest
        """SHA-256 of the rules and lexicons, whatever order they came in."""
        self._compiled = tuple(rules)
        self.anchors = Anchors(self.rules, [(one.when, one.terms) for one in rules], terms)

    @classmethod
    def build(cls, rules: Sequence[Rule], lexicons: Sequence[Lexicon]) -> Self:
        """Compile rules. Raises `ManyErrors` with all their faults at once."""
        faults: list[PatrolError] = [
            *(SameName("rule", name) for name in _twice([rule.name for rule in rules])),
            *(SameName("lexicon", name) for name in _twice([one.name for one in lexicons])),
        ]
        # Numbered by name: the same rules in another order are the same to the scanner, and compiled before.
        terms = Terms(
            sorted(rules, key=lambda one: one.name),
            sorted(lexicons, key=lambda one: one.name),
            faults,
        )
        compiled = []
        for rule in rules:
            try:
                when = parse(rule.name, rule.when, list(rule.terms))
            except PatrolError as error:
                faults.append(error)
            else:
                numbers = {name: terms.number(term) for name, term in rule.terms.items()}
                wanted = when.wanted()
                ordered = sorted(numbers, key=lambda name: name not in wanted)
                compiled.append(Compiled(rule, when, {name: numbers[name] for name in ordered}))
        if faults:
            raise ManyErrors(faults)
        made = cls(compiled, terms, _digest(rules, lexicons))
        faults += overlooked(rules, terms)
        if faults:
            raise ManyErrors(faults)
        return made

    def compiled(self, name: str) -> tuple[Compiled, frozenset[str]]:
        """A rule as it is asked, and those of its terms of which one must be found before it is. Raises `KeyError`."""
        for place, one in enumerate(self._compiled):
            if one.rule.name == name:
                numbers = one.terms.items()
                return one, frozenset(
                    term for term, number in numbers if self.anchors.anchor(number, place)
                )
        raise KeyError(name)

    def hits(
        self, clues: Clues, candidates: int, categories: Collection[Category] | None
    ) -> Iterator[tuple[Rule, list[Span]]]:
        """Those of the candidates that are true, in the order of the set, with their spans.

        Rules for possible victims always run; the others if the categories name theirs.
        """
        for place in places(candidates):
            compiled = self._compiled[place]
            if _runs(compiled.rule, categories) and (spans := compiled.spans(clues)):
                yield compiled.rule, spans


def _runs(rule: Rule, categories: Collection[Category] | None) -> bool:
    return (
        categories is None
        or rule.kind is LeadKind.POSSIBLE_VICTIM
        or (rule.category is not None and rule.category in categories)
    )


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _digest(rules: Sequence[Rule], lexicons: Sequence[Lexicon]) -> str:
    document = {
        "rules": [one.model_dump(mode="json") for one in sorted(rules, key=lambda one: one.name)],
        "lexicons": [
            one.model_dump(mode="json") for one in sorted(lexicons, key=lambda one: one.name)
        ],
    }
    text = json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
