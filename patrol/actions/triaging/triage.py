"""An officer and a lead: looking at it, and deciding on it."""

from dataclasses import dataclass
from datetime import date

from patrol.actions.desk import Desk
from patrol.actions.triaging.facets import counts
from patrol.actions.triaging.later import Later, comes_back
from patrol.actions.triaging.leads import NoSuchLead, find_lead, lead_row
from patrol.actions.triaging.leases import LeadHeld, refuse_held
from patrol.actions.triaging.queue import (
    Queue,
    QueueFilter,
    after_lead,
    arrived,
    last_visit,
    queue,
)
from patrol.actions.triaging.rows import QueueRow
from patrol.actions.triaging.sheet import LeadSheet, lead_sheet
from patrol.actions.triaging.verdicts import BadDecision, Choice, NoteQuestioned, settle
from patrol.errors import NotFound, Refused
from patrol.models import DismissReason, Permission, Verb, Verdict
from patrol.register.tables import Decision, Lead

__all__ = [
    "BadDecision",
    "LeadForgotten",
    "LeadHeld",
    "LeadSheet",
    "NoSuchLead",
    "NoteQuestioned",
    "Queue",
    "QueueFilter",
    "QueueRow",
    "arrived",
    "counts",
    "decide",
    "following",
    "last_visit",
    "look",
    "queue",
]


class LeadChanged(Refused):
    """Somebody decided while this officer was reading; both versions are shown and nothing is overwritten."""

    def __init__(self, lead: Lead, seen_version: int, theirs: Decision | None) -> None:
        who = f" {theirs.by.account} decided `{theirs.verdict}`." if theirs else ""
        super().__init__(
            f"Lead {lead.pk} changed while you were reading it.{who}",
            why=f"You saw version {seen_version}; it is at version {lead.version} now.",
            do="Read it again and decide on what it is now.",
        )
        self.lead_id = lead.pk
        self.seen_version = seen_version
        self.version = lead.version
        self.status = lead.status
        self.their_verdict = theirs.verdict if theirs else None
        self.their_account = theirs.by.account if theirs else None
        self.their_at = theirs.decided_at if theirs else None


class LeadForgotten(NotFound):
    """The lead was here, and its words were destroyed on purpose: its number and what became of it stay."""

    def __init__(self, lead: Lead, seq: int) -> None:
        super().__init__(
            f"The words of lead {lead.pk} are gone.",
            why="Their key was destroyed as their retention demands; the certificate says which backups still hold them, and until when.",
            do="What was decided is told below; the access log says who forgot them.",
        )
        self.lead_id = lead.pk
        self.kind = lead.kind
        self.category = lead.category
        self.status = lead.status
        self.opened_at = lead.opened_at
        self.forgotten_at = lead.retention.destroyed_at
        self.seq = seq
        """Of the record of this look."""


@dataclass(frozen=True)
class Decided:
    """What a decision made of a lead, and where to go on."""

    lead_id: int
    status: str
    version: int
    next_id: int | None


def look(desk: Desk, lead_id: int, wanted: QueueFilter | None = None) -> LeadSheet:
    """Read one lead. The record is durable before this returns. Raises `NoSuchLead`."""
    subject = f"lead:{lead_id}"
    desk.require(Permission.LEADS_READ, Verb.LEAD_VIEWED, subject)
    lead = find_lead(desk, lead_id)
    if lead is None:
        desk.record(Verb.LEAD_VIEWED, subject=subject, count=0)
        raise NoSuchLead(lead_id)
    if lead.retention.wrapped_key is None:
        seq = desk.record(Verb.LEAD_VIEWED, subject=subject, count=0)
        raise LeadForgotten(lead, seq)
    sheet = lead_sheet(desk, lead, wanted or QueueFilter())
    desk.record(
        Verb.LEAD_VIEWED,
        subject=subject,
        purpose=f"authorization:{sheet.authorization.id}",
        count=len(sheet.sightings),
        details={"version": lead.version},
    )
    return sheet


def decide(  # noqa: PLR0913  (a decision has many parts, each by name)
    desk: Desk,
    lead_id: int,
    version: int,
    verdict: Verdict,
    *,
    dismiss_reason: DismissReason | None = None,
    note: str | None = None,
    keep_note: bool = False,
    false_rule: str | None = None,
    victim: bool = False,
    later: Later = Later.SHIFT,
    back_on: date | None = None,
    wanted: QueueFilter | None = None,
) -> Decided:
    """Record an officer's decision on a lead.

    Raises `LeadChanged` with both versions, `LeadHeld`, `BadDecision`, `NoteQuestioned`, `NoSuchLead`.
    `victim` with *referred*: the officer sees a possible victim where no rule did, and the lead becomes one.
    """
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_DECIDED, subject=f"lead:{lead_id}") as act:
        asleep = verdict is Verdict.SNOOZED
        choice = Choice(
            verdict=verdict,
            dismiss_reason=dismiss_reason,
            note=note,
            keep_note=keep_note,
            false_rule=false_rule,
            victim=victim,
            snoozed_until=comes_back(later, desk.now(), back_on) if asleep else None,
        )
        lead = lead_row(desk, lead_id)
        next_id = after_lead(desk, wanted or QueueFilter(), lead)
        if lead.version != version:
            theirs = lead.decisions.select_related("by").order_by("-pk").first()
            if theirs is None or not _same(theirs, desk, version, verdict):
                raise LeadChanged(lead, version, theirs)
            act.details = {"verdict": verdict.value, "repeated": True}
            return Decided(lead.pk, lead.status, lead.version, next_id)
        refuse_held(desk, lead)
        act.details = settle(desk, lead, choice)
    return Decided(lead.pk, lead.status, lead.version, next_id)


def following(desk: Desk, lead_id: int, wanted: QueueFilter) -> int | None:
    """The number of the lead that stands behind this one in the queue. Raises `NoSuchLead`."""
    return after_lead(desk, wanted, lead_row(desk, lead_id))


def _same(theirs: Decision, desk: Desk, version: int, verdict: Verdict) -> bool:
    """Whether this is that very decision, sent twice by the same person: a double click changes nothing."""
    sent_twice = (theirs.lead_version, theirs.verdict) == (version, verdict)
    return sent_twice and theirs.by_id == (desk.person.pk if desk.person else None)
