"""F19-F21 as acts: clocks that jump, clock changes, a scheduler that slept. Time is told, nothing waits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from patrol.models import Category, Channel, Outcome, Scope, Source, Verb

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@contextmanager
def told(at: datetime) -> Iterator[None]:
    """As if it were that time, for acts and for their records."""
    from patrol.register import clock

    clock._told[:] = [at]
    try:
        yield
    finally:
        clock._told.clear()


def scheduled(house: Any, begin: datetime, **changes: Any) -> Any:
    """A source with that schedule, due at `begin`, under a mandate from then on."""
    from patrol.actions.collecting import mandates, sources
    from patrol.register.tables import SourceRow

    source = Source(
        name="timed",
        title={"en": "Timed", "zh-Hant": "定時"},
        channel=Channel.PLATFORM,
        start=("http://timed.example/",),
        **changes,
    )
    sources.propose(house.desk("lin"), source)
    asked = mandates.request(
        house.desk("lin"),
        "timed",
        basis="Police Act art. 28",
        number="115-001",
        scope=Scope(hosts=("timed.example",)),
        categories=tuple(Category),
        valid_from=begin,
        valid_until=begin + timedelta(days=60),
    )
    mandates.approve(house.desk("wu"), asked.pk)
    SourceRow.objects.filter(name="timed").update(next_due_at=begin)
    return SourceRow.objects.get(name="timed")


def carried_out(at: datetime) -> None:
    """The scheduler ticks at that moment, and the one run that it makes takes two minutes."""
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk

    with told(at):
        assert runs.enqueue_due(Desk.system("clock")) == 1
        assert runs.enqueue_due(Desk.system("clock")) == 0, "one at a time"
        (run_id,) = runs.waiting()
        assert runs.begin(Desk.system("run"), run_id) is not None
    with told(at + 2 * MINUTE):
        runs.end(Desk.system("run"), run_id, runs.Ended(Outcome.OK, ""))


@pytest.mark.parametrize(
    ("zone", "evening", "runs_of_the_night"),
    [
        ("Europe/Helsinki", datetime(2027, 3, 27, 20, tzinfo=UTC), 3),
        ("Europe/Helsinki", datetime(2027, 10, 30, 20, tzinfo=UTC), 5),
        ("Asia/Taipei", datetime(2027, 3, 27, 12, tzinfo=UTC), 4),
        ("Asia/Taipei", datetime(2027, 10, 30, 12, tzinfo=UTC), 4),
    ],
)
def test_f20_each_hour_is_read_once_when_clocks_change(
    house: Any, zone: str, evening: datetime, runs_of_the_night: int
) -> None:
    """Every 54 to 59 minutes from two to five: the hour that is left out is left out, the one that comes twice is read twice."""
    from patrol.register.tables import RunRow, SourceRow

    source = scheduled(house, evening, every_minutes=52, hours=(2, 5), timezone=zone)
    due = evening
    while due < evening + 24 * HOUR:
        with told(due):
            from patrol.actions.collecting import runs
            from patrol.actions.desk import Desk

            local = due.astimezone(ZoneInfo(zone)).hour
            if local not in range(2, 5):
                assert runs.enqueue_due(Desk.system("clock")) == 0, "put off until it opens"
        if local in range(2, 5):
            carried_out(due)
        due = SourceRow.objects.get(pk=source.pk).next_due_at or due + 48 * HOUR
    times = list(RunRow.objects.order_by("due_at").values_list("due_at", flat=True))
    assert len(times) == len(set(times)) == runs_of_the_night
    assert all(later - earlier <= 60 * MINUTE for earlier, later in pairwise(times))
    assert times[0] - evening < 12 * HOUR


def test_f21_a_scheduler_that_slept_makes_up_once_and_the_gap_is_told(house: Any) -> None:
    from dashboards.settled import settle
    from patrol.register.tables import CoverageDay, RunRow, SourceRow

    begin = datetime(2027, 1, 10, 0, tzinfo=UTC)  # 08:00 in Taipei
    source = scheduled(house, begin, every_minutes=30, deadline_minutes=30)
    carried_out(begin)
    first = SourceRow.objects.get(pk=source.pk).next_due_at
    assert first is not None
    assert first - begin < 36 * MINUTE
    carried_out(begin + 6 * HOUR)
    late = RunRow.objects.order_by("-pk")[0]
    assert (late.due_at, RunRow.objects.count()) == (first, 2), "twelve were missed, one makes up"
    for half_hours in range(20):
        due = SourceRow.objects.get(pk=source.pk).next_due_at
        assert due is not None
        assert due > begin + 6 * HOUR, half_hours
        carried_out(due)
    SourceRow.objects.filter(pk=source.pk).update(created_at=begin)
    assert settle(begin + timedelta(days=1)) is False
    day = CoverageDay.objects.get(source=source, day="2027-01-10")
    assert 5 - 0.1 <= day.unseen_hours <= 5 + 0.1, "six hours less an interval and a run"


def test_f21_hours_that_were_overslept_are_no_run(house: Any) -> None:
    """Due at 21:50, and the scheduler wakes at 23:00: the next hours are those of tomorrow."""
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.register.tables import RunRow, SourceRow

    due = datetime(2027, 1, 10, 13, 50, tzinfo=UTC)
    source = scheduled(house, due, hours=(8, 22))
    with told(due + 70 * MINUTE):
        assert runs.enqueue_due(Desk.system("clock")) == 0
    assert not RunRow.objects.exists()
    opens = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)
    assert SourceRow.objects.get(pk=source.pk).next_due_at == opens
    carried_out(opens)


def test_f19_a_clock_that_went_back_revives_no_mandate(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.register.tables import RunRow

    begin = datetime(2027, 1, 10, 0, tzinfo=UTC)
    scheduled(house, begin)
    with told(begin + timedelta(days=61)):
        Desk.system("clock").record(Verb.COMMAND_RUN, details={"command": "the mandate is over"})
    with told(begin + timedelta(days=59)):
        assert runs.enqueue_due(Desk.system("clock")) == 1
        (run_id,) = runs.waiting()
        assert runs.begin(Desk.system("run"), run_id) is None
    assert RunRow.objects.get().outcome == Outcome.AUTHORIZATION_ENDED


class Nobody:
    """Carries nothing out."""

    def begin_waiting(self) -> int:
        return 0

    def reap(self, desk: Any) -> list[int]:  # noqa: ARG002  (the promise's signature)
        return []

    def stop(self) -> None:
        pass


def test_f19_a_clock_far_ahead_begins_nothing_until_somebody_has_looked(house: Any) -> None:
    from patrol.register.tables import LedgerIndex, RunRow
    from patrol.schedule.clock import Clock
    from patrol.schedule.jumps import since_start

    house.authorize()
    jumped = LedgerIndex.objects.filter(verb=Verb.CLOCK_JUMPED)
    clock = Clock(Nobody())
    ten_years = 10 * 365 * 86_400
    assert clock.steady(time.time() - ten_years, since_start())
    clock.tick()
    clock.tick()
    assert not RunRow.objects.exists()
    assert jumped.count() == 1
    assert clock.steady(time.time() - ten_years, since_start()), "it was set right by itself"
    assert jumped.count() == 2
    again = Clock(Nobody())
    again.tick()
    assert RunRow.objects.count() == 1, "started anew, it goes by the clock as it is"
