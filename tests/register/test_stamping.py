"""Checkpoints are stamped by an authority of time (RFC 3161): here OpenSSL's own, over loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.ledger import verifier
from patrol.models import Actor, Record, Verb
from patrol.settings import Settings
from tests.plugins.authority import Authority, serving


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Authority, str]]:
    with serving(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture
def stamps(register: Path, authority: tuple[Authority, str]) -> Settings:
    """Settings that ask for stamps every hour; three records are signed."""
    clock, address = authority
    clock.asked, clock.forced = 0, None
    append()
    told = {"stamp": address, "stamp_authority": clock.root, "stamp_minutes": 60}
    return Settings().model_copy(update=told)


def append(count: int = 3) -> None:
    from patrol.register import checkpoints, log

    record = Record(verb=Verb.LEAD_VIEWED, actor=Actor(account="chen"))
    with log.durably():
        log.append_each([record] * count)
    checkpoints.sign_now()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.both_databases
def test_a_checkpoint_is_stamped_and_the_proof_under_it_tells_the_time(
    stamps: Settings, authority: tuple[Authority, str], tmp_path: Path
) -> None:
    from patrol.register import checkpoints, outside, proofs, stamping

    before = now().replace(microsecond=0)
    assert [one.why for one in outside.copy_due(stamps)] == []
    stamp = stamping.find(3)
    assert stamp is not None
    assert before <= stamp.at <= now()
    assert stamp.by == "CN=Clock of the county"
    append()
    proof = proofs.prove(2)
    assert proof.size == 3, "under the checkpoint that was stamped, not under the last"
    assert proofs.prove(5).size == 6
    root, key = authority[0].root, str(checkpoints.public_key())
    found = verifier.verify_proof(proof.text, key, stamp=(stamp.answer, root))
    assert found.status == verifier.OK
    said = f"Time attested by an authority of time (RFC 3161): {stamp.at:%Y-%m-%d %H:%M:%S} UTC."
    assert found.remarks[1:] == (said,)
    alone = verifier.verify_proof(proof.text, key)
    assert alone.remarks[1:] == ("Time attested by this log's machine alone.",)


def test_a_stamp_over_something_else_or_by_somebody_else_does_not_hold(
    stamps: Settings, authority: tuple[Authority, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from patrol.register import checkpoints, outside, proofs, stamping

    outside.copy_due(stamps)
    stamp = stamping.find(3)
    assert stamp is not None
    append()
    key, root = str(checkpoints.public_key()), authority[0].root
    other = Authority(tmp_path_factory.mktemp("other"))
    for text, certificates in ((proofs.prove(5).text, root), (proofs.prove(2).text, other.root)):
        found = verifier.verify_proof(text, key, stamp=(stamp.answer, certificates))
        assert found.status == verifier.TAMPERED
        assert "not over it, or not by that authority" in found.sentence
    for place in range(0, len(stamp.answer), 97):
        bent = bytearray(stamp.answer)
        bent[place] ^= 1
        found = verifier.verify_proof(proofs.prove(2).text, key, stamp=(bytes(bent), root))
        assert found.status == verifier.TAMPERED, place


def test_no_openssl_is_no_judgement(
    stamps: Settings, authority: tuple[Authority, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.register import checkpoints, proofs

    text, key = proofs.prove(2).text, str(checkpoints.public_key())
    monkeypatch.setenv("PATH", "/nowhere")
    found = verifier.verify_proof(text, key, stamp=(b"x", authority[0].root))
    assert (found.status, "openssl" in found.sentence) == (verifier.CANNOT_JUDGE, True)


@pytest.mark.both_databases
def test_it_is_asked_as_often_as_told_and_only_for_what_is_new(
    stamps: Settings, authority: tuple[Authority, str]
) -> None:
    from patrol.register import stamping

    clock = authority[0]
    at = now()
    assert stamping.stamp_due(stamps, at)
    assert not stamping.stamp_due(stamps, at + timedelta(hours=2)), "nothing new"
    append()
    assert not stamping.stamp_due(stamps, at + timedelta(minutes=59))
    assert stamping.stamp_due(stamps, at + timedelta(minutes=60))
    assert clock.asked == 2


@pytest.mark.parametrize(
    ("forced", "why"),
    [
        ((500, b""), "It answers 500."),
        ((200, b""), "Its stamp does not hold"),
        ((200, b"<html>busy</html>"), "Its stamp does not hold"),
    ],
)
def test_an_authority_that_is_away_stops_nothing_and_is_told(
    stamps: Settings, authority: tuple[Authority, str], forced: Any, why: str
) -> None:
    from patrol.register import outside
    from patrol.register.tables import LedgerCopy, LedgerStamp

    authority[0].forced = forced
    (fault,) = outside.copy_due(stamps)
    assert why in str(fault.why)
    assert not LedgerStamp.objects.exists()
    assert why in LedgerCopy.objects.get(place="stamp").fault
    append()
    authority[0].forced = None
    assert outside.copy_due(stamps) == []
    assert not LedgerCopy.objects.filter(place="stamp").exists()


def test_an_old_answer_played_again_is_refused(
    stamps: Settings, authority: tuple[Authority, str]
) -> None:
    from patrol.register import outside
    from patrol.register.tables import LedgerStamp

    assert outside.copy_due(stamps) == []
    old = bytes(LedgerStamp.objects.get().answer)
    LedgerStamp.objects.all().delete()
    authority[0].forced = (200, old)
    (fault,) = outside.copy_due(stamps)
    assert "Nonce" in str(fault.why)


def test_another_authoritys_stamp_and_missing_certificates_are_refused(
    stamps: Settings, tmp_path: Path
) -> None:
    from patrol.register import outside

    other = Authority(tmp_path)
    (fault,) = outside.copy_due(stamps.model_copy(update={"stamp_authority": other.root}))
    assert "Its stamp does not hold" in str(fault.why)
    (fault,) = outside.copy_due(stamps.model_copy(update={"stamp_authority": None}))
    assert "PATROL_STAMP_AUTHORITY" in str(fault.why)


def test_a_stamp_is_no_second_place(stamps: Settings) -> None:
    from patrol.register import outside

    outside.copy_due(stamps)
    assert outside.has_work(stamps)
    assert outside.configured(stamps) == ()
    assert outside.unseen_since(now() + timedelta(hours=1)) is not None
