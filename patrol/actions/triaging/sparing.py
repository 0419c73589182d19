"""`This is the victim's`: a contact is masked everywhere, joins nothing, leaves in no export, and past exports are told for recall."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.linking.campaigns import follow, said_why
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.errors import NotFound
from patrol.models import HandleKind, HandleRole, HandleStanding, Permission, Verb
from patrol.register.sealing import seal, unseal
from patrol.register.tables import (
    CaseLead,
    HandleJudgement,
    HandleRow,
    Lead,
    LedgerIndex,
    LedgerRecord,
    OutboxRow,
    Sighting,
)


class NoSuchContact(NotFound):
    """The lead has no such contact, or it is not what one thought."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"Lead {lead_id} has no such contact.",
            why="A contact is masked, or shown again, from the page of a lead that it was read in.",
            do="Read the lead again.",
        )


@dataclass(frozen=True)
class Recall:
    """A file with that contact in it that left the house."""

    record: int
    """Of the access log."""
    at: datetime
    account: str
    verb: str
    subject: str
    """`lead:7` or `case:2`."""
    sha256: str
    """Of the file, or of its manifest."""


@dataclass(frozen=True)
class Spared:
    """A victim's contact, on a lead's page."""

    tag: str
    kind: str
    account: str
    """Who said so."""
    at: datetime
    why: str
    recalls: tuple[Recall, ...]
    """The newest first."""


def spare(desk: Desk, lead_id: int, tag: str, why: str = "", *, keep: bool = False) -> int:
    """Say that a contact of a lead is a victim's. Returns in how many leads it is masked; the same again changes nothing.

    It is masked in all leads of the unit, and in those that come. Raises `NoSuchLead`, `NoSuchContact`, `NoteQuestioned`.
    """
    subject = f"lead:{lead_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.HANDLE_SPARED, subject=subject) as act:
        lead = lead_row(desk, lead_id)
        row = _contact(lead, tag)
        words = said_why(why, keep=keep) if why.strip() else ""
        if row.role != HandleRole.SPARED:
            _judge(desk, lead, row, HandleStanding.VICTIM, words)
        rows = _everywhere(lead.unit_id, tag).exclude(role=HandleRole.SPARED)
        leads = _move(desk, rows)
        rows.update(role_before=F("role"), role=HandleRole.SPARED)
        left = follow(lead.unit_id, tag, HandleStanding.VICTIM, desk.now())
        act.count = len(leads)
        act.details = {"handle": tag[:16], "leads": leads, "left": left}
        return len(leads)


def unspare(desk: Desk, lead_id: int, tag: str, why: str, *, keep: bool = False) -> int:
    """Take that back, with a reason: what was said before of the contact counts again. Returns in how many leads.

    Raises `NoSuchLead`, `NoSuchContact`, `ReasonMissing`, `NoteQuestioned`.
    """
    subject = f"lead:{lead_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.HANDLE_UNSPARED, subject=subject) as act:
        lead = lead_row(desk, lead_id)
        row = _contact(lead, tag)
        if row.role != HandleRole.SPARED:
            raise NoSuchContact(lead_id)
        standing = _before(lead.unit_id, tag)
        _judge(desk, lead, row, standing, said_why(why, keep=keep))
        rows = _everywhere(lead.unit_id, tag).filter(role=HandleRole.SPARED)
        leads = _move(desk, rows)
        rows.update(role=F("role_before"), role_before=None)
        if standing in {HandleStanding.OWN, HandleStanding.UNJUDGED}:
            follow(lead.unit_id, tag, standing, desk.now())
        act.count = len(leads)
        act.details = {"handle": tag[:16], "leads": leads, "standing": standing.value}
        return len(leads)


def spared_of(desk: Desk, tags: Collection[str]) -> tuple[Spared, ...]:
    """Who said so of these contacts, and what to recall. Call it inside a look that is recorded."""
    unit = person_at(desk).unit_id
    rows = HandleJudgement.objects.filter(unit=unit, tag__in=tags, standing=HandleStanding.VICTIM)
    newest = {row.tag: row for row in rows.select_related("by", "lead__retention").order_by("pk")}
    return tuple(
        Spared(
            tag=tag,
            kind=row.kind,
            account=row.by.account,
            at=row.judged_at,
            why=_words(row),
            recalls=_recalls(unit, tag, row.judged_at),
        )
        for tag, row in sorted(newest.items())
    )


def _words(row: HandleJudgement) -> str:
    retention = row.lead.retention
    return unseal(retention, row.why).decode() if retention.wrapped_key is not None else ""


def _contact(lead: Lead, tag: str) -> HandleRow:
    row = HandleRow.objects.filter(sighting__lead=lead, tag=tag).order_by("pk").first()
    if row is None:
        raise NoSuchContact(lead.pk)
    return row


def _everywhere(unit: int, tag: str) -> QuerySet[HandleRow]:
    return HandleRow.objects.filter(tag=tag, sighting__lead__unit=unit)


def _judge(desk: Desk, lead: Lead, row: HandleRow, standing: HandleStanding, words: str) -> None:
    HandleJudgement.objects.create(
        unit_id=lead.unit_id,
        kind=HandleKind(row.kind),
        tag=row.tag,
        standing=standing,
        lead=lead,
        why=seal(lead.retention, words.encode()),
        by=person_at(desk),
        judged_at=desk.now(),
    )


def _before(unit: int, tag: str) -> HandleStanding:
    """What was said of it before it was a victim's."""
    rows = HandleJudgement.objects.filter(unit=unit, tag=tag).order_by("-pk")
    for standing in rows.values_list("standing", flat=True):
        if standing != HandleStanding.VICTIM:
            return HandleStanding(standing)
    return HandleStanding.UNJUDGED


def _move(desk: Desk, rows: QuerySet[HandleRow]) -> list[int]:
    """The leads of those contacts; the index hears that their words changed."""
    sightings = dict(rows.values_list("sighting_id", "sighting__lead_id"))
    leads = sorted(set(sightings.values()))
    now = desk.now()
    OutboxRow.objects.bulk_create(
        OutboxRow(kind=kind, subject=number, op="put", written_at=now, next_at=now)
        for kind, numbers in (("post", sorted(sightings)), ("lead", leads))
        for number in numbers
    )
    return leads


_LEFT = (Verb.EVIDENCE_EXPORTED, Verb.HANDLES_EXPORTED, Verb.CASE_EXPORTED, Verb.HANDOFF_MADE)


def _recalls(unit: int, tag: str, until: datetime) -> tuple[Recall, ...]:
    """Files that left until then with a post in them that held the contact."""
    held = Sighting.objects.filter(lead__unit=unit, handles__tag=tag).order_by("-first_seen_at")
    since: dict[int, datetime] = dict(held.values_list("lead_id", "first_seen_at"))
    rows = _everywhere(unit, tag).filter(role_before=HandleRole.OFFERED)
    offered = set(rows.values_list("sighting__lead_id", flat=True))
    places: dict[str, set[int]] = {f"lead:{lead}": {lead} for lead in since}
    for case, lead in CaseLead.objects.filter(lead__in=since).values_list("case_id", "lead_id"):
        places.setdefault(f"case:{case}", set()).add(lead)
    index = LedgerIndex.objects.filter(verb__in=_LEFT, subject__in=places, result="allow")
    index = index.filter(at__lte=until).order_by("-seq")
    bodies = LedgerRecord.objects.filter(seq__in=index.values("seq"))
    details = {row.seq: json.loads(bytes(row.body))["details"] for row in bodies}
    found = []
    for row in index:
        told = details.get(row.seq, {})
        leads = places[str(row.subject)] & set(told.get("leads") or since)
        leads = {lead for lead in leads if since[lead] <= row.at}
        leads &= offered if row.verb == Verb.HANDLES_EXPORTED else leads
        if leads and not told.get("redacted"):
            digest = str(told.get("sha256") or told.get("manifest") or "")
            found.append(
                Recall(row.seq, row.at, row.account, str(row.verb), str(row.subject), digest)
            )
    return tuple(found)
