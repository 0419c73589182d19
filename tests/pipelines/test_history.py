"""What is known around a post adds to its score, each part seen, and their sum is the score."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import MOST_POINTS
from pipelines import score

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = 20_000


@pytest.mark.parametrize(
    ("age", "points", "until"),
    [
        (timedelta(0), 10, timedelta(days=1)),
        (timedelta(hours=23), 10, timedelta(days=1)),
        (timedelta(days=1), 7, timedelta(days=3)),
        (timedelta(days=5), 4, timedelta(days=7)),
        (timedelta(days=29), 2, timedelta(days=30)),
        (timedelta(days=30), 0, None),
    ],
)
def test_a_post_is_less_fresh_in_steps(
    age: timedelta, points: int, until: timedelta | None
) -> None:
    assert score.freshness(age) == (points, until)


@pytest.mark.parametrize(
    ("earlier", "points"),
    [
        ({}, 0),
        ({DAY: 1}, 3),
        ({DAY: 3}, 6),
        ({DAY - 14: 2}, 3),
        ({DAY + 14: 2}, 3),
        ({DAY - 70: 1}, 0),
        ({DAY: 5_000}, 10),
    ],
)
def test_an_author_s_flagged_posts_add_up_and_decay(earlier: dict[int, int], points: int) -> None:
    assert score.before(DAY, earlier) == points


@given(st.dictionaries(st.integers(DAY - 400, DAY + 400), st.integers(1, 10_000)))
def test_more_of_them_never_count_less_and_all_of_them_are_bounded(earlier: dict[int, int]) -> None:
    points = score.before(DAY, earlier)
    assert 0 <= points <= score.MOST_BEFORE
    assert score.before(DAY, Counter(earlier) + Counter({DAY - 3: 1})) >= points


@given(st.integers(-400 * 24, 400 * 24))
def test_freshness_only_falls_and_is_right_until_the_time_it_tells(hours: int) -> None:
    age = timedelta(hours=hours)
    points, until = score.freshness(age)
    assert 0 <= points <= 10
    assert until is None or until > age
    just_before = (until or age + timedelta(days=999)) - timedelta(microseconds=1)
    assert score.freshness(just_before)[0] == points
    assert until is None or score.freshness(until)[0] < points


def test_nothing_has_to_be_cut() -> None:
    """The most of each part fits: a text gives a hundred points, what is around it thirty."""
    most = max(score.WEIGHTS.values()) + score.MOST_SEVERAL + score.OFFERED + score.PRICED
    assert most == 100
    assert score.VICTIM <= score.OFFERED + score.PRICED
    assert most + max(score.FRESH.values()) + score.MOST_BEFORE + 10 == MOST_POINTS
    assert min(score.WEIGHTS.values()) - 10 >= 0
