"""The access log in the register: `append`, and reading it.

A record is written in the transaction of its act, as the last statement
before COMMIT. If it cannot be written the transaction cannot be committed, so
there is no act, and no look, without its record.
"""

import errno
import os
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from django.db import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.db.backends.utils import CursorWrapper
from django.db.transaction import TransactionManagementError

from patrol.errors import BadInput, Tampered, TryLater
from patrol.ledger import commitment
from patrol.ledger.canonical import NotCanonical
from patrol.ledger.chain import ChainBroken, Head, follow, nfc, read, spell
from patrol.ledger.ops import OP_OF, Op
from patrol.ledger.tree import leaf_hash
from patrol.models import Actor, Model, Moment, Record, Result, Verb
from patrol.register import clock, reserve
from patrol.register.inserts import moment
from patrol.register.tables import LedgerIndex, LedgerRecord, ReasonText
from patrol.settings import Settings

MAX_REASON_LETTERS = 500
LEAST_FREE_BYTES = reserve.BYTES
"""Free space, beside the reserve, without which nothing is started: a full disk is found before work, not within it."""
LAST = frozenset({Verb.RUN_ENDED, Verb.AUTHORIZATION_REVOKED, Verb.PERSON_SIGNED_OUT})
"""Acts that end something, recorded out of the reserve too, as every denial and every error is."""

_HEAD = "SELECT seq, hash FROM ledger_record ORDER BY seq DESC LIMIT 1"
_RECORD = "INSERT INTO ledger_record (seq, body, hash) VALUES (%s, %s, %s)"
_INDEX = (
    "INSERT INTO ledger_index (seq, at, person, account, verb, subject, result)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
_REASON = "INSERT INTO ledger_reason (seq, salt, text) VALUES (%s, %s, %s)"
_ACCOUNT_LETTERS = _SUBJECT_LETTERS = 100
"""What the index's columns hold; the record has the whole."""


class LogUnwritable(TryLater):
    """A record cannot be written, so what it would record is not done."""

    def __init__(self, cause: object) -> None:
        super().__init__(
            "The access log cannot be written; nothing was done or shown.",
            why=f"No act and no look is allowed without its record. The register says: {cause}",
            do=f"Try again in a moment. If it stays so, see that the disk of {Settings().home} is "
            "there, writable and not full, and run `patrol doctor`.",
        )


class DiskFull(LogUnwritable):
    """No room is left for acts; what was set aside is for records of what is denied, fails or ends."""

    def __init__(self) -> None:
        TryLater.__init__(
            self,
            "The disk is full; nothing was done or shown.",
            why="No act and no look is allowed without its record. The room that is left is kept "
            "for records of what is refused and what ends.",
            do=f"Make room on the disk of {Settings().home}: with {2 * reserve.BYTES // 2**20} MB free, work goes on by itself.",
        )


class ReasonTooLong(BadInput):
    """A reason is a sentence, not a file."""

    def __init__(self, letters: int) -> None:
        super().__init__(
            f"The reason has {letters:,} letters.",
            why=f"The access log keeps reasons of at most {MAX_REASON_LETTERS} letters.",
            do="Say it in a sentence or two; the rest belongs into the case.",
        )


class RecordUnreadable(Tampered):
    """A record of which neither the words nor the index can be read."""

    def __init__(self, seq: int) -> None:
        super().__init__(
            f"Record {seq} of the access log cannot be read.",
            why="It was changed after it was written.",
            do="Run `patrol log verify`, keep a copy of the data directory as it is, and tell the auditor.",
        )


class LoggedRecord(Model):
    """A record as it stands in the log."""

    seq: int
    at: Moment
    op: Op
    record: Record
    hash: str
    intact: bool
    """Whether words and hash agree. When they don't, what is shown is what the index says."""
    invented: bool = False
    """Whether a laboratory told the time: nobody did this, it belongs to a demo's past."""


def append(record: Record, *, reason: str | None = None) -> int:
    """Write a record as the last statement of the transaction at hand. Returns its number.

    A reason's words go into an erasable table, the log holds their commitment.
    Raises `TransactionManagementError` outside a transaction, and
    `LogUnwritable` when the database refuses: then the transaction can only be
    rolled back, whatever the caller catches.
    """
    with _writing([record]) as cursor:
        return _write(cursor, record, reason)


def append_each(records: Sequence[Record]) -> list[int]:
    """Write several records in their order, chained as if each had been appended. Raises what `append` raises."""
    with _writing(records) as cursor:
        return _write_each(cursor, records)


@contextmanager
def _writing(records: Sequence[Record]) -> Iterator[CursorWrapper]:
    """Whatever fails within, the transaction at hand can only be rolled back."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("a record is written in the transaction of its act")
    try:
        if any(one.result is Result.ALLOW and one.verb not in LAST for one in records):
            _hold_reserve()
        with connection.cursor() as cursor:
            yield cursor
    except (DatabaseError, InterfaceError, sqlite3.Error, OSError) as error:
        transaction.set_rollback(True)
        raise _unwritable(error) from error
    except BaseException:
        transaction.set_rollback(True)
        raise


class _Kept(Protocol):
    """What the back-ends of both databases say beside Django's promise."""

    reserve: reserve.Reserve | None


def set_aside() -> reserve.Reserve | None:
    """What the disk of the register at hand keeps for last records; None with PostgreSQL."""
    return cast("_Kept", connection).reserve


def _hold_reserve() -> None:
    kept = set_aside()
    if kept is not None and kept.no_room():
        raise DiskFull


def _unwritable(error: BaseException) -> LogUnwritable:
    """What it means. A full disk gets the reserve back, for the record that says so."""
    cause = error.__cause__ or error
    full = (
        getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(cause, "errno", None) == errno.ENOSPC
    )
    kept = set_aside()
    if not full or kept is None:
        return LogUnwritable(error)
    kept.leave()
    return DiskFull()


def _write(cursor: CursorWrapper, record: Record, reason: str | None) -> int:
    if reason is None:
        return _write_each(cursor, [record])[0]
    if len(reason) > MAX_REASON_LETTERS:
        raise ReasonTooLong(len(reason))
    salt = commitment.new_salt()
    record = record.model_copy(update={"reason_commitment": commitment.commit(salt, reason)})
    (seq,) = _write_each(cursor, [record])
    cursor.execute(_REASON, (seq, salt, reason))
    return seq


def _write_each(cursor: CursorWrapper, records: Sequence[Record]) -> list[int]:
    cursor.execute(_HEAD)
    row = cursor.fetchone()
    head = Head(row[0], bytes(row[1])) if row else Head()
    boot_id = clock.TOLD if clock.is_told() else _boot_id()
    rows, indexed = [], []
    for record in records:
        at = clock.now()
        body = spell(record, head, at=at, boot_id=boot_id)
        head = Head(head.seq + 1, leaf_hash(body))
        rows.append((head.seq, body, head.hash))
        indexed.append((head.seq, *_columns(record, at)))
    cursor.executemany(_RECORD, rows)
    cursor.executemany(_INDEX, indexed)
    return [seq for seq, _, _ in rows]


def _columns(record: Record, at: datetime) -> tuple[Any, ...]:
    subject = None if record.subject is None else nfc(record.subject)[:_SUBJECT_LETTERS]
    return (
        moment(at),
        record.actor.person,
        nfc(record.actor.account)[:_ACCOUNT_LETTERS],
        record.verb,
        subject,
        record.result,
    )


@cache
def _boot_id() -> str:
    """The kernel's name for this start of the machine; elsewhere one for this process."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(uuid.uuid4())


@contextmanager
def durably() -> Iterator[None]:
    """One transaction whose failure to begin or to commit comes out as `LogUnwritable` too, and so does a disk full of other files within."""
    try:
        with transaction.atomic():
            yield
    except (OperationalError, InterfaceError, InternalError) as error:
        raise _unwritable(error) from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _unwritable(error) from error


def refused(record: Record) -> None:
    """Write out of the reserve that this was not done because the disk is full: the least that can still be said.

    Within a larger transaction nothing can be written any more, and when the reserve is used up nothing at all.
    """
    if connection.in_atomic_block:
        return
    if record.result is Result.ALLOW:
        details = {"error": DiskFull.__name__}
        record = record.model_copy(update={"result": Result.ERROR, "details": details})
    with suppress(LogUnwritable), durably():
        append(record)


def refuse_unwritable() -> None:
    """Raise unless records can be written here and follow the last one: asked before anything is served or read.

    Raises `LogUnwritable` (no register, read-only, locked, nearly full), or
    `ChainBroken` when the last record is not what was written.
    """
    home = Settings().home
    try:
        _refuse_full(home)
        with transaction.atomic():
            last = LedgerRecord.objects.order_by("-seq").values_list("seq", "body", "hash").first()
            if last is not None:
                seq, body, hash_ = last[0], bytes(last[1]), bytes(last[2])
                before = bytes.fromhex(_prev_hash(seq, body))
                list(follow(Head(seq - 1, before), [(seq, body, hash_)]))
            append(Record(verb=Verb.REGISTER_CREATED, actor=Actor(account="nobody")))
            transaction.set_rollback(True)
    except (DatabaseError, InterfaceError, OSError) as error:
        raise LogUnwritable(error) from error


def _refuse_full(home: Path) -> None:
    """Write and sync for real; what SQLite has rolled back never reached the disk."""
    free = os.statvfs(home)
    if free.f_bavail * free.f_frsize < LEAST_FREE_BYTES:
        raise OSError(f"less than {LEAST_FREE_BYTES // 2**20} MB of the disk are free")
    with tempfile.TemporaryFile(dir=home) as probe:
        probe.write(bytes(4096))
        probe.flush()
        os.fsync(probe.fileno())


def _prev_hash(seq: int, body: bytes) -> str:
    try:
        return read(body).prev_hash
    except NotCanonical as error:
        raise ChainBroken(seq, "Its words are not a record.") from error


def each(  # noqa: PLR0913  (the fields of a form)
    *,
    person: int | None = None,
    account: str | None = None,
    verb: str | None = None,
    subject: str | None = None,
    result: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> list[LoggedRecord]:
    """Records that agree with all that is given, newest first. `until` is not included; the next page is `before_seq` the last."""
    wanted = {
        "person": person,
        "account": account,
        "verb": verb,
        "subject": subject,
        "result": result,
        "at__gte": since,
        "at__lt": until,
        "seq__lt": before_seq,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    return told(list(LedgerIndex.objects.filter(**given).order_by("-seq")[:limit]))


def told(rows: Sequence[LedgerIndex]) -> list[LoggedRecord]:
    """The records of these rows of the index, in their order."""
    bodies = {
        row.seq: row for row in LedgerRecord.objects.filter(seq__in=[row.seq for row in rows])
    }
    return [_logged(row, bodies.get(row.seq)) for row in rows]


def maybe_reason(seq: int) -> str | None:
    """The words given as a record's reason; None if there were none, or they were erased."""
    return ReasonText.objects.filter(seq=seq).values_list("text", flat=True).first()


def head() -> Head:
    """Where the log stands."""
    row = LedgerRecord.objects.order_by("-seq").values_list("seq", "hash").first()
    return Head(row[0], bytes(row[1])) if row else Head()


def _logged(row: LedgerIndex, found: LedgerRecord | None) -> LoggedRecord:
    hash_ = bytes(found.hash) if found else b""
    try:
        if found is None or leaf_hash(bytes(found.body)) != hash_:
            return _from_index(row, hash_)
        entry = read(bytes(found.body))
        verb = Verb(entry.verb)
    except (NotCanonical, ValueError):
        return _from_index(row, hash_)
    record = Record(
        verb=verb,
        **entry.model_dump(
            include={
                "actor",
                "subject",
                "result",
                "purpose",
                "count",
                "reason_commitment",
                "details",
            }
        ),
    )
    return LoggedRecord(
        seq=row.seq,
        at=entry.at,
        op=entry.op,
        record=record,
        hash=hash_.hex(),
        intact=True,
        invented=entry.boot_id == clock.TOLD,
    )


def _from_index(row: LedgerIndex, hash_: bytes) -> LoggedRecord:
    """What can be said of a record whose own words are broken."""
    try:
        verb = Verb(row.verb)
        record = Record(
            verb=verb,
            actor=Actor(person=row.person, account=row.account),
            subject=row.subject,
            result=Result(row.result),
        )
    except ValueError as error:
        raise RecordUnreadable(row.seq) from error
    return LoggedRecord(
        seq=row.seq, at=row.at, op=OP_OF[verb], record=record, hash=hash_.hex(), intact=False
    )
