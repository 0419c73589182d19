from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from patrol.models import BREAK_GLASS, Authorization, Category, Conduct, Scope
from spiders.gate.authorization import FRESH, Standing
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import place
from spiders.job import Mandate

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def authorization(**changes: Any) -> Authorization:
    values: dict[str, Any] = {
        "id": 1, "source": "board", "basis": "Example Act 1", "number": "A-1",
        "scope": Scope(hosts=("ok.example",)), "categories": (Category.FRAUD,),
        "requester": "one", "approver": "two",
        "valid_from": NOON - timedelta(hours=1), "valid_until": NOON + timedelta(hours=1),
    }  # fmt: skip
    return Authorization(**(values | changes))


class Clocks:
    def __init__(self) -> None:
        self.wall = NOON
        self.mono = 100.0


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def standing(clocks: Clocks, current: Authorization | None) -> Standing:
    made = Standing(authorization(), wall=lambda: clocks.wall, monotonic=lambda: clocks.mono)
    made.renew(Mandate(authorization=current))
    return made


def test_in_force_it_says_what_is_covered(clocks: Clocks) -> None:
    standing(clocks, authorization()).check().check(place("http://ok.example/"))


@pytest.mark.parametrize(
    ("current", "words"),
    [
        (None, "no authorization"),
        (authorization(approver=None), "not approved"),
        (authorization(revoked_at=NOON - timedelta(minutes=1)), "revoked"),
        (authorization(valid_until=NOON), "expired"),
        (authorization(valid_from=NOON + timedelta(seconds=1)), "not valid yet"),
        (authorization(id=2), "replaced"),
        (authorization(source="other"), "replaced"),
    ],
)
def test_otherwise_nothing_is(clocks: Clocks, current: Authorization | None, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        standing(clocks, current).check()
    assert refused.value.reason is Reason.AUTHORIZATION


def test_before_the_first_snapshot_nothing_is(clocks: Clocks) -> None:
    with pytest.raises(Refusal):
        Standing(authorization()).check()


def test_it_ends_by_the_clock_between_two_snapshots(clocks: Clocks) -> None:
    made = standing(clocks, authorization())
    clocks.wall += timedelta(hours=1)
    with pytest.raises(Refusal, match="expired"):
        made.check()


def test_a_clock_set_back_revives_nothing(clocks: Clocks) -> None:
    made = standing(clocks, authorization())
    clocks.wall += timedelta(hours=2)
    assert made.ended()
    clocks.wall -= timedelta(hours=2)
    with pytest.raises(Refusal, match="expired"):
        made.check()


def test_a_snapshot_is_believed_for_two_seconds(clocks: Clocks) -> None:
    made = standing(clocks, authorization())
    clocks.mono += FRESH
    made.check()
    clocks.mono += 0.01
    with pytest.raises(Refusal, match="in time"):
        made.check()
    made.renew(Mandate(authorization=authorization()))
    made.check()


def test_a_scope_that_was_narrowed_counts_from_the_next_snapshot(clocks: Clocks) -> None:
    made = standing(clocks, authorization())
    made.renew(
        Mandate(authorization=authorization(scope=Scope(hosts=("ok.example",), paths=("/a",))))
    )
    with pytest.raises(Refusal):
        made.check().check(place("http://ok.example/b"))


OVERRIDES = Conduct(overrides_robots=True, reason="Ordered in writing.")


@pytest.mark.parametrize(
    ("current", "overrides"),
    [
        (authorization(conduct=OVERRIDES), True),
        (authorization(), False),
        (None, False),
        (authorization(conduct=OVERRIDES, approver=None), False),
        (authorization(conduct=OVERRIDES, approver=BREAK_GLASS), False),
        (authorization(conduct=OVERRIDES, valid_until=NOON), False),
        (authorization(conduct=OVERRIDES, revoked_at=NOON - timedelta(minutes=1)), False),
        (authorization(conduct=OVERRIDES, id=2), False),
    ],
)
def test_robots_give_way_only_to_what_a_second_person_approved_and_is_in_force(
    clocks: Clocks,
    current: Authorization | None,
    overrides: bool,  # noqa: FBT001  (what is expected)
) -> None:
    assert standing(clocks, current).overrides_robots() is overrides
