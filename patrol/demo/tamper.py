"""Alters one record of the access log, for people to see it caught."""

import json
import sqlite3
from pathlib import Path

from patrol.errors import NotFound, TryLater


class NothingToAlter(NotFound):
    """There is no record here."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"There is no access log in {home}.",
            why="The demo's data directory has no register, or its log has no record yet.",
            do="Run `patrol demo --once --keep DIR`, then `patrol demo tamper --home DIR`.",
        )


def tamper(home: Path) -> str:
    """Change, as somebody with the disk could, who did the act in the middle of the log. Returns what was done."""
    path = home / "register.sqlite3"
    if not path.is_file():
        raise NothingToAlter(home)
    register = sqlite3.connect(path, timeout=10)
    try:
        with register:
            return _alter(register, home)
    except sqlite3.OperationalError as error:
        raise TryLater(
            "The record was not altered.",
            why=f"The register says: {error}",
            do="Wait a moment, or stop the demo that uses this directory.",
        ) from error
    finally:
        register.close()


def _alter(register: sqlite3.Connection, home: Path) -> str:
    (last,) = register.execute("SELECT max(seq) FROM ledger_record").fetchone()
    if not last:
        raise NothingToAlter(home)
    seq = (last + 1) // 2
    (body,) = register.execute("SELECT body FROM ledger_record WHERE seq = ?", (seq,)).fetchone()
    record = json.loads(body)
    who = record["actor"]["account"]
    record["actor"]["account"] = other = "nobody" if who != "nobody" else "somebody"
    altered = json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    register.execute("UPDATE ledger_record SET body = ? WHERE seq = ?", (altered.encode(), seq))
    return (
        f"Record {seq} of {last} said that `{who}` did `{record['verb']}`; "
        f"now it says that `{other}` did."
    )
