"""The key that signs checkpoints is changed, whatever happens while it is."""

from pathlib import Path
from typing import Any

import pytest

from patrol.errors import PatrolError, Refused
from patrol.ledger import verifier
from patrol.models import Actor, Record, Verb
from tests.plugins.postgres import auditors_copy


def append(count: int = 1) -> None:
    from patrol.register import checkpoints, log

    with log.durably():
        log.append_each([Record(verb=Verb.LEAD_VIEWED, actor=Actor(account="chen"))] * count)
    checkpoints.sign_now()


@pytest.fixture
def operator(register: Path) -> Any:
    from patrol.actions.desk import Desk

    append(3)
    return Desk.command_line()


def judged(home: Path, key: str) -> verifier.Report:
    held = home / "held.pub"
    held.write_text(key)
    notes = home / "checkpoints" / "notes"
    return verifier.Verifier(auditors_copy(home), held, notes, None).verify()


def test_the_first_key_leads_to_the_last(register: Path, operator: Any) -> None:
    from patrol.actions.auditing import logbook
    from patrol.register import checkpoints

    keys = [str(checkpoints.public_key())]
    for _ in range(3):
        keys.append(str(logbook.change_key(operator, "the yearly change")))
        assert str(checkpoints.public_key()) == keys[-1]
        append(2)
    assert len({key.partition("+")[0] for key in keys}) == 1, "one log, one name"
    assert len(set(keys)) == 4
    for key in keys:
        assert judged(register, key).status == 0
    assert checkpoints.verdict().ok
    checkpoints.refuse_rolled_back()
    assert sorted(path.name for path in (register / "keys").glob("log.*")) == ["log.key", "log.pub"]
    assert (register / "keys" / "log.key").stat().st_mode & 0o777 == 0o600


def test_the_copy_in_the_register_is_made_anew_from_both_keys_notes(
    register: Path, operator: Any
) -> None:
    from patrol.actions.auditing import logbook
    from patrol.register import checkpoints
    from patrol.register.tables import LedgerCheckpoint

    logbook.change_key(operator, "the yearly change")
    append(2)
    sizes = set(LedgerCheckpoint.objects.values_list("size", flat=True))
    LedgerCheckpoint.objects.all().delete()
    (register / "checkpoints" / "frontier.json").unlink()
    checkpoints.refuse_rolled_back()
    assert set(LedgerCheckpoint.objects.values_list("size", flat=True)) == sizes


def test_a_change_that_is_not_on_record_is_none(register: Path, operator: Any) -> None:
    """Killed before its record was written: the old key goes on."""
    from patrol.register import checkpoints

    key = str(checkpoints.public_key())

    def dies(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checkpoints.change_key(dies)
    assert (register / "keys" / "log.key.next").exists()
    append()
    assert str(checkpoints.public_key()) == key
    assert not (register / "keys" / "log.key.next").exists()
    assert judged(register, key).status == 0


def test_a_change_on_record_is_finished(
    register: Path, operator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after its record was written: the new key goes on."""
    from patrol.actions.auditing import logbook
    from patrol.register import checkpoints

    key = str(checkpoints.public_key())
    sign = checkpoints._sign
    with monkeypatch.context() as patched:
        dead = iter([sign])

        def dies(signer: Any) -> Any:
            try:
                return next(dead)(signer)
            except StopIteration:
                raise KeyboardInterrupt from None

        patched.setattr(checkpoints, "_sign", dies)
        patched.setattr(checkpoints, "_settle", lambda: None)
        with pytest.raises(KeyboardInterrupt):
            logbook.change_key(operator, "the yearly change")
    assert (register / "keys" / "log.key.next").exists()
    append()
    assert str(checkpoints.public_key()) != key
    assert judged(register, key).status == 0


def test_who_may_not_changes_nothing(register: Path, operator: Any) -> None:
    from patrol.actions.auditing import logbook
    from patrol.actions.desk import Desk
    from patrol.register import checkpoints
    from patrol.register.tables import Person, Unit

    unit = Unit.objects.create(name="first")
    auditor = Desk.command_line(Person.objects.create(account="ann", unit=unit, role="auditor"))
    key = str(checkpoints.public_key())
    with pytest.raises(Refused):
        logbook.change_key(auditor, "mine now")
    assert str(checkpoints.public_key()) == key


def test_the_old_key_stolen_later_signs_nothing(register: Path, operator: Any) -> None:
    from patrol.actions.auditing import logbook
    from patrol.register import checkpoints

    old = (register / "keys" / "log.key").read_bytes()
    key = str(logbook.change_key(operator, "the yearly change"))
    append()
    (register / "keys" / "log.key").write_bytes(old)
    append_fails = pytest.raises(PatrolError)
    with append_fails:
        append()
    assert judged(register, key).status == 0
    assert checkpoints.verdict().ok
