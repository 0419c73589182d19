"""Offered contacts leave the house in other people's formats: recorded, and never a possible victim's."""

import hashlib
from dataclasses import dataclass

from patrol.actions.desk import Desk
from patrol.actions.disclosing.evidence import NoReason, exportable
from patrol.actions.disclosing.soundness import refuse_unsound
from patrol.actions.triaging.reading import OpenSighting
from patrol.exports.handles import Format, Offered, Sheet, written
from patrol.models import HandleKind, Permission, Verb
from patrol.register.tables import Lead, Sighting

KINDS: dict[Format, tuple[str, str]] = {
    Format.STIX: ("stix.json", "application/stix+json;version=2.1"),
    Format.MISP: ("misp.json", "application/json"),
    Format.CSV: ("csv", "text/csv; charset=utf-8"),
}
"""How its name ends, and its media type."""


@dataclass(frozen=True)
class Shared:
    """A file to be given away."""

    name: str
    media_type: str
    content: bytes
    count: int


def share(desk: Desk, lead_id: int, form: Format, reason: str) -> Shared:
    """The contacts that a lead offers. Recorded before this returns. Raises `NoSuchLead`, `VictimStays`, `NoReason`."""
    subject = f"lead:{lead_id}"
    desk.require(Permission.EVIDENCE_EXPORT, Verb.HANDLES_EXPORTED, subject)
    desk.require(Permission.LEADS_READ, Verb.HANDLES_EXPORTED, subject)
    lead = exportable(desk, lead_id, Verb.HANDLES_EXPORTED)
    if not reason.strip():
        raise NoReason
    sheet = _sheet(desk, lead)
    content = written(sheet, form)
    with desk.act(
        Permission.EVIDENCE_EXPORT, Verb.HANDLES_EXPORTED, subject=subject, reason=reason.strip()
    ) as act:
        refuse_unsound()
        act.purpose = sheet.mandate
        act.count = len(sheet.handles)
        act.details = {"format": form.value, "sha256": hashlib.sha256(content).hexdigest()}
    ending, media_type = KINDS[form]
    return Shared(f"lead-{lead_id}-contacts.{ending}", media_type, content, len(sheet.handles))


def _sheet(desk: Desk, lead: Lead) -> Sheet:
    rows = list(
        Sighting.objects.filter(lead=lead)
        .select_related("unit", "lead")
        .prefetch_related("handles")
        .order_by("pk")
    )
    seen: dict[tuple[str, str], list[Sighting]] = {}
    values: dict[tuple[str, str], str] = {}
    for row in rows:
        for handle in OpenSighting(row).offered():
            key = handle.kind, handle.tag
            seen.setdefault(key, []).append(row)
            values.setdefault(key, handle.value)
    return Sheet(
        lead=lead.pk,
        unit=lead.unit.name,
        mandate=f"authorization:{rows[0].authorization_id}",
        made_at=desk.now(),
        handles=tuple(
            Offered(
                kind=HandleKind(key[0]),
                value=value,
                first_seen_at=min(row.first_seen_at for row in seen[key]),
                last_seen_at=max(row.last_seen_at for row in seen[key]),
                sightings=len(seen[key]),
            )
            for key, value in values.items()
        ),
    )
