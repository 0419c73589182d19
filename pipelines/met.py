"""What the contacts, prices, ages and numbers say that a rule asked for, for whoever reads the lead.

The flagging kept only where they stand. They are read once more from the same
text, so a page can say `3500 TWD` beside 三千五.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple

from patrol.models import HandleKind, HandleRole, Term
from pipelines.fold import fold
from pipelines.predicates import Asked, asked_of, costs
from pipelines.prices import Price, prices
from pipelines.regexes import folded_regex

Place = tuple[int, int]
"""Start and end in the original text."""


class Met(NamedTuple):
    """A thing that was asked for, and is there."""

    start: int
    end: int
    asks: str
    """`handle`, `price`, `age` or `number`."""
    least: int | Decimal = 0
    most: int | Decimal = 0
    """From and to, both included; an amount stands twice."""
    of: str = ""
    """A price's currency, a contact's kind."""
    role: str = ""
    """A contact's."""


class Things:
    """Those in one text. Contacts are given: an officer may have said whose they are."""

    def __init__(self, text: str, contacts: Sequence[tuple[Place, HandleKind, HandleRole]]) -> None:
        self._batch = fold([text])
        self._contacts = contacts

    def met(self, terms: Mapping[str, Term], marked: Sequence[Place]) -> list[Met]:
        """Those that these terms ask for and that stand in the marked places, in the order of the text."""
        found = {
            one
            for term in terms.values()
            for one in self._of(term)
            if any(start <= one.start and one.end <= end for start, end in marked)
        }
        return sorted(found)

    def _of(self, term: Term) -> Iterator[Met]:
        if term.handle:
            for place, kind, role in self._contacts:
                if kind in term.handle or "any" in term.handle:
                    yield Met(*place, "handle", of=kind, role=role)
        elif term.price:
            for price in self._prices:
                if costs(price, term.price):
                    place = self._place(price.start, price.end)
                    yield Met(*place, "price", price.amount, price.amount, price.currency)
        elif asked := asked_of(term):
            for start, end in self._found(asked):
                if said := asked.met(self._folded, start, end):
                    yield Met(*self._place(start, end), "age" if term.age else "number", *said)

    @property
    def _folded(self) -> str:
        return self._batch.text(0)

    @cached_property
    def _prices(self) -> list[Price]:
        return prices(self._folded)

    def _found(self, asked: Asked) -> Iterator[Place]:
        return (found.span() for found in _regex(asked.pattern).finditer(self._folded))

    def _place(self, start: int, end: int) -> Place:
        place = self._batch.place(0, start, end)
        return place.start, place.end


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """Ours, never an officer's."""
    return re.compile(folded_regex(pattern))
