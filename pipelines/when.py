"""`when`: the expression of a rule over its terms.

    trade and (price or contact) and not notice
    2 of (trade, price, contact)
    any of (snow, ice)        all of (bicycle, removed)        1 of them

`not` binds tighter than `and`, `and` tighter than `or`. `them` is every term.
"""

import re
from collections.abc import Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import NamedTuple

from patrol.errors import BadInput

KEYWORDS = frozenset({"and", "or", "not", "of", "any", "all", "them"})

DEEPEST = 50
"""Brackets and `not`s inside each other, before we think that it is a mistake."""


class BadWhen(BadInput):
    """An expression that cannot be read, with its place."""

    def __init__(self, rule: str, text: str, column: int, what: str, do: str) -> None:
        line = text.replace("\n", " ").replace("\t", " ")
        super().__init__(
            f"`when`, column {column + 1}: {what}.\n    {line}\n    {' ' * column}^",
            why="`when` says which terms together make a post worth a look; a doubtful one would flag the wrong posts.",
            do=do,
            where=f"rule `{rule}`",
        )
        self.column = column
        """From 0, in the expression."""


class Named(NamedTuple):
    """A term that is there."""

    term: str

    def support(self, there: AbstractSet[str], anywhere: AbstractSet[str]) -> frozenset[str] | None:  # noqa: ARG002
        """The terms that make it true, or None. `there` is asked of terms, `anywhere` of negated ones."""
        return frozenset({self.term}) if self.term in there else None

    def holds(self, there: AbstractSet[str], anywhere: AbstractSet[str]) -> bool:  # noqa: ARG002
        """Whether it is true, where nobody asks by which terms."""
        return self.term in there

    def wanted(self) -> frozenset[str]:
        """Terms that can make it true."""
        return frozenset({self.term})

    def named(self) -> frozenset[str]:
        """All terms in it."""
        return frozenset({self.term})

    def negated(self) -> "Node":
        """Its opposite."""
        return Absent(self.term)

    def anchors(self, cost: Callable[[str], int]) -> frozenset[str] | None:  # noqa: ARG002
        """Terms of which one must be there for it to be true, cheapest choice; None if there are none."""
        return frozenset({self.term})


class Absent(NamedTuple):
    """A term that is nowhere in the text, however far away."""

    term: str

    def support(self, there: AbstractSet[str], anywhere: AbstractSet[str]) -> frozenset[str] | None:  # noqa: ARG002
        return None if self.term in anywhere else frozenset()

    def holds(self, there: AbstractSet[str], anywhere: AbstractSet[str]) -> bool:  # noqa: ARG002
        return self.term not in anywhere

    def wanted(self) -> frozenset[str]:
        return frozenset()

    def named(self) -> frozenset[str]:
        return frozenset({self.term})

    def negated(self) -> "Node":
        return Named(self.term)

    def anchors(self, cost: Callable[[str], int]) -> frozenset[str] | None:  # noqa: ARG002
        return None


class Several(NamedTuple):
    """At least so many of its parts: `or` is 1, `and` is all of them."""

    least: int
    parts: tuple["Node", ...]

    def support(self, there: AbstractSet[str], anywhere: AbstractSet[str]) -> frozenset[str] | None:
        found = [part.support(there, anywhere) for part in self.parts]
        true = [terms for terms in found if terms is not None]
        return frozenset().union(*true) if len(true) >= self.least else None

    def holds(self, there: AbstractSet[str], anywhere: AbstractSet[str]) -> bool:
        lacking = self.least
        for part in self.parts:
            if lacking <= 0:
                break
            lacking -= part.holds(there, anywhere)
        return lacking <= 0

    def wanted(self) -> frozenset[str]:
        return frozenset().union(*(part.wanted() for part in self.parts))

    def named(self) -> frozenset[str]:
        return frozenset().union(*(part.named() for part in self.parts))

    def negated(self) -> "Node":
        """De Morgan, for counts: not k of n is n - k + 1 of the opposites."""
        return Several(len(self.parts) - self.least + 1, tuple(p.negated() for p in self.parts))

    def anchors(self, cost: Callable[[str], int]) -> frozenset[str] | None:
        """Of n parts k are true, so one of any n - k + 1 is: the cheapest of them are chosen."""
        each = [part.anchors(cost) for part in self.parts]
        usable = sorted((some for some in each if some), key=lambda some: sum(map(cost, some)))
        needed = len(self.parts) - self.least + 1
        return frozenset().union(*usable[:needed]) if len(usable) >= needed else None


Node = Named | Absent | Several
"""Negation stands only at terms, so nothing in it is ever doubly negated."""


class _Token(NamedTuple):
    text: str
    column: int


_TOKENS = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|\d+|[(),]|\S)")


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKENS.finditer(text):
        yield _Token(found[1], found.start(1))
    yield _Token("", len(text.rstrip()))


class _Parser:
    """Recursive descent, one method a level of binding."""

    def __init__(self, rule: str, text: str, terms: Collection[str]) -> None:
        self.rule = rule
        self.text = text
        self.terms = terms
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def wrong(self, what: str, do: str) -> BadWhen:
        return BadWhen(self.rule, self.text, self.token.column, what, do)

    def take(self) -> _Token:
        taken = self.token
        self.place += 1
        return taken

    def taken(self, *texts: str) -> bool:
        """Whether the next token is one of these; then it is taken."""
        there = self.token.text.lower() in texts and self.token.text != ""
        self.place += there
        return there

    def whole(self) -> Node:
        node = self.either()
        if self.token.text:
            what = f"`{self.token.text}` stands where the expression should go on with `and` or `or`, or end"
            raise self.wrong(what, "Join two conditions by `and` or `or`; put brackets in pairs.")
        return node

    def either(self) -> Node:
        parts = [self.both()]
        while self.taken("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Several(1, tuple(parts))

    def both(self) -> Node:
        parts = [self.one()]
        while self.taken("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Several(len(parts), tuple(parts))

    def one(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong("it goes deeper than 50 brackets", "Split it into two rules.")
        node = self._one()
        self.depth -= 1
        return node

    def _one(self) -> Node:
        if self.taken("not"):
            return self.one().negated()
        if self.taken("("):
            node = self.either()
            if not self.taken(")"):
                raise self.wrong("a bracket is open here and never closed", "Write `)`.")
            return node
        token = self.token
        if token.text.isdigit() or token.text.lower() in {"any", "all"}:
            return self.several()
        return self.name()

    def several(self) -> Node:
        counted = self.token
        count = self.take().text.lower()
        if not self.taken("of"):
            raise self.wrong(
                f"after `{count}` comes `of`", "Write `2 of (a, b, c)`, `any of them`."
            )
        parts = self.listed()
        least = {"any": 1, "all": len(parts)}.get(count) or int(count[:9])
        if not 1 <= least <= len(parts):
            self.place = self.tokens.index(counted)
            what = (
                f"{least} of {len(parts)} terms can never be"
                if least
                else "0 of anything is always true"
            )
            raise self.wrong(what, f"Write a number from 1 to {len(parts)}.")
        return Several(least, parts)

    def listed(self) -> tuple[Node, ...]:
        if self.taken("them"):
            return tuple(Named(term) for term in self.terms)
        if not self.taken("("):
            raise self.wrong(
                "after `of` comes a list in brackets, or `them`", "Write `2 of (a, b, c)`."
            )
        parts = [self.either()]
        while self.taken(","):
            parts.append(self.either())
        if not self.taken(")"):
            raise self.wrong(
                "the list is not closed", "Put commas between its terms and `)` behind the last."
            )
        return tuple(parts)

    def name(self) -> Node:
        token = self.token
        if token.text in self.terms and token.text not in KEYWORDS:
            return Named(self.take().text)
        if not token.text:
            raise self.wrong(
                "something is missing at the end", "Name a term, or take the last word away."
            )
        if not re.fullmatch(r"\w+", token.text) or token.text.lower() in KEYWORDS:
            raise self.wrong(
                f"`{token.text}` stands where a term should", "Name one of the rule's terms."
            )
        near = get_close_matches(token.text, self.terms, n=1, cutoff=0.0)
        known = ", ".join(f"`{term}`" for term in self.terms)
        do = f"Write `{near[0]}`, or add the term; this rule has {known}."
        raise self.wrong(f"the rule has no term `{token.text}`", do)


def parse(rule: str, text: str, terms: Collection[str]) -> Node:
    """The expression of a rule with these terms. Raises `BadWhen` with column, caret and nearest name."""
    node = _Parser(rule, text, terms).whole()
    if node.support(frozenset(), frozenset()) is not None:
        what = "it is true of a text in which nothing was found, so every post would be flagged"
        raise BadWhen(rule, text, 0, what, "Ask for at least one term that must be there.")
    unused = [term for term in terms if term not in node.named()]
    if unused:
        what = f"it does not use the term `{unused[0]}`"
        raise BadWhen(rule, text, 0, what, "Use the term, or take it out of the rule.")
    return node
