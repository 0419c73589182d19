"""A case as JSON, and as a table for a spreadsheet."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime

from django.utils.translation import gettext as _

from dashboards.table import Cell, Row, Table, Value, as_csv
from patrol.actions.disclosing.case_export import CaseFile
from patrol.web.words import AGAINST, label

VERSION = 1
"""Of the JSON's shape."""


def as_json(found: CaseFile) -> bytes:
    """All of it, for a program; its shape is told in docs/officer.md."""
    read = found.sheet
    body = {
        "patrol_case": VERSION,
        "case": {
            "number": read.number,
            "title": read.title,
            "summary": read.summary,
            "status": read.status,
            "opened_by": read.opened_by,
            "opened_at": read.opened_at,
            "merged": [number for _id, number in read.merged],
            "members": read.members,
        },
        "exported": {
            "by": found.exported_by,
            "at": found.exported_at,
            "purpose": found.purpose,
        },
        "exhibits": [asdict(one) for one in found.exhibits],
        "verdicts": [asdict(one) for one in found.verdicts],
        "against": [asdict(one) for one in read.against],
        "notes": [asdict(one) for one in found.notes],
        "looks": [one.model_dump(mode="json") for one in found.looks],
        "tasks": [asdict(one) for one in read.tasks],
        "timeline": [asdict(one) for one in read.timeline],
    }
    return json.dumps(body, ensure_ascii=False, indent=1, default=_plain).encode(errors="replace")


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def csv_of(found: CaseFile) -> bytes:
    """Posts, what speaks against them, and notes, a line each; no cell is a formula. Who looked is in the JSON."""
    columns = (
        _("Lead"), _("What it is"), _("Status"), _("Category"), _("Source"), _("Author as shown"), _("Posted"),
        _("Captured"), _("Address"), _("SHA-256 of the page"), _("Authorization"), _("Offered contacts"),
        _("Words"), _("Officer"), _("When"),
    )  # fmt: skip
    title = _("Case {0}").format(found.sheet.number)
    return as_csv(
        Table("case", title, columns, (*_exhibits(found), *_against(found), *_notes(found)))
    )


def _exhibits(found: CaseFile) -> Iterator[Row]:
    for one in found.exhibits:
        contacts = "; ".join(f"{label(kind)} {value}" for kind, value in one.contacts)
        yield _row("exhibit", one.lead_id, _("Post"), label(one.status), label(one.category or ""),
                   one.source, one.author, _at(one.posted_at), _at(one.captured_at), one.url,
                   one.capture_sha256, one.authorization, contacts, one.words)  # fmt: skip


def _against(found: CaseFile) -> Iterator[Row]:
    for one in found.sheet.against:
        words = label(one.words) if one.what == "dismissed" else one.words
        yield _row("against", one.lead_id, str(AGAINST[one.what]), *[None] * 10, words,
                   one.account, _at(one.at))  # fmt: skip


def _notes(found: CaseFile) -> Iterator[Row]:
    for one in found.notes:
        yield _row("note", None, _("Note"), *[None] * 10, one.words, one.account, _at(one.at))


def _row(code: str, lead_id: int | None, *values: Value) -> Row:
    return Row(code, Cell(lead_id), tuple(Cell(value) for value in values))


def _at(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
