"""The shapes of answers. The description that is served is made from these."""

from patrol.models import Model, Moment, Titles


class InboxAnswer(Model):
    """What waits for whoever made the token."""

    unread: int
    """Notices not yet read."""
    called: int
    """Possible victims' leads of the unit that nobody has acknowledged; 0 for whoever may not read them."""


class SourceAnswer(Model):
    """One source over the days asked for."""

    name: str
    title: Titles
    channel: str
    authorized: bool
    """Whether a mandate is in force now."""
    paused: bool
    every_minutes: int
    last_good_at: Moment | None
    """When it was last read well, whenever that was."""
    runs: int
    good: int
    bad: int
    due_hours: float
    """For which the schedule wanted it watched."""
    unseen_hours: float
    """Of those, the hours in which nobody did."""


class CoverageAnswer(Model):
    """What was read, and what was not seen. The least watched first."""

    first: str
    """The first day, in Asia/Taipei."""
    last: str
    sources: tuple[SourceAnswer, ...]


class HealthAnswer(Model):
    """Whether the workbench is well."""

    ready: bool
    """Records can be written, so pages are served."""
    index: bool
    """Searches are answered."""
    log_holds: bool
    """False when somebody found that the access log was changed: nothing leaves then."""
    last_checkpoint_at: Moment | None
    nothing_left_since: Moment | None
    """Since when no checkpoint has reached a second place; null while that is well."""
    index_waits: int
    """Changes that the index has yet to hear."""
    index_refused: int
    """Documents that it refused for good."""


class CheckpointAnswer(Model):
    """The last checkpoint of the access log, to be kept elsewhere."""

    size: int
    note: str
    """A C2SP signed note; `verifier.py` and the log's public key say whether it holds."""
    signed_at: Moment
    stamped_at: Moment | None
    """When an authority of time (RFC 3161) stamped that very checkpoint."""


class Problem(Model):
    """Why there is no answer (RFC 9457)."""

    title: str
    detail: str
    status: int
    do: str
    """What to do about it."""
