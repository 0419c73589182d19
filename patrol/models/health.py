"""How a source fares, as its own runs tell it."""

from enum import StrEnum

from patrol.models.base import Model, Moment


class Because(StrEnum):
    """What decided how often a source is read."""

    FIXED = "fixed"
    """Its schedule, which has no limits within which it could move."""
    LEARNING = "learning"
    """Its schedule: too little was seen of it so far."""
    RATE = "rate"
    """How much is posted, and how much one page of it holds."""
    FASTEST = "fastest"
    """The limit below: more is posted than its schedule may follow."""
    SLOWEST = "slowest"
    """The limit above: less is posted than would make it wait so long."""
    RUN = "run"
    """How long its runs take: it is left alone for as long again."""


class Health(Model):
    """What was learned of a source when its last run ended. Numbers and times only."""

    at: Moment
    every_minutes: int
    """The interval in force, before a row of failures stretches it."""
    because: Because
    posts: int = 0
    """New ones that were seen within `hours`."""
    hours: float = 0.0
    """For which it was watched in the last seven days."""
    page_rows: int | None = None
    """Rows that one page of its lists or feeds holds."""
    failures: int = 0
    """In a row, up to the last run."""
    stretched_minutes: int | None = None
    """How long it is left alone after so many failures; None where the row is short."""
    rows_floor: int = 0
    """Rows below which a run is suspiciously empty, as learned; 0 until enough was seen."""
    rows_least: int | None = None
    """The fewest rows that a good run of the last four weeks read."""
    rows_runs: int = 0
    """How many good runs that is learned from."""
    quiet_since: Moment | None = None
    """Since when nothing new came although much comes at these hours of the week; None where all is as usual."""
    usual: int | None = None
    """Posts that came at the same hours in each of the weeks before, at least."""

    @property
    def posts_an_hour(self) -> float:
        return self.posts / self.hours if self.hours else 0.0

    @property
    def days(self) -> int:
        """For which it was watched, at least one where it was watched at all."""
        return max(1, round(self.hours / 24)) if self.hours else 0
