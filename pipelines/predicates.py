"""Ages, numbers and prices that rules ask for: what may be one, what it says, and whether that is asked for."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from patrol.models import Bounds, PriceBounds, Term
from pipelines import ages, counts
from pipelines.prices import Price

Range = tuple[int | Decimal, int | Decimal]
"""From and to, both included; the same twice is one number."""


class Asked(NamedTuple):
    """A kind of thing that a regex of ours finds and a reader reads, and within what it must lie."""

    pattern: str
    """Whatever may be one, for both scanners. No look-arounds: what stands beside it the reader judges."""
    read: Callable[[str, int, int], Range | None]
    bounds: Bounds

    def met(self, text: str, start: int, end: int) -> Range | None:
        """What `text[start:end]` of a folded text says, if that is asked for."""
        said = self.read(text, start, end)
        return said if said and self.bounds.holds(*said) else None


def asked_of(term: Term) -> Asked | None:
    """What a term asks for, if it is an age or a number."""
    if term.age:
        return Asked(ages.PATTERN, ages.age, term.age)
    if term.number:
        return Asked(counts.pattern(term.number.of), counts.count, term.number)
    return None


def costs(price: Price, bounds: PriceBounds) -> bool:
    """Whether a price is one that is asked for; without bounds each is, in any currency."""
    return bounds.bare or (price.currency == bounds.currency and bounds.holds(price.amount))


def spoken(said: Range) -> str:
    """`15`, `14 to 16`, `18 and more`."""
    least, most = said
    if most == ages.OLDEST:
        return f"{least} and more"
    return f"{least}" if least == most else f"{least} to {most}"
