"""What a verdict needs, and what it makes of a lead: the same for one lead and for many."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_noop

from patrol.actions.desk import Desk, Details
from patrol.actions.keeping.holding import refuse_lead
from patrol.actions.notifying.alarms import end_call
from patrol.actions.triaging import referrals, weighing
from patrol.actions.triaging.identity import Identity, identities
from patrol.actions.triaging.once import change, moves
from patrol.actions.triaging.second import draw
from patrol.errors import BadInput
from patrol.models import DismissReason, LeadKind, LeadStatus, Permission, Verdict
from patrol.register.sealing import keyed_hash, seal
from patrol.register.tables import Decision, Lead, MatchRow, OutboxRow
from pipelines.leads import VICTIM_RANK


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


@dataclass(frozen=True)
class Choice:
    """A verdict with everything that belongs to it."""

    verdict: Verdict
    dismiss_reason: DismissReason | None = None
    note: str | None = None
    keep_note: bool = False
    """The note may hold what looks like an identity."""
    false_rule: str | None = None
    victim: bool = False
    """With *referred*: the officer sees a possible victim where no rule did."""
    snoozed_until: datetime | None = None


def settle(desk: Desk, lead: Lead, choice: Choice) -> Details:
    """Make the decision, inside the caller's transaction. Returns what its record says. Raises `BadDecision`, `NoteQuestioned`, `UnderHold`."""
    refuse_lead(lead)
    note = (choice.note or "").strip() or None
    _judge(desk, lead, choice, note)
    held = questioned(note, keep=choice.keep_note)
    false_rule = choice.false_rule
    if choice.dismiss_reason is DismissReason.RULE_FALSE_HIT:
        false_rule = _false_rule(lead, false_rule)
    decision = Decision(
        lead=lead,
        lead_version=lead.version,
        verdict=choice.verdict,
        dismiss_reason=choice.dismiss_reason,
        note=seal(lead.retention, note.encode()) if note else None,
        false_rule=false_rule,
        by=desk.person,
        decided_at=desk.now(),
    )
    _change_kind(desk, lead, choice, decision)
    _apply(lead, choice, desk.now())
    if decision.kind_before:
        weighing.spare(lead, desk.now())
        lead.refresh_from_db(fields=["score", "rank"])
    decision.save()
    end_call(lead, desk.person, desk.now())
    if choice.verdict is Verdict.REFERRED:
        referrals.begin(desk, lead)
    elif choice.verdict is Verdict.REOPENED:
        referrals.withdraw(lead, desk.now())
    draw(lead, decision, desk.now())
    tell_index(desk, lead)
    details: Details = {
        "verdict": str(decision.verdict),
        "dismiss_reason": str(decision.dismiss_reason) if decision.dismiss_reason else None,
        "rule": decision.false_rule,
        "from_version": decision.lead_version,
        "note_hmac": keyed_hash("note", note) if note else None,
    }
    if held:
        details["note_kept"] = [kind.value for kind in held]
    if decision.kind_before:
        details["kind_before"] = str(decision.kind_before)
    return details


def tell_index(desk: Desk, lead: Lead) -> None:
    """The index hears of the lead's new state in time."""
    OutboxRow.objects.create(
        kind="lead", subject=lead.pk, op="put", written_at=desk.now(), next_at=desk.now()
    )


def questioned(note: str | None, *, keep: bool) -> tuple[Identity, ...]:
    """What looks like an identity in a note that is kept all the same. Raises `NoteQuestioned` unless it is to be kept."""
    held = identities(note or "")
    if held and not keep:
        raise NoteQuestioned(held)
    return held


def _judge(desk: Desk, lead: Lead, choice: Choice, note: str | None) -> None:
    verdict, reason = choice.verdict, choice.dismiss_reason
    if verdict is Verdict.DISMISSED and reason is None:
        raise BadDecision("A dismissal needs a reason.", "Choose one of the listed reasons.")
    if verdict is not Verdict.DISMISSED and reason is not None:
        raise BadDecision("Only a dismissal has a dismissal reason.", "Leave the reason out.")
    if reason is DismissReason.OTHER and not note:
        raise BadDecision("The reason `other` needs a note.", "Say in a few words why.")
    recognised = choice.victim and desk.may(Permission.VICTIMS_READ)
    if verdict is Verdict.REFERRED and lead.kind != LeadKind.POSSIBLE_VICTIM and not recognised:
        raise BadDecision(
            "Only a possible victim is referred to help.",
            "Escalate it, or mark it relevant.",
        )
    if verdict is Verdict.REOPENED and lead.status == LeadStatus.NEW:
        raise BadDecision("The lead is open already.", "Decide on it.")


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


def _change_kind(desk: Desk, lead: Lead, choice: Choice, decision: Decision) -> None:
    """An officer saw a possible victim, or takes that back with the decision that said so."""
    if choice.verdict is Verdict.REFERRED and lead.kind != LeadKind.POSSIBLE_VICTIM:
        decision.kind_before = lead.kind
        kind = LeadKind.POSSIBLE_VICTIM
    elif choice.verdict is Verdict.REOPENED:
        last = lead.decisions.order_by("-pk").first()
        if last is None or last.kind_before is None:
            return
        kind = LeadKind(last.kind_before)
    else:
        return
    lead.kind = kind
    lead.rank = lead.score + (VICTIM_RANK if kind is LeadKind.POSSIBLE_VICTIM else 0)
    lead.ranked_by = None
    for sighting in lead.sightings.values_list("pk", flat=True):
        OutboxRow.objects.create(
            kind="post", subject=sighting, op="put", written_at=desk.now(), next_at=desk.now()
        )


def _apply(lead: Lead, choice: Choice, now: datetime) -> None:
    verdict = choice.verdict
    lead.status = LeadStatus.NEW if verdict is Verdict.REOPENED else LeadStatus(verdict.value)
    later = choice.snoozed_until or now + timedelta(hours=24)
    lead.snoozed_until = later if verdict is Verdict.SNOOZED else None
    lead.version += 1
    lead.moved_at = now
    lead.held_by = lead.held_since = lead.held_until = None
    transaction.on_commit(partial(change, moves(lead.unit_id)))
    lead.save(
        update_fields=[
            "status", "snoozed_until", "version", "moved_at", "kind", "rank", "ranked_by",
            "held_by", "held_since", "held_until",
        ]
    )  # fmt: skip
