"""`patrol doctor`: each check, well and broken, as a person runs it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from patrol.actions.maintaining import machine
from patrol.search.schema import FORMAT

PATROL = [sys.executable, "-c", "from patrol.cli.main import main; main()"]


def doctor(home: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Exit code and standard output."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PATROL_")}
    clean["PYTHONPATH"] = str(Path(__file__).parents[2])
    done = subprocess.run(
        [*PATROL, "doctor", "--home", str(home), *options],
        check=False,
        capture_output=True,
        text=True,
        env=clean | environment,
        timeout=60,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def found(home: Path, **environment: str) -> tuple[int, dict[str, Any]]:
    code, out = doctor(home, "--json", **environment)
    answer = json.loads(out)
    assert answer["ok"] is (code == 0)
    for check in answer["checks"]:
        assert set(check) == {"name", "ok", "sentence", "do"}
        assert check["ok"] or check["do"], "what is wrong says what to do"
    return code, {check["name"]: check for check in answer["checks"]}


@pytest.fixture
def home(register: Path) -> Path:
    """As `patrol init` leaves it: keys made, modes tight."""
    from patrol.register import secrets
    from patrol.settings import Settings

    for name in ("web", "text", "tag"):
        secrets.secret_file(Settings().keys_path / f"{name}.key")
    register.chmod(0o700)
    return register


def test_missing_home_says_patrol_init_and_makes_nothing(tmp_path: Path) -> None:
    code, out = doctor(tmp_path / "none")
    assert code == 1
    assert f"FAILED  data_directory: There is no data directory {tmp_path / 'none'}." in out
    assert "do: Run `patrol init`" in out
    assert not (tmp_path / "none").exists()


def test_empty_home_says_patrol_init_and_makes_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    code, checks = found(tmp_path)
    assert code == 1
    assert "patrol init" in checks["register"]["do"]
    assert list(tmp_path.iterdir()) == []


def test_well_installation(home: Path) -> None:
    from patrol.actions.maintaining import health

    before = {path for path in home.rglob("*") if "register.sqlite3-" not in path.name}
    code, checks = found(home)
    assert (code, [name for name, check in checks.items() if not check["ok"]]) == (0, [])
    assert tuple(checks) == (*machine.NAMES, *health.NAMES)
    after = {path for path in home.rglob("*") if "register.sqlite3-" not in path.name}
    beside = {home / "register.sqlite3.turn", home / "register.sqlite3.reserve"}
    assert after - before <= beside, "it changes nothing"


def _text_key(home: Path) -> None:
    (home / "keys" / "text.key").unlink()


def _index(home: Path) -> None:
    month = home / "index" / FORMAT / "2026-11.0001"
    month.mkdir(parents=True)
    (month / "meta.json").write_text("{")


def _tables(home: Path) -> None:
    from django.db import connection

    connection.cursor().execute("DELETE FROM django_migrations WHERE app = 'register'")


def _record() -> None:
    from django.db import transaction

    from patrol.models import Actor, Record, Verb
    from patrol.register import log

    with transaction.atomic():
        log.append(Record(verb=Verb.REGISTER_CREATED, actor=Actor(account="mei")))


def _log(home: Path) -> None:
    from django.db import connection

    _record()
    connection.cursor().execute(
        "UPDATE ledger_record SET body = CAST(replace(CAST(body AS TEXT), 'mei', 'lin') AS BLOB)"
    )


def _in_its_place(home: Path) -> None:
    reserve = home / "register.sqlite3.reserve"
    reserve.unlink(missing_ok=True)
    reserve.mkdir()


def _future(home: Path) -> None:
    from patrol.register.tables import LedgerIndex

    _record()
    LedgerIndex.objects.update(at=timezone.now() + timedelta(hours=2))


def _waiting(home: Path) -> None:
    from patrol.register.tables import OutboxRow

    old = timezone.now() - timedelta(hours=2)
    OutboxRow.objects.create(kind="post", subject=1, op="put", written_at=old, next_at=old)


def _dead(home: Path) -> None:
    from patrol.register.tables import OutboxRow

    _waiting(home)
    OutboxRow.objects.update(dead_because="its seal is broken")


def _in_line(home: Path) -> None:
    from patrol.register.tables import RunRow, SourceRow, Unit

    source = SourceRow.objects.create(name="harbor", unit=Unit.objects.create(name="隊"), body={})
    RunRow.objects.create(source=source, due_at=timezone.now() - timedelta(hours=2))


BREAKS: list[tuple[str, str, Callable[[Path], object]]] = [
    ("data_directory", "chmod 700", lambda home: home.chmod(0o755)),
    ("keys", "copy in the safe", _text_key),
    ("keys", "chmod go=", lambda home: (home / "keys" / "tag.key").chmod(0o640)),
    ("migrations", "patrol init", _tables),
    ("access_log", "", _log),
    ("reserve", "32 MB free", _in_its_place),
    ("clock", "NTP", _future),
    ("index", "patrol index rebuild", _index),
    ("outbox", "patrol serve", _waiting),
    ("outbox", "its seal is broken", _dead),
    ("runs", "patrol serve", _in_line),
]


@pytest.mark.parametrize(
    ("name", "words", "break_it"), BREAKS, ids=[f"{name}-{words}" for name, words, _ in BREAKS]
)
def test_says_what_is_wrong(
    home: Path, name: str, words: str, break_it: Callable[[Path], object]
) -> None:
    break_it(home)
    code, checks = found(home)
    assert code == 1
    assert [wrong for wrong, check in checks.items() if not check["ok"]] == [name]
    assert words in checks[name]["sentence"] + checks[name]["do"]


def test_lost_key_is_not_made_anew(home: Path) -> None:
    _text_key(home)
    doctor(home)
    assert not (home / "keys" / "text.key").exists()


def test_open_laboratory_is_told(home: Path) -> None:
    code, checks = found(home, PATROL_LABORATORY="forum.example:41001")
    assert code == 1
    assert "forum.example:41001" in checks["laboratory"]["sentence"]


def test_a_forward_proxy_is_told_with_its_half(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        named = f"127.0.0.1:{proxy.getsockname()[1]}"
        asks = {"PATROL_PROXY": f"http://{named}", "PATROL_PROXY_ACCOUNT": "heron"}
        asks["PATROL_PROXY_PASSWORD_FILE"] = str(secret)
        code, checks = found(home, **asks)
        assert code == 1
        assert str(secret) in checks["proxy"]["sentence"]
        secret.write_text("lighthouse")
        code, checks = found(home, **asks)
        assert code == 0
        assert named in checks["proxy"]["sentence"]
        assert "looked up and checked here first" in checks["proxy"]["sentence"]
        code, checks = found(home, **asks, PATROL_PROXY_RESOLVES="1")
        assert "it alone looks up names" in checks["proxy"]["sentence"]
        assert "lighthouse" not in json.dumps(checks)
    code, checks = found(home, **asks)
    assert code == 1
    assert "PATROL_PROXY" in checks["proxy"]["do"]


def test_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.settings import Settings

    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 1 << 60)
    wrong = [check.name for check in machine.look(Settings(home=tmp_path)) if not check.ok]
    assert "disk" in wrong


def test_authorizations_that_end_are_told(home: Path) -> None:
    from patrol.register.tables import AuthorizationRow, Person, SourceRow, Unit

    now = timezone.now()
    unit = Unit.objects.create(name="first")
    lin, wu = (
        Person.objects.create(account=name, unit=unit, role="supervisor") for name in ("lin", "wu")
    )
    for name, days in (("ended", -1), ("ending", 3), ("lasting", 30)):
        AuthorizationRow.objects.create(
            source=SourceRow.objects.create(name=name, unit=unit, body={}),
            basis="b",
            number="1",
            hosts=[],
            paths=[],
            categories=[],
            requester=lin,
            requested_at=now,
            approver=wu,
            approved_at=now,
            valid_from=now - timedelta(days=9),
            valid_until=now + timedelta(days=days),
        )
    code, checks = found(home)
    assert code == 0
    check = checks["authorizations"]
    assert check["sentence"] == (
        "2 sources are authorized. Ended: ended. Ending within 7 days: ending."
    )
    assert "pause the source" in check["do"]


def test_waiting_purge_is_told(home: Path) -> None:
    from patrol.search.shelves import Shelves

    shelves = Shelves(home / "index", FORMAT)
    shelves.lock()
    shelves.mark_stale("2026-11")
    shelves.unlock()
    code, checks = found(home)
    assert code == 0
    assert "2026-11" in checks["index"]["sentence"]


def test_delivery_says_whether_it_is_set_up_and_when_the_last_message_left(home: Path) -> None:
    from patrol.register.tables import Message

    now = timezone.now()
    code, checks = found(home)
    assert (code, checks["delivery"]["sentence"]) == (
        0,
        "No message leaves this machine. None has left yet.",
    )
    assert "PATROL_MAIL_SERVER" in checks["delivery"]["do"]
    row = Message.objects.create(
        key="1", channel="webhook", body={}, written_at=now, next_at=now, sent_at=now
    )
    way = {"PATROL_WEBHOOK": "https://in.example/"}
    code, checks = found(home, **way)
    last = f"The last message left at {now:%Y-%m-%d %H:%M} UTC."
    assert checks["delivery"]["sentence"] == f"Messages leave by webhook. 0 wait. {last}"
    Message.objects.create(
        key="2", channel="webhook", body={}, written_at=now - timedelta(hours=2), next_at=now
    )
    code, checks = found(home, **way)
    assert (code, checks["delivery"]["ok"]) == (1, False)
    assert "1 messages wait" in checks["delivery"]["sentence"]
    Message.objects.filter(pk=row.pk).update(sent_at=None, dead_at=now, fault="It answers 500.")
    code, checks = found(home)
    assert code == 1
    assert "were given up, the last one because: It answers 500." in checks["delivery"]["sentence"]
