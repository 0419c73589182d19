"""Evidence leaves the house: built, recorded with its manifest's hash, and only then given away."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from patrol.actions.desk import Desk, Details
from patrol.actions.disclosing.exhibits import Gathered, gather
from patrol.actions.disclosing.soundness import refuse_unsound
from patrol.actions.triaging.leads import NoSuchLead, find_lead, lead_row
from patrol.errors import BadInput, NotFound, Refused
from patrol.exports.bundle import Attachment, Sealed, name_of, sealed
from patrol.exports.exhibit import Exhibit
from patrol.exports.redaction import redacted
from patrol.ledger import verifier
from patrol.models import LeadKind, Permission, Result, Verb
from patrol.register import notes, proofs, stamping
from patrol.register.tables import Lead, LedgerIndex, LedgerRecord


class VictimStays(Refused):
    """A possible victim's words are asked for as evidence."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"Lead {lead_id} is a possible victim's, and does not leave as evidence.",
            why="Whoever may need help is made no suspect of, and no file of.",
            do="Refer them to help. If somebody threatens them, export the leads of the one who does.",
        )


class NoReason(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "An export needs its reason.",
            why="Who hands evidence over says to whom and what for; the access log keeps a commitment to it.",
            do="Write it in a sentence.",
        )


class NoFullBundle(NotFound):
    """A twin is asked for, and there is nothing that it could point to."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"There is no complete bundle of lead {lead_id} yet.",
            why="A redacted bundle points to the complete one that it covers.",
            do="Export the complete bundle first.",
        )


@dataclass(frozen=True)
class Bundle:
    """A ZIP to be handed over."""

    name: str
    content: bytes
    record: int
    """Of the access log, that says so."""
    manifest_sha256: str


@dataclass(frozen=True)
class Exported:
    """That a bundle was made."""

    record: int
    at: datetime
    account: str
    redacted: bool
    manifest_sha256: str


@dataclass(frozen=True)
class Offer:
    """What may be exported of a lead."""

    lead: int
    kind: str
    sightings: int
    before: tuple[Exported, ...]
    """Earlier exports, the newest first."""

    @property
    def victim(self) -> bool:
        return self.kind == LeadKind.POSSIBLE_VICTIM

    @property
    def twin(self) -> bool:
        """Whether a complete bundle is there that a redacted one can point to."""
        return any(not one.redacted for one in self.before)


def offer(desk: Desk, lead_id: int) -> Offer:
    """What may be exported, and what was, as the access log has it: recorded. Raises `NoSuchLead`."""
    subject = f"lead:{lead_id}"
    desk.require(Permission.EVIDENCE_EXPORT, Verb.EVIDENCE_EXPORTED, subject)
    lead = lead_row(desk, lead_id)
    before = tuple(exported(lead_id))
    desk.record(Verb.LOG_READ, subject=subject, count=len(before))
    return Offer(lead_id, lead.kind, lead.sightings_count, before)


def exported(lead_id: int) -> list[Exported]:
    """Bundles of that lead that were made, the newest first."""
    index = LedgerIndex.objects.filter(
        verb=Verb.EVIDENCE_EXPORTED, subject=f"lead:{lead_id}", result="allow"
    )
    rows = LedgerRecord.objects.filter(seq__in=index.values("seq")).order_by("-seq")
    accounts = dict(index.values_list("seq", "account"))
    times = dict(index.values_list("seq", "at"))
    found = []
    for row in rows:
        details = json.loads(bytes(row.body))["details"]
        found.append(
            Exported(
                row.seq,
                times[row.seq],
                accounts[row.seq],
                bool(details["redacted"]),
                str(details["manifest"]),
            )
        )
    return found


def export(desk: Desk, lead_id: int, reason: str, *, twin: bool = False) -> Bundle:
    """A bundle of a lead; `twin` is the redacted one, of the last complete one.

    Its record, with the manifest's hash, is durable before this returns. Raises `NoSuchLead`, `VictimStays`,
    `NoReason`, `NoFullBundle`.
    """
    subject = f"lead:{lead_id}"
    desk.require(Permission.EVIDENCE_EXPORT, Verb.EVIDENCE_EXPORTED, subject)
    desk.require(Permission.LEADS_READ, Verb.EVIDENCE_EXPORTED, subject)
    lead = exportable(desk, lead_id, Verb.EVIDENCE_EXPORTED)
    if not reason.strip():
        raise NoReason
    if twin and not any(not one.redacted for one in exported(lead_id)):
        raise NoFullBundle(lead_id)
    made, exhibit = _made(desk, lead, reason, twin=twin)
    with desk.act(
        Permission.EVIDENCE_EXPORT, Verb.EVIDENCE_EXPORTED, subject=subject, reason=reason
    ) as act:
        refuse_unsound()
        if lead_row(desk, lead_id).kind == LeadKind.POSSIBLE_VICTIM:
            raise VictimStays(lead_id)
        act.purpose = f"authorization:{exhibit.mandates[0].id}" if exhibit.mandates else None
        act.count = len(exhibit.sightings)
        act.details = {"manifest": made.manifest_sha256, "redacted": twin, "version": lead.version}
    record = desk.records[-1]
    body = bytes(LedgerRecord.objects.get(seq=record).body)
    return Bundle(name_of(exhibit), made.zipped(body), record, made.manifest_sha256)


def exportable(desk: Desk, lead_id: int, verb: Verb) -> Lead:
    """The lead, if it may leave the house. A refusal is on record. Raises `NoSuchLead`, `VictimStays`."""
    lead = find_lead(desk, lead_id)
    if lead is not None and lead.kind != LeadKind.POSSIBLE_VICTIM:
        return lead
    error = VictimStays(lead_id) if lead is not None else NoSuchLead(lead_id)
    details: Details = {"error": type(error).__name__}
    desk.record(verb, subject=f"lead:{lead_id}", result=Result.DENY, details=details)
    raise error


def _made(desk: Desk, lead: Lead, reason: str, *, twin: bool) -> tuple[Sealed, Exhibit]:
    gathered = gather(desk, lead, reason.strip())
    proven = proofs.prove_each(gathered.records)
    unproven = set(gathered.records) - {proof.seq for proof in proven}
    exhibit = gathered.exhibit.model_copy(
        update={
            "unproven": tuple(sorted(unproven)),
            "attested": bool(proven) and all(proof.attested for proof in proven),
            "stamped": stamped_at(proven),
        }
    )
    if twin:
        full = next(one for one in exported(lead.pk) if not one.redacted)
        exhibit = redacted(exhibit, full.manifest_sha256, full.record)
        proven = []  # their records name colleagues
    return sealed(exhibit, [*_captures(gathered, twin=twin), *proofs_of(proven), *tools()]), exhibit


def _captures(gathered: Gathered, *, twin: bool) -> list[Attachment]:
    if twin:
        return []
    return [Attachment(name, body) for name, body in gathered.captures.items()]


def proofs_of(proven: Sequence[proofs.Proof]) -> list[Attachment]:
    """Proofs, and the stamps of their checkpoints with the text that was stamped."""
    files = [Attachment(f"proofs/{proof.name}", proof.text.encode()) for proof in proven]
    for stamp in filter(None, map(stamping.find, sorted({proof.size for proof in proven}))):
        files.append(Attachment(f"proofs/{stamp.name}.tsr", stamp.answer))
        files.append(Attachment(f"proofs/{stamp.name}.txt", stamp.words.encode()))
    return files


def stamped_at(proven: Sequence[proofs.Proof]) -> str:
    """When and by whom the checkpoint of all these proofs was stamped; empty when it was not."""
    stamps = list(map(stamping.find, {proof.size for proof in proven}))
    (stamp,) = stamps if len(stamps) == 1 else [None]
    return f"{stamp.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {stamp.by}" if stamp else ""


def tools() -> list[Attachment]:
    """The verifier, and the public key to compare with the one that the auditor gives."""
    public = notes.places().public
    key = [Attachment("log.pub", public.read_bytes())] if public.exists() else []
    return [Attachment("verifier.py", Path(verifier.__file__).read_bytes()), *key]


def proof(desk: Desk, lead_id: int, record: int) -> proofs.Proof:
    """The proof that the log has the record of an export of that lead. Raises `NoSuchLead`, `NoSuchRecord`, `NotSignedYet`."""
    subject = f"record:{record}"
    desk.require(Permission.EVIDENCE_EXPORT, Verb.LOG_PROVED, subject)
    lead_row(desk, lead_id)
    if record not in {one.record for one in exported(lead_id)}:
        raise proofs.NoSuchRecord(record)
    proven = proofs.prove(record)
    details: Details = {"size": proven.size, "attested": proven.attested}
    desk.record(Verb.LOG_PROVED, subject=subject, details=details)
    return proven
