"""What to flag: rules with their terms, lexicons and examples."""

from typing import Self

from pydantic import Field, model_validator

from patrol.models.base import Model, Name, Titles
from patrol.models.words import Category, LeadKind, Level


class Word(Model):
    """One word of a lexicon, with its meaning and where it comes from."""

    word: str = Field(min_length=1, max_length=100)
    meaning: str
    origin: str
    unless: tuple[str, ...] = ()
    """Longer words that hold it by accident, such as 急難救援交流 for 援交."""


class Lexicon(Model):
    """Shared words that rules refer to by name."""

    name: Name
    title: Titles
    words: tuple[Word, ...] = Field(min_length=1)


class Term(Model):
    """A part of a rule: words of a lexicon, literal words, a regex, or a kind of thing found in the text."""

    lexicon: Name | None = None
    words: tuple[str, ...] = ()
    regex: str | None = Field(default=None, max_length=1000)
    """Linear-time syntax: hyperscan says which post, google-re2 gives the spans."""
    handle: tuple[str, ...] = ()
    """Kinds of handle, or `any`."""
    price: bool = False
    unless: tuple[str, ...] = ()
    """Longer words in which a word of this term does not count."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [
            bool(self.lexicon),
            bool(self.words),
            bool(self.regex),
            bool(self.handle),
            self.price,
        ]
        if sum(kinds) != 1:
            raise ValueError("a term is exactly one of lexicon, words, regex, handle or price")
        return self


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
