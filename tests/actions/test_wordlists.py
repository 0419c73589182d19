"""Word lists from elsewhere: governed, proposed by one person, used once another has approved."""

from datetime import date, timedelta
from typing import Any

import pytest

from patrol.errors import ManyErrors

CSV = """word,meaning,unless,variants,expires
紙鳶,a kite,紙鳶展|紙鳶節,紙鷂,
風箏,,,,2026-12-01
"""


@pytest.fixture
def shipped() -> Any:
    """Three rules with their word lists."""
    from patrol.config import read_rules
    from patrol.settings import Settings

    rules, lexicons = read_rules(Settings().config)
    return rules[:3], lexicons


def governed(**changes: Any) -> Any:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking.wordlists import Governance

    said: dict[str, Any] = {
        "title": {"en": "Kites"},
        "owner": "lin",
        "origin": "the unit's notes of November",
        "meaning": "names of kites",
        "expires": Desk.system().now().date() + timedelta(days=90),
    }
    return Governance(**{**said, **changes})


def test_a_list_is_a_draft_until_a_second_person_approves_it(house: Any) -> None:
    from patrol.actions.rulemaking import rulebook, wordlists
    from patrol.actions.rulemaking.rule_versions import SecondPerson

    made = wordlists.propose(house.desk("lin"), "kites", CSV, governed())
    assert made.words == 2
    assert "kites" not in {one.name for one in rulebook.live_lexicons()}
    with pytest.raises(SecondPerson):
        wordlists.approve(house.desk("lin"), "kites")
    wordlists.approve(house.desk("wu"), "kites")
    (kites,) = [one for one in rulebook.live_lexicons() if one.name == "kites"]
    first, second = kites.words
    assert (first.meaning, first.unless, first.variants) == (
        "a kite", ("紙鳶展", "紙鳶節"), ("紙鷂",),
    )  # fmt: skip
    assert (second.meaning, second.owner) == ("names of kites", "lin")
    assert second.expires == date(2026, 12, 1)
    with pytest.raises(wordlists.NoSuchList):
        wordlists.approve(house.desk("wu"), "kites")


def test_a_later_import_replaces_the_list_once_it_is_approved(house: Any) -> None:
    from patrol.actions.rulemaking import rulebook, wordlists

    for text in ("紙鳶\n# a remark\n\n風箏\n", "紙鷂\n"):
        wordlists.propose(house.desk("lin"), "kites", text, governed())
        wordlists.approve(house.desk("wu"), "kites")
    (kites,) = [one for one in rulebook.live_lexicons() if one.name == "kites"]
    assert [word.word for word in kites.words] == ["紙鷂"]
    wordlists.propose(house.desk("lin"), "kites", "風箏\n", governed())
    wordlists.discard(house.desk("lin"), "kites", "It was the wrong file.")
    states = [
        one["status"] for one in wordlists.listed(house.desk("audit")) if one["name"] == "kites"
    ]
    assert states == ["live"]


@pytest.mark.parametrize(
    ("text", "changes", "said"),
    [
        ("紙鳶\n紙鳶\n", {}, "stands there twice"),
        ("0912345678\n", {}, "contact of somebody"),
        ("word,who\n紙鳶,me\n", {}, "no column `who`"),
        ("word,expires\n紙鳶,soon\n", {}, "line 2"),
        ("\u200b\u200b\n", {}, "empty once it is folded"),
        ("", {}, "no word in it"),
        ("紙鳶\n", {"owner": " "}, "needs its owner"),
        ("紙鳶\n", {"origin": ""}, "needs its origin"),
        ("紙鳶\n", {"meaning": ""}, "needs its meaning"),
        ("紙鳶\n", {"expires": date(2020, 1, 1)}, "last day within a year"),
        ("紙鳶\n", {"expires": date(2999, 1, 1)}, "last day within a year"),
    ],
)
def test_what_is_wrong_with_a_list_keeps_all_of_it_out(
    house: Any, text: str, changes: dict[str, Any], said: str
) -> None:
    from patrol.actions.rulemaking import wordlists
    from patrol.register.tables import LexiconRow

    with pytest.raises(ManyErrors, match=said):
        wordlists.propose(house.desk("lin"), "kites", text, governed(**changes))
    assert not LexiconRow.objects.filter(name="kites").exists()


def test_a_rule_waits_for_the_words_that_it_uses(house: Any) -> None:
    from patrol.actions.rulemaking import rule_versions, wordlists
    from patrol.models import Rule

    rule = Rule.model_validate(
        {
            "name": "kites_named", "title": {"en": "Kites"}, "category": "trading", "level": "low",
            "why": "Invented.", "terms": {"kite": {"lexicon": "kites"}}, "when": "kite",
            "examples": {
                "hit": [{"text": "有紙鷂", "spans": ["紙鷂"]}],
                "miss": [{"text": "紙鳶展", "because": "A show."}],
            },
        }
    )  # fmt: skip
    wordlists.propose(house.desk("lin"), "kites", CSV, governed())
    with pytest.raises(ManyErrors, match="not approved yet"):
        rule_versions.propose(house.desk("lin"), rule, "Kites by their names.")
    wordlists.approve(house.desk("wu"), "kites")
    assert rule_versions.propose(house.desk("lin"), rule, "Kites by their names.").row.version == 1
