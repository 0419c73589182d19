"""What was found in a text, and why."""

from pydantic import Field

from patrol.models.base import Model, Name
from patrol.models.words import Category, HandleKind, HandleRole, LeadKind


class Span(Model):
    """Characters of the original text, as code points: `text[start:end]`."""

    start: int = Field(ge=0)
    end: int
    text: str


class Match(Model):
    """A rule that hit, with the characters that made it hit."""

    rule: Name
    version: int
    kind: LeadKind
    category: Category | None
    spans: tuple[Span, ...]
    """In the order of the text, without repeats."""
    weight: int
    """Its part of the score, 0 to 100."""


class Handle(Model):
    """A contact found in a text, with its role."""

    kind: HandleKind
    value: str
    """Normalised, so that the same contact written differently is the same."""
    role: HandleRole
    confidence: float = Field(ge=0, le=1)
    span: Span


MOST_POINTS = 130
"""A post's own words give up to 100; what is known around it, once it is kept, up to 30 more."""


class Part(Model):
    """One visible summand of a score."""

    name: str
    points: int
    right: int | None = None
    """Of a rule's record: leads that officers followed up."""
    of: int | None = None
    """What it was counted from: a rule's decided leads, or posts of its author that were flagged before."""


class Flagging(Model):
    """All that was found in one text. The score is the sum of its parts; nothing is cut."""

    matches: tuple[Match, ...]
    handles: tuple[Handle, ...]
    parts: tuple[Part, ...]
    score: int = Field(ge=0, le=MOST_POINTS)

    @property
    def kind(self) -> LeadKind:
        """A possible victim outranks everything else that was found in the same words."""
        kinds = {match.kind for match in self.matches}
        return LeadKind.POSSIBLE_VICTIM if LeadKind.POSSIBLE_VICTIM in kinds else LeadKind.LEAD

    @property
    def category(self) -> Category | None:
        """Category of the weightiest match; None for a possible victim."""
        if self.kind is LeadKind.POSSIBLE_VICTIM:
            return None
        ranked = sorted(self.matches, key=lambda match: -match.weight)
        return ranked[0].category if ranked else None
