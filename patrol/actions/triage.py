"""An officer and a lead: looking at it, and deciding on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from patrol.actions.desk import Act, Desk
from patrol.actions.identity import Identity, identities
from patrol.actions.queue import Queue, QueueFilter, QueueRow, after_lead, arrived, queue
from patrol.actions.sheet import LeadSheet, lead_sheet
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import DismissReason, LeadKind, LeadStatus, Permission, Verb, Verdict
from patrol.register.sealing import keyed_hash, seal
from patrol.register.tables import Decision, Lead, MatchRow, OutboxRow

__all__ = [
    "LeadSheet",
    "Queue",
    "QueueFilter",
    "QueueRow",
    "arrived",
    "decide",
    "look",
    "queue",
]


class NoSuchLead(NotFound):
    """Not there, another unit's, or not for this role: told apart by nobody."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"There is no lead {lead_id} here.",
            why="Leads are seen by their own unit, and possible victims by fewer.",
            do="Go back to the queue.",
        )


class BadDecision(BadInput):
    """A verdict lacks something, or does not fit its lead."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="Decisions are what rules are measured by.", do=do)


_QUESTIONS = {
    Identity.NATIONAL_ID: gettext_noop("This note holds what looks like a national ID number."),
    Identity.PASSPORT: gettext_noop("This note holds what looks like a passport number."),
    Identity.PHONE: gettext_noop("This note holds what looks like a telephone number."),
    Identity.ADDRESS: gettext_noop("This note holds what looks like somebody's address."),
}


class NoteQuestioned(BadDecision):
    """A note seems to hold somebody's identity, and nobody has said that it should."""

    def __init__(self, found: tuple[Identity, ...]) -> None:
        super().__init__(
            _QUESTIONS[found[0]],
            "Patrol keeps facts about posts, not identities. Take it out, or tick `Keep it anyway`; then decide again.",
        )


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
    lead = _visible(desk).select_related("source", "retention").filter(pk=lead_id).first()
    if lead is None:
        desk.record(Verb.LEAD_VIEWED, subject=subject, count=0)
        raise NoSuchLead(lead_id)
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
    snooze_hours: int = 24,
    wanted: QueueFilter | None = None,
) -> Decided:
    """Record an officer's decision on a lead. Raises `LeadChanged` with both versions, `BadDecision`, `NoteQuestioned`, `NoSuchLead`."""
    note = (note or "").strip() or None
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_DECIDED, subject=f"lead:{lead_id}") as act:
        lead = _visible(desk).select_related("source", "retention").filter(pk=lead_id).first()
        if lead is None:
            raise NoSuchLead(lead_id)
        if lead.version != version:
            theirs = lead.decisions.select_related("by").order_by("-pk").first()
            if theirs and _same(theirs, desk, version, verdict):
                act.details = {"verdict": verdict.value, "repeated": True}
                next_id = after_lead(desk, wanted or QueueFilter(), lead)
                return Decided(lead.pk, lead.status, lead.version, next_id)
            raise LeadChanged(lead, version, theirs)
        _judge(lead, verdict, dismiss_reason, note)
        held = _held(note, keep=keep_note)
        if dismiss_reason is DismissReason.RULE_FALSE_HIT:
            false_rule = _false_rule(lead, false_rule)
        decision = Decision(
            lead=lead,
            lead_version=version,
            verdict=verdict,
            dismiss_reason=dismiss_reason,
            note=seal(lead.retention, note.encode()) if note else None,
            false_rule=false_rule,
            by=desk.person,
            decided_at=desk.now(),
        )
        next_id = after_lead(desk, wanted or QueueFilter(), lead)
        _apply(lead, verdict, desk.now(), snooze_hours)
        decision.save()
        OutboxRow.objects.create(
            kind="lead", subject=lead.pk, op="put", written_at=desk.now(), next_at=desk.now()
        )
        _describe(act, decision, note, held)
    return Decided(lead.pk, lead.status, lead.version, next_id)


def _same(theirs: Decision, desk: Desk, version: int, verdict: Verdict) -> bool:
    """Whether this is that very decision, sent twice by the same person: a double click changes nothing."""
    sent_twice = (theirs.lead_version, theirs.verdict) == (version, verdict)
    return sent_twice and theirs.by_id == (desk.person.pk if desk.person else None)


def _visible(desk: Desk) -> QuerySet[Lead]:
    leads = Lead.objects.filter(unit=desk.person.unit_id) if desk.person else Lead.objects.none()
    if not desk.may(Permission.VICTIMS_READ):
        leads = leads.exclude(kind=LeadKind.POSSIBLE_VICTIM)
    return leads


def _judge(
    lead: Lead, verdict: Verdict, dismiss_reason: DismissReason | None, note: str | None
) -> None:
    if verdict is Verdict.DISMISSED and dismiss_reason is None:
        raise BadDecision("A dismissal needs a reason.", "Choose one of the listed reasons.")
    if verdict is not Verdict.DISMISSED and dismiss_reason is not None:
        raise BadDecision("Only a dismissal has a dismissal reason.", "Leave the reason out.")
    if dismiss_reason is DismissReason.OTHER and not note:
        raise BadDecision("The reason `other` needs a note.", "Say in a few words why.")
    if verdict is Verdict.REFERRED and lead.kind != LeadKind.POSSIBLE_VICTIM:
        raise BadDecision(
            "Only a possible victim is referred to help.",
            "Escalate it, or mark it relevant.",
        )
    if verdict is Verdict.REOPENED and lead.status == LeadStatus.NEW:
        raise BadDecision("The lead is open already.", "Decide on it.")


def _held(note: str | None, *, keep: bool) -> tuple[Identity, ...]:
    """What looks like an identity in a note that is kept all the same. Raises `NoteQuestioned` unless it is to be kept."""
    held = identities(note or "")
    if held and not keep:
        raise NoteQuestioned(held)
    return held


def _false_rule(lead: Lead, named: str | None) -> str:
    rules = set(
        MatchRow.objects.filter(sighting__lead=lead).values_list("rule", flat=True).distinct()
    )
    if named is None and len(rules) == 1:
        return rules.pop()
    if named not in rules:
        raise BadDecision(
            "Which rule was wrong?", f"Name one of those that hit: {', '.join(sorted(rules))}."
        )
    return named


def _apply(lead: Lead, verdict: Verdict, now: datetime, snooze_hours: int) -> None:
    lead.status = LeadStatus.NEW if verdict is Verdict.REOPENED else LeadStatus(verdict.value)
    lead.snoozed_until = now + timedelta(hours=snooze_hours) if verdict is Verdict.SNOOZED else None
    lead.version += 1
    lead.moved_at = now
    lead.save(update_fields=["status", "snoozed_until", "version", "moved_at"])


def _describe(act: Act, decision: Decision, note: str | None, kept: tuple[Identity, ...]) -> None:
    act.details = {
        "verdict": str(decision.verdict),
        "dismiss_reason": str(decision.dismiss_reason) if decision.dismiss_reason else None,
        "rule": decision.false_rule,
        "from_version": decision.lead_version,
        "note_hmac": keyed_hash("note", note) if note else None,
    }
    if kept:
        act.details["note_kept"] = [kind.value for kind in kept]
