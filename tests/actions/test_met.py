"""A lead's page names what a rule asked for and what the text says: an age, a price, a number, a contact."""

from collections.abc import Callable
from typing import Any

import pytest

from patrol.models import LeadKind, Rule

ASKS: dict[str, Any] = {
    "name": "kites_by_age",
    "title": {"en": "Kites by age", "zh-Hant": "紙鳶"},
    "category": "trading",
    "level": "medium",
    "why": "To be tried.",
    "terms": {
        "thing": {"words": ["紙鳶"]},
        "young": {"age": {"at_most": 17}},
        "cheap": {"price": {"at_least": 500, "at_most": 5000}},
        "many": {"number": {"at_least": 20, "of": ["只"]}},
        "reach": {"handle": ["line"], "role": ["offered"]},
    },
    "when": "thing and young and cheap and many and reach",
    "within": 80,
    "examples": {
        "hit": [{"text": "紙鳶，國中生，30只 2千元 加賴 abc123", "spans": ["紙鳶", "國中", "30只", "2千元", "abc123"]}],
        "miss": [{"text": "紙鳶，大學生，30只 2千元 加賴 abc123", "because": "Of age."}],
    },
}  # fmt: skip
SAID = "紙鳶，找１５歲或國二的，三十只兩千五百元，不是 9000元，加賴 wind777"


@pytest.fixture
def shipped() -> Any:
    """One rule, and the same for possible victims."""
    victim = {**ASKS, "name": "kite_victim", "kind": LeadKind.POSSIBLE_VICTIM, "category": None}
    victim["terms"] = {**ASKS["terms"], "thing": {"words": ["放紙鷂"]}}
    victim["examples"] = {
        "hit": [{"text": "放紙鷂，國中生，30只 2千元 加賴 abc123", "spans": ["放紙鷂", "國中", "30只", "2千元", "abc123"]}],
        "miss": ASKS["examples"]["miss"],
    }  # fmt: skip
    return [Rule.model_validate(one) for one in (ASKS, victim)], []


def _page(account: str, lead: int, language: str) -> str:
    from django.test import Client

    from patrol.actions.staffing import people

    person = people.find(account)
    person.language = language
    person.save()
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return " ".join(client.get(f"/leads/{lead}/").content.decode().split())


def test_the_page_names_what_was_met(kept: Callable[..., Any]) -> None:
    kept(SAID + "。天氣很好" * 30 + "，便當1000元，她10歲")
    assert (
        "Asked for and found: age 15 · age 13 to 14 · number 30 · price 2500 TWD · LINE, offered</p>"
        in _page("mei", 1, "en")
    )
    assert (
        "要求且找到： 年齡 15 · 年齡 13 至 14 · 數量 30 · 價格 2500 TWD · LINE，主動提供</p>"
        in _page("mei", 1, "zh-hant")
    )


def test_nothing_is_said_of_a_possible_victims_contact(kept: Callable[..., Any]) -> None:
    kept(SAID.replace("紙鳶", "放紙鷂"))
    page = _page("mei", 1, "en")
    assert "Asked for and found: age 15 · age 13 to 14 · number 30 · price 2500 TWD" in page
    assert "wind777" not in page
