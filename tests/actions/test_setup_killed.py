"""F15: kill -9 in the middle of making tables, and of an upgrade: nothing serves, and `patrol init` ends it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from patrol.errors import Exit

pytestmark = pytest.mark.faults
OLDER = "0020"
"""A migration of the register; all after it, and those of libraries, are still to come."""
STATEMENTS = (1, 7, 30, 31)
"""After so many statements that change tables the process is gone, each time on what the one before left."""
KILLED = """
import os, signal, sys
from django.db.backends.base.schema import BaseDatabaseSchemaEditor as Editor

left, whole = [int(sys.argv.pop(1))], Editor.execute

def execute(self, *words, **named):
    whole(self, *words, **named)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

Editor.execute = execute
from patrol.cli.main import main
main()
"""


def _patrol(
    *words: str, script: str = "from patrol.cli.main import main; main()"
) -> tuple[int, str]:
    command = [sys.executable, "-c", script, *words]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    return done.returncode, done.stderr


def _columns() -> dict[str, list[str]]:
    """Of every table."""
    from django.db import connection

    with connection.cursor() as cursor:
        return {
            name: sorted(
                str(column[:2])
                for column in connection.introspection.get_table_description(cursor, name)
            )
            for name in connection.introspection.table_names(cursor)
        }


def _nothing(home: Path) -> None:
    """No table at all, and no record that any was ever made."""
    from django.db import connection, connections

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connections.close_all()
    for file in home.glob("register.sqlite3*"):
        file.unlink()


def _refused(home: Path) -> None:
    code, said = _patrol("serve", "--home", str(home))
    assert code == Exit.REFUSED, said
    assert "The register lacks" in said
    assert "run `patrol init`" in said


def _ended(home: Path, wanted: dict[str, list[str]]) -> None:
    """The remedy of the sentence."""
    from patrol.actions.maintaining import setup

    code, said = _patrol("init", "--no-link", "--home", str(home))
    assert code == 0, said
    assert _columns() == wanted
    setup.require()
    code, said = _patrol("db", "check", "--home", str(home))
    assert code == 0, said


@pytest.mark.both_databases
def test_f15_killed_in_an_upgrade_it_is_not_served_and_init_ends_it(register: Path) -> None:
    from django.db import connections

    from patrol.actions.desk import Desk
    from patrol.models import Verb
    from patrol.register.tables import BackupCopy, LedgerRecord

    wanted = _columns()
    _nothing(register)
    call_command("migrate", "register", OLDER, verbosity=0)
    Desk.command_line().record(Verb.LEAD_VIEWED, subject="lead:1")
    before = LedgerRecord.objects.get().body
    connections.close_all()
    for statements in STATEMENTS:
        words = (str(statements), "init", "--no-link", "--home", str(register))
        code, said = _patrol(*words, script=KILLED)
        assert code == -signal.SIGKILL, said
        _refused(register)
    copies = len(list((register / "backups").iterdir()))
    assert copies == len(STATEMENTS), "each begins with a copy of what it found"
    _ended(register, wanted)
    assert LedgerRecord.objects.order_by("seq")[0].body == before
    assert BackupCopy.objects.filter(cause="upgrade").count() == 1


@pytest.mark.postgres
@pytest.mark.parametrize("register", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statements", [3, 40])
def test_f15_killed_while_the_first_tables_are_made(register: Path, statements: int) -> None:
    """In SQLite they are laid down whole, as one file: `tests/register/test_empty.py`."""
    wanted = _columns()
    _nothing(register)
    words = (str(statements), "init", "--no-link", "--home", str(register))
    code, said = _patrol(*words, script=KILLED)
    assert code == -signal.SIGKILL, said
    _refused(register)
    assert not (register / "backups").exists(), "nothing was there to copy"
    _ended(register, wanted)
