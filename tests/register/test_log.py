"""A record is written with its act or the act is not done."""

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from patrol.ledger import commitment
from patrol.ledger.chain import Head, follow, read
from patrol.models import Actor, Record, Result, Role, Verb
from tests.plugins.postgres import refuse_inserts

pytestmark = pytest.mark.both_databases
ACTOR = Actor(person=7, account="chen", role=Role.OFFICER, origin="192.0.2.7")


def record(verb: Verb = Verb.LEAD_VIEWED, **fields: object) -> Record:
    return Record.model_validate({"verb": verb, "actor": ACTOR, "subject": "lead:17", **fields})


def append(*records: Record, reason: str | None = None) -> list[int]:
    from django.db import transaction

    from patrol.register import log

    with transaction.atomic():
        return [log.append(one, reason=reason) for one in records]


def bodies() -> list[tuple[int, bytes, bytes]]:
    from patrol.register.tables import LedgerRecord

    rows = LedgerRecord.objects.order_by("seq").values_list("seq", "body", "hash")
    return [(seq, bytes(body), bytes(hash_)) for seq, body, hash_ in rows]


def test_records_are_numbered_and_chained(register: Path) -> None:
    assert append(record(), record()) == [1, 2]
    assert append(record()) == [3]
    assert [head.seq for head in follow(Head(), bodies())] == [1, 2, 3]
    entry = read(bodies()[2][1])
    assert (entry.actor, entry.subject, entry.verb) == (ACTOR, "lead:17", "lead.viewed")
    assert abs(datetime.now(UTC) - entry.at) < timedelta(minutes=1)


def test_several_records_at_once_are_chained_as_one_after_the_other(register: Path) -> None:
    from django.db import transaction

    from patrol.register import log
    from patrol.register.tables import LedgerIndex

    append(record())
    with transaction.atomic():
        assert log.append_each([record(count=1), record(count=2), record(count=3)]) == [2, 3, 4]
        assert log.append_each([]) == []
        assert log.append(record(count=4)) == 5
    assert [head.seq for head in follow(Head(), bodies())] == [1, 2, 3, 4, 5]
    assert [read(body).count for _, body, _ in bodies()] == [None, 1, 2, 3, 4]
    assert list(LedgerIndex.objects.values_list("seq", flat=True).order_by("seq")) == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_several_records_are_written_together_or_not_at_all(register: Path) -> None:
    from django.db import transaction

    from patrol.ledger.chain import RecordTooLong
    from patrol.register import log

    with transaction.atomic():
        with pytest.raises(RecordTooLong):
            log.append_each([record(), record(details={"many": list(range(9_000))})])
        assert transaction.get_rollback()
    assert bodies() == []


def test_without_a_transaction_nothing_is_written(register: Path) -> None:
    from django.db.transaction import TransactionManagementError

    from patrol.register import log

    with pytest.raises(TransactionManagementError):
        log.append(record())
    assert bodies() == []


def test_an_act_undone_leaves_no_record_and_no_gap(register: Path) -> None:
    from django.db import transaction

    from patrol.register import log

    def undone() -> None:
        with transaction.atomic():
            log.append(record())
            raise ZeroDivisionError

    append(record())
    with pytest.raises(ZeroDivisionError):
        undone()
    assert append(record()) == [2]


def test_the_words_of_a_reason_are_beside_the_log(register: Path) -> None:
    from patrol.register import log
    from patrol.register.tables import ReasonText

    (seq,) = append(record(), reason="與案件三相符")
    body = bodies()[0][1]
    assert "相符".encode() not in body
    row = ReasonText.objects.get(seq=seq)
    assert commitment.keeps(read(body).reason_commitment or "", bytes(row.salt), row.text)
    assert log.maybe_reason(seq) == "與案件三相符"
    assert log.maybe_reason(seq + 1) is None


def test_a_reason_is_not_a_file(register: Path) -> None:
    from patrol.register.log import ReasonTooLong

    with pytest.raises(ReasonTooLong):
        append(record(), reason="x" * 501)
    assert bodies() == []


@pytest.mark.parametrize("table", ["ledger_record", "ledger_index", "ledger_reason"])
def test_what_cannot_be_recorded_is_not_done(register: Path, table: str) -> None:
    from django.db import transaction

    from patrol.register import log
    from patrol.register.tables import Unit

    refuse_inserts(table)

    @transaction.atomic
    def act() -> None:
        Unit.objects.create(name="act")
        log.append(record(), reason="a reason")

    with pytest.raises(log.LogUnwritable, match="cannot be written"):
        act()
    with transaction.atomic():  # even for a caller that swallows the error
        Unit.objects.create(name="act")
        with contextlib.suppress(log.LogUnwritable):
            log.append(record(), reason="a reason")
    assert not Unit.objects.exists()
    assert bodies() == []


@pytest.mark.sqlite
def test_a_locked_register_is_said(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    from patrol.register import log

    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(register / "register.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(log.LogUnwritable, match="locked"), log.durably():
        log.append(record())
    other.execute("ROLLBACK")
    other.close()
    append(record())


@pytest.mark.sqlite
def test_start_is_refused_without_a_writable_log(register: Path) -> None:
    from django.db import connection

    from patrol.register import log

    log.refuse_unwritable()
    append(record())
    log.refuse_unwritable()
    assert len(bodies()) == 1
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only=ON")
    with pytest.raises(log.LogUnwritable):
        log.refuse_unwritable()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only=OFF")
        cursor.execute("ALTER TABLE ledger_index RENAME TO elsewhere")
    with pytest.raises(log.LogUnwritable, match="no such table"):
        log.refuse_unwritable()


def test_start_is_refused_on_a_changed_last_record(register: Path) -> None:
    from patrol.ledger.chain import ChainBroken
    from patrol.register import log
    from patrol.register.tables import LedgerRecord

    append(record(), record())
    LedgerRecord.objects.filter(seq=2).update(body=bodies()[0][1])
    with pytest.raises(ChainBroken, match="Record 2"):
        log.refuse_unwritable()


def test_start_is_refused_on_a_full_disk(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.register import log

    monkeypatch.setattr(log, "LEAST_FREE_BYTES", 2**62)
    with pytest.raises(log.LogUnwritable, match="free"):
        log.refuse_unwritable()


def test_records_are_found(register: Path) -> None:
    from patrol.register import log

    wang = ACTOR.model_copy(update={"person": 8, "account": "wang"})
    append(
        record(),
        record(Verb.LEAD_DECIDED, subject="lead:18"),
        record(actor=wang, result=Result.DENY),
        record(actor=wang, count=3, details={"ids": [1, 2]}),
    )

    def seqs(**wanted: object) -> list[int]:
        return [row.seq for row in log.each(**wanted)]  # type: ignore[arg-type]

    assert seqs() == [4, 3, 2, 1]
    assert seqs(account="wang") == seqs(person=8) == [4, 3]
    assert seqs(verb=Verb.LEAD_DECIDED) == seqs(subject="lead:18") == [2]
    assert seqs(result="deny") == [3]
    assert seqs(limit=2) == [4, 3]
    assert seqs(limit=2, before_seq=3) == [2, 1]
    row = log.each(before_seq=3)[0]
    assert seqs(since=row.at) == [4, 3, 2]
    assert seqs(until=row.at) == [1]
    newest = log.each(limit=1)[0]
    assert newest.intact
    assert (newest.record.count, newest.record.details) == (3, {"ids": [1, 2]})
    assert newest.hash == bodies()[-1][2].hex()


def test_a_changed_record_is_shown_as_changed(register: Path) -> None:
    from patrol.register import log
    from patrol.register.tables import LedgerIndex, LedgerRecord

    append(record(), record(), record())
    LedgerRecord.objects.filter(seq=2).update(body=bodies()[1][1].replace(b"chen", b"wang"))
    LedgerRecord.objects.filter(seq=3).update(body=b"{")
    assert [row.intact for row in log.each()] == [False, False, True]
    assert {row.record.actor.account for row in log.each()} == {"chen"}
    LedgerIndex.objects.filter(seq=3).update(verb="nothing")
    with pytest.raises(log.RecordUnreadable):
        log.each()
