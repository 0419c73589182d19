"""Hours of a source: what the clock opens is what a run may read in, minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from patrol.models.hours import is_open, open_spans

WINDOWS = st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda two: two[0] != two[1])
SPRING = datetime(2026, 3, 29, tzinfo=UTC)
"""Europe/London puts its clocks forward at one o'clock that day."""


@given(WINDOWS, st.integers(0, 7 * 24 * 60), st.sampled_from(["Asia/Taipei", "Europe/London"]))
def test_an_instant_is_open_where_its_hour_is(
    window: tuple[int, int], minute: int, zone: str
) -> None:
    at = SPRING - timedelta(days=3) + timedelta(minutes=minute)
    hour, (first, last) = at.astimezone(ZoneInfo(zone)).hour, window
    expected = first <= hour < last if first < last else hour >= first or hour < last
    jumped = zone == "Europe/London" and abs(at - SPRING) < timedelta(hours=3)
    assert is_open(window, zone, at) == expected or jumped


@given(WINDOWS, st.integers(0, 10_000), st.integers(0, 10_000))
def test_spans_hold_the_instants_that_are_open(
    window: tuple[int, int], begin: int, minute: int
) -> None:
    first = SPRING + timedelta(minutes=begin)
    spans = list(open_spans(window, "Asia/Taipei", first, first + timedelta(days=8)))
    at = first + timedelta(minutes=minute)
    assert any(opens <= at < closes for opens, closes in spans) == is_open(
        window, "Asia/Taipei", at
    )
