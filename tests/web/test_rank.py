"""The page of the learned order: two figures with n, a switch for supervisors, and an explanation on the lead."""

from datetime import UTC, datetime
from typing import Any

import pytest

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def weights(garden: Any) -> Any:
    """`weights(0.4, 0.9)`: as if a night had found these figures."""
    import numpy as np

    from patrol.register.sealing import new_unit, seal
    from patrol.register.tables import RankWeights
    from pipelines.rank import Weights, places

    def trained(by_rules: float, by_weights: float) -> Any:
        at = places("先缴保证金", 7).astype("u4")
        learned = Weights(7, at, np.ones(len(at), dtype="f4"), -0.5, 2.0, 0.0)
        retention = new_unit("rank", "unit 1")
        return RankWeights.objects.create(
            unit=garden.people["lin"].unit, trained_at=AT, retention=retention, body=seal(retention, learned.packed()),
            decisions=180, held_out=60, held_out_relevant=20, by_rules=by_rules, by_weights=by_weights,
        )  # fmt: skip

    return trained


def test_nothing_is_learned_yet(sign_in: Any, records: Any) -> None:
    page = sign_in("lin").get("/order/").content.decode()
    assert "Nothing is learned yet" in page
    assert "200 are needed" in page
    assert "order_switch" not in page
    assert 'name="order"' not in page
    assert sign_in("lin").post("/order/switch/", {"order": "learned"}).status_code == 400
    assert len(records(verb="rank.viewed")) == 2


def test_a_supervisor_sees_two_figures_and_switches(
    weights: Any, sign_in: Any, records: Any
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.triaging import rank

    weights(0.412, 0.873)
    lin, mei = sign_in("lin"), sign_in("mei")
    page = lin.get("/order/").content.decode()
    for told in ("0.412", "0.873", "60", "180 decisions", "20 of them relevant", "order of scores"):
        assert told in page
    assert mei.post("/order/switch/", {"order": "learned"}).status_code == 403
    done = lin.post("/order/switch/", {"order": "learned"}, follow=True).content.decode()
    assert "The queue is in the learned order." in done
    assert "lin switched it" in done
    assert rank.apply(Desk.system("clock")) > 0
    lead = mei.get("/leads/1/").content.decode()
    assert "Learned rank" in lead
    assert "180 decisions of this unit" in lead
    assert "保证" in lead
    assert "as learned from decisions" in mei.get("/leads/").content.decode()
    lin.post("/order/switch/", {"order": "score"})
    assert "Learned rank" not in mei.get("/leads/1/").content.decode()
    assert len(records(verb="rank.switched", result="allow")) == 2


def test_what_is_no_better_has_no_switch(weights: Any, sign_in: Any) -> None:
    weights(0.9, 0.9)
    lin = sign_in("lin")
    page = lin.get("/order/").content.decode()
    assert "no better than the order of scores" in page
    assert 'name="order"' not in page
    assert lin.post("/order/switch/", {"order": "learned"}).status_code == 400
    assert 'name="order"' not in sign_in("audit").get("/order/").content.decode()
