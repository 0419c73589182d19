"""Records of the access log as files: CSV for a spreadsheet, JSON for a program. Made as they are sent."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from dashboards.table import csv_lines
from patrol.actions.auditing.audit import LogRow
from patrol.actions.auditing.extract import Extract

COLUMNS = tuple(one.name for one in fields(LogRow))
KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def written(extract: Extract, kind: str) -> Iterator[bytes]:
    """The file of that kind, piece by piece."""
    return _csv(extract) if kind == "csv" else _json(extract)


def _csv(extract: Extract) -> Iterator[bytes]:
    """A row a record; no cell is a formula."""
    return csv_lines(COLUMNS, ([_cell(one[name]) for name in COLUMNS] for one in _told(extract)))


def _cell(value: Any) -> str | int | None:
    if isinstance(value, dict):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value  # type: ignore[no-any-return]  # a number, words or nothing


def _json(extract: Extract) -> Iterator[bytes]:
    """One object, whose `records` come last."""
    head = {"exported_at": extract.at.isoformat(), "export_record": extract.record}
    yield f'{_text(head)[:-1]}, "records": ['.encode()
    between = "\n"
    for one in _told(extract):
        yield f"{between}{_text(one)}".encode()
        between = ",\n"
    yield b"\n]}\n"


def _told(extract: Extract) -> Iterator[dict[str, Any]]:
    for row in extract.rows:
        told = asdict(row)
        yield {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in told.items()
        }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
