"""Mandates that end soon and have no successor: told at 30, 7 and 1 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from patrol.actions.collecting.binding import binds
from patrol.actions.desk import Desk
from patrol.models import Permission
from patrol.register.tables import AuthorizationRow

WARNED = (1, 7, 30)
"""Days before the end, the most urgent first."""


@dataclass(frozen=True)
class Ending:
    """A mandate that ends within `within` days."""

    source: str
    title: dict[str, str]
    number: str
    valid_until: datetime
    within: int


def endings(desk: Desk, within: int = WARNED[-1]) -> tuple[Ending, ...]:
    """Of the unit's sources, the most urgent first. Nothing for who may not ask for the next mandate. No content: not recorded."""
    if desk.person is None or not desk.may(Permission.AUTHORIZATIONS_REQUEST):
        return ()
    now = desk.now()
    rows = AuthorizationRow.objects.filter(
        source__unit=desk.person.unit_id,
        source__paused_at=None,
        approver__isnull=False,
        revoked_at=None,
        trial=False,
        valid_until__gt=now,
    ).select_related("source")
    last: dict[int, AuthorizationRow] = {}
    for row in rows.order_by("valid_until"):
        if binds(row):
            last[row.source_id] = row
    found = [(row, _within(row.valid_until - now)) for row in last.values()]
    return tuple(
        Ending(row.source.name, row.source.body["title"], row.number, row.valid_until, days)
        for row, days in sorted(found, key=lambda one: one[0].valid_until)
        if days is not None and days <= within
    )


def _within(left: timedelta) -> int | None:
    return next((days for days in WARNED if left <= timedelta(days=days)), None)
