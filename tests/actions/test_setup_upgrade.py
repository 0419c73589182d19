"""An older register is copied before its tables change, and nothing serves with tables that are half old."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from patrol.errors import Exit
from patrol.settings import Settings


@pytest.fixture
def half(register: Path) -> Path:
    """As if the last migration of a library had been cut off: its tables are there, and it is not said so."""
    from django.db import connection

    from patrol.actions.desk import Desk
    from patrol.models import Verb
    from patrol.register import checkpoints

    Desk.command_line().record(Verb.LEAD_VIEWED, subject="lead:1")
    checkpoints.sign_now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE (app, name) = ('sessions', '0001_initial')"
        )
        cursor.execute("DROP TABLE django_session")
    return register


def test_a_register_is_copied_before_its_tables_change(half: Path) -> None:
    from patrol.actions.maintaining import setup
    from patrol.register.tables import BackupCopy

    setup.make_tables(Settings())
    (copy,) = (half / "backups").iterdir()
    known = BackupCopy.objects.get()
    assert (known.name, known.cause, known.records) == (str(copy), "upgrade", 1)
    with closing(sqlite3.connect(copy)) as base:
        tables = {name for (name,) in base.execute("SELECT name FROM sqlite_master")}
        assert base.execute("SELECT count(*) FROM ledger_record").fetchone() == (1,)
    assert "django_session" not in tables, "as it was before"
    assert copy.stat().st_mode & 0o077 == 0
    setup.require()
    setup.make_tables(Settings())
    assert len(list((half / "backups").iterdir())) == 1, "nothing changes, nothing is copied"


def test_a_register_that_is_not_whole_is_not_changed(half: Path) -> None:
    """What could not be copied is not migrated."""
    from django.db import connection

    from patrol.actions.maintaining import setup
    from patrol.register.copies import Damaged

    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_index SET account = 'nobody'")
    with pytest.raises(Damaged):
        setup.make_tables(Settings())
    assert "django_session" not in connection.introspection.table_names()


def test_no_command_starts_on_tables_that_are_half_old(half: Path) -> None:
    from patrol.cli.db import app as db
    from patrol.cli.retention import app as retention

    for app, words in ((retention, ["preview"]), (retention, ["run"]), (db, ["backups"])):
        done = CliRunner().invoke(app, [*words, "--home", str(half)])
        assert done.exit_code == Exit.REFUSED
        assert "The register lacks 1 migrations." in done.stderr
        assert "run `patrol init`" in done.stderr
