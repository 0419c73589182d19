"""A host is asked by one reader at a time, and its pauses hold from one run to the next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from patrol.models import Channel, Outcome, Rule, Source
from tests.actions.test_schedule import told

NOW = datetime(2027, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shipped() -> tuple[list[Rule], list[Any]]:
    """No rule is asked here."""
    return [], []


def queued(house: Any, *starts: str, pause: float = 1.0) -> list[int]:
    """A source for each address, each due a minute later than the one before."""
    from patrol.actions.collecting import sources
    from patrol.register.tables import RunRow

    runs = []
    for number, start in enumerate(starts):
        source = Source(
            name=f"board_{number}",
            title={"en": "Board"},
            channel=Channel.PLATFORM,
            start=(start,),
            seconds_between_requests=pause,
        )
        row = sources.propose(house.desk("lin"), source)
        made = RunRow.objects.create(source=row, due_at=NOW + number * MINUTE)
        runs.append(made.pk)
    return runs


def begin(run: int, at: datetime) -> None:
    """As a process begins it; the mandate aside."""
    from patrol.register.tables import RunRow

    RunRow.objects.filter(pk=run).update(begun_at=at, beat_at=at)


def test_of_runs_that_wait_one_for_each_host_may_begin(house: Any) -> None:
    from patrol.actions.collecting import runs

    a, b, other_port, c, again = queued(
        house,
        "http://one.example/a",
        "https://ONE.example/b",
        "http://one.example:8080/",
        "http://two.example/",
        "http://one.example/c",
    )
    assert runs.waiting() == [a, other_port, c]
    begin(a, NOW)
    assert runs.waiting() == [other_port, c], "b waits for a"
    from patrol.actions.desk import Desk

    runs.end(Desk.system("run"), a, runs.Ended(Outcome.NETWORK, ""))
    assert runs.waiting() == [b, other_port, c], "the oldest first"
    assert again not in runs.waiting()


def test_hosts_that_a_mandate_names_count_as_well(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.models import Scope
    from patrol.register.tables import RunRow, SourceRow

    house.authorize(scope=Scope(hosts=("harbor.example", "feeds.example")))
    harbor = RunRow.objects.create(source=SourceRow.objects.get(name="harbor"), due_at=NOW)
    (feeds,) = queued(house, "http://feeds.example/rss")
    assert set(runs.waiting()) == {harbor.pk}
    begin(harbor.pk, NOW)
    assert runs.waiting() == []
    RunRow.objects.filter(pk=harbor.pk).update(ended_at=NOW)
    assert runs.waiting() == [feeds]


def test_a_run_that_begins_beside_another_of_its_host_waits_on(house: Any) -> None:
    """Two workers took them at the same moment: the register lets one begin."""
    from patrol.actions.collecting import runs
    from patrol.actions.collecting.hosts import HostBusy
    from patrol.actions.desk import Desk

    first, second = queued(house, "http://one.example/a", "http://one.example/b")
    begin(first, NOW)
    with pytest.raises(HostBusy):
        runs.begin(Desk.system("run"), second)
    assert runs.not_begun(second)


def test_neither_does_a_run_begin_beside_a_look(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.actions.collecting.hosts import HostBusy, looking
    from patrol.actions.desk import Desk

    (run,) = queued(house, "http://one.example/a")
    lock = looking("one.example")
    assert lock.take()
    assert runs.waiting() == []
    with pytest.raises(HostBusy):
        runs.begin(Desk.system("run"), run)
    lock.leave()
    assert runs.waiting() == [run]


@pytest.mark.parametrize(
    ("mine", "theirs", "after", "left"),
    [(1.0, 20.0, 5, 15.0), (20.0, 1.0, 5, 15.0), (2.0, 2.0, 5, None), (600.0, 1.0, 590, 10.0)],
)
def test_the_longer_pause_holds_from_one_run_to_the_next(
    house: Any, mine: float, theirs: float, after: int, left: float | None
) -> None:
    from patrol.actions.collecting.hosts import resting
    from patrol.register.tables import RunRow, SourceRow

    for name, pause in (("harbor", mine), ("board_0", theirs)):
        if name == "board_0":
            queued(house, "http://harbor.example/x")
        row = SourceRow.objects.get(name=name)
        row.body["seconds_between_requests"] = pause
        row.save()
    RunRow.objects.update(begun_at=NOW - MINUTE, ended_at=NOW)
    harbor = SourceRow.objects.get(name="harbor")
    expected = {"harbor.example": left} if left else {}
    assert resting(harbor, NOW + timedelta(seconds=after)) == expected


def test_who_takes_it_up_at_once_gets_the_rest_of_the_pause(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.register.tables import AuthorizationRow, RunRow, SourceRow

    house.authorize()
    AuthorizationRow.objects.update(
        valid_from=NOW - 9 * MINUTE, valid_until=NOW + 9 * MINUTE, config_sha256=None
    )
    harbor = SourceRow.objects.get(name="harbor")
    RunRow.objects.create(
        source=harbor, due_at=NOW - MINUTE, begun_at=NOW - MINUTE, ended_at=NOW, outcome="ok"
    )
    run = RunRow.objects.create(source=harbor, due_at=NOW)
    with told(NOW + timedelta(seconds=0.25)):
        begun = runs.begin(Desk.system("run"), run.pk)
    assert begun is not None
    assert begun.resting == {"harbor.example": 0.75}
