"""Backups of the register: taken while it works, looked through before they are believed, put back whole."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from patrol.ledger.verifier import Report
from patrol.register.copies import (
    KNOWN,
    Copy,
    Damaged,
    NoFile,
    NoRegister,
    NotThere,
    StillServed,
    before,
    beside,
    log_of,
    whole,
)
from patrol.register.lock import Lock
from patrol.register.notes import Places, sync_folder
from patrol.settings import Settings


def take(settings: Settings, path: Path) -> Report:
    """Copy the register, as it stands at one moment, into a new file that is durable and looked through when this returns.

    Writers go on meanwhile. Raises `NotThere`, `Damaged`.
    """
    with whole(path) as aside:
        _copy(settings.database_path, aside)
        return look(settings, aside)


def look_own(settings: Settings) -> Report:
    """Look through the register itself. Raises `NoRegister`, `Damaged`."""
    if not settings.database_path.is_file():
        raise NoRegister(settings.home)
    return look(settings, settings.database_path, notes=True)


def look(settings: Settings, path: Path, *, notes: bool = False) -> Report:
    """Look through a register: its pages, its references, and its access log up to its own last checkpoint.

    With `notes`, the log must also hold what was signed since: a register that serves does, an older backup does not.
    Raises `NoFile`, `Damaged`.
    """
    if not path.is_file():
        raise NoFile(path)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            base.text_factory = _readable
            (said,) = base.execute("PRAGMA integrity_check(1)").fetchone()
            loose = base.execute("PRAGMA foreign_key_check").fetchone()
            _read_schema(base)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # its own words may quote bytes
        raise Damaged(path, f"SQLite says: {error}.") from error
    if said != "ok" or loose:
        raise Damaged(
            path, f"SQLite says: {said if said != 'ok' else f'a row of {loose[0]} hangs'}."
        )
    return log_of(settings, path, path, notes=notes)


def _read_schema(base: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` where the words that make the tables cannot be carried out: who only reads is not told."""
    made = base.execute(
        "SELECT CAST(sql AS TEXT) FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
        "ORDER BY type != 'table', rowid"
    )
    with closing(sqlite3.connect(":memory:")) as aside:
        for (words,) in made:
            aside.execute(words)


def _readable(words: bytes) -> str:
    """What SQLite quotes of a damaged page may be no text."""
    return words.decode(errors="replace")


def put_back(settings: Settings, backup: Path, now: datetime) -> Report:
    """Make a backup the register. What was there before is kept aside. Raises `StillServed`, `NoFile`, `NotThere`, `Damaged`."""
    found = look(settings, backup)
    at = settings.database_path
    helm = Lock(settings.home / "running" / "projector.lock")
    if not helm.take():
        raise StillServed(settings.home)
    fresh = beside(at)
    try:
        _fold_in(settings)
        _copy(backup, fresh)
        aside = before(now)
        # The notes know of records that the backup has not: they are for the auditor.
        notes = Places(settings.home).notes
        for path in (at, at.with_name(f"{at.name}-wal"), at.with_name(f"{at.name}-shm"), notes):
            if path.exists():
                path.replace(path.with_name(f"{path.name}.{aside}"))
        fresh.replace(at)
        sync_folder(at.parent)
    finally:
        fresh.unlink(missing_ok=True)
        helm.leave()
    return found


def known(settings: Settings) -> list[Copy]:
    """Backups that the register at hand knows, whatever it is: none where it cannot be read."""
    try:
        address = f"{settings.database_path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as base:
            return [
                Copy(name, cause, records, _aware(taken), _aware(until))
                for name, cause, records, taken, until in base.execute(KNOWN)
            ]
    except sqlite3.DatabaseError:
        return []


def _aware(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def aside_of(settings: Settings, now: datetime) -> Path:
    """Where `put_back` at that moment leaves what was there."""
    at = settings.database_path
    return at.with_name(f"{at.name}.{before(now)}")


def _copy(source: Path, target: Path) -> None:
    """By SQLite's own online copy: a snapshot, whatever is written meanwhile. Raises `NotThere`: a full disk, for one."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as base,
            closing(sqlite3.connect(target)) as copy,
        ):
            base.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        raise NotThere(target, f"SQLite says: {error}. Nothing was changed.") from error
    target.chmod(0o600)
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fold_in(settings: Settings) -> None:
    """Bring what is in the journal into the file. Raises `StillServed` while anybody has it open; what is damaged stays as it is."""
    if not settings.database_path.exists():
        return
    try:
        with closing(sqlite3.connect(settings.database_path, timeout=1)) as base:
            base.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise StillServed(settings.home) from error
