"""Where we look, and under which mandate."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from patrol.models.base import Model, Moment, Name, Titles
from patrol.models.conduct import Conduct
from patrol.models.hours import Hours
from patrol.models.words import Category, Channel

ADDRESS = r"^https?://[^\s/@?#]+([/?#]\S*)?$"
Address = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=2000)]


Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)]


Selector = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Selectors(Model):
    """Where a post's parts stand on the pages of a board that no engine knows.

    CSS selectors; author, date and text are looked for inside of a row. `@name` behind one takes that attribute.
    """

    row: Selector
    """One element for each post."""
    author: Selector | None = None
    date: Selector | None = None
    """Of an element that is nothing else: its machine-readable attribute is read where it has one."""
    text: Selector | None = None
    """None reads all of the row but author and date."""
    next: Selector | None = None
    """The link to the page that follows."""
    thread: Selector | None = None
    """Links to threads, on pages that hold no post."""


class Revisit(Model):
    """Limits within which a source is read as often as it is written in."""

    fastest_minutes: int = Field(ge=1, le=10_080)
    """Never more often than every so many minutes."""
    slowest_minutes: int = Field(ge=1, le=10_080)
    """Nor more rarely."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fastest_minutes > self.slowest_minutes:
            raise ValueError("fastest_minutes is the shorter of the two intervals")
        return self


class Source(Model):
    """A site, board or channel we may look at: its engine, where to begin, and how often."""

    name: Name
    title: Titles
    channel: Channel
    engine: Name | None = None
    """Name of the file in `spiders/engines/`; None detects it on the first page."""
    selectors: Selectors | None = None
    """How its pages are read where no engine knows them; stands in an engine's place."""
    start: tuple[Address, ...] = Field(min_length=1)
    """Thread lists, threads or feeds where reading begins."""
    every_minutes: int = Field(default=60, ge=1, le=10_080)
    revisit: Revisit | None = None
    """Between which intervals it is read as often as it is written in; None keeps to `every_minutes`."""
    timezone: str = "Asia/Taipei"
    """For dates that the board prints without one."""
    max_pages: int = Field(default=200, ge=1, le=5_000)
    """Pages a run may ask for."""
    list_pages: int = Field(default=3, ge=1, le=50)
    """Pages of a thread list that are followed from each start address."""
    thread_pages: int = Field(default=20, ge=1, le=500)
    """Pages of one thread that are followed."""
    reread_days: int = Field(default=3, ge=0, le=60)
    """Threads active within these days are read again although the list shows nothing new: edits do not show there."""
    seconds_between_requests: float = Field(default=1.0, ge=0.0, le=600.0)
    floor: int = Field(default=1, ge=0)
    """Rows that a healthy run reads at least, or it is `suspiciously_empty`."""
    learns_floor: bool = True
    """Whether a run is `suspiciously_empty` also where it reads far less than this board always has."""
    hours: Hours | None = None
    """Local hours in which it may run, such as `[8, 22]`; None is any hour."""
    deadline_minutes: int = Field(default=30, ge=1, le=720)
    browser: Why | None = None
    """Why its pages have to be drawn by a browser; None reads what is received, which is faster and asks the site for less."""

    @model_validator(mode="after")
    def _read_in_one_way(self) -> Self:
        if self.engine is not None and self.selectors is not None:
            raise ValueError("a source is read by its engine or by its selectors, not by both")
        return self

    @model_validator(mode="after")
    def _begins_within_its_limits(self) -> Self:
        limits = self.revisit
        if limits and not limits.fastest_minutes <= self.every_minutes <= limits.slowest_minutes:
            raise ValueError("every_minutes lies between fastest_minutes and slowest_minutes")
        return self


class Scope(Model):
    """Which addresses an authorization covers: exact hosts, path prefixes on them, and parameters."""

    hosts: tuple[str, ...] = Field(min_length=1)
    """Exact host names in lower case, with `:port` where it is not the scheme's own. No wildcard."""
    paths: tuple[str, ...] = ("/",)
    """A path is covered if it begins with one of these at a segment's border or as written."""
    https_only: bool = False
    """Whether nothing is asked for in the clear."""
    query_allow: tuple[str, ...] = ()
    """Parameters, as `f=7` or `t=*`: a name that one of these speaks of has no other value."""
    query_deny: tuple[str, ...] = ()
    """Parameters that are not covered unless they are allowed, as `sid` or `*`."""


class AgeDeclaration(Model):
    """The one cookie by which a host's visitors say that they are of age, and the host that gets it."""

    host: str
    """As `Scope` writes it: with `:port` where it is not the scheme's own."""
    cookie: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}=[A-Za-z0-9_-]{1,40}$")


BREAK_GLASS = "break-glass"
"""In an approver's place: one person's for a day, with auditors told."""


class Authorization(Model):
    """The legal mandate to read one source, as entered; Patrol enforces it and cannot judge it lawful.

    In force between `valid_from` and `valid_until` once a person other than
    the requester has approved it, unless revoked.
    """

    id: int
    source: Name
    basis: str
    """Statute and article."""
    number: str
    """Number of the document."""
    document_sha256: str | None = None
    scope: Scope
    categories: tuple[Category, ...]
    """Rules of other categories do not run on this source."""
    directed: bool = False
    """Whether it names a person; general patrol does not."""
    trial: bool = False
    """Whether it covers single looks at the source only, before it is read on schedule."""
    age_declaration: AgeDeclaration | None = None
    """What may be declared, and to whom; None declares nothing to anybody."""
    conduct: Conduct = Conduct()
    requester: str
    approver: str | None
    valid_from: Moment
    valid_until: Moment
    revoked_at: Moment | None = None

    @model_validator(mode="after")
    def _two_persons(self) -> Self:
        if self.approver is not None and self.approver == self.requester:
            raise ValueError("the approver must be another person than the requester")
        if self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be after valid_from")
        return self

    def in_force(self, at: datetime) -> bool:
        """Whether it is approved, begun, not ended and not revoked at that instant."""
        return (
            self.approver is not None
            and self.revoked_at is None
            and self.valid_from <= at < self.valid_until
        )
