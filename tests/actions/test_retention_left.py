"""What is left of what was forgotten: no byte that opens, no token, a certificate; and a backup that is put back forgets it again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tantivy
from typer.testing import CliRunner

from patrol.errors import Exit
from patrol.settings import Settings
from tests.compose.plan import until

WORDS = "找援交的加賴 gull0042，價格可議 wombatmark"
STAYS = "找援交的加賴 heron0043，價格可議 juniperstays"


@pytest.fixture
def over(house: Any, kept: Callable[..., Any], register: Path) -> int:
    """One lead that is over, and one that is not; both are in the index. Gives the first."""
    from patrol.register import checkpoints
    from patrol.register.tables import Lead
    from patrol.schedule.projecting import drain

    kept(("k1", WORDS))
    kept(("k2", STAYS))
    drain(Settings())
    lead = Lead.objects.earliest("pk").pk
    old = house.desk("mei").now() - timedelta(days=40)
    Lead.objects.filter(pk=lead).update(status="dismissed", moved_at=old)
    checkpoints.sign_now()
    return int(lead)


def patrol(app: Any, home: Path, *words: object) -> Any:
    return CliRunner().invoke(app, [*map(str, words), "--home", str(home)])


def retention(home: Path, *words: object) -> Any:
    from patrol.cli.retention import app

    return patrol(app, home, *words)


def db(home: Path, *words: object) -> Any:
    from django.db import connections

    from patrol.cli.db import app

    if words[0] == "restore":
        connections.close_all()
    return patrol(app, home, *words)


def held_in(folder: Path, *needles: bytes) -> dict[bytes, list[str]]:
    """In which files below a folder these bytes stand."""
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {needle: [name for name, held in files.items() if needle in held] for needle in needles}


def known_terms(home: Path, word: str) -> int:
    """In how many months the index's dictionary has a word. Tantivy itself is asked, not our code."""
    found = [tantivy.Index.open(str(meta.parent)).searcher() for meta in home.rglob("meta.json")]
    return sum(bool(searcher.terms_with_prefix("text", word)) for searcher in found)


def test_no_byte_of_what_was_forgotten_opens_and_no_token_is_left(
    over: int, register: Path
) -> None:
    """Looked for in every file of the data directory: keys, sealed words, tags and the index's tokens."""
    from patrol.register.database import database
    from patrol.register.tables import CaptureRow, HandleRow, Lead, OutboxRow, Sighting
    from patrol.search import Query, open_index

    lead = Lead.objects.get(pk=over)
    sighting = Sighting.objects.get(lead=over)
    capture = CaptureRow.objects.get(pk=sighting.capture_id)
    needles = [
        bytes(lead.retention.wrapped_key or b""),
        bytes(capture.unit.wrapped_key or b""),
        bytes(sighting.body)[:40],
        bytes(capture.body)[:40],
        HandleRow.objects.get(sighting=sighting).tag.encode(),
        sighting.duplicate_hmac.encode(),
    ]
    assert database(Settings()).scrub(), "into the file itself, out of the journal"
    assert all(held_in(register, *needles).values()), "the scan finds what is there"
    assert (known_terms(register, "wombatmark"), known_terms(register, "juniperstays")) == (1, 1)
    done = retention(register, "run")
    assert done.exit_code == 0, done.stderr
    assert not any(held_in(register, *needles).values())
    assert (known_terms(register, "wombatmark"), known_terms(register, "juniperstays")) == (0, 1)
    assert not OutboxRow.objects.filter(op="forget").exists()
    index = open_index(Settings())
    try:
        assert index.search(Query(words=("wombatmark",))).total == 0
        assert index.search(Query(words=("juniperstays",))).total > 0
        assert not index.stale()
    finally:
        index.close()


def test_the_command_counts_first_then_does_it_and_certifies(over: int, register: Path) -> None:
    from patrol.register.tables import Purge

    counted = retention(register, "preview")
    assert counted.exit_code == 0, counted.stderr
    row = next(line for line in counted.stdout.splitlines() if line.startswith("dismissed"))
    done = retention(register, "run")
    assert row in done.stdout, "the same numbers"
    assert "held: 0." in done.stderr
    assert "Certificate 1: 2 keys destroyed" in done.stderr
    again = retention(register, "run")
    assert "Nothing is over." in again.stderr
    told = retention(register, "certificates")
    assert (told.exit_code, "signed" in told.stdout) == (0, True)
    note = Purge.objects.get().certificate
    assert retention(register, "certificates", "--show", 1).stdout == note
    assert "gull" not in note
    Purge.objects.update(certificate=note.replace('"units":2', '"units":1'))
    told = retention(register, "certificates")
    assert told.exit_code == Exit.TAMPERED
    assert "NOT signed" in told.stdout


def test_where_the_signing_key_is_out_of_reach_the_projector_certifies(
    over: int, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions.keeping import certificates
    from patrol.register.tables import LedgerCheckpoint, Purge
    from patrol.schedule.projecting import Projector

    with monkeypatch.context() as another:
        another.setenv("PATROL_SIGNER", str(tmp_path / "another account's"))
        assert retention(register, "run").exit_code == 0
        assert Purge.objects.get().ended_at is not None
        assert Purge.objects.get().certificate == ""
    LedgerCheckpoint.objects.update(signed_at=datetime.now(UTC) - timedelta(minutes=2))
    projector = Projector(Settings(), seconds=0.05)
    projector.start()
    until(lambda: Purge.objects.get().certificate, "it is certified")
    projector.stop()
    (one,) = certificates.listed()
    assert (one.holds, one.units) == (True, 2)


def test_a_certificate_outlives_a_change_of_keys(over: int, register: Path) -> None:
    from patrol.actions.auditing import logbook
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import certificates

    retention(register, "run")
    logbook.change_key(Desk.command_line(), "the old one was seen")
    (one,) = certificates.listed()
    assert one.holds
    assert one.units == 2


def test_what_was_forgotten_is_forgotten_again_when_a_backup_is_put_back(
    over: int, register: Path, tmp_path: Path
) -> None:
    """The certificates before and after say which copies still hold it, and that it went twice."""
    from patrol.actions.keeping import certificates
    from patrol.register import checkpoints
    from patrol.register.tables import BackupCopy, CaptureRow, Lead, Purge, Sighting

    file = tmp_path / "backup.sqlite3"
    assert db(register, "backup", file, "--keep-days", 9).exit_code == 0
    assert retention(register, "run").exit_code == 0
    (first,) = certificates.listed()
    assert [copy.name for copy in first.backups] == [str(file)]
    assert (first.backups[0].kept_until - datetime.now(UTC)).days in {8, 9}
    checkpoints.sign_now()
    done = db(register, "restore", file)
    assert done.exit_code == 0, done.stderr
    assert "Forgotten again: 2 keys, as certificate 2 says." in done.stderr
    assert not Sighting.objects.filter(lead=over).exists()
    assert Lead.objects.get(pk=over).retention.wrapped_key is None
    assert (Sighting.objects.count(), CaptureRow.objects.count()) == (1, 1)
    second, kept = certificates.listed()
    assert (second.cause, second.replays, second.units, second.holds) == ("restore", (1,), 2, True)
    assert kept == first, "the certificate of then is here again"
    aside = {copy.name for copy in second.backups} - {str(file)}
    assert len(aside) == 1
    assert next(iter(aside)).startswith(f"{register}/register.sqlite3.before-")
    assert BackupCopy.objects.get(name=str(file)).kept_until == first.backups[0].kept_until
    assert db(register, "check").exit_code == 0
    assert retention(register, "run").exit_code == 0
    assert Purge.objects.count() == 2, "nothing is over, and nothing is done a third time"


def test_a_unit_that_only_has_the_number_of_a_forgotten_one_is_left_alone(
    over: int, register: Path, tmp_path: Path, kept: Callable[..., Any]
) -> None:
    """Numbers are given again after a restore; the fingerprint of the key tells the two apart."""
    from patrol.register import forgotten
    from patrol.register.tables import Lead, RetentionUnit

    file = tmp_path / "backup.sqlite3"
    db(register, "backup", file)
    lead = Lead.objects.get(pk=over)
    other = Lead.objects.exclude(pk=over).get()
    assert other.retention.wrapped_key is not None
    forgotten.begin(
        1,
        {
            "cause": "due",
            "classes": [],
            "rule": {},
            "replays": [],
            "begun_at": "2026-11-20T04:00:00+00:00",
        },
    )
    forgotten.add(1, [forgotten.Destroyed(other.retention_id, "0" * 32)])
    forgotten.certify(1, "")
    mark = forgotten.fingerprint(lead.retention.wrapped_key or b"")
    forgotten.add(1, [forgotten.Destroyed(lead.retention_id, mark)])
    assert db(register, "restore", file).exit_code == 0
    gone = RetentionUnit.objects.exclude(destroyed_at=None).values_list("pk", flat=True)
    assert other.retention_id not in gone
    assert lead.retention_id in gone


def test_backups_are_known_until_they_are_gone(
    over: int, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.register.tables import BackupCopy

    one, other = tmp_path / "one.sqlite3", tmp_path / "other.sqlite3"
    for path in (one, other):
        assert db(register, "backup", path).exit_code == 0
    db(register, "backups", "--noted", "vault/pg.dump", "--keep-days", 3)
    told = db(register, "backups").stdout
    assert told.count("\n") == 3
    assert "noted" in told
    assert db(register, "backups", "--gone", "nothing").exit_code == Exit.NOT_FOUND
    db(register, "backups", "--gone", other)
    BackupCopy.objects.filter(name=str(one)).update(kept_until=datetime.now(UTC))
    assert "its end has come" in db(register, "backups").stdout
    assert f"{one} is gone." in db(register, "backups", "--remove").stderr
    assert (one.exists(), other.exists()) == (False, True)
    assert db(register, "backups").stdout.count("\n") == 1
