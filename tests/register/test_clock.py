"""The clock: what may be told, to whom, and that the log says so for ever."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from patrol.models import Actor, Record, Verb

AGO = timedelta(days=30)


def _append() -> None:
    from patrol.register import log

    with log.durably():
        log.append(Record(verb=Verb.COMMAND_RUN, actor=Actor(account="tester")))


@pytest.fixture
def laboratory(register: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATROL_LABORATORY", "board.example:8080")
    return register


@pytest.mark.usefixtures("register")
def test_nobody_tells_the_time_outside_a_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.register import clock

    monkeypatch.delenv("PATROL_LABORATORY", raising=False)
    with (
        pytest.raises(clock.TimeNotTold, match="cannot be told"),
        clock.invented(datetime.now(UTC) - AGO),
    ):
        pass
    assert not clock.is_told()
    assert datetime.now(UTC) - clock.now() < timedelta(seconds=5)


@pytest.mark.usefixtures("laboratory")
def test_records_of_an_invented_time_follow_each_other_and_say_that_it_was_told() -> None:
    from patrol.ledger.chain import read
    from patrol.register import checkpoints, clock, log
    from patrol.register.tables import LedgerIndex, LedgerRecord

    LedgerRecord.objects.all().delete()
    LedgerIndex.objects.all().delete()
    since = datetime.now(UTC) - AGO
    with clock.invented(since) as tell:
        for day in range(3):
            tell(since + timedelta(days=day))
            _append()
    _append()
    entries = [read(bytes(row.body)) for row in LedgerRecord.objects.order_by("seq")]
    assert [entry.boot_id == clock.TOLD for entry in entries] == [True, True, True, False]
    assert [entry.at for entry in entries[:3]] == [since + timedelta(days=day) for day in range(3)]
    assert all(one.at <= two.at for one, two in pairwise(entries))
    assert [each.invented for each in log.each()] == [False, True, True, True]
    checkpoints.sign_now()
    assert checkpoints.verdict().ok


@pytest.mark.usefixtures("laboratory")
def test_time_neither_goes_back_nor_ahead_nor_before_the_log() -> None:
    from patrol.register import clock

    now = datetime.now(UTC)
    _append()
    with pytest.raises(clock.TimeNotTold), clock.invented(now - AGO):
        pass
    since = clock.now()
    with clock.invented(since) as tell:
        for wrong in (since - timedelta(seconds=1), datetime.now(UTC) + timedelta(hours=1)):
            with pytest.raises(clock.TimeNotTold):
                tell(wrong)
    assert not clock.is_told()
