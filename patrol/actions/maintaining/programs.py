"""What programs are told: counts, coverage, health and the last checkpoint. Never a word of a lead; each asking is a look, on record."""

from dataclasses import dataclass
from datetime import datetime

from dashboards import coverage
from dashboards.coverage import SourceCoverage
from dashboards.period import Period
from patrol.actions.desk import Desk
from patrol.actions.disclosing.soundness import unsound
from patrol.actions.maintaining.readiness import readiness
from patrol.actions.notifying.alarms import raised
from patrol.actions.notifying.notices import unread
from patrol.actions.staffing.tokens import NEEDS
from patrol.actions.triaging.leads import person_at
from patrol.errors import NotFound
from patrol.models import TokenScope, Verb
from patrol.register import outside
from patrol.register.tables import LedgerCheckpoint, LedgerStamp, OutboxRow
from patrol.settings import Settings


class NoCheckpoint(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "No checkpoint of the access log is signed yet.",
            why="One is signed every minute while `patrol serve` or `patrol projector` works.",
            do="Ask again in a minute.",
        )


@dataclass(frozen=True)
class Waiting:
    """What waits for a person."""

    unread: int
    called: int
    """Possible victims' leads of the unit that nobody has acknowledged; 0 for whoever may not read them."""


@dataclass(frozen=True)
class Vitals:
    """What a monitor wants to know."""

    ready: bool
    index: bool
    log_holds: bool
    """False when somebody found that the access log was changed."""
    last_checkpoint_at: datetime | None
    nothing_left_since: datetime | None
    """Since when no checkpoint has reached a second place; None while that is well."""
    index_waits: int
    """Changes that the index has yet to hear."""
    index_refused: int
    """Documents that it refused for good."""


@dataclass(frozen=True)
class Signed:
    """The last checkpoint, to be kept elsewhere."""

    size: int
    note: str
    signed_at: datetime
    stamped_at: datetime | None
    """By an authority of time, if it stamped that very one."""


def _asked(desk: Desk, scope: TokenScope, count: int | None = None) -> None:
    desk.record(Verb.API_ASKED, subject=f"api:{scope}", count=count)


def _allowed(desk: Desk, scope: TokenScope) -> None:
    desk.require(NEEDS[scope], Verb.API_ASKED, f"api:{scope}")


def waiting(desk: Desk) -> Waiting:
    """How much waits for this person."""
    _allowed(desk, TokenScope.INBOX)
    found = Waiting(unread(desk), len(raised(desk)))
    _asked(desk, TokenScope.INBOX, found.unread)
    return found


def watched(desk: Desk, days: int) -> tuple[Period, tuple[SourceCoverage, ...]]:
    """What was read of each of the unit's sources in the last days, and what was not seen."""
    _allowed(desk, TokenScope.COVERAGE)
    period = Period.last_days(days, desk.now())
    found = coverage.ask(person_at(desk).unit_id, period, desk.now())
    _asked(desk, TokenScope.COVERAGE, len(found))
    return period, found


def health(desk: Desk) -> Vitals:
    """Whether the workbench is well."""
    _allowed(desk, TokenScope.HEALTH)
    ready = readiness(Settings())
    last = LedgerCheckpoint.objects.order_by("-size").first()
    found = Vitals(
        ready=ready.ready,
        index=ready.index,
        log_holds=unsound() is None,
        last_checkpoint_at=last.signed_at if last else None,
        nothing_left_since=outside.unseen_since(desk.now()),
        index_waits=OutboxRow.objects.filter(dead_because=None).count(),
        index_refused=OutboxRow.objects.exclude(dead_because=None).count(),
    )
    _asked(desk, TokenScope.HEALTH)
    return found


def checkpoint(desk: Desk) -> Signed:
    """The last checkpoint. Raises `NoCheckpoint`."""
    _allowed(desk, TokenScope.CHECKPOINT)
    last = LedgerCheckpoint.objects.order_by("-size").first()
    _asked(desk, TokenScope.CHECKPOINT, last.size if last else 0)
    if last is None:
        raise NoCheckpoint
    stamp = LedgerStamp.objects.filter(size=last.size).first()
    return Signed(last.size, last.note, last.signed_at, stamp.at if stamp else None)
