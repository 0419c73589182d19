"""What was not seen, from the register's runs."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dashboards.period import Period
from patrol.models import Outcome

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""12:00 in Taipei."""
PERIOD = Period(date(2026, 11, 17), date(2026, 11, 20))


class Register:
    """One unit's sources and their runs."""

    def __init__(self) -> None:
        from patrol.register.tables import Unit

        self.unit = Unit.objects.create(name="first")

    def source(self, name: str, created: datetime, **body: Any) -> Any:
        from patrol.register.tables import SourceRow

        whole = {
            "name": name,
            "title": {"en": name},
            "channel": "platform",
            "start": ["http://harbor.example/"],
            **body,
        }
        row = SourceRow.objects.create(name=name, unit=self.unit, body=whole)
        SourceRow.objects.filter(pk=row.pk).update(created_at=created)
        return row

    def run(self, source: Any, at: datetime, outcome: Outcome | None, **counts: int) -> None:
        from patrol.register.tables import RunRow

        ended = at if outcome else None
        RunRow.objects.create(source=source, due_at=at, ended_at=ended, outcome=outcome, **counts)

    def runs(self) -> Any:
        from patrol.register.tables import RunRow

        return RunRow.objects.all()

    def asked(self, period: Period = PERIOD) -> dict[str, Any]:
        from dashboards import coverage

        return {one.name: one for one in coverage.ask(self.unit.pk, period, NOW)}


@pytest.fixture
def house(register: Path) -> Register:
    return Register()


def days_before(days: float) -> datetime:
    return NOW - timedelta(days=days)


def states(one: Any) -> list[str]:
    return [day.state.value for day in one.days]


def test_nothing_new_broken_and_not_read_are_never_the_same(house: Register) -> None:
    daily = {"every_minutes": 1440}
    for name, outcomes in {
        "read": {"posts_new": 1},
        "quiet": {},
    }.items():
        source = house.source(name, days_before(3), **daily)
        for day in range(4):
            house.run(source, days_before(day), Outcome.OK, **outcomes)
    broken = house.source("broken", days_before(3), **daily)
    mixed = house.source("mixed", days_before(3), **daily)
    for day in range(4):
        house.run(broken, days_before(day), Outcome.NETWORK)
        house.run(mixed, days_before(day), Outcome.LOGIN_WALL)
        house.run(mixed, days_before(day + 0.01), Outcome.NOTHING_NEW)
    house.source("unread", days_before(3), every_minutes=60)
    going = house.source("going", days_before(0.01))
    house.run(going, days_before(0), None)
    found = house.asked()
    assert states(found["read"]) == ["read"] * 4
    assert states(found["quiet"]) == ["quiet"] * 4
    assert states(found["broken"]) == ["broken"] * 4
    assert states(found["mixed"]) == ["partly"] * 4
    assert states(found["unread"]) == ["unread"] * 4
    assert states(found["going"]) == ["before", "before", "before", "going"]


def test_a_weekly_source_is_not_late_after_two_days(house: Register) -> None:
    weekly = house.source("weekly", days_before(20), every_minutes=10_080)
    house.run(weekly, days_before(4), Outcome.OK)
    (one,) = house.asked().values()
    assert states(one) == ["not_due"] * 4
    assert one.unseen_hours == 0


def test_hours_not_seen_fall_on_their_days(house: Register) -> None:
    """Hourly; last read on the 17th at 20:00, then on the 19th at 02:00, then no more."""
    source = house.source("harbor", days_before(20))
    midnight = datetime(2026, 11, 17, 16, tzinfo=UTC)  # the 18th begins in Taipei
    for hour in range(-44, -3):
        house.run(source, midnight + timedelta(hours=hour), Outcome.OK)
    house.run(source, midnight + timedelta(hours=26), Outcome.OK)
    (one,) = house.asked().values()
    assert [day.unseen_hours for day in one.days] == pytest.approx([2.5, 24, 2 + 20.5, 12])
    assert one.due_hours == 84
    assert one.unseen == pytest.approx(61 / 84)
    assert one.last_good_at == midnight + timedelta(hours=26)


def test_days_are_those_of_taipei(house: Register) -> None:
    source = house.source("harbor", days_before(20), every_minutes=10_080)
    house.run(source, datetime(2026, 11, 18, 15, 59, tzinfo=UTC), Outcome.OK)
    house.run(source, datetime(2026, 11, 18, 16, 0, tzinfo=UTC), Outcome.OK)
    (one,) = house.asked().values()
    assert [day.runs for day in one.days] == [0, 1, 1, 0]


def test_a_good_reading_before_the_period_counts(house: Register) -> None:
    source = house.source("harbor", days_before(40), every_minutes=1440)
    house.run(source, PERIOD.begins_at - timedelta(hours=1), Outcome.NOTHING_NEW)
    house.run(source, PERIOD.begins_at + timedelta(hours=23), Outcome.NOTHING_NEW)
    (one,) = house.asked().values()
    assert one.days[0].unseen_hours == 0


def test_a_schedule_that_changed_does_not_change_what_was_promised_before(house: Register) -> None:
    """Read daily and, since the last reading, every minute: no hour of the days before was missed."""
    source = house.source("harbor", days_before(40), every_minutes=1)
    for day in range(-1, len(PERIOD.days)):
        at = PERIOD.begins_at + timedelta(days=day, hours=3)
        house.run(source, at, Outcome.NOTHING_NEW, every_minutes=1440)
    (one,) = house.asked().values()
    assert [day.unseen_hours for day in one.days[:-1]] == [0] * (len(PERIOD.days) - 1)


def test_sums_are_those_of_the_runs(house: Register) -> None:
    source = house.source("harbor", days_before(20))
    counts = {"pages": 3, "posts": 20, "posts_new": 2, "requests_refused": 4}
    for place, outcome in enumerate(Outcome):
        house.run(source, days_before(place / 10), outcome, **counts)
    (one,) = house.asked().values()
    assert one.sum("runs") == 14 == one.sum("good") + one.sum("bad")
    assert (one.sum("good"), one.ended(Outcome.STOPPED)) == (2, 1)
    assert (one.sum("pages"), one.sum("posts"), one.sum("refused")) == (42, 280, 56)
    assert one.sum("refusing") == 14


def test_the_least_watched_source_comes_first(house: Register) -> None:
    house.source("b_unread", days_before(20))
    good = house.source("a_read", days_before(20), every_minutes=1440)
    for day in range(6):
        house.run(good, days_before(day), Outcome.OK)
    assert list(house.asked()) == ["b_unread", "a_read"]


def test_another_units_sources_are_not_asked(house: Register) -> None:
    from dashboards import coverage

    house.source("harbor", days_before(20))
    assert coverage.ask(house.unit.pk + 1, PERIOD, NOW) == ()


def test_a_period_to_come_has_nothing_to_be_seen(house: Register) -> None:
    house.source("harbor", days_before(20))
    (one,) = house.asked(Period(date(2027, 1, 1), date(2027, 1, 3))).values()
    assert states(one) == ["before"] * 3
    assert (one.due_hours, one.unseen) == (0, 0)


def settle(now: datetime = NOW) -> None:
    from dashboards.settled import settle as once

    while once(now, most=2):
        pass


def tell(one: Any) -> dict[str, Any]:
    """Everything that is shown of a source, hours to the microsecond."""
    days = [
        {
            **asdict(day),
            "unseen_hours": round(day.unseen_hours, 9),
            "due_hours": round(day.due_hours, 9),
            "known": bool(day.known),
            "state": day.state,
        }
        for day in one.days
    ]
    return {**{name: getattr(one, name) for name in FIELDS}, "days": days}


FIELDS = ("name", "title", "channel", "paused", "authorized", "every_minutes", "last_good_at")
PERIODS = (
    PERIOD,
    Period(date(2026, 11, 1), date(2026, 11, 10)),
    Period(date(2026, 9, 1), date(2026, 11, 25)),
    Period(date(2026, 11, 20), date(2026, 11, 20)),
)


def test_days_that_are_counted_say_what_their_runs_say(house: Register) -> None:
    """Whatever the schedule, whatever the outcomes: before and after they are counted, and again later."""
    from dashboards.settled import newest
    from patrol.register.tables import CoverageDay, SourceRow

    chance = Random(7)
    schedules: list[dict[str, Any]] = [
        {}, {"every_minutes": 1440}, {"every_minutes": 10_080}, {"hours": [22, 6]},
        {"hours": [9, 17], "every_minutes": 180}, {"every_minutes": 1}, {"hours": [0, 24]},
    ]  # fmt: skip
    for number, body in enumerate(schedules):
        source = house.source(f"s{number}", days_before(5 + 8 * number), **body)
        at = days_before(4.9 + 8 * number)
        house.run(source, at, Outcome.OK, every_minutes=60)
        while (at := at + timedelta(hours=60 * chance.random() ** 3 + 0.1)) < NOW:
            outcome = chance.choice([*Outcome, Outcome.OK, Outcome.OK, Outcome.NOTHING_NEW])
            counts: dict[str, Any] = {
                "posts_new": chance.randrange(3),
                "requests_refused": chance.randrange(2),
            }
            counts["every_minutes"] = chance.choice([None, 60, 1440])
            house.run(source, at, outcome, **counts)
            took = timedelta(hours=chance.random() * 3)
            house.runs().filter(due_at=at).update(ended_at=min(at + took, NOW))
    house.source("never_read", days_before(20))
    before = [{name: tell(one) for name, one in house.asked(period).items()} for period in PERIODS]
    settle(days_before(12))
    settle()
    assert CoverageDay.objects.count() > 200
    assert {one.day for one in newest(list(SourceRow.objects.all())).values()} == {
        date(2026, 11, 19)
    }
    after = [{name: tell(one) for name, one in house.asked(period).items()} for period in PERIODS]
    assert after == before


def test_a_day_is_not_counted_before_its_runs_have_ended(house: Register) -> None:
    from dashboards.settled import unsettle
    from patrol.register.tables import CoverageDay

    source = house.source("harbor", days_before(3), every_minutes=1440)
    house.run(source, days_before(2), None)
    settle()
    assert [row.day for row in CoverageDay.objects.all()] == ["2026-11-17"]
    house.runs().update(outcome=Outcome.OK, ended_at=NOW)
    settle()
    assert CoverageDay.objects.count() == 3
    unsettle(source.pk, days_before(2), days_before(2))
    assert CoverageDay.objects.count() == 3
    unsettle(source.pk, days_before(2), NOW)
    assert [row.day for row in CoverageDay.objects.all()] == ["2026-11-17"]
