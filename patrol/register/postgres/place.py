"""The register in a PostgreSQL database that any number of machines share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import conninfo, sql

from patrol.ledger.verifier import TABLES
from patrol.register.database import Durability
from patrol.register.postgres import faults
from patrol.settings import Settings

CONNECT_SECONDS = 5
TURN_WAIT_SECONDS = 10
"""As with SQLite: who does not get a turn to write within it is told to try again."""
LONGEST_PAUSE_SECONDS = 60
"""A transaction that does nothing for so long is ended by the server: a process that hangs must not hold the turn."""
ASKED = ("server_encoding", "fsync", "full_page_writes", "synchronous_commit")
"""What must be as `faults.unfit` wants it."""
ASK = "SELECT " + ", ".join(f"current_setting('{name}')" for name in ASKED)
_SESSION = (
    "-c synchronous_commit=on "
    r"-c default_transaction_isolation=read\ committed "
    f"-c lock_timeout={TURN_WAIT_SECONDS}s "
    f"-c idle_in_transaction_session_timeout={LONGEST_PAUSE_SECONDS}s"
)
_MAKING = int.from_bytes(b"patrol-m")
"""Advisory lock of whoever makes tables."""
COPIED = {
    "ledger_record": ("seq", "body", "hash"),
    "ledger_index": ("seq", "at", "person", "account", "verb", "subject", "result"),
    "ledger_checkpoint": ("size", "note"),
    "ledger_reason": ("seq", "salt", "text"),
    "ledger_pruned": ("size", "hash", "nodes", "said"),
}
"""What the auditor's tool reads of a register."""
_ROWS_AT_ONCE = 5_000


class Postgres:
    """For many machines: web, workers, projector and scheduler open the same register."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def django(self) -> dict[str, Any]:
        given = self._given()
        places = {
            name: given.pop(name, "") for name in ("dbname", "user", "password", "host", "port")
        }
        return {
            "ENGINE": "patrol.register.postgres",
            "NAME": places["dbname"],
            "USER": places["user"],
            "PASSWORD": places["password"],
            "HOST": places["host"],
            "PORT": places["port"],
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "ATOMIC_REQUESTS": False,
            "OPTIONS": given,
        }

    def exists(self) -> bool:
        with self.connected() as connection:
            row = connection.execute(
                "SELECT to_regclass('django_migrations') IS NOT NULL"
            ).fetchone()
        return bool(row and row[0])

    def described(self) -> str:
        with self.connected() as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            version = connection.info.server_version
        size = row[0] if row else 0
        release = f"{version // 10000}.{version % 10000}"
        return f"The register is {self.where()} on PostgreSQL {release} and has {size:,} bytes."

    def durability(self) -> Durability:
        from django.db import connection  # noqa: PLC0415  (only once tables are open)

        with connection.cursor() as cursor:
            cursor.execute(ASK)
            asked = dict(zip(ASKED, cursor.fetchone(), strict=True))
            wrong = faults.unfit(cursor.connection.info.server_version, asked)
        if wrong:
            return Durability(kept=False, sentence=wrong[0], do=wrong[1])
        said = ", ".join(f"{name} is {asked[name]}" for name in ASKED[1:])
        return Durability(kept=True, sentence=f"{said}.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.connected() as connection:
            connection.execute("SET lock_timeout = 0")
            connection.execute("SELECT pg_advisory_lock(%s)", (_MAKING,))
            yield

    def scrub(self) -> bool:
        """Write the table of keys anew: rows that were changed stay in the old one's file otherwise. The server's own log (WAL) is recycled by itself."""
        from django.db import connection as own  # noqa: PLC0415  (only once tables are open)

        if own.in_atomic_block:
            return False  # it would wait for ourselves
        try:
            with self.connected() as connection:
                connection.execute("VACUUM (FULL) register_retentionunit")
        except psycopg.Error:
            return False
        return True

    def snapshot(self) -> sqlite3.Connection:
        copy = sqlite3.connect("", isolation_level=None)  # a temporary file, removed by SQLite
        with self.connected() as source:
            _copy(source, copy)
        copy.text_factory = bytearray
        return copy

    def major(self) -> int:
        """The server's version: its programs must not be older."""
        with self.connected() as connection:
            return connection.info.server_version // 10_000

    def told(self) -> list[str]:
        """How a program of PostgreSQL finds the database: without the password, which every account could read."""
        given = {name: value for name, value in self._given().items() if name != "password"}
        return [f"--dbname={conninfo.make_conninfo(**given)}"]

    def password(self) -> str | None:
        return self._given().get("password")

    def _given(self) -> dict[str, Any]:
        """The address as libpq's words, with what we want of every connection. Raises `BadAddress`."""
        url = self._settings.database_url
        if not url.startswith(("postgresql://", "postgres://")):
            raise faults.BadAddress("It does not begin with postgresql://.")
        try:
            given: dict[str, Any] = {**conninfo.conninfo_to_dict(url)}
        except psycopg.ProgrammingError as error:
            raise faults.BadAddress(f"It cannot be read: {str(error).strip()}.") from None
        if not given.get("dbname"):
            raise faults.BadAddress("It names no database.")
        if file := self._settings.database_password_file:
            try:
                given["password"] = file.read_text().strip()
            except OSError as error:
                why = f"PATROL_DATABASE_PASSWORD_FILE, {file}, cannot be read: {error.strerror}."
                raise faults.BadAddress(why) from error
            if faults.guessable(given["password"]):
                raise faults.GuessablePassword(str(file))
        given["options"] = f"{given.get('options') or ''} {_SESSION}".strip()
        return {"connect_timeout": CONNECT_SECONDS, "application_name": "patrol", **given}

    def where(self) -> str:
        """Host, port and database; never account or password."""
        given = self._given()
        host = given.get("host") or "the local socket"
        port = f":{given['port']}" if given.get("port") else ""
        return f"{host}{port}/{given['dbname']}"

    @contextmanager
    def connected(self) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        """A connection of its own, outside Django. Raises a sentence when there is none to be had."""
        try:
            connection = psycopg.connect(**self._given(), autocommit=True)
        except psycopg.OperationalError as error:
            raise self._refused(error) from error
        with connection:
            row = connection.execute(ASK).fetchone()
            asked = dict(zip(ASKED, row or (), strict=True))
            if wrong := faults.unfit(connection.info.server_version, asked):
                raise faults.ServerUnfit(self.where(), *wrong)
            yield connection

    def _refused(self, error: psycopg.OperationalError) -> Exception:
        """What a failed connection means. Its state is known only by the words: libpq gives no code for it."""
        said = " ".join(str(error).rpartition("FATAL:")[2].split())
        if "does not exist" in said and "database" in said:
            return faults.NoDatabase(self.where(), said)
        if any(word in said for word in ("authentication", "role", "pg_hba.conf", "no password")):
            return faults.AccountRefused(self.where(), said)
        return faults.RegisterAway(self.where(), said)


def _copy(source: "psycopg.Connection[tuple[Any, ...]]", copy: sqlite3.Connection) -> None:
    """The log's tables, as they stand at one moment, in the form that the auditor's tool reads."""
    copy.executescript(f"{TABLES} CREATE TABLE ledger_pruned (size, hash, nodes, said); BEGIN;")
    with source.transaction():
        source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table, columns in COPIED.items():
            chosen = sql.SQL(", ").join(map(sql.Identifier, columns))
            places = ", ".join("?" * len(columns))
            with source.cursor(f"copy_{table}") as rows:
                rows.itersize = _ROWS_AT_ONCE
                rows.execute(sql.SQL("SELECT {} FROM {}").format(chosen, sql.Identifier(table)))
                copy.executemany(
                    f"INSERT INTO {table} VALUES ({places})",  # noqa: S608  (names of `COPIED`)
                    (tuple(map(_plain, row)) for row in rows),
                )


def _plain(value: Any) -> Any:
    """Times as SQLite keeps them: UTC, without saying so."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value
