"""Until when a lead is put off, and who put it off. It comes back by itself, and says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from patrol.actions.staffing.shifts import begin_on, tomorrow
from patrol.actions.triaging.verdicts import BadDecision
from patrol.models import LeadStatus, Verdict
from patrol.register.tables import Decision, Lead

MOST_DAYS = 90


class Later(StrEnum):
    """When it comes back."""

    HOUR = "hour"
    SHIFT = "shift"
    """When tomorrow's shift begins."""
    DAY = "day"
    """In 24 hours: at the same hour of the clock, whoever works which shift."""
    DATE = "date"
    """On a day that the officer names, at the begin of its shift."""


@dataclass(frozen=True)
class PutOff:
    """That a lead was put off, and whether its time is over."""

    account: str
    at: datetime
    until: datetime
    is_back: bool


def comes_back(later: Later, now: datetime, day: date | None = None) -> datetime:
    """When a lead that is put off now comes back. Raises `BadDecision` for a day that cannot be."""
    if later is Later.HOUR:
        return now + timedelta(hours=1)
    if later is Later.SHIFT:
        return tomorrow(now)
    if later is Later.DAY:
        return now + timedelta(hours=24)
    if day is None:
        raise BadDecision("On which day shall it come back?", "Write the day.")
    at = begin_on(day)
    if not now < at <= now + timedelta(days=MOST_DAYS):
        raise BadDecision(
            "A lead cannot come back on that day.", "Name a day from tomorrow on, within 90 days."
        )
    return at


def laters(now: datetime) -> tuple[tuple[Later, datetime | None], ...]:
    """All choices, in the order of their digits, each with the instant it means."""
    return tuple(
        (later, None if later is Later.DATE else comes_back(later, now)) for later in Later
    )


def put_offs(leads: Sequence[Lead], now: datetime) -> dict[int, PutOff]:
    """Of those leads that are put off, or came back and wait for a decision: by whom and until when."""
    asleep = {lead.pk: lead for lead in leads if lead.status == LeadStatus.SNOOZED}
    if not asleep:
        return {}
    rows = Decision.objects.filter(lead__in=asleep, verdict=Verdict.SNOOZED).select_related("by")
    found = {}
    for row in rows.order_by("pk"):
        until = asleep[row.lead_id].snoozed_until
        if until is not None:
            found[row.lead_id] = PutOff(row.by.account, row.decided_at, until, until <= now)
    return found
