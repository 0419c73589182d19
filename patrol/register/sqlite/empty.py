"""An empty register as the installation made it: fifty migrations take eight seconds, a copy of their outcome none.

It is named by the hash of every migration that made it, the libraries' and
their versions included, and stands beside the interpreter, as trusted as the
code there. The migrations look at a copy as at any other register.
"""

import hashlib
import os
import sqlite3
import sys
from contextlib import closing
from inspect import getfile
from pathlib import Path

import django
from django.db.migrations.loader import MigrationLoader

from patrol.register import clock

INSTALLED = Path(sys.prefix) / "share" / "patrol"
"""Where `make install` keeps it. Only read."""


def lay(path: Path, made_by: MigrationLoader) -> bool:
    """Make the register at `path`, which has no tables, a copy of it. False when there is none, or none for these migrations."""
    kept = INSTALLED / _name(made_by)
    try:
        if kept.stat().st_uid not in {os.geteuid(), 0}:
            return False
        asked = f"{kept.absolute().as_uri()}?mode=ro&immutable=1"
        with (
            closing(sqlite3.connect(asked, uri=True)) as base,
            closing(sqlite3.connect(path)) as new,
        ):
            base.backup(new)
            with new:
                new.execute(
                    "UPDATE django_migrations SET applied = ?", (f"{clock.now():%F %T.%f}",)
                )
    except (OSError, sqlite3.Error):
        return False
    return True


def keep(path: Path, made_by: MigrationLoader, folder: Path) -> None:
    """Put the register at `path`, which has tables and nothing in them, where whoever installed this finds it."""
    kept = folder / _name(made_by)
    aside = kept.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as base, closing(sqlite3.connect(aside)) as new:
        base.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
    aside.chmod(0o644)
    aside.replace(kept)


def _name(made_by: MigrationLoader) -> str:
    digest = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for key, migration in sorted(made_by.disk_migrations.items()):
        text = Path(getfile(type(migration))).read_bytes()
        digest.update(f"\0{'.'.join(key)}\0{len(text)}\0".encode() + text)
    return f"{digest.hexdigest()[:32]}.sqlite3"
