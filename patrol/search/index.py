"""The promise of an index, and the nouns that go in and come out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, Self
from zlib import crc32
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, model_validator

from patrol.errors import TryLater
from patrol.models import (
    MOST_POINTS,
    Category,
    Channel,
    LeadKind,
    LeadStatus,
    Model,
    Moment,
    Name,
    Precision,
)

LOCAL = ZoneInfo("Asia/Taipei")
"""Whose days, months and hours are counted."""
Body = Mapping[str, Any]
"""A question as Elasticsearch writes it: `{"terms": {"field": "source"}}`. Which ones: `patrol.search.answers`."""
MAX_TOKENS = 200_000
"""Of one document. A post is a page at most; a longer one is a fault that should be seen."""
_FINER_THAN = {
    "day": {Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY},
    "hour": {Precision.SECOND, Precision.MINUTE, Precision.HOUR},
}


class DocumentKind(StrEnum):
    """The two kinds of document; unflagged posts are never put."""

    POST = "post"
    LEAD = "lead"


_TEXT = {"text"}
_LEAD, _VICTIM, _YEAR = DocumentKind.LEAD, LeadKind.POSSIBLE_VICTIM, Precision.YEAR
"""Looked up once: naming a member takes longer than comparing it."""


class Facet(StrEnum):
    """What a query may narrow by, and a question count by. Keywords, compared whole."""

    DOCUMENT = "document"
    UNIT = "unit"
    LEAD = "lead"
    SOURCE = "source"
    CHANNEL = "channel"
    KIND = "kind"
    CATEGORY = "category"
    STATUS = "status"
    RULE = "rule"
    HANDLE = "handle"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"


class IndexedPost(Model):
    """A flagged post (one sighting), or a lead, as the index keeps it.

    The words of `text` are searched and never kept: what comes out of the
    index has none, and the words shown come from the register.
    """

    document: DocumentKind
    number: int = Field(ge=1, lt=1 << 30)
    """Of the sighting or the lead in the register."""
    unit: int
    """The police unit that owns it."""
    lead: int
    """The lead that it is, or belongs to."""
    source: Name
    channel: Channel
    kind: LeadKind
    category: Category | None
    status: LeadStatus
    """Of the lead that it is, or belongs to."""
    score: int = Field(ge=0, le=MOST_POINTS)
    rules: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    """Keyed tags of the contacts that it offers, never the contacts themselves."""
    at: Moment
    """Written by its author, as far as the board says; a lead: opened."""
    precision: Precision = Precision.SECOND
    """Of `at`. What a board did not print is not counted: no day from a year, no hour from a day."""
    seen_at: Moment
    """First read; a lead: opened. It never changes, so it orders the pages and chooses the shelf."""
    text: str = Field(default="", repr=False)
    """Folded."""

    @model_validator(mode="after")
    def _victims_are_not_searchable(self) -> Self:
        if self.kind is _VICTIM and (self.text or self.handles or self.rules or self.category):
            raise ValueError("a possible victim is put without words, contacts, rules and category")
        if not 0 <= self.seen_at.timestamp() < 1 << 33:
            raise ValueError("seen_at lies outside the years 1970 to 2242")
        return self

    @property
    def id(self) -> str:
        """Such as `post:17`. The same thing always has the same."""
        return f"{self.document}:{self.number}"

    @property
    def key(self) -> int:
        """Orders all documents, newest first seen last; unique, under 2**64."""
        lead = self.document is _LEAD
        return int(self.seen_at.timestamp()) << 31 | self.number << 1 | lead

    @property
    def shelf(self) -> str:
        """The month in which it was first seen: what is kept, purged and rebuilt together."""
        return shelf_of(self.seen_at)

    @property
    def seen_on(self) -> int:
        """Such as 20261120: the day in Taipei on which it was first seen."""
        return day_number(local_hour(self.seen_at))

    @property
    def day(self) -> str | None:
        return local_hour(self.at)[:10] if self.precision in _FINER_THAN["day"] else None

    @property
    def month(self) -> str | None:
        return local_hour(self.at)[:7] if self.precision is not _YEAR else None

    @property
    def hour(self) -> str | None:
        """Of the day, `00` to `23`."""
        return local_hour(self.at)[11:] if self.precision in _FINER_THAN["hour"] else None


_WORDLESS = TypeAdapter(IndexedPost)


def kept_json(post: IndexedPost) -> bytes:
    """All that an index keeps of it: everything but its words."""
    return _WORDLESS.dump_json(post, exclude=_TEXT)


def mark(kept: bytes, text: str) -> int:
    """A number of 32 bits for a document's content: what is kept of it as JSON, and its words.

    It finds what was lost or left behind, not what somebody forged together with its mark.
    """
    return crc32(text.encode("utf-8", "surrogatepass"), crc32(kept))


def local_hour(moment: datetime) -> str:
    """Such as `2026-11-20T12`: the hour in Taipei."""
    return _hour_begun(moment.timestamp() // 900)


@lru_cache(maxsize=8_192)
def _hour_begun(quarter: float) -> str:
    """By the quarter of an hour, which no offset since 1896 divides: a document asks five times, its neighbours for the same."""
    return datetime.fromtimestamp(quarter * 900, LOCAL).isoformat()[:13]


@lru_cache(maxsize=8_192)
def day_number(hour: str) -> int:
    """Such as 20261120, of a `local_hour`."""
    return int(hour[:10].replace("-", ""))


def shelf_of(moment: datetime) -> str:
    """Such as `2026-11`."""
    return local_hour(moment)[:7]


def shelf_of_key(key: int) -> str:
    """The shelf of the document that has this key."""
    return shelf_of(datetime.fromtimestamp(key >> 31, UTC))


class Query(Model):
    """What to find: all words, none of `without`, and for each field one of its values. Newest first.

    Words are folded. One that is cut into several tokens is a phrase.
    """

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    filters: Mapping[Facet, tuple[str, ...]] = {}
    excluded: Mapping[Facet, tuple[str, ...]] = {}
    first_day: date | None = None
    last_day: date | None = None
    """Days of `IndexedPost.at`, both included."""
    least_score: int | None = None
    most_score: int | None = None
    before: int | None = None
    """`Page.next` of the page before: the next page begins behind it, whatever was put meanwhile."""
    limit: int = Field(default=50, ge=1, le=500)


class Page(Model):
    """Some of what was found, and how to ask for the rest."""

    items: tuple[IndexedPost, ...]
    total: int
    """Exact, of all pages."""
    next: int | None
    """For `Query.before`; None on the last page."""


class Counts(Model):
    """Exact answers. `answers` has the shape in which Elasticsearch answers the same body."""

    total: int
    answers: dict[str, Any]


class Tally(NamedTuple):
    """Documents first seen on one day."""

    documents: int
    marks: int
    """The sum of their marks: exact below 2**53, which is two million documents a day."""


class Refusal(Model):
    """A document that was not put, and why."""

    id: str
    reason: str
    """Without collected text."""
    for_good: bool = True
    """Whether trying again is useless."""


def too_long(post: IndexedPost, tokens: int) -> Refusal:
    """The refusal of a text that no index takes."""
    return Refusal(id=post.id, reason=f"its text has {tokens} tokens, of {MAX_TOKENS} at most")


class IndexAway(TryLater):
    """The index is busy, blocked or broken. Nothing is lost: the outbox keeps what it has yet to hear."""

    again_after_seconds: float = 0.0
    """When the index wants to be asked again, if it said."""


class PostIndex(Protocol):
    """Flagged posts and leads, kept to be searched and counted. Disposable: the register holds them.

    Everything raises `IndexAway` while the index cannot be used.
    """

    def put(self, posts: Sequence[IndexedPost], *, shown: bool = True) -> list[Refusal]:
        """Keep posts under their ids; the same id twice is one post, the last. Returns those refused, each with its reason.

        What was put is durable when this returns, and found by this object. Other
        processes find it too, or with `shown` false after `show`: many a call in a row costs less so.
        """

    def show(self) -> None:
        """Let every process find all that was put."""

    def search(self, query: Query) -> Page:
        """Posts that hold all words, newest first seen first. Possible victims are never found."""

    def count(self, query: Query, questions: Mapping[str, Body]) -> Counts:
        """Answers to questions about everything that the query finds, possible victims included.

        Raises `BadQuestion` for a body that the back-ends would not answer alike.
        """

    def forget(self, ids: Collection[str]) -> int:
        """Remove posts. Returns how many were there. Their shelves are `stale` until they are replaced."""

    def shelves(self) -> tuple[str, ...]:
        """Months that hold documents, newest first."""

    def stale(self) -> frozenset[str]:
        """Shelves on whose disk words of removed documents can still be there."""

    def replace(self, shelf: str, posts: Iterable[IndexedPost]) -> list[Refusal]:
        """Build a month anew and swap it in at once: what is not among `posts` is gone from the disk."""

    def tallies(self) -> Mapping[int, Tally]:
        """What is there of each day of `IndexedPost.seen_on`, shown or not; 0 is for documents without one."""

    def marks(self, day: int) -> Mapping[str, int | None]:
        """The mark of each document of that day, by its id. None when it has lost its own."""

    def described(self) -> str:
        """Where it is kept, and how it is there: a sentence for whoever operates it."""

    def close(self) -> None:
        """Let go of the writer's place."""
