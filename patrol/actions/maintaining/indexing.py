"""Keeping the index: how it is, comparing it with the register, and building it anew. Reading it is `patrol.actions.triaging.triage`'s and the pages' work."""

from typing import Any

from django.db.models import QuerySet

from patrol.actions.desk import Desk
from patrol.errors import NotFound
from patrol.models import Model, Moment, Permission, Verb
from patrol.register.tables import OutboxRow
from patrol.search import IndexAway, Query, open_index
from patrol.search.helm import at_the_helm
from patrol.search.outbox import Rebuilt, revive
from patrol.search.outbox import rebuild as build_anew
from patrol.search.reconcile import Reconciled, Record
from patrol.search.reconcile import reconcile as compare
from patrol.search.rows import Fold
from patrol.settings import Settings

SHOWN = 100
"""Refused documents that a page shows."""


class DeadLetter(Model):
    """A document that the index refused for good."""

    id: str
    reason: str


class Letters(Model):
    """Documents that the index refused for good."""

    total: int
    first: tuple[DeadLetter, ...]
    """`SHOWN` of them at most."""


class NoSuchLetter(NotFound):
    def __init__(self, document: str) -> None:
        super().__init__(
            f"The index has not refused `{document}`.",
            why="It is no document such as `post:7`, or was told again already.",
            do="Look at what it refused: `patrol index status`.",
        )


class IndexStatus(Model):
    """How the index is, and what it has yet to hear."""

    where: str | None = None
    away: str | None = None
    """Why nothing is known of it now."""
    why: str | None = None
    documents: int | None = None
    months: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    """Months on whose disk removed words can still be."""
    waiting: int
    oldest: Moment | None
    """When the row was written that waits longest."""
    dead: tuple[DeadLetter, ...]
    reconciled: Reconciled | None
    """The last comparison with the register; None before the first."""


def status(desk: Desk, settings: Settings) -> IndexStatus:
    """How the index is. One that is away is told, not raised: what waits is known all the same."""
    desk.require(Permission.SYSTEM_OPERATE, Verb.COMMAND_RUN)
    rows = OutboxRow.objects.filter(dead_because=None)
    told: dict[str, Any] = {
        "waiting": rows.count(),
        "oldest": rows.order_by("written_at").values_list("written_at", flat=True).first(),
        "dead": _dead(OutboxRow.objects.exclude(dead_because=None)),
        "reconciled": Record(settings.index_path).read(),
    }
    try:
        told |= _held(settings)
    except IndexAway as error:
        told |= {"away": error.what, "why": error.why}
    desk.record(Verb.COMMAND_RUN, details={"command": "index status"})
    return IndexStatus(**told)


def _dead(rows: QuerySet[OutboxRow]) -> tuple[DeadLetter, ...]:
    return tuple(
        DeadLetter(id=f"{row.kind}:{row.subject}", reason=row.dead_because or "")
        for row in rows.order_by("pk")
    )


def refused(desk: Desk) -> Letters:
    """What the index refused for good, for the page. Recorded."""
    desk.require(Permission.SYSTEM_OPERATE, Verb.COMMAND_RUN)
    rows = OutboxRow.objects.exclude(dead_because=None)
    first = rows.order_by("pk").values("pk")[:SHOWN]
    found = Letters(total=rows.count(), first=_dead(rows.filter(pk__in=first)))
    desk.record(Verb.COMMAND_RUN, count=found.total, details={"command": "index status"})
    return found


def replay(desk: Desk, document: str | None = None) -> int:
    """Have the index told again what it refused for good: one document, such as `post:7`, or all. Returns how many rows wait now.

    Recorded; raises `NoSuchLetter`.
    """
    subject = f"document:{document}" if document else None
    with desk.act(Permission.SYSTEM_OPERATE, Verb.INDEX_REPLAYED, subject=subject) as act:
        act.count = revive(document)
        if document and not act.count:
            raise NoSuchLetter(document)
    return act.count


def _held(settings: Settings) -> dict[str, Any]:
    index = open_index(settings)
    try:
        return {
            "where": index.described(),
            "documents": index.count(Query(), {}).total,
            "months": index.shelves(),
            "stale": tuple(sorted(index.stale())),
        }
    finally:
        index.close()


def reconcile(desk: Desk, settings: Settings, fold: Fold) -> Reconciled:
    """Compare the index with the register; what differs waits in the outbox then. Recorded; raises `IndexAway`."""
    desk.require(Permission.SYSTEM_OPERATE, Verb.COMMAND_RUN)
    index = open_index(settings)
    try:
        found = compare(index, fold, settings.index_path)
    finally:
        index.close()
    desk.record(
        Verb.COMMAND_RUN,
        count=found.documents,
        details={"command": "index reconcile", "differing": found.differing},
    )
    return found


def rebuild(desk: Desk, settings: Settings, fold: Fold) -> Rebuilt:
    """Build the index anew, dead letters included. Recorded; raises `HelmTaken` or `IndexAway` while another process writes it."""
    desk.require(Permission.SYSTEM_OPERATE, Verb.INDEX_REBUILT)
    with at_the_helm(settings.home):
        index = open_index(settings, writer=True)
        try:
            revive()
            built = build_anew(index, fold)
        finally:
            index.close()
    desk.record(Verb.INDEX_REBUILT, count=built.documents, details={"dead": built.dead})
    return built
