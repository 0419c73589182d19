"""The empty register of an installation: the same as migrations make, of these versions, or not used."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from patrol.settings import Settings

SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
DONE = "SELECT app, name FROM django_migrations ORDER BY id"


def _rows(path: Path, asked: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(asked).fetchall()


def _loader() -> Any:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connection)


@pytest.fixture
def kept(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one that was installed."""
    from patrol.register.sqlite import empty

    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(empty, "INSTALLED", folder)
    empty.keep(register / "register.sqlite3", _loader(), folder)
    (file,) = folder.iterdir()
    return file


def test_a_copy_is_what_migrations_make(kept: Path, register: Path, tmp_path: Path) -> None:
    from patrol.register.sqlite import empty

    begun, new = datetime.now(UTC), tmp_path / "new.sqlite3"
    assert empty.lay(new, _loader())
    for asked in (SCHEMA, DONE, "SELECT * FROM django_content_type ORDER BY id"):
        assert _rows(new, asked) == _rows(register / "register.sqlite3", asked) != []
    applied = {
        datetime.fromisoformat(at) for (at,) in _rows(new, "SELECT applied FROM django_migrations")
    }
    assert all(begun <= at.replace(tzinfo=UTC) <= datetime.now(UTC) for at in applied)


def test_one_of_other_migrations_is_left_alone(kept: Path, tmp_path: Path) -> None:
    from patrol.register.sqlite import empty

    loader = _loader()
    del loader.disk_migrations["sessions", "0001_initial"]
    assert not empty.lay(tmp_path / "new.sqlite3", loader)
    assert not (tmp_path / "new.sqlite3").exists()


def test_half_a_file_is_none(kept: Path, tmp_path: Path) -> None:
    from patrol.register.sqlite import empty

    kept.write_bytes(kept.read_bytes()[:50_000])
    assert not empty.lay(tmp_path / "new.sqlite3", _loader())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_somebody_elses_file_is_none(kept: Path, tmp_path: Path) -> None:
    from patrol.register.sqlite import empty

    os.chown(kept, 65534, 65534)
    assert not empty.lay(tmp_path / "new.sqlite3", _loader())


def test_a_new_data_directory_begins_with_it(
    kept: Path, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The migrations are asked all the same, and find nothing to do."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from patrol.actions.maintaining import setup

    connection.close()
    for file in register.glob("register.sqlite3*"):
        file.unlink()
    waiting: list[int] = []

    def asked(*words: str, **how: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting.append(len(executor.migration_plan(executor.loader.graph.leaf_nodes())))
        call_command(*words, **how)

    monkeypatch.setattr(setup, "call_command", asked)
    setup.make_tables(Settings())
    assert waiting == [0]
    setup.require()
    kept.unlink()
    setup.make_tables(Settings())
    assert waiting == [0, 0], "a register that is there is not made anew"
