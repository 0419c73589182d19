"""The projector's work: tells the index what the register has, in order, until it has heard.

A row of the outbox names a sighting or a lead. What is told is its present
state, so repeats and a killed projector are harmless: a row leaves the outbox
only after the index has made it durable. The index away means later.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from patrol.register.tables import OutboxRow, Sighting
from patrol.search.documents import Documents, shelves
from patrol.search.index import DocumentKind, PostIndex, Query
from patrol.search.rows import Fold
from patrol.search.telling import Projected, Row, Telling

LIMIT = 30_000
"""Rows of one call; some seconds."""
FIRST, AT_ONCE = 1_000, 4_000
"""Rows of a batch: the next one is prepared while one is on its way, and nothing is while the first one is prepared."""


@dataclass(frozen=True)
class Rebuilt:
    """What the index holds after `rebuild`."""

    shelves: int
    documents: int
    dead: int


def project(index: PostIndex, fold: Fold, limit: int = LIMIT) -> Projected:
    """Tell the index up to `limit` rows that are due, oldest first. With nothing due, purge one month that needs it."""
    if _wiped(index):
        rebuild(index, fold)
    with Telling(index, Documents(fold)) as telling:
        for rows in _due(limit):
            telling.add(rows)
            if telling.sums.wait_seconds:
                break
    if telling.sums == Projected():
        index.show()  # what a killed projector left
        purge(index, fold, at_most=1)
    return telling.sums


def _due(limit: int) -> Iterator[list[Row]]:
    """Up to `limit` rows that are due now, oldest first, each once: those before are still there while they are told."""
    due = OutboxRow.objects.filter(dead_because=None, next_at__lte=timezone.now()).order_by("pk")
    columns = due.values_list(*Row._fields)
    last, size = 0, FIRST
    while rows := list(map(Row._make, columns.filter(pk__gt=last)[: min(size, limit)])):
        yield rows
        limit -= len(rows)
        last, size = rows[-1].pk, min(2 * size, AT_ONCE)
        if not limit:
            return


def revive(document: str | None = None) -> int:
    """Try the dead letters again: those of one document, such as `post:7`, or all. Returns how many there are."""
    dead = OutboxRow.objects.exclude(dead_because=None)
    if document is not None:
        kind, _, number = document.partition(":")
        if not re.fullmatch(r"[1-9][0-9]{0,17}", number):
            return 0
        dead = dead.filter(kind=kind, subject=int(number))
    with transaction.atomic():
        return dead.update(dead_because=None, attempts=0, next_at=timezone.now())


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
