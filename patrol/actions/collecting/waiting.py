"""What waits: runs that are due and have no place yet, the oldest first, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from patrol.register.tables import RunRow, SourceRow
from patrol.search.index import LOCAL

LONG = timedelta(hours=1)
"""Whatever waits longer lacks a place, or somebody who gives it one."""


@dataclass(frozen=True, slots=True)
class Line:
    """All that wait now."""

    waiting: int
    since: datetime | None
    """When the one that waits longest was due."""


def line() -> Line:
    """Of all units."""
    first = _waiting().order_by("due_at", "pk").first()
    return Line(_waiting().count(), first.due_at if first else None)


def told(row: SourceRow) -> tuple[str, ...]:
    """Since when a source waits for a free place, and how many were due before it. Empty where it does not wait."""
    own = _waiting().filter(source=row).order_by("due_at", "pk").first()
    if own is None:
        return ()
    earlier = Q(due_at__lt=own.due_at) | Q(due_at=own.due_at, pk__lt=own.pk)
    before = _waiting().filter(earlier).exclude(source=row).count()
    at = f"{own.due_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    return (
        f"It waits for a free place since {at}; {before} that were due earlier wait before it. Runs begin in the order in which they were due, each host asked by one at a time.",
    )


def _waiting() -> QuerySet[RunRow]:
    return RunRow.objects.filter(begun_at=None, ended_at=None)
