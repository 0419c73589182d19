"""The access log out of what `pg_restore` writes: rows as PostgreSQL's COPY spells them, into the auditor's tables."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from patrol.ledger.verifier import TABLES
from patrol.register.postgres.place import COPIED

_BLOCK = re.compile(rb"COPY (?:public\.)?(\w+) \(([\w, \"]+)\) FROM stdin;\n")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_BYTES = {"body", "hash", "salt", "nodes"}
_TIMES = {"at"}


class NoLog(Exception):
    """What was read holds no access log."""


def log_in(script: IO[bytes], path: Path) -> None:
    """Keep the access log of that script in a new SQLite file. Reads to the end. Raises `NoLog` then."""
    found = set()
    with closing(sqlite3.connect(path, isolation_level=None)) as log:
        log.executescript(f"{TABLES} CREATE TABLE ledger_pruned (size, hash, nodes, said); BEGIN;")
        for line in script:
            block = _BLOCK.fullmatch(line)
            if block is None:
                continue
            table = block[1].decode()
            columns = block[2].decode().replace('"', "").split(", ")
            rows = _rows(script)
            if wanted := COPIED.get(table):
                found.add(table)
                places = ", ".join("?" * len(wanted))
                log.executemany(
                    f"INSERT INTO {table} VALUES ({places})",  # noqa: S608  (names of `COPIED`)
                    (_values(row, columns, wanted) for row in rows),
                )
            else:
                for _ in rows:
                    pass
        log.execute("COMMIT")
    if missing := COPIED.keys() - found:
        raise NoLog(f"It has no table {min(missing)}.")


def _rows(script: IO[bytes]) -> Iterator[bytes]:
    for line in script:
        if line == b"\\.\n":
            return
        yield line.removesuffix(b"\n")


def _values(row: bytes, columns: list[str], wanted: tuple[str, ...]) -> tuple[Any, ...]:
    told = dict(zip(columns, row.split(b"\t"), strict=False))
    return tuple(_value(name, told.get(name, b"\\N")) for name in wanted)


def _value(name: str, spelled: bytes) -> Any:
    if spelled == b"\\N":
        return None
    plain = _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), spelled).decode(
        errors="replace"
    )
    if name in _BYTES:
        return bytes.fromhex(plain.removeprefix("\\x"))
    if name in _TIMES:  # as SQLite keeps them: UTC, without saying so
        return str(datetime.fromisoformat(plain).astimezone(UTC).replace(tzinfo=None))
    return plain
