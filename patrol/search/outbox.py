"""The projector's work: tells the index what the register has, in order, until it has heard.

A row of the outbox names a sighting or a lead. What is told is its present
state, so repeats and a killed projector are harmless: a row leaves the outbox
only after the index has made it durable. The index away means later.
"""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from patrol.register.tables import OutboxRow, Sighting
from patrol.register.turn import batch
from patrol.search.answers import by
from patrol.search.documents import Documents, numbers_by_lead, shelves
from patrol.search.index import DocumentKind, Facet, IndexAway, IndexedPost, PostIndex, Query

Fold = Callable[[str], str]
LONGEST_WAIT_SECONDS = 60.0
_PUT_AT_ONCE = 500


@dataclass(frozen=True)
class Projected:
    """What became of the rows that were due; their sum is what was taken."""

    done: int = 0
    retried: int = 0
    dead: int = 0


@dataclass(frozen=True)
class Rebuilt:
    """What the index holds after `rebuild`."""

    shelves: int
    documents: int
    dead: int


@dataclass
class _Told:
    """Ids that the index does not hold as it should, each with the reason."""

    dead: dict[str, str] = field(default_factory=dict)
    again: set[str] = field(default_factory=set)


def project(index: PostIndex, fold: Fold, limit: int = 500) -> Projected:
    """Tell the index up to `limit` rows that are due, oldest first. With nothing due, purge one month that needs it."""
    if _wiped(index):
        rebuild(index, fold)
    now = timezone.now()
    due = OutboxRow.objects.filter(dead_because=None, next_at__lte=now).order_by("pk")
    rows = list(due[:limit])
    if not rows:
        purge(index, fold, at_most=1)
        return Projected()
    try:
        told = _tell(index, Documents(fold), rows)
    except IndexAway:
        _later([row.pk for row in rows], now, max(row.attempts for row in rows))
        return Projected(retried=len(rows))
    return _settle(rows, told, now)


def _tell(index: PostIndex, documents: Documents, rows: Sequence[OutboxRow]) -> _Told:
    newest = {(row.kind, row.subject): row.op for row in rows}
    forgotten = {f"{kind}:{number}" for (kind, number), op in newest.items() if op == "forget"}
    posts = {number for (kind, number), op in newest.items() if (kind, op) == ("post", "put")}
    leads = {number for (kind, number), op in newest.items() if (kind, op) == ("lead", "put")}
    loaded = documents.leads(leads)
    posts |= _outdated(index, loaded.posts)
    loaded.add(documents.sightings(posts - _numbers(forgotten)))
    if gone := forgotten | loaded.gone:
        index.forget(gone)
    told = _Told(dead=dict(loaded.faults))
    for at in range(0, len(loaded.posts), _PUT_AT_ONCE):
        for refusal in index.put(loaded.posts[at : at + _PUT_AT_ONCE]):
            if refusal.for_good:
                told.dead[refusal.id] = refusal.reason
            else:
                told.again.add(refusal.id)
    return told


def _numbers(ids: Iterable[str]) -> set[int]:
    prefix = f"{DocumentKind.POST}:"
    return {int(each.removeprefix(prefix)) for each in ids if each.startswith(prefix)}


def _outdated(index: PostIndex, leads: Sequence[IndexedPost]) -> set[int]:
    """Sightings whose posts still say the status or kind that their lead had before."""
    if not leads:
        return set()
    numbers = tuple(str(lead.number) for lead in leads)
    question = by(Facet.LEAD, len(leads), status=by(Facet.STATUS), kind=by(Facet.KIND))
    query = Query(filters={Facet.LEAD: numbers, Facet.DOCUMENT: (DocumentKind.POST,)})
    held = index.count(query, {"leads": question}).answers["leads"]["buckets"]
    now = {str(lead.number): (lead.status, lead.kind) for lead in leads}
    moved = [
        int(bucket["key"])
        for bucket in held
        for status, kind in [now[bucket["key"]]]
        if any(other["key"] != status for other in bucket["status"]["buckets"])
        or any(other["key"] != kind for other in bucket["kind"]["buckets"])
    ]
    return {number for some in numbers_by_lead(moved).values() for number in some}


def _settle(rows: Sequence[OutboxRow], told: _Told, now: datetime) -> Projected:
    """Take out what was heard, in one short transaction."""
    dead = {row.pk: told.dead[_id(row)] for row in rows if _id(row) in told.dead}
    again = [row for row in rows if _id(row) in told.again]
    done = [row.pk for row in rows if _id(row) not in told.dead and _id(row) not in told.again]
    with batch():
        OutboxRow.objects.filter(pk__in=done).delete()
        for pk, reason in dead.items():
            OutboxRow.objects.filter(pk=pk).update(
                dead_because=reason[:500], attempts=F("attempts") + 1
            )
        _later([row.pk for row in again], now, max((row.attempts for row in again), default=0))
    return Projected(done=len(done), retried=len(again), dead=len(dead))


def _id(row: OutboxRow) -> str:
    return f"{row.kind}:{row.subject}"


def _later(pks: Collection[int], now: datetime, attempts: int) -> None:
    """Ask again after 1, 2, 4 ... 60 s, with jitter, so that many do not come back at once."""
    seconds = min(LONGEST_WAIT_SECONDS, 2.0 ** min(attempts, 10))
    seconds *= random.uniform(0.5, 1.0)  # noqa: S311  (no secret)
    if pks:
        with transaction.atomic():
            OutboxRow.objects.filter(pk__in=pks).update(
                attempts=F("attempts") + 1, next_at=now + timedelta(seconds=seconds)
            )


def revive() -> int:
    """Try the dead letters again. Returns how many there are."""
    with transaction.atomic():
        return OutboxRow.objects.exclude(dead_because=None).update(
            dead_because=None, attempts=0, next_at=timezone.now()
        )


def purge(index: PostIndex, fold: Fold, at_most: int | None = None) -> int:
    """Build months anew on whose disk removed words can still be. Returns how many were."""
    documents = Documents(fold)
    stale = sorted(index.stale())[:at_most]
    for shelf in stale:
        faults: dict[str, str] = {}
        refused = index.replace(shelf, documents.shelf(shelf, faults))
        _bury(faults | {each.id: each.reason for each in refused})
    return len(stale)


def rebuild(index: PostIndex, fold: Fold) -> Rebuilt:
    """Everything anew from the register, a month at a time; searches go on in the meantime."""
    documents = Documents(fold)
    wanted = shelves()
    dead: dict[str, str] = {}
    for shelf in sorted({*wanted, *index.shelves(), *index.stale()}, reverse=True):
        faults: dict[str, str] = {}
        refused = index.replace(shelf, documents.shelf(shelf, faults))
        dead |= faults | {each.id: each.reason for each in refused}
    _bury(dead)
    held = index.count(Query(), {}).total
    return Rebuilt(shelves=len(wanted), documents=held, dead=len(dead))


def _wiped(index: PostIndex) -> bool:
    """Whether the index is empty although the outbox has already told it something."""
    if index.shelves():
        return False
    waiting = OutboxRow.objects.filter(kind=DocumentKind.POST).values("subject").distinct().count()
    return Sighting.objects.exclude(unit__wrapped_key=None).count() > waiting


def _bury(faults: dict[str, str]) -> None:
    """Make what a rebuild could not tell visible among the dead letters."""
    now = timezone.now()
    with transaction.atomic():
        for name, reason in faults.items():
            kind, _, number = name.partition(":")
            OutboxRow.objects.get_or_create(
                kind=kind,
                subject=int(number),
                dead_because=reason[:500],
                defaults={"op": "put", "written_at": now, "next_at": now},
            )
