"""Each service's command and health check, run outside Docker with the environment that the files give it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from patrol.errors import Exit
from patrol.search.schema import FORMAT
from tests.compose.plan import WAIT_SECONDS, Host, ask, counted, until

STAYING = ("app", "scheduler", "worker", "projector")

Begin = Callable[[str], Any]


def ended(process: Any) -> tuple[int, str]:
    """Tell a service to end, as Docker does. Gives its code and what it said."""
    process.send_signal(signal.SIGTERM)
    code = process.wait(WAIT_SECONDS)
    _, said = process.communicate(timeout=WAIT_SECONDS)  # a template that still imports ends later
    return code, said


def made(host: Host, begin: Begin) -> Path:
    """The volume after the service `migrate`."""
    migrate = begin("migrate")
    _, said = migrate.communicate(timeout=WAIT_SECONDS)
    assert migrate.returncode == 0, said
    return host.volumes / "data"


def files(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_what_runs_is_what_the_image_holds(host: Host) -> None:
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "import patrol, pipelines; print(patrol.__file__, pipelines.__file__)",
        ],
        env=host.environment("app"),
        cwd=host.volumes,
        check=True,
        capture_output=True,
        text=True,
    )
    assert all(Path(path).is_relative_to(host.app) for path in asked.stdout.split())
    assert not (host.app / "tests").exists()


def test_the_whole_file_runs(host: Host, begin: Begin) -> None:
    before = files(host.app)
    made(host, begin)
    processes = {name: begin(name) for name in STAYING}
    for name in STAYING:
        until(lambda name=name: host.healthy(name)[0], f"{name} is healthy")  # type: ignore[misc]
    assert host.healthy("app")[1] == "register ok\nindex ok\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{host.port}/account/login/") as page:
        assert page.status == 200
    signed = counted(host.register, "ledger_checkpoint")
    ask(host.register, 1)
    until(lambda: counted(host.register, "register_outboxrow") == 0, "the outbox is drained")
    for name, process in processes.items():
        code, said = ended(process)
        assert code == 0, f"{name}: {said}"
        assert "Traceback" not in said
        assert "projector.waits" not in said, "two did not get in each other's way"
        assert not host.healthy(name)[0], name
    assert counted(host.register, "ledger_checkpoint") > signed
    assert files(host.app) == before, "the image's root can be read-only"
    assert [path.parent.name for path in host.volumes.rglob("log.key")] == ["signer"]


def test_migrate_is_for_new_volumes_and_for_old_ones(host: Host, begin: Begin) -> None:
    data = made(host, begin)
    keys = {path.name: path.read_bytes() for path in (data / "keys").iterdir()}
    assert data.stat().st_mode & 0o077 == 0
    assert counted(host.register, "register_person") == 1
    made(host, begin)
    assert {path.name: path.read_bytes() for path in (data / "keys").iterdir()} == keys
    assert counted(host.register, "register_person") == 1
    assert counted(host.register, "register_signinlink") == 0, (
        "logs are kept: no link is printed into them"
    )


def test_migrate_copies_an_older_register_before_it_changes_it(host: Host, begin: Begin) -> None:
    """By `pg_dump`, which the image has; the client that is here is the server's, as there."""
    data = made(host, begin)
    with psycopg.connect(host.register) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        connection.execute("DROP TABLE django_session")
    app = begin("app")
    _, said = app.communicate(timeout=WAIT_SECONDS)
    assert app.returncode == Exit.REFUSED
    assert "The register lacks 1 migrations." in said
    made(host, begin)
    (copy,) = (data / "backups").iterdir()
    assert copy.name.startswith("before-upgrade-")
    assert counted(host.register, "django_session") == 0, "the table is there"
    asked = host.run("migrate", ["patrol", "db", "check", str(copy)])
    out, said = asked.communicate(timeout=WAIT_SECONDS)
    assert asked.returncode == 0, said
    assert "is whole" in out + said


def test_nothing_starts_before_the_tables_are_made(host: Host, begin: Begin) -> None:
    for service in [begin(name) for name in STAYING]:
        _, said = service.communicate(timeout=WAIT_SECONDS)
        assert service.returncode == 3
        assert "patrol init" in said


@pytest.mark.parametrize("secret", [None, "", "postgres", "changeme-changeme"])
def test_nothing_starts_with_a_secret_that_is_none(
    host: Host, begin: Begin, secret: str | None
) -> None:
    path = host.secrets / "database_password"
    path.unlink() if secret is None else path.write_text(secret)
    migrate = begin("migrate")
    _, said = migrate.communicate(timeout=WAIT_SECONDS)
    assert migrate.returncode != 0
    assert ("cannot be read" if secret is None else "can be guessed") in said
    assert "Traceback" not in said


def test_the_app_neither_feeds_the_index_nor_looks_for_what_is_due(
    host: Host, begin: Begin
) -> None:
    made(host, begin)
    app = begin("app")
    until(lambda: host.healthy("app")[0], "the app is healthy")
    ask(host.register, 1)
    time.sleep(3)
    assert counted(host.register, "register_outboxrow") == 1
    assert not host.healthy("projector")[0]
    assert not host.healthy("scheduler")[0]
    assert ended(app)[0] == 0


def test_workers_and_schedulers_are_many_and_each_is_asked_for_itself(
    host: Host, begin: Begin
) -> None:
    """As with `--scale worker=2`; here they share the host's name too."""
    made(host, begin)
    two = [begin("worker"), begin("worker"), begin("scheduler"), begin("scheduler")]
    running = host.volumes / "data" / "running"
    until(lambda: len(list(running.glob("worker-*.lock"))) == 2, "both workers are awake")
    until(lambda: len(list(running.glob("scheduler-*.lock"))) == 2, "both schedulers are awake")
    two[0].kill()
    two[0].wait(WAIT_SECONDS)
    assert host.healthy("worker")[0]
    assert [ended(process)[0] for process in two[1:]] == [0, 0, 0]


def test_the_index_away_fails_neither(host: Host, begin: Begin) -> None:
    data = made(host, begin)
    month = data / "index" / FORMAT / "2026-11.0001"
    month.mkdir(parents=True)
    (month / "meta.json").write_text("{")
    app, projector = begin("app"), begin("projector")
    until(lambda: host.healthy("app")[0], "the app is healthy")
    until(lambda: host.healthy("projector")[0], "the projector is healthy")
    assert host.healthy("app")[1] == "register ok\nindex away\n"
    assert [ended(process)[0] for process in (app, projector)] == [0, 0]


def test_doctor_is_content_with_the_volume(host: Host, begin: Begin) -> None:
    data = made(host, begin)
    doctor = host.run("app", ["patrol", "doctor", "--json"])
    out, _ = doctor.communicate(timeout=WAIT_SECONDS)
    wrong = {check["name"] for check in json.loads(out)["checks"] if not check["ok"]}
    assert wrong <= {"chromium", "disk"}, out
    assert os.listdir(data)  # noqa: PTH208
