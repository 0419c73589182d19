import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.gate.pace import JITTER, LONGEST_WAIT, SHORTEST_WAIT, Pace, retry_after
from spiders.gate.refusal import Reason, Refusal

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """Time that only moves when somebody rests."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def rest(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds


def paced(seconds: float, clock: Clock, chance: float = 0.0) -> Pace:
    """A pace by that clock, to whose pauses chance adds always the same."""
    return Pace(seconds, clock.rest, monotonic=clock, chance=lambda: chance)


def starts(seconds: float, requests: list[str], *, delay: float | None = None) -> list[float]:
    """When each request of this order may start."""
    clock = Clock()
    pace = paced(seconds, clock)
    if delay is not None:
        pace.slow("a", delay)

    async def ask() -> list[float]:
        times = []
        for host in requests:
            await pace.turn(host)
            times.append(clock.now)
        return times

    return asyncio.run(ask())


def test_a_host_that_another_run_has_just_asked_is_left_alone_first() -> None:
    clock = Clock()
    pace = paced(2.0, clock)
    pace.wait("a", 1.5)

    async def ask() -> list[float]:
        times = []
        for host in ("b", "a", "a"):
            await pace.turn(host)
            times.append(clock.now)
        return times

    assert asyncio.run(ask()) == [0.0, 1.5, 3.5]


def test_a_pause_begins_when_the_host_has_the_request() -> None:
    """The first one may be long under way, the second one arrive at once: measured at the host, the pause is whole."""
    clock = Clock()
    pace = paced(2.0, clock)

    async def ask(way: float) -> float:
        await pace.turn("a")
        clock.now += way
        pace.answered("a")
        return clock.now

    async def twice() -> tuple[float, float]:
        return await ask(0.7), await ask(0.0)

    first, second = asyncio.run(twice())
    assert second - first == 2.0


def test_a_host_is_asked_no_faster_than_configured() -> None:
    assert starts(2.0, ["a", "a", "a"]) == [0.0, 2.0, 4.0]
    assert starts(2.0, ["a", "b", "a"]) == [0.0, 0.0, 2.0]
    assert starts(0.0, ["a", "a"]) == [0.0, 0.0]


@given(
    st.floats(0.05, 600.0),
    st.lists(st.floats(0.0, 1.0, exclude_max=True), min_size=1, max_size=30),
    st.floats(0.0, 3.0),
)
def test_chance_lengthens_a_pause_and_never_shortens_it(
    seconds: float, chances: list[float], way: float
) -> None:
    """At most by a quarter, however long the requests are under way."""
    clock = Clock()
    drawn = iter(chances * 9)
    pace = Pace(seconds, clock.rest, monotonic=clock, chance=lambda: next(drawn))

    async def ask() -> list[float]:
        times = []
        for _ in range(len(chances) + 1):
            await pace.turn("a")
            clock.now += way
            pace.answered("a")
            times.append(clock.now)
        return times

    times = asyncio.run(ask())
    pauses = [later - earlier - way for earlier, later in pairwise(times)]
    exact = 1e-9 * (seconds + times[-1])
    assert min(pauses) >= seconds - exact
    assert max(pauses) <= seconds * (1 + JITTER) + exact
    assert max(pauses) <= pace.slowest + exact


def test_no_two_pauses_are_alike() -> None:
    """Also where nobody says what chance is."""
    clock = Clock()
    pace = Pace(2.0, clock.rest, monotonic=clock)

    async def ask() -> list[float]:
        times = []
        for _ in range(20):
            await pace.turn("a")
            times.append(clock.now)
        return times

    times = asyncio.run(ask())
    assert len({later - earlier for earlier, later in pairwise(times)}) > 15


def test_a_crawl_delay_slows_and_never_hastens() -> None:
    assert starts(1.0, ["a", "a"], delay=5.0) == [0.0, 5.0]
    assert starts(3.0, ["a", "a"], delay=1.0) == [0.0, 3.0]


def test_a_crawl_delay_that_is_learnt_late_counts_from_then() -> None:
    clock = Clock()
    pace = paced(1.0, clock)

    async def ask() -> float:
        await pace.turn("a")
        pace.slow("a", 7.0)
        await pace.turn("a")
        return clock.now

    assert asyncio.run(ask()) >= 7.0


def test_a_host_that_asked_for_peace_is_left_alone() -> None:
    clock = Clock()
    pace = paced(0.0, clock)
    pace.cool("a", 30.0)
    with pytest.raises(Refusal) as refused:
        asyncio.run(pace.turn("a"))
    assert refused.value.reason is Reason.COOLING
    asyncio.run(pace.turn("b"))
    assert pace.longest_wait() == 30.0
    clock.now = 31.0
    asyncio.run(pace.turn("a"))
    assert pace.longest_wait() == 0.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        (" 120 ", 120.0),
        ("0", SHORTEST_WAIT),
        ("99999999999999999999", LONGEST_WAIT),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), SHORTEST_WAIT),
        (format_datetime(NOW + timedelta(days=900), usegmt=True), LONGEST_WAIT),
        ("soon", None),
        ("-5", None),
        ("１２", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_believed_within_limits(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=60))
def test_retry_after_never_raises(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or SHORTEST_WAIT <= seconds <= LONGEST_WAIT
