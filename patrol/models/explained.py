"""What `patrol flag --json` says of a text, line by line, and why. The shipped JSON schema is made of this."""

from pydantic import Field

from patrol.models.base import Model, Name
from patrol.models.flagging import Part
from patrol.models.words import Category, HandleKind, HandleRole, LeadKind

Place = tuple[int, int, str]
"""Start and end, in code points of the original text, and the characters there."""


class Piece(Model):
    """Where a term was found."""

    start: int = Field(ge=0)
    end: int
    written: str
    """The characters of the original."""
    read: str
    """What they were read as."""
    how: tuple[str, ...]
    """The disguises that were seen through; none if it was written plainly."""
    means: str | None = None
    """What a contact, a price, an age or a number says: `line, offered`, `3500 TWD`, `14 to 15`."""
    counts: bool = True
    because: str | None = None
    """Why it does not count."""


class TermSeen(Model):
    """One term of a rule in a text."""

    term: Name
    looks_for: str
    """`lexicon NAME`, `words`, `regex`; or what is asked for: `handle line, offered`, `price up to 5000 TWD`, `age up to 17`, `number from 20 of 顆`."""
    negated: bool
    """Whether the rule is true only where it is absent."""
    anchor: bool
    """Whether the rule is asked because of it."""
    there: bool
    found: tuple[Piece, ...]


class ExceptionSeen(Model):
    """An exception of a rule that counts today."""

    words: tuple[str, ...]
    because: str
    expires: str
    there: bool
    """Whether it keeps the rule from hitting this text."""


class Why(Model):
    """Why a rule hit a text, or did not."""

    hit: bool
    when: str
    within: int | None
    sentences: int | None
    order: tuple[str, ...]
    windows: tuple[Place, ...]
    """Pieces of the text in which the terms stand as they must."""
    terms: tuple[TermSeen, ...]
    exceptions: tuple[ExceptionSeen, ...]
    missing: tuple[str, ...]
    """Terms that are not there and could have made it true."""


class MatchLine(Model):
    """A rule that hit."""

    rule: Name
    version: int
    kind: LeadKind
    category: Category | None
    spans: tuple[Place, ...]
    weight: int
    why: Why | None = None
    """With `--explain`."""


class HandleLine(Model):
    """A contact."""

    kind: HandleKind
    value: str
    role: HandleRole
    confidence: float = Field(ge=0, le=1)
    span: Place


class FlagLine(Model):
    """One line of `patrol flag --json`."""

    id: str | int
    score: int = Field(ge=0, le=100)
    matches: tuple[MatchLine, ...]
    handles: tuple[HandleLine, ...]
    parts: tuple[Part, ...] | None = None
    """With `--explain`: the summands of the score."""
    not_known_here: tuple[str, ...] | None = None
    """With `--explain`: summands of a lead's score that a text alone does not tell. The register knows them: how fresh the post is, how often its author was flagged before, how often its rule was right."""
    ruleset: str | None = None
    """With `--explain`: SHA-256 of the rules and word lists. The same text, rules and engine give the same line."""
    engine: str | None = None
    """With `--explain`: version of what read the text."""


class ExplainLine(Model):
    """One line of `patrol rule explain --rule NAME`."""

    id: str | int
    rule: Name
    why: Why
