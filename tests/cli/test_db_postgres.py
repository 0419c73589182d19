"""`patrol db` with a register in PostgreSQL: as with SQLite, by the server's own programs; each way to fail is a sentence and changes nothing."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from patrol.errors import PatrolError
from patrol.register.copies import Damaged, NotThere, StillServed
from patrol.register.postgres import backup, tools
from patrol.settings import Settings
from tests.cli.test_db import at_most, db

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("register", ["postgresql"], indirect=True),
]
PATROL = [sys.executable, "-c", "from patrol.cli.main import main; main()"]


@pytest.fixture
def home(register: Path) -> Path:
    """With signed records."""
    from patrol.actions.desk import Desk
    from patrol.models import Verb
    from patrol.register import checkpoints

    for number in range(5):
        Desk.command_line().record(Verb.LEAD_VIEWED, subject=f"lead:{number}")
    checkpoints.sign_now()
    connections.close_all()
    return register


def records() -> list[tuple[int, str]]:
    with psycopg.connect(os.environ["PATROL_DATABASE_URL"]) as connection:
        return connection.execute("SELECT seq, verb FROM ledger_index ORDER BY seq").fetchall()


def test_a_backup_is_taken_checked_and_put_back(home: Path, tmp_path: Path) -> None:
    from patrol.actions.desk import Desk
    from patrol.models import Verb
    from patrol.register import checkpoints, log
    from patrol.register.tables import BackupCopy

    file = tmp_path / "register.dump"
    code, said = db(home, "backup", file)
    assert code == 0, said
    assert file.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob(".register*"))
    code, said = db(home, "check", file)
    assert code == 0, said
    assert "6 records" in said, "its own is in it"
    assert db(home, "backup", file)[0] == 2
    Desk.command_line().record(Verb.LEAD_VIEWED, subject="lead:later")
    checkpoints.sign_now()
    connections.close_all()
    code, said = db(home, "restore", file)
    assert code == 0, said
    assert log.head().seq == 7, "what the backup holds, and that it was put back"
    (aside,) = (home / "backups").iterdir()
    assert aside.stat().st_mode & 0o077 == 0
    assert str(aside) in said
    names = set(BackupCopy.objects.values_list("name", flat=True))
    assert names == {str(file), str(aside)}, "both still hold what is forgotten later"
    assert len(list((home / "checkpoints").glob("notes.before-*"))) == 1
    assert db(home, "check")[0] == 0
    assert checkpoints.verdict().ok
    connections.close_all()
    assert backup.look(Settings(), aside).records == 8, "with what came after the backup"


def test_what_is_no_whole_register_is_not_put_back(home: Path, tmp_path: Path) -> None:
    file, half, garbage = tmp_path / "file", tmp_path / "half", tmp_path / "garbage"
    backup.take(Settings(), file)
    half.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    garbage.write_bytes(b"garbage" * 999)
    other, edited = tmp_path / "other", tmp_path / "edited"
    url = os.environ["PATROL_DATABASE_URL"]
    _pg_dump(url, other, "--table=register_unit")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE ledger_index SET account = 'nobody' WHERE seq = 3")
    _pg_dump(url, edited)
    before = records()
    told = {half: "pg_restore says", garbage: "pg_restore says", edited: "Record 3"}
    told |= {other: "has no table", tmp_path / "none": "no file"}
    for path, why in told.items():
        code, said = db(home, "restore", path)
        assert code in {2, 5}, said
        assert why in said
    garbage.write_bytes(b"PGDMP" + b"garbage" * 999)
    with pytest.raises(tools.ToolFailed, match="A newer one reads this file"):
        backup.look(Settings(), garbage)
    assert records() == before
    assert not (home / "backups").exists()


def _pg_dump(url: str, file: Path, *words: str) -> None:
    subprocess.run(["pg_dump", "--format=custom", f"--file={file}", *words, url], check=True)


def test_a_register_that_is_used_is_not_replaced(home: Path, tmp_path: Path) -> None:
    from patrol.search.helm import at_the_helm

    file = tmp_path / "file"
    backup.take(Settings(), file)
    with psycopg.connect(os.environ["PATROL_DATABASE_URL"]), pytest.raises(StillServed):
        backup.put_back(Settings(), file, datetime.now(UTC))
    with at_the_helm(home), pytest.raises(StillServed):
        backup.put_back(Settings(), file, datetime.now(UTC))
    assert len(records()) == 5


def test_a_full_disk_is_a_sentence_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    with at_most(8_192), pytest.raises(NotThere, match="cannot be written"):
        backup.take(Settings(), tmp_path / "file")
    assert not list(tmp_path.glob("*file*"))


@pytest.mark.parametrize(
    ("spoken", "why"),
    [(None, "there is none here"), ("(PostgreSQL) 9.6.24", "version 9"), ("x", "none here")],
)
def test_a_program_that_is_missing_or_too_old_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken: str | None, why: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    if spoken:
        _program(programs / "pg_dump", f"echo 'pg_dump {spoken}'")
    monkeypatch.setattr(tools, "_PACKAGED", tmp_path)
    monkeypatch.setenv("PATH", f"{programs}:/nowhere")
    for words in (("backup", tmp_path / "file"), ("check", tmp_path / "dump")):
        (tmp_path / "dump").touch()
        code, said = db(home, *words)
        assert code == 4 or "is needed" in said, (code, said)
        assert "Install it here" in said
        if words[0] == "backup":
            assert why in said
    assert not (tmp_path / "file").exists()


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.faults
@pytest.mark.parametrize(("ending", "code"), [("exit 3", 1), ("kill -9 $PPID", -9)])
def test_half_way_it_is_as_if_nothing_had_begun(
    home: Path, tmp_path: Path, ending: str, code: int
) -> None:
    """The program that writes the tables ends in the midst of them, or kills who asked."""
    file, programs = tmp_path / "file", tmp_path / "bin"
    backup.take(Settings(), file)
    before = records()
    programs.mkdir()
    real = shutil.which("pg_restore")
    _program(
        programs / "pg_restore",
        f"""case "$*" in
*--version*) echo "pg_restore (PostgreSQL) 99.0";;
*--use-list*) {real} "$@" | head -c 30000; {ending};;
*) exec {real} "$@";;
esac""",
    )
    command = [*PATROL, "db", "restore", str(file), "--home", str(home)]
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    if code > 0:
        assert "Nothing was changed" in done.stderr
    _until(lambda: _others() == 0)
    assert records() == before
    assert backup.put_back(Settings(), file, datetime.now(UTC)).records == 5


def _others() -> int:
    with psycopg.connect(os.environ["PATROL_DATABASE_URL"]) as connection:
        found: Any = connection.execute(backup._OTHERS).fetchone()
    return int(found[0])


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_server_away_is_a_sentence(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    backup.take(Settings(), file)
    monkeypatch.setenv("PATROL_DATABASE_URL", "postgresql://patrol@127.0.0.1:9/patrol")
    for words in (("backup", tmp_path / "other"), ("restore", file), ("check",)):
        code, said = db(home, *words)
        assert code == 75, said
        assert "cannot be reached" in said
    assert db(home, "check", file)[0] == 0, "a backup is looked through without a server"
    with pytest.raises(PatrolError):
        backup.take(Settings(), tmp_path / "other")
    assert Damaged.exit_code == 5
