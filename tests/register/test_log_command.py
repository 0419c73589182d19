"""`patrol log verify` and `patrol demo tamper`, as a person runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from patrol.cli.log import app
from patrol.demo.tamper import NothingToAlter, tamper
from patrol.models import Actor, Record, Verb
from tests.plugins.postgres import altered


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["verify", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def judged(home: Path, *words: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = run("--home", home, "--json", *words)
    answer: dict[str, Any] = json.loads(out)
    assert set(answer) == {
        "ok",
        "status",
        "records",
        "checkpoints",
        "first_bad",
        "kind",
        "sentence",
    }
    return code, answer


@pytest.fixture
def home(register: Path) -> Path:
    from django.db import transaction

    from patrol.register import checkpoints, log

    with transaction.atomic():
        for number in range(20):
            log.append(
                Record(verb=Verb.LEAD_VIEWED, actor=Actor(account="chen"), subject=f"lead:{number}")
            )
    checkpoints.sign_now()
    return register


def test_a_log_that_holds_is_said_and_recorded(home: Path) -> None:
    from patrol.register import log

    code, answer = judged(home)
    assert (code, answer["ok"], answer["records"], answer["checkpoints"]) == (0, True, 20, 1)
    assert (answer["first_bad"], answer["kind"]) == (None, None)
    (newest,) = log.each(limit=1)
    assert newest.record.verb == Verb.LOG_VERIFIED
    assert newest.record.actor.account == "cli"
    assert (newest.record.actor.origin or "").startswith("cli:")
    assert newest.record.count == 20
    code, out, err = run("--home", home)
    assert (code, out) == (0, "All 21 records and 1 checkpoints hold.\n")
    assert "kept elsewhere" in err


def test_the_record_of_the_look_is_remembered_too(home: Path) -> None:
    run("--home", home)
    altered(
        "DELETE FROM ledger_record WHERE seq = 21",
        "DELETE FROM ledger_index WHERE seq = 21",
    )
    code, answer = judged(home)
    assert (code, answer["kind"], answer["first_bad"]) == (5, "truncated", 21)


CHANGES = {
    ("edited", 7): ["UPDATE ledger_record SET body = replace(body, 'chen', 'wang') WHERE seq = 7"],
    ("deleted", 7): ["DELETE FROM ledger_record WHERE seq = 7"],
    ("inserted", 22): [
        "INSERT INTO ledger_record SELECT 22, body, hash FROM ledger_record WHERE seq = 7"
    ],
    ("swapped", 7): [
        "UPDATE ledger_record SET seq = -7 WHERE seq = 7",
        "UPDATE ledger_record SET seq = 7 WHERE seq = 8",
        "UPDATE ledger_record SET seq = 8 WHERE seq = -7",
    ],
    ("truncated", 18): [
        "DELETE FROM ledger_record WHERE seq >= 18",
        "DELETE FROM ledger_index WHERE seq >= 18",
        "DELETE FROM ledger_checkpoint",
    ],
    ("index_edited", 7): ["UPDATE ledger_index SET account = 'wang' WHERE seq = 7"],
}


@pytest.mark.parametrize(("fault", "statements"), CHANGES.items(), ids=str)
def test_each_change_is_named(
    home: Path, tmp_path: Path, fault: tuple[str, int], statements: list[str]
) -> None:
    kind, seq = fault
    memory = tmp_path / "memory"
    assert judged(home, "--remember", memory)[0] == 0
    seen = memory.read_bytes()
    altered(*statements)
    code, answer = judged(home, "--remember", memory)
    assert (code, answer["ok"], answer["kind"], answer["first_bad"]) == (5, False, kind, seq)
    assert f"Record {seq}" in answer["sentence"]
    assert memory.read_bytes() == seen, "a memory is never replaced by what does not hold"
    from patrol.register.tables import LedgerRecord

    newest = LedgerRecord.objects.order_by("-seq")[0].seq
    assert newest <= 22, "and nothing is added to a broken log"
    from patrol.actions.disclosing.soundness import LogUnsound, refuse_unsound

    with pytest.raises(LogUnsound) as told:
        refuse_unsound()
    assert f"Record {seq}" in told.value.why, "and nothing leaves"


@pytest.mark.sqlite
def test_the_demo_tampers_and_is_caught(home: Path) -> None:
    told = tamper(home)
    assert "Record 10 of 20" in told
    assert "`chen`" in told
    assert "`nobody`" in told
    code, answer = judged(home)
    assert (code, answer["kind"], answer["first_bad"]) == (5, "edited", 10)


def test_there_is_nothing_to_tamper_with(register: Path, tmp_path: Path) -> None:
    for place in (register, tmp_path / "nowhere"):
        with pytest.raises(NothingToAlter, match="no access log"):
            tamper(place)


def test_an_empty_log_holds(register: Path) -> None:
    assert judged(register)[1]["records"] == 0


def broken(home: Path, file: str, content: bytes | None) -> None:
    path = home / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("register.sqlite3", None, 3),
        ("register.sqlite3", b"", 1),
        ("register.sqlite3", b"garbage" * 1_000, 1),
        ("register.sqlite3", b"SQLite format 3\0" + b"garbage" * 1_000, 1),
        ("keys/log.pub", b"garbage", 1),
        ("keys/log.pub", None, 6),
        ("checkpoints/remembered", b"garbage", 1),
        ("checkpoints/notes", b"garbage\n\n\n", 5),
        ("checkpoints/notes", None, 0),
    ],
)
def test_broken_files_are_a_sentence(
    home: Path, file: str, content: bytes | None, code: int
) -> None:
    from django.db import connections

    connections.close_all()
    broken(home, file, content)
    found, out, err = run("--home", home)
    assert found == code
    assert "Traceback" not in out + err
    assert out.strip() or err.strip()


@pytest.mark.sqlite
def test_a_log_that_cannot_be_written_is_verified_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered(
        "CREATE TRIGGER full BEFORE INSERT ON ledger_record "
        "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    )
    code, out, err = run("--home", home)
    assert (code, out) == (0, "All 20 records and 1 checkpoints hold.\n")
    assert "not on record" in err


def call(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [*map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_a_record_is_proven_and_the_log_written_out(home: Path, tmp_path: Path) -> None:
    from patrol.ledger import verifier

    key, notes = home / "keys" / "log.pub", home / "checkpoints" / "notes"
    out, file = tmp_path / "7.tlog-proof", tmp_path / "log.jsonl"
    assert call("prove", 7, "--home", home, "--out", out)[0] == 0
    assert verifier.verify_proof(out.read_text(), key.read_text()).status == 0
    assert call("prove", 4711, "--home", home)[0] == 3
    code, _, err = call("export", file, "--home", home)
    assert (code, "22 records are in" in err) == (0, True), err
    found = verifier.Verifier(file, key, notes, None).verify()
    assert (found.status, found.records) == (0, 22)
    assert call("export", file, "--home", home)[0] == 1, "nothing is written over"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_is_changed_and_the_log_goes_on(home: Path) -> None:
    before = (home / "keys" / "log.pub").read_text()
    code, out, _ = call("rotate", "--reason", "the yearly change", "--home", home)
    assert (code, out) == (0, (home / "keys" / "log.pub").read_text())
    assert out != before
    assert judged(home)[0] == 0


def test_pruning_takes_two_and_young_records_stay(home: Path) -> None:
    from patrol.register.tables import Person, Unit

    unit = Unit.objects.create(name="first")
    for account, role in (("ada", "admin"), ("ann", "auditor")):
        Person.objects.create(account=account, unit=unit, role=role)
    words = ["prune", "--home", home, "--reason", "five years are over", "--as"]
    assert call(*words, "ada")[0] == 2
    code, _, err = call(*words, "ada", "--before", "2026-11-22")
    assert (code, "last 5 years" in err) == (4, True)
    assert call(*words, "ada", "--before", "2020-01-01")[0] == 3
    assert call(*words, "ann", "--approve", 7)[0] == 3
    assert judged(home)[0] == 0


STATUSES = {
    0: (0, ""),
    5: (1, "UPDATE ledger_record SET hash = x'00' WHERE seq = 7"),
    6: (2, ""),
    1: (3, "DROP TABLE ledger_index"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("code", STATUSES)
def test_both_tools_exit_with_one_truth(home: Path, code: int) -> None:
    """The command's exit code, the status it tells, and the exit code of the file alone."""
    import subprocess
    import sys

    from patrol.ledger import verifier

    status, statement = STATUSES[code]
    if statement:
        altered(statement)
    key = home / "keys" / "log.pub"
    held = key.rename(home / "held.pub") if code == 6 else key
    words = [] if code == 6 else ["--key", str(held)]
    done = subprocess.run(
        [sys.executable, "-I", verifier.__file__, "verify", home / "register.sqlite3", *words],
        check=False,
        capture_output=True,
    )
    found, answer = judged(home)
    assert (found, answer["status"], done.returncode) == (code, status, status)
