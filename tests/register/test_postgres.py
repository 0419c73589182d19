"""PostgreSQL as it really is: away, closed to us, too careless, busy, full. What works is tested on both databases elsewhere."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from patrol.errors import PatrolError
from patrol.models import Actor, Record, Verb
from patrol.register.database import database
from patrol.register.postgres import faults
from patrol.settings import Settings
from tests.plugins.golden import Golden
from tests.plugins.postgres import PASSWORD, Cluster, opened

pytestmark = pytest.mark.postgres
RECORD = Record(verb=Verb.LEAD_VIEWED, actor=Actor(account="chen"), subject="lead:1")
PATROL = [sys.executable, "-c", "from patrol.cli.main import main; main()"]


def _refused(url: str, **settings: Any) -> str:
    with pytest.raises(PatrolError) as caught:
        database(Settings(database_url=url, **settings)).exists()
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_each_fault_of_an_address_is_a_sentence(
    postgres: Cluster, tmp_path: Path, golden: Golden
) -> None:
    name = postgres.fresh()
    said = [
        _refused("mysql://patrol@db.example/patrol"),
        _refused("postgresql://patrol@db.example:not-a-port/patrol?what=else"),
        _refused("postgresql://patrol@db.example"),
        _refused(postgres.tcp(name, "wrong")),
        _refused(postgres.tcp(name).replace("patrol:", "stranger:")),
        _refused(postgres.tcp("nowhere")),
        _refused(postgres.tcp(name), database_password_file=tmp_path / "none"),
        _refused(f"postgresql://patrol@/patrol?host={tmp_path}&port=5432"),
    ]
    shown = "\n\n".join(said).replace(str(postgres.port), "PORT").replace(str(tmp_path), "FOLDER")
    shown = shown.replace(name, "DATABASE_NAME")
    golden(Path(__file__).parent / "expected" / "postgres_faults.txt", shown)


def test_the_password_may_stand_in_a_file(postgres: Cluster, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{PASSWORD}\n")
    url = postgres.tcp(postgres.fresh(), "wrong")
    kept = database(Settings(database_url=url, database_password_file=secret))
    assert kept.exists() is False
    assert PASSWORD not in kept.described()


@pytest.mark.parametrize(
    "word", ["postgres", "changeme", "ChangeMe-Password-1", "patrol-patrol-patrol", "0" * 40]
)
def test_a_password_that_everybody_tries_is_refused(tmp_path: Path, word: str) -> None:
    """Before anybody is asked: the server may well let it in."""
    secret = tmp_path / "secret"
    secret.write_text(word)
    said = _refused("postgresql://patrol@db.example/patrol", database_password_file=secret)
    assert "can be guessed" in said
    assert word not in said.replace("PostgreSQL", "")


ASKED = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "on")
ASKED["server_encoding"] = "UTF8"


@pytest.mark.parametrize(
    ("version", "changes", "said"),
    [
        (150018, {}, None),
        (150018, {"synchronous_commit": "remote_apply"}, None),
        (130004, {}, "13.4"),
        (150018, {"server_encoding": "SQL_ASCII"}, "SQL_ASCII"),
        (150018, {"fsync": "off"}, "fsync is off"),
        (150018, {"full_page_writes": "off"}, "full_page_writes is off"),
        (150018, {"synchronous_commit": "local"}, "synchronous_commit is off"),
    ],
)
def test_a_server_that_would_lose_something_is_refused(
    version: int, changes: dict[str, str], said: str | None
) -> None:
    wrong = faults.unfit(version, ASKED | changes)
    assert said in wrong[0] if said and wrong else wrong is None


@pytest.mark.usefixtures("_template")
def test_carelessness_is_asked_of_the_server_itself() -> None:
    """Each connection sets its own `synchronous_commit`, whatever the server's file says; what it cannot set it refuses."""
    from django.db import OperationalError, connection

    careless = Cluster()
    try:
        careless.make()
        name = careless.fresh()
        careless.run("ALTER SYSTEM SET synchronous_commit = off")
        careless.run("SELECT pg_reload_conf()")
        with opened(careless.url(name)), connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)
        careless.stop()
        careless.start("fsync=off")
        assert "fsync is off" in _refused(careless.url(name))
        with (
            opened(careless.url(name)),
            pytest.raises(OperationalError, match="can be lost with the power"),
        ):
            connection.ensure_connection()
    finally:
        careless.remove()


def _write() -> int:
    from patrol.register import log

    with log.durably():
        return log.append(RECORD)


def test_a_transaction_waits_for_its_turn_and_gives_it_back(postgres_register: str) -> None:
    from django.db import connection, transaction

    from patrol.register.tables import Unit

    def beside() -> int:
        try:
            with transaction.atomic():
                return Unit.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Unit.objects.create(name="first")
            waiting = pool.submit(beside)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(60) == 1, "it sees what was committed while it waited"


def test_a_busy_register_is_said_and_works_afterwards(postgres_register: str) -> None:
    from django.db import connection

    from patrol.register import log
    from patrol.register.postgres.base import TURN

    connection.ensure_connection()
    connection.connection.execute("SET lock_timeout = '50ms'")
    with psycopg.connect(postgres_register) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (TURN,))
        with pytest.raises(log.LogUnwritable, match="lock timeout"):
            _write()
    assert _write() == 1


def test_a_holder_that_hangs_loses_its_turn(postgres_register: str) -> None:
    """And with it all that it had not committed."""
    from django.db import close_old_connections, connection

    from patrol.register import log

    def hang() -> None:
        with ThreadPoolExecutor(1) as pool, log.durably():
            log.append(RECORD)
            connection.connection.execute("SET idle_in_transaction_session_timeout = '50ms'")
            assert pool.submit(_beside).result(60) == 1

    with pytest.raises(log.LogUnwritable):
        hang()
    close_old_connections()
    assert log.head().seq == 1, "the other's, not its own"


def _beside() -> int:
    from django.db import connection

    try:
        return _write()
    finally:
        connection.close()


def test_a_server_that_went_away_comes_back(postgres_register: str) -> None:
    from django.db import close_old_connections, connection

    from patrol.register import log

    assert _write() == 1
    backend = connection.connection.info.backend_pid
    with psycopg.connect(postgres_register, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (backend,))
    with pytest.raises(log.LogUnwritable):
        _write()
    close_old_connections()  # as each request and each tick begins
    assert _write() == 2


def test_a_standby_takes_no_record(postgres_register: str) -> None:
    from django.db import connection

    from patrol.register import log

    connection.ensure_connection()
    connection.connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(log.LogUnwritable, match="read-only"):
        log.refuse_unwritable()


@pytest.fixture
def patrol(postgres: Cluster, tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """`patrol ...` on a new, empty database and data directory."""
    told = {
        "PATROL_HOME": str(tmp_path / "home"),
        "PATROL_DATABASE_URL": postgres.url(postgres.fresh()),
    }

    def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [*PATROL, *words],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | told | environment,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    run.url = told["PATROL_DATABASE_URL"]  # type: ignore[attr-defined]
    return run


def test_from_an_empty_database_to_a_verified_log(patrol: Any) -> None:
    missing = patrol("log", "verify")
    assert missing.returncode == 3
    assert "There is no register" in missing.stderr
    assert patrol("init").returncode == 0
    doctor = patrol("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "on PostgreSQL" in doctor.stdout
    assert "fsync is on" in doctor.stdout
    assert patrol("log", "verify").returncode == 0
    with psycopg.connect(patrol.url, autocommit=True) as other:
        other.execute("UPDATE ledger_index SET account = 'nobody' WHERE seq = 2")
    tampered = patrol("log", "verify")
    assert tampered.returncode == 5
    assert "Record 2 is the first that does not hold (index_edited)" in tampered.stdout


def test_tables_of_another_version_are_refused(register: Path, postgres_register: str) -> None:
    from django.db import connection

    from patrol.actions.maintaining import setup

    setup.require()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_migrations SET name = '9999_later' WHERE name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'register')"
        )
    with pytest.raises(setup.MigratedBeyond, match="newer version: 9999_later"):
        setup.require()
    with pytest.raises(setup.MigratedBeyond):
        setup.make_tables(Settings())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    with pytest.raises(setup.HalfMigrated, match="lacks 1 migrations"):
        setup.require()


def test_two_machines_make_the_tables_once(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.url(postgres.fresh())
    script = "from patrol.register.start import start; start(); from patrol.actions.maintaining import setup; from patrol.settings import Settings; setup.make_tables(Settings())"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"PATROL_HOME": str(tmp_path / name), "PATROL_DATABASE_URL": url},
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "other")
    ]
    for each in both:
        _, said = each.communicate(timeout=120)
        assert each.returncode == 0, said
