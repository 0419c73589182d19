"""When nobody looked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.watch import Watch, hours_in

BEGIN = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
"""08:00 in Taipei."""
HOUR = timedelta(hours=1)


def unseen(watch: Watch, good: list[float], hours: float) -> float:
    ends = [(BEGIN + HOUR * each, watch.every) for each in good]
    end = BEGIN + HOUR * hours
    return hours_in(watch.unseen((BEGIN, watch.every), ends, end), BEGIN, end)


@pytest.mark.parametrize(
    ("good", "hours", "expected"),
    [
        ([], 1.4, 0),
        ([], 3.5, 2),
        ([1, 2, 3], 4, 0),
        ([1, 5], 6, 2.5),
        ([1, 5], 10, 2.5 + 3.5),
        ([0.1], 24, 22.4),
    ],
)
def test_an_hourly_source_is_watched_for_an_hour_and_a_run(
    good: list[float], hours: float, expected: float
) -> None:
    watch = Watch(HOUR, timedelta(minutes=30))
    assert unseen(watch, good, hours) == pytest.approx(expected)


def test_what_was_promised_then_counts_not_what_is_promised_now() -> None:
    """Read daily, and since an hour ago every minute."""
    watch = Watch(timedelta(minutes=1), timedelta(minutes=30))
    daily = [(BEGIN + HOUR * each, HOUR * 24) for each in (0, 24, 48)]
    spans = watch.unseen(
        daily[0], [*daily, (BEGIN + HOUR * 72, timedelta(minutes=1))], BEGIN + HOUR * 73
    )
    assert hours_in(spans, BEGIN, BEGIN + HOUR * 100) == pytest.approx(1 - 2 / 60)


@pytest.mark.parametrize(
    ("window", "expected"), [((8, 22), 24 - 1.5 - 10), ((20, 4), 8 - 1.5), ((0, 24), 22.5)]
)
def test_hours_in_which_it_may_not_be_read_are_not_missed(
    window: tuple[int, int], expected: float
) -> None:
    """From 08:00 to 08:00 nobody read it."""
    watch = Watch(HOUR, timedelta(minutes=30), hours=window)
    assert unseen(watch, [], 24) == pytest.approx(expected)


@given(
    st.lists(st.floats(0, 200), max_size=12),
    st.floats(0, 200),
    st.sampled_from([None, (8, 22), (22, 6), (0, 24)]),
    st.integers(1, 600),
)
def test_what_is_unseen_lies_in_the_schedule_and_shrinks_with_each_reading(
    good: list[float], more: float, window: tuple[int, int] | None, minutes: int
) -> None:
    watch = Watch(timedelta(minutes=minutes), timedelta(minutes=5), hours=window)
    end = BEGIN + HOUR * 200
    due = hours_in(watch.open(BEGIN, end), BEGIN, end)
    before = unseen(watch, sorted(good), 200)
    after = unseen(watch, sorted([*good, more]), 200)
    assert 0 <= after <= before + 1e-6 <= due + 2e-6


@given(st.floats(0, 100), st.floats(0, 100), st.sampled_from([None, (8, 22), (22, 6)]))
def test_open_spans_are_in_order_and_apart(
    first: float, second: float, window: tuple[int, int] | None
) -> None:
    begin, end = sorted([BEGIN + HOUR * first, BEGIN + HOUR * second])
    spans = list(Watch(HOUR, HOUR, hours=window).open(begin, end))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert not edges or (begin <= edges[0] and edges[-1] <= end)
