"""What a browser made of a page."""

from typing import NamedTuple

from patrol.models import Ingredient, Outcome

Trouble = tuple[Outcome, str]


class Drawn(NamedTuple):
    """A page once its script has drawn it."""

    text: str
    drawn_from: tuple[Ingredient, ...]
    """Every answer that it asked for, in the order in which they came."""
    trouble: Trouble | None
    """The first of them that was bad or missing: why the page may be empty."""
