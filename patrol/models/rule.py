"""What to flag: rules with their terms, lexicons and examples."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from patrol.models.base import Model, Name, Titles
from patrol.models.predicates import AgeAsked, NumberAsked, PriceAsked
from patrol.models.words import Category, Channel, LeadKind, Level


class Word(Model):
    """One word of a lexicon, with its meaning and where it comes from."""

    word: str = Field(min_length=1, max_length=100)
    meaning: str
    origin: str
    unless: tuple[str, ...] = ()
    """Longer words that hold it by accident, such as 急難救援交流 for 援交."""
    variants: tuple[str, ...] = ()
    """Other ways to write it, looked for alike."""
    owner: str | None = None
    """Who answers for it."""
    expires: date | None = None
    """The last day on which it counts; None is for good."""


class Lexicon(Model):
    """Shared words that rules refer to by name."""

    name: Name
    title: Titles
    words: tuple[Word, ...] = Field(min_length=1)


KINDS = ("lexicon", "words", "regex", "handle", "price", "age", "number")
LATER = frozenset({"role", "age", "number"})
"""Fields that terms of earlier versions of Patrol did not have."""


class Term(Model):
    """A part of a rule: words of a lexicon, literal words, a regex, or a kind of thing found in the text."""

    lexicon: Name | None = None
    words: tuple[str, ...] = ()
    regex: str | None = Field(default=None, max_length=1000)
    """Linear-time syntax: hyperscan says which post, google-re2 gives the spans."""
    handle: tuple[str, ...] = ()
    """Kinds of handle, or `any`."""
    role: tuple[Literal["offered", "mentioned", "unknown"], ...] = ()
    """Of a handle: whose it is. None asked is any that is not only mentioned, and for possible victims any."""
    price: PriceAsked = None
    """An amount of money, `true` or with bounds: `{at_least: 500, at_most: 5000, currency: TWD}`."""
    age: AgeAsked = None
    """An age or a school stage, `true` or with bounds in years: `{at_most: 17}`."""
    number: NumberAsked = None
    """A number within bounds, of something: `{at_least: 20, of: [顆, 粒]}`."""
    unless: tuple[str, ...] = ()
    """Longer words in which a word of this term does not count."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(bool(getattr(self, kind)) for kind in KINDS) != 1:
            raise ValueError(f"a term is exactly one of {', '.join(KINDS[:-1])} or {KINDS[-1]}")
        if self.role and not self.handle:
            raise ValueError("only a handle has a role")
        return self

    @model_serializer(mode="wrap")
    def _as_before(self, said: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without later fields that it does not use: a rule of an earlier Patrol is the same words, with the same hash."""
        body: dict[str, Any] = said(self)
        return {name: value for name, value in body.items() if value or name not in LATER}

    @property
    def looks_for(self) -> str:
        """What it is, for whoever explains a flag: `lexicon firearms`, `age up to 17`, `handle line, offered`."""
        if self.lexicon:
            return f"lexicon {self.lexicon}"
        if self.handle:
            kinds = "" if self.handle == ("any",) else f" {', '.join(self.handle)}"
            roles = f", {' or '.join(self.role)}" if self.role else ""
            return f"handle{kinds}{roles}"
        kind = next(one for one in KINDS if getattr(self, one))
        bounds = self.price or self.age or self.number
        return f"{kind} {bounds.said}".strip() if bounds else kind


class Hit(Model):
    """A text that the rule must flag, and the words that must be marked, in order."""

    text: str
    spans: tuple[str, ...] = Field(min_length=1)


class Miss(Model):
    """A text that the rule must not flag, and why."""

    text: str
    because: str


class Examples(Model):
    hit: tuple[Hit, ...] = Field(min_length=1)
    miss: tuple[Miss, ...] = Field(min_length=1)


class Exemption(Model):
    """Words beside which the rule does not count, for a while."""

    words: tuple[str, ...] = Field(min_length=1)
    because: str = Field(min_length=1, max_length=500)
    expires: date
    """The last day on which it counts."""


class RuleScope(Model):
    """Where a rule is asked at all. What is empty is everywhere."""

    sources: tuple[Name, ...] = ()
    channels: tuple[Channel, ...] = ()
    boards: tuple[str, ...] = ()
    """Beginnings of a post's address, such as `https://board.example/trade/`."""
    languages: tuple[Literal["zh-Hant", "zh-Hans", "en"], ...] = ()
    """As a post's characters show it; one that shows none is in every language."""


class Suppression(Model):
    """How a rule's matches that are the same again are kept from opening lead after lead: they join the first."""

    key: Literal["author", "handle"]
    """What makes them the same: the author as shown, or a contact that is offered."""
    hours: int = Field(ge=1, le=720)


class Rule(Model):
    """What makes a post worth an officer's look. A reason to look, never proof."""

    name: Name
    version: int = Field(default=1, ge=1)
    title: Titles
    kind: LeadKind = LeadKind.LEAD
    category: Category | None = None
    """The offence looked for; None only for possible victims, who are no suspects."""
    level: Level
    why: str
    """Shown to the officer beside the marked words."""
    offence: str | None = None
    """Statute and article of the offence that it looks for."""
    terms: dict[Name, Term] = Field(min_length=1)
    when: str
    """An expression over terms: `a and (b or c) and not d`, `2 of (a, b, c)`."""
    within: int | None = Field(default=None, ge=1, le=2000)
    """The terms that make it true must stand within so many characters."""
    sentences: int | None = Field(default=None, ge=1, le=20)
    """The terms that make it true must stand within so many sentences."""
    order: tuple[Name, ...] = ()
    """Terms that must stand one after the other, as far as they are there."""
    exceptions: tuple[Exemption, ...] = ()
    """What it must not flag for now, with a reason and a last day."""
    scope: RuleScope | None = None
    """Where it is asked; None is everywhere."""
    suppress: Suppression | None = None
    """Which matches join an earlier lead of the rule."""
    expires: date | None = None
    """The last day on which it is asked; None is for good."""
    note: str | None = Field(default=None, max_length=1000)
    """For the officer who decides: what to look at besides."""
    wellness: Literal["A", "B", "C"] | None = None
    """How heavy its posts are to read, A the heaviest."""
    falsepositives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str | None = None
    references: tuple[str, ...] = ()
    examples: Examples

    @model_validator(mode="after")
    def _victims_have_no_category(self) -> Self:
        if (self.kind is LeadKind.POSSIBLE_VICTIM) != (self.category is None):
            raise ValueError("a rule has a category, unless its kind is possible_victim")
        return self

    @model_validator(mode="after")
    def _windows_that_can_be(self) -> Self:
        if self.within is not None and self.sentences is not None:
            raise ValueError("a rule has `within` or `sentences`, not both")
        if len(set(self.order)) != len(self.order) or len(self.order) == 1:
            raise ValueError("`order` names at least two terms, each once")
        if unknown := [name for name in self.order if name not in self.terms]:
            raise ValueError(f"`order` names `{unknown[0]}`, and the rule has no such term")
        if self.suppress is not None and self.kind is LeadKind.POSSIBLE_VICTIM:
            raise ValueError("a possible victim is never suppressed")
        return self
