from hypothesis import given
from hypothesis import strategies as st

from dashboards.precision import Share


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_the_interval_holds_the_share_and_stays_within_bounds(part: int, rest: int) -> None:
    share = Share(part, part + rest)
    low, high = share.interval
    assert 0 <= low <= high <= 1
    if share.value is not None:
        assert low - 1e-12 <= share.value <= high + 1e-12


def test_wilson_s_figures() -> None:
    """As printed for 10 of 20, and for none of 10, in R's `prop.test(correct = FALSE)`."""
    assert [round(end, 4) for end in Share(10, 20).interval] == [0.2993, 0.7007]
    assert [round(end, 4) for end in Share(0, 10).interval] == [0.0, 0.2775]


def test_few_decisions_are_called_few() -> None:
    assert Share(19, 19).few
    assert not Share(20, 20).few
    assert Share(0, 0).value is None
