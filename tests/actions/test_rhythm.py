"""How often a source is read, and how long it is left alone: never outside of the limits that a person set."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.actions.collecting.breaker import CEILING, stretched
from patrol.actions.collecting.rhythm import (
    ENOUGH,
    FEWEST,
    Reading,
    Seen,
    interval,
    seen,
)
from patrol.models import Because, Channel, Revisit, Source

HOUR, MINUTE, WEEK = timedelta(hours=1), timedelta(minutes=1), timedelta(days=7)
NOW = datetime(2027, 1, 10, tzinfo=UTC)
LIMITS = Revisit(fastest_minutes=30, slowest_minutes=240)


def week(posts_an_hour: float) -> Seen:
    return Seen(round(posts_an_hour * 168), WEEK, 168)


@pytest.mark.parametrize(
    ("posts_an_hour", "page_rows", "minutes", "because"),
    [
        (17, 25, 58, Because.RATE),
        (17, 50, 117, Because.RATE),
        (5, 25, 200, Because.RATE),
        (80, 25, 30, Because.FASTEST),
        (1, 25, 240, Because.SLOWEST),
        (0, 25, 240, Because.SLOWEST),
        (17, None, 60, Because.LEARNING),
    ],
)
def test_a_page_is_two_thirds_new_when_it_is_read(
    posts_an_hour: float, page_rows: int | None, minutes: int, because: Because
) -> None:
    assert interval(week(posts_an_hour), page_rows, 60, LIMITS) == (minutes, because)


def test_too_little_seen_keeps_to_the_schedule_and_so_does_one_without_limits() -> None:
    short = Seen(1000, ENOUGH - MINUTE, FEWEST)
    few = Seen(1000, WEEK, FEWEST - 1)
    for found in (short, few, Seen(0, timedelta(), 0)):
        assert interval(found, 25, 60, LIMITS) == (60, Because.LEARNING)
    assert interval(week(17), 25, 45, None) == (45, Because.FIXED)


def test_a_site_is_left_alone_for_as_long_as_a_run_takes() -> None:
    assert interval(week(80), 25, 60, LIMITS, 25 * MINUTE) == (50, Because.RUN)
    assert interval(week(80), 25, 60, LIMITS, 10 * HOUR) == (240, Because.RUN)
    assert interval(week(1), 25, 60, LIMITS, 25 * MINUTE) == (240, Because.SLOWEST)


limits = st.tuples(st.integers(1, 10_080), st.integers(1, 10_080)).map(
    lambda two: Revisit(fastest_minutes=min(two), slowest_minutes=max(two))
)
found = st.builds(
    Seen,
    posts=st.integers(0, 1_000_000),
    watched=st.timedeltas(timedelta(), WEEK),
    readings=st.integers(0, 10_080),
)


@given(found, st.none() | st.integers(1, 500), limits, st.timedeltas(timedelta(), WEEK), st.data())
def test_no_rate_and_no_run_undercuts_the_limits(
    seen_: Seen, page_rows: int | None, within: Revisit, taken: timedelta, data: st.DataObject
) -> None:
    every = data.draw(st.integers(within.fastest_minutes, within.slowest_minutes))
    minutes, because = interval(seen_, page_rows, every, within, taken)
    assert within.fastest_minutes <= minutes <= within.slowest_minutes
    assert because is not Because.FIXED
    more = Seen(seen_.posts + 1, seen_.watched, seen_.readings)
    assert interval(more, page_rows, every, within, taken)[0] <= minutes, "more posts, not rarer"


def test_the_first_reading_brings_what_stood_there_before_and_outages_are_not_watched() -> None:
    readings = [Reading(NOW + hour * HOUR, new) for hour, new in ((0, 900), (1, 17), (2, 15))]
    assert seen(readings, NOW) == Seen(32, 2 * HOUR, 2)
    late = [*readings, Reading(NOW + 60 * HOUR, 500)]
    assert seen(late, NOW) == Seen(32, 2 * HOUR, 2)
    assert seen(late, NOW + HOUR).posts == 15, "what lies before is not counted"
    assert seen([], NOW) == Seen(0, timedelta(), 0)


def test_limits_stand_in_order_around_the_schedule() -> None:
    told = {"name": "x", "title": {"en": "X"}, "channel": Channel.PLATFORM}
    for every, fastest, slowest in ((60, 120, 240), (60, 30, 45), (60, 90, 30)):
        with pytest.raises(ValueError, match="minutes"):
            Source.model_validate(
                {
                    **told,
                    "start": ["https://x.example/"],
                    "every_minutes": every,
                    "revisit": {"fastest_minutes": fastest, "slowest_minutes": slowest},
                }
            )


@given(st.timedeltas(MINUTE, WEEK), st.integers(0, 10_000), st.integers(1, 50))
def test_a_row_of_failures_stretches_the_interval_up_to_a_ceiling_and_never_shortens_it(
    every: timedelta, failures: int, after: int
) -> None:
    alone = stretched(every, failures, after)
    assert every <= alone <= max(every, CEILING)
    assert (alone == every) or failures >= after
    assert stretched(every, failures + 1, after) >= alone
    assert stretched(every, 0, after) == every, "a good run closes it"


def test_each_further_failure_doubles_it() -> None:
    told = [stretched(HOUR, failures, 3) / HOUR for failures in range(8)]
    assert told == [1, 1, 1, 2, 4, 8, 12, 12]
