"""One record of the access log as an auditor reads it: its words, its reason, its proof, and who saw a lead."""

import json
from dataclasses import dataclass
from typing import Any

from patrol.actions.auditing.audit import LogRow, row_of
from patrol.actions.desk import Desk
from patrol.actions.notifying.notices import people_who, tell
from patrol.actions.triaging.leads import NoSuchLead, person_at
from patrol.actions.triaging.pieces import Piece
from patrol.actions.triaging.reading import SIGHTINGS_SHOWN, OpenSighting
from patrol.actions.triaging.seen_by import seen_by
from patrol.errors import BadInput
from patrol.ledger.checkpoint import Checkpoint
from patrol.models import NoticeKind, Permission, Verb
from patrol.register import log, proofs, stamping
from patrol.register.stamping import Stamp
from patrol.register.tables import Lead, LedgerIndex, LedgerRecord, SearchRow, Sighting


class NoReason(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "An unlock needs its reason.",
            why="An auditor reads a lead's words only to judge what somebody did with it.",
            do="Write what has to be judged, in a sentence.",
        )


@dataclass(frozen=True)
class RecordSheet:
    """One record, whole."""

    row: LogRow
    spelled: str
    """Its canonical JSON, as it is hashed; set apart by lines for reading."""
    leaf: str
    """Its hash in the tree."""
    before: str | None
    reason: str | None
    """The words given; None if none were, or they were erased."""
    committed: bool
    """Whether the log has a commitment to a reason."""
    path: tuple[str, ...]
    """The hashes that lead from it to the root, in hex; empty while no checkpoint has it."""
    size: int | None
    """Of the log in that checkpoint."""
    attested: bool
    stamp: Stamp | None
    """What an authority of time said of that checkpoint."""
    verdict: str | None
    """An auditor's, on this look."""
    has_words: bool
    """Whether it is a search whose words are still kept, to be opened with a reason."""
    next: int | None
    previous: int | None


@dataclass(frozen=True)
class LeadTrail:
    """Who saw a lead, the newest first. No word of it."""

    lead: int
    known: bool
    """Whether there is such a lead; its records stay when it is gone."""
    rows: tuple[tuple[LogRow, bool], ...]
    """Each with whether only a line of it stood in a list."""
    complete: bool
    accounts: tuple[str, ...]


@dataclass(frozen=True)
class Unlocked:
    """A lead's words, for one page."""

    lead: int
    kind: str
    words: tuple[tuple[Piece, ...], ...]
    record: int


def one_record(desk: Desk, seq: int) -> RecordSheet:
    """A record with its proof. Recorded. Raises `NoSuchRecord`."""
    subject = f"record:{seq}"
    desk.require(Permission.LOG_READ, Verb.LOG_READ, subject)
    index = LedgerIndex.objects.filter(seq=seq).first()
    found = LedgerRecord.objects.filter(seq=seq).first()
    if index is None or found is None:
        raise proofs.NoSuchRecord(seq)
    (told,) = log.told([index])
    body = json.loads(bytes(found.body)) if told.intact else {}
    path, size, attested = _path(seq)
    sheet = RecordSheet(
        row=row_of(told),
        spelled=json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1),
        leaf=bytes(found.hash).hex(),
        before=body.get("prev_hash"),
        reason=log.maybe_reason(seq),
        committed=bool(body.get("reason_commitment")),
        path=path,
        size=size,
        attested=attested,
        stamp=stamping.find(size) if size else None,
        verdict=verdicts([seq]).get(seq),
        has_words=_has_words(body),
        next=LedgerIndex.objects.filter(seq=seq + 1).values_list("seq", flat=True).first(),
        previous=LedgerIndex.objects.filter(seq=seq - 1).values_list("seq", flat=True).first(),
    )
    desk.record(Verb.LOG_READ, subject=subject, count=1)
    return sheet


def _has_words(body: dict[str, Any]) -> bool:
    number = body.get("details", {}).get("search")
    rows = SearchRow.objects.filter(pk=number, unit__destroyed_at=None)
    return isinstance(number, int) and rows.exists()


def _path(seq: int) -> tuple[tuple[str, ...], int | None, bool]:
    try:
        proof = proofs.prove(seq)
    except proofs.NotSignedYet:
        return (), None, False
    head, _, note = proof.text.partition("\n\n")
    lines = head.split("\n")[3:]
    size = Checkpoint.parse(note.partition("\n\n")[0] + "\n").size
    return tuple(lines), size, proof.attested


def verdicts(seqs: list[int]) -> dict[int, str]:
    """What auditors said of those looks; the last word counts."""
    about = [f"record:{seq}" for seq in seqs]
    index = LedgerIndex.objects.filter(
        verb=Verb.LOG_REVIEWED, subject__in=about, result="allow"
    ).order_by("seq")
    bodies = LedgerRecord.objects.filter(seq__in=index.values("seq")).order_by("seq")
    told = (json.loads(bytes(body)) for body in bodies.values_list("body", flat=True))
    return {int(one["subject"].partition(":")[2]): one["details"]["verdict"] for one in told}


def trail(desk: Desk, lead_id: int) -> LeadTrail:
    """Who saw that lead. Recorded."""
    subject = f"lead:{lead_id}"
    desk.require(Permission.LOG_READ, Verb.LOG_READ, subject)
    lead = Lead.objects.filter(pk=lead_id).first()
    since = lead.opened_at if lead else desk.now()
    seen = seen_by(lead_id, since)
    listed = {one.seq: one.listed for one in seen.rows}
    index = LedgerIndex.objects.filter(seq__in=listed).order_by("-seq")
    rows = tuple((row_of(one), listed[one.seq]) for one in log.told(list(index)))
    desk.record(Verb.LOG_READ, subject=subject, count=len(rows))
    accounts = tuple(sorted({row.account for row, _ in rows if row.role}))
    return LeadTrail(lead_id, lead is not None, rows, seen.complete, accounts)


def unlock(desk: Desk, lead_id: int, reason: str) -> Unlocked:
    """A lead's words, for an auditor who says why. Recorded before they are shown. Raises `NoSuchLead`, `NoReason`."""
    subject = f"lead:{lead_id}"
    with desk.act(
        Permission.LOG_UNLOCK, Verb.LOG_UNLOCKED, subject=subject, reason=reason.strip()
    ) as act:
        if not reason.strip():
            raise NoReason
        lead = Lead.objects.filter(pk=lead_id, unit=person_at(desk).unit_id).first()
        if lead is None:
            raise NoSuchLead(lead_id)
        rows = (
            Sighting.objects.filter(lead=lead)
            .select_related("unit", "lead", "source", "capture")
            .prefetch_related("matches", "handles")
            .order_by("-score", "-pk")[:SIGHTINGS_SHOWN]
        )
        words = tuple(OpenSighting(row).pieces() for row in rows)
        act.count = len(words)
        others = people_who(lead.unit_id, Permission.LOG_VERIFY)
        tell(
            [one for one in others if one.pk != desk.actor.person],
            NoticeKind.EXPORT_UNLOCKED,
            f"/log/leads/{lead_id}/",
            about=f"lead:{lead_id}",
        )
    return Unlocked(lead_id, lead.kind, words, desk.records[-1])
