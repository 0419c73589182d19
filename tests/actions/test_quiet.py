"""The learned floors: what they notice, and that they do not cry of boards where all is well."""

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.actions.collecting.quiet import (
    FEWEST_RUNS,
    USUAL,
    compared,
    rows_floor,
    silence,
    weeks_before,
)
from patrol.actions.collecting.rhythm import Reading

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
NOW = datetime(2027, 1, 11, 4, tzinfo=UTC)
"""A Monday noon in Taipei."""
Rate = Callable[[datetime], float]


def town(at: datetime) -> float:
    """Posts an hour of a board that sleeps: 17 by day, 40 on weekend evenings, nearly none from one to seven."""
    hour, weekend = (at.hour + 8) % 24, at.weekday() >= 5
    if 1 <= hour < 7:
        return 0.05
    return 40.0 if weekend and hour >= 18 else 17.0


def office(at: datetime) -> float:
    """One that is written in on workdays from nine to six, and else hardly ever."""
    return 60.0 if at.weekday() < 5 and 9 <= (at.hour + 8) % 24 < 18 else 0.01


def village(at: datetime) -> float:
    return 0.4


def poisson(chance: random.Random, mean: float) -> int:
    """How often what comes `mean` times on average comes now (Knuth's way)."""
    if mean > 100:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    least, times, product = math.exp(-mean), 0, chance.random()
    while product > least:
        times, product = times + 1, product * chance.random()
    return times


def read(
    rate: Rate, weeks: int, every: timedelta, chance: random.Random
) -> Iterator[tuple[datetime, int]]:
    """When each run ends and how many new posts it brings, a little late each time as schedules are."""
    at = NOW - weeks * WEEK
    while at < NOW:
        later = at + every * (1 + chance.random() / 10)
        steps = max(1, round((later - at) / (HOUR / 2)))
        step = (later - at) / steps
        new = sum(poisson(chance, rate(at + k * step) * (step / HOUR)) for k in range(steps))
        at = later
        yield at, new


def within(readings: list[Reading], since: datetime, now: datetime) -> list[Reading]:
    """Those that the register is asked for."""
    spans = list(compared(since, now))
    times = [one.at for one in readings]
    kept = {
        place
        for begin, end in spans
        for place in range(bisect_left(times, begin), bisect_left(times, end))
    }
    return [readings[place] for place in sorted(kept)]


@pytest.mark.parametrize("rate", [town, office, village], ids=lambda rate: rate.__name__)
@pytest.mark.parametrize("minutes", [30, 60, 240, 1440])
def test_no_board_on_which_all_is_well_is_called_silent(rate: Rate, minutes: int) -> None:
    """Twelve weeks of each board at each interval, posts by chance alone: 60,000 runs, and not one false alarm."""
    chance = random.Random(minutes)
    readings: list[Reading] = []
    for at, new in read(rate, 12, timedelta(minutes=minutes), chance):
        if new == 0 and readings:
            since = max((one.at for one in readings[-1500:] if one.new), default=readings[0].at)
            looked_at = within(readings, since, at)
            assert silence(looked_at, since, at) is None, f"{at}: a quiet hour is no alarm"
        readings.append(Reading(at, new))


@pytest.mark.parametrize("mean", [0.5, 3, 10, 25, 75, 400])
@pytest.mark.parametrize("every", [HOUR, 4 * HOUR, DAY])
def test_no_run_of_a_board_on_which_all_is_well_has_too_few_rows(
    mean: float, every: timedelta
) -> None:
    """A board whose rows vary as much as chance lets them; lists that are always full vary less."""
    chance = random.Random(round(mean))
    rows: list[int] = []
    for run in range(1500):
        count = poisson(chance, mean)
        recent = rows[-int(28 * DAY / every) :]
        floor = rows_floor(min(recent, default=None), len(recent), len(recent) * every)
        assert count >= floor, f"run {run}"
        rows.append(count)


@pytest.mark.parametrize(
    ("rate", "hour", "hours"),
    [(town, 12, 3), (town, 20, 3), (town, 1, 10), (office, 10, 2)],
    ids=["noon", "evening", "through the night", "work"],
)
def test_a_board_that_falls_silent_is_told_within_hours_of_its_own_time(
    rate: Rate, hour: int, hours: int
) -> None:
    chance = random.Random(1)
    readings = [Reading(at, new) for at, new in read(rate, 6, HOUR, chance)]
    fell = NOW.replace(hour=(hour - 8) % 24) + DAY
    readings += [Reading(at, 17) for at in (NOW + k * HOUR for k in range(1, 40)) if at <= fell]
    at = fell + hours * HOUR
    since = readings[-1].at
    found = silence(within(readings, since, at), since, at)
    assert found is not None
    assert found.usual >= USUAL
    assert found.weeks == 4
    assert found == silence(readings, since, at), "no other readings are needed"
    for later in (WEEK, 2 * WEEK, 3 * WEEK):
        told = within(readings, since, at + later)
        assert silence(told, since, at + later), "and it stays told until somebody acts"


@pytest.mark.parametrize("weeks", [0, 1, 2])
def test_too_few_weeks_say_nothing(weeks: int) -> None:
    chance = random.Random(3)
    readings = [Reading(at, 17) for at, _ in read(town, weeks, HOUR, chance)]
    assert silence(readings, NOW, NOW + 30 * HOUR) is None
    assert silence(readings, NOW, NOW) is None


def test_hours_that_nobody_watched_are_not_compared() -> None:
    """Two of the four weeks before were an outage: two weeks are too few to go by."""
    chance = random.Random(4)
    all_ = [Reading(at, 17) for at, _ in read(town, 5, HOUR, chance)]
    begin, end = NOW, NOW + 6 * HOUR
    assert len(weeks_before(all_, begin, end)) == 4
    torn = [one for one in all_ if not NOW - 15 * DAY < one.at < NOW - 5 * DAY]
    assert len(weeks_before(torn, begin, end)) == 2
    assert silence(torn, begin, end) is None
    assert silence(all_, begin, end) is not None


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 99)), max_size=60),
    st.integers(1, 900),
)
def test_what_is_counted_is_never_more_than_what_came(
    steps: list[tuple[int, int]], hours: int
) -> None:
    at, readings = NOW, []
    for minutes, new in steps:
        at += timedelta(minutes=minutes)
        readings.append(Reading(at, new))
    sure = weeks_before(readings, at, at + hours * HOUR)
    counts = weeks_before(readings, at, at + hours * HOUR, surely=False)
    assert all(0 <= least <= count for least, count in zip(sure, counts, strict=True))
    assert sum(counts) <= sum(one.new for one in readings) + 1e-6, "no post is counted twice"


@given(st.integers(0, 5000), st.integers(0, 400), st.timedeltas(timedelta(), 28 * DAY))
def test_a_floor_is_at_most_half_of_the_least_and_none_is_learned_too_soon(
    least: int, runs: int, span: timedelta
) -> None:
    floor = rows_floor(least, runs, span)
    assert 0 <= floor <= least // 2
    if runs < FEWEST_RUNS or span < WEEK:
        assert floor == 0
    assert rows_floor(None, runs, span) == 0


def test_a_floor_says_something_of_boards_with_lists() -> None:
    assert [rows_floor(least, 100, 28 * DAY) for least in (10, 25, 75, 200)] == [0, 10, 37, 100]
