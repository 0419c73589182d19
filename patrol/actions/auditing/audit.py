"""The auditor's desk: reading the access log, and verifying it. Never a word of a lead."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patrol.actions.auditing.presets import BACK, Preset, Tallied, narrowed, tallied, within
from patrol.actions.desk import Desk, Details
from patrol.models import Permission, Verb
from patrol.register import disputes, log
from patrol.register.tables import LedgerCheckpoint, LedgerIndex, LedgerRecord
from patrol.register.watch import LogVerdict, Watch

PAGE = 50
MOST_LOOKED_THROUGH = 20_000
"""Records whose own words are read for one page, where the index alone does not tell."""
_AT_ONCE = 500


@dataclass(frozen=True)
class LogFilter:
    """Which records; empty is any."""

    account: str = ""
    verb: str = ""
    subject: str = ""
    purpose: str = ""
    """Authorization or case under which it was done, `authorization:3`."""
    result: str = ""
    preset: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    before_seq: int | None = None
    """Records older than that one."""


@dataclass(frozen=True)
class LogRow:
    """A record as the auditor reads it."""

    seq: int
    at: datetime
    account: str
    role: str | None
    verb: str
    subject: str | None
    result: str
    purpose: str | None
    count: int | None
    origin: str | None
    details: Details
    intact: bool
    """False when words and hash do not agree: then the index speaks, and `verify` names the fault."""
    invented: bool
    """Of a demo's past: a laboratory told the time."""


@dataclass(frozen=True)
class LogPage:
    """Records, newest first."""

    rows: tuple[LogRow, ...]
    next: int | None
    size: int
    signed: int
    """How many are under a signed checkpoint: those can be proven."""
    tallied: tuple[Tallied, ...]
    """Accounts that did much of what a preset asks about."""


def records(desk: Desk, wanted: LogFilter) -> LogPage:
    """A page of the log. Reading it is itself recorded."""
    desk.require(Permission.LOG_READ, Verb.LOG_LISTED)
    rows = indexed(wanted)
    found, after = _found(rows, wanted)
    preset = Preset(wanted.preset) if wanted.preset else None
    recent = rows if wanted.since else rows.filter(at__gte=desk.now() - BACK)
    since = wanted.since or desk.now() - BACK
    counted = (
        tallied(preset, recent, since, wanted.until) if preset and not wanted.before_seq else ()
    )
    size = LedgerRecord.objects.count()
    details: Details = {"preset": preset.value} if preset else {}
    desk.record(Verb.LOG_LISTED, count=len(found), details=details)
    shown = tuple(row_of(one) for one in log.told(found))
    return LogPage(shown, after, size, signed_size(), counted)


def signed_size() -> int:
    """How many records are under a signed checkpoint."""
    last = LedgerCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    return last or 0


def indexed(wanted: LogFilter) -> Any:
    """As far as the index tells."""
    told = {
        "account": wanted.account,
        "verb": wanted.verb,
        "subject": wanted.subject,
        "result": wanted.result,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "seq__lt": wanted.before_seq,
    }
    rows = LedgerIndex.objects.filter(**{name: value for name, value in told.items() if value})
    return narrowed(Preset(wanted.preset), rows) if wanted.preset else rows


def _found(named: Any, wanted: LogFilter) -> tuple[list[LedgerIndex], int | None]:
    """A page of rows, and after which one the next page begins."""
    rows = named.order_by("-seq")
    if not _reads_bodies(wanted):
        page = list(rows[: PAGE + 1])
        return page[:PAGE], page[PAGE - 1].seq if len(page) > PAGE else None
    kept: list[LedgerIndex] = []
    last: int | None = None
    for start in range(0, MOST_LOOKED_THROUGH, _AT_ONCE):
        some = list(rows[start : start + _AT_ONCE])
        found = bodies(some)
        for row in some:
            if not fits(wanted, found.get(row.seq)):
                continue
            if len(kept) == PAGE:
                return kept, kept[-1].seq
            kept.append(row)
        if len(some) < _AT_ONCE:
            return kept, None
        last = some[-1].seq
    return kept, last


def _reads_bodies(wanted: LogFilter) -> bool:
    return bool(wanted.purpose or (wanted.preset and within(Preset(wanted.preset))))


def fits(wanted: LogFilter, record: dict[str, Any] | None) -> bool:
    """Whether a record's own words are what is asked for, where the index alone does not tell."""
    if not _reads_bodies(wanted):
        return True
    says = within(Preset(wanted.preset)) if wanted.preset else None
    if record is None or (says and not says(record)):
        return False
    return not wanted.purpose or record["purpose"] == wanted.purpose


def bodies(rows: Sequence[LedgerIndex]) -> dict[int, dict[str, Any]]:
    """The records of those rows, as they stand; one that cannot be read is not among them."""
    found: dict[int, dict[str, Any]] = {}
    some = LedgerRecord.objects.filter(seq__in=[row.seq for row in rows])
    for seq, body in some.values_list("seq", "body"):
        try:
            found[seq] = json.loads(bytes(body))
        except ValueError:
            continue  # `verify` names it
    return found


def verify(desk: Desk) -> LogVerdict:
    """Verify the whole log against its checkpoints. Recorded, whatever comes out."""
    desk.require(Permission.LOG_VERIFY, Verb.LOG_VERIFIED)
    watch = Watch()
    found = watch.look()
    details: Details = {"ok": found.ok, "first_bad": found.first_bad, "kind": found.kind}
    desk.record(Verb.LOG_VERIFIED, count=found.records, details=details)
    if found.ok:
        watch.remember()
        disputes.settle(disputes.VERIFIER)
    return found


def row_of(found: log.LoggedRecord) -> LogRow:
    """A record, as a list shows it."""
    actor = found.record.actor
    return LogRow(
        seq=found.seq,
        at=found.at,
        account=actor.account,
        role=actor.role,
        verb=found.record.verb,
        subject=found.record.subject,
        result=found.record.result,
        purpose=found.record.purpose,
        count=found.record.count,
        origin=actor.origin,
        details=found.record.details,
        intact=found.intact,
        invented=found.invented,
    )
