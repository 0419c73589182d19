"""Offered contacts in other people's formats: STIX 2.1, MISP, CSV. No word of a post is in them."""

import csv
import io
import json
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from patrol.models import HandleKind, Model, Moment

_SCO = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of observables' ids (STIX 2.1 section 2.9): the same contact has the same id everywhere."""
_OURS = uuid.UUID("6f1d3c1e-0b7c-5a53-9f0a-6a2f5d0d8c11")
_AMBER = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    "created": "2017-01-20T00:00:00.000Z",
    "definition_type": "tlp",
    "name": "TLP:AMBER",
    "definition": {"tlp": "amber"},
}
"""As the standard spells it (STIX 2.1 section 7.2.1.4)."""
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins so is computed by spreadsheets (CWE-1236)."""


class Format(StrEnum):
    """What is written."""

    STIX = "stix"
    MISP = "misp"
    CSV = "csv"


class Offered(Model):
    """A contact that somebody offered."""

    kind: HandleKind
    value: str
    first_seen_at: Moment
    last_seen_at: Moment
    sightings: int


class Sheet(Model):
    """The contacts of one lead, and who shares them under which authorization."""

    lead: int
    unit: str
    mandate: str
    made_at: Moment
    handles: tuple[Offered, ...]


def written(sheet: Sheet, form: Format) -> bytes:
    """The file."""
    if form is Format.CSV:
        return _csv(sheet)
    document = _stix(sheet) if form is Format.STIX else _misp(sheet)
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(
        errors="replace"
    )


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _observable(one: Offered) -> dict[str, Any]:
    if one.kind is HandleKind.MAIL:
        kind, told = "email-addr", {"value": one.value}
    elif one.kind is HandleKind.URL:
        kind, told = "url", {"value": one.value}
    else:
        kind, told = "user-account", {"account_type": one.kind.value, "account_login": one.value}
    spelled = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    number = uuid.uuid5(_SCO, spelled)
    marked = {"object_marking_refs": [_AMBER["id"]]}
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{number}", **told, **marked}


def _stix(sheet: Sheet) -> dict[str, Any]:
    made = _stamp(sheet.made_at)
    unit = f"identity--{uuid.uuid5(_OURS, sheet.unit)}"
    common = {"spec_version": "2.1", "created": made, "modified": made}
    marked = {"created_by_ref": unit, "object_marking_refs": [_AMBER["id"]]}
    identity = {"type": "identity", "id": unit, **common, "name": sheet.unit}
    objects: list[dict[str, Any]] = [_AMBER, {**identity, "identity_class": "organization"}]
    seen = []
    for one in sheet.handles:
        observable = _observable(one)
        name = observable["id"]
        data = {
            "type": "observed-data",
            "id": f"observed-data--{uuid.uuid5(_OURS, f'{sheet.unit} {sheet.lead} {name} {made}')}",
            **common,
            **marked,
            "first_observed": _stamp(one.first_seen_at),
            "last_observed": _stamp(one.last_seen_at),
            "number_observed": one.sightings,
            "object_refs": [observable["id"]],
        }
        objects += [observable, data]
        seen += [observable["id"], data["id"]]
    if seen:
        report = {"type": "report", **common, **marked, "published": made, "object_refs": seen}
        about = {
            "id": f"report--{uuid.uuid5(_OURS, f'{sheet.unit} {sheet.lead} {made}')}",
            "name": f"Lead {sheet.lead}",
            "description": f"Offered contacts, seen in public posts under {sheet.mandate}. A reason to look, no proof.",
            "report_types": ["observed-data"],
        }
        objects.append({**report, **about})
    return {
        "type": "bundle",
        "id": f"bundle--{uuid.uuid5(_OURS, f'bundle {sheet.unit} {sheet.lead} {made}')}",
        "objects": objects,
    }


_MISP: dict[HandleKind, tuple[str, str]] = {
    HandleKind.PHONE: ("Other", "phone-number"),
    HandleKind.MAIL: ("Social network", "email"),
    HandleKind.URL: ("Network activity", "url"),
    HandleKind.WALLET: ("Financial fraud", "text"),
    HandleKind.BANK: ("Financial fraud", "bank-account-nr"),
}
"""Category and type of an attribute; accounts of messengers are text of a social network."""


def _misp(sheet: Sheet) -> dict[str, Any]:
    attributes = []
    for one in sheet.handles:
        category, kind = _MISP.get(one.kind, ("Social network", "text"))
        attributes.append(
            {
                "uuid": str(uuid.uuid5(_OURS, f"{sheet.unit} {sheet.lead} {one.kind} {one.value}")),
                "category": category,
                "type": kind,
                "value": one.value,
                "comment": f"{one.kind.value}, offered, {one.sightings} sightings",
                "to_ids": False,
                "first_seen": one.first_seen_at.isoformat(),
                "last_seen": one.last_seen_at.isoformat(),
                "distribution": "0",
            }
        )
    return {
        "Event": {
            "uuid": str(uuid.uuid5(_OURS, f"event {sheet.unit} {sheet.lead} {sheet.made_at}")),
            "info": f"Lead {sheet.lead}: contacts offered in public posts, under {sheet.mandate}",
            "date": f"{sheet.made_at:%Y-%m-%d}",
            "threat_level_id": "4",
            "analysis": "0",
            "distribution": "0",
            "published": False,
            "Tag": [{"name": "tlp:amber"}],
            "Attribute": attributes,
        }
    }


def _csv(sheet: Sheet) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["lead", "kind", "value", "first_seen", "last_seen", "sightings", "under"])
    for one in sheet.handles:
        times = (one.first_seen_at.isoformat(), one.last_seen_at.isoformat())
        told = (sheet.lead, one.kind.value, one.value, *times, one.sightings, sheet.mandate)
        writer.writerow([_tame(str(cell)) for cell in told])
    return ("\ufeff" + out.getvalue()).encode(errors="replace")


def _tame(cell: str) -> str:
    """Text that a spreadsheet would compute, made text; a NUL ends a cell for some of them."""
    plain = cell.replace("\0", "⟦U+0000⟧")
    return f"'{plain}" if {plain[:1], plain.lstrip()[:1]} & _FORMULA else plain
