"""Rules, compiled: which of them hit a text, and with which words.

Only rules of which an anchor was found are evaluated at all: one of a few terms
without which the rule cannot be true, words rather than contacts and prices.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from patrol.errors import BadInput, ManyErrors, PatrolError
from patrol.models import Category, LeadKind, Lexicon, Rule
from pipelines.match import outermost
from pipelines.terms import Span, Terms
from pipelines.when import Node, parse


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
    """Its terms' numbers."""

    def spans(self, found: Mapping[int, set[Span]]) -> list[Span] | None:
        """Spans of the terms that make it true, in order, without those inside others; None if it is not."""
        own = {name: found[number] for name, number in self.terms.items() if found.get(number)}
        if self.rule.within is None:
            support = self.when.support(own.keys(), own.keys())
            if support is None:
                return None
            return outermost(span for name in support for span in own[name])
        spans = [span for window in self._windows(own, self.rule.within) for span in window]
        return outermost(spans) or None

    def _windows(self, own: Mapping[str, set[Span]], within: int) -> Iterator[list[Span]]:
        """The true windows' spans. What is negated must be nowhere, not only not near."""
        ordered = sorted((start, end, name) for name, spans in own.items() for start, end in spans)
        for first, (start, _, _) in enumerate(ordered):
            near: dict[str, list[Span]] = defaultdict(list)
            for begin, end, name in ordered[first:]:
                if begin >= start + within:
                    break
                if end <= start + within:
                    near[name].append((begin, end))
            support = self.when.support(near.keys(), own.keys())
            if support is not None:
                yield [span for name in support for span in near[name]]


class Ruleset:
    """Rules and their lexicons, compiled together, with a hash that says which they were."""

    def __init__(self, rules: Sequence[Compiled], terms: Terms, digest: str) -> None:
        self.rules = tuple(compiled.rule for compiled in rules)
        self.terms = terms
        self.sha256 = digest
        """SHA-256 of the rules and lexicons, whatever order they came in."""
        self._compiled = tuple(rules)
        self.needs_prices = False
        """Whether some rule may be true of a text without any of its words."""
        self._by_term: dict[int, list[int]] = defaultdict(list)
        for place, compiled in enumerate(rules):
            for name in _anchors(compiled, terms):
                number = compiled.terms[name]
                self._by_term[number].append(place)
                self.needs_prices |= number in terms.handles or number in terms.prices

    @classmethod
    def build(cls, rules: Sequence[Rule], lexicons: Sequence[Lexicon]) -> Self:
        """Compile rules. Raises `ManyErrors` with all their faults at once."""
        faults: list[PatrolError] = [
            *(SameName("rule", name) for name in _twice([rule.name for rule in rules])),
            *(SameName("lexicon", name) for name in _twice([one.name for one in lexicons])),
        ]
        terms = Terms(rules, lexicons, faults)
        compiled = []
        for rule in rules:
            try:
                when = parse(rule.name, rule.when, list(rule.terms))
            except PatrolError as error:
                faults.append(error)
            else:
                numbers = {name: terms.number(term) for name, term in rule.terms.items()}
                compiled.append(Compiled(rule, when, numbers))
        if faults:
            raise ManyErrors(faults)
        return cls(compiled, terms, _digest(rules, lexicons))

    def hits(
        self,
        found: Mapping[int, set[Span]],
        offered: Mapping[int, set[Span]],
        categories: Collection[Category] | None,
    ) -> Iterator[tuple[Rule, list[Span]]]:
        """Rules that are true, in the order of the set, with their spans.

        Rules for possible victims are asked of all that was `found` and always
        run; the others of what is `offered` there, if the categories name theirs.
        """
        places = {place for number in found for place in self._by_term.get(number, ())}
        for place in sorted(places):
            rule = self._compiled[place].rule
            if not _runs(rule, categories):
                continue
            victim = rule.kind is LeadKind.POSSIBLE_VICTIM
            spans = self._compiled[place].spans(found if victim else offered)
            if spans:
                yield rule, spans


def _anchors(compiled: Compiled, terms: Terms) -> Collection[str]:
    """Terms of which one must be found; contacts and prices, which are everywhere, only if nothing else will do."""

    def cost(name: str) -> int:
        number = compiled.terms[name]
        return 100 if number in terms.handles or number in terms.prices else 1

    return compiled.when.anchors(cost) or compiled.when.wanted()


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
