"""The rules' pages: reading, writing, approving, comparing."""

from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
KITE = """\
title: {en: Kites swapped, zh-Hant: 風箏交換}
category: trading
level: medium
why: An invented rule.
terms:
  kite: {words: [紙鳶]}
  swap: {words: [互換]}
when: kite and swap
examples:
  hit:
    - {text: 紙鳶互換，自取, spans: [紙鳶, 互換]}
  miss:
    - {text: 紙鳶展覽, because: Nothing is swapped.}
"""


def draft(text: str = KITE, do: str = "propose", **more: str) -> dict[str, str]:
    said = {"name": "kite_swap", "text": text, "texts": "", "because": "Kites are swapped."}
    return {**said, "do": do, **more}


def page(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return str(answer.content.decode())


def test_the_list_says_where_each_rule_stands(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import RuleVersion

    lin = sign_in("lin")
    words = page(lin, "/rules/")
    for part in ("Planted rule", "Live", "no decision yet", "2 rules", "Write a rule"):
        assert part in words
    RuleVersion.objects.filter(name="second").update(
        status="review",
        braked_because="It hit 60 of 500 posts within 24 hours, more than 10 %.",
    )
    assert "It hit 60 of 500 posts" in page(lin, "/rules/")
    assert "Write a rule" not in page(sign_in("audit"), "/rules/")
    assert sign_in("mei").get("/rules/").status_code == 403
    assert lin.post("/rules/second/release/", {"reason": "A fair goes on."}).status_code == 302
    assert RuleVersion.objects.get(name="second").status == "live"


def test_a_rule_is_written_by_one_and_approved_by_another(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import RuleVersion

    lin, wu = sign_in("lin"), sign_in("wu")
    assert "Write a rule" in page(lin, "/rules/new/")
    answer = lin.post("/rules/new/", draft(do="check", texts="紙鳶互換\n今天天氣很好"))
    words = answer.content.decode()
    assert "It can be used" in words
    assert "<mark>紙鳶</mark>" in words
    assert "does not hit" in words
    assert not RuleVersion.objects.filter(name="kite_swap").exists(), "a check keeps nothing"
    assert lin.post("/rules/new/", draft()).status_code == 302
    own = page(lin, "/rules/kite_swap/")
    assert "another person approves it" in own
    assert "Approve: it makes leads" not in own
    assert lin.post("/rules/kite_swap/1/approve/").status_code == 403
    assert lin.post("/rules/kite_swap/1/try/").status_code == 302
    assert "On trial" in page(lin, "/rules/kite_swap/")
    assert "Approve: it makes leads" in page(wu, "/rules/kite_swap/")
    assert wu.post("/rules/kite_swap/1/approve/").status_code == 302
    assert RuleVersion.objects.get(name="kite_swap").status == "live"
    assert lin.post("/rules/kite_swap/write/", draft(KITE.replace("medium", "low"))).status_code
    diff = page(sign_in("audit"), "/rules/kite_swap/differences/?old=1&new=2")
    assert "<del>- level: medium</del>" in diff
    assert "<ins>+ level: low</ins>" in diff
    assert lin.post("/rules/kite_swap/1/retire/", {"reason": "over"}).status_code == 302
    assert RuleVersion.objects.get(name="kite_swap", version=1).status == "retired"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": KITE.replace("swap: {words", "swop: {words")}, "swop"),
        ({"text": KITE.replace("level: medium", "level: medum")}, "medum"),
        ({"text": KITE.replace("spans: [紙鳶, 互換]", "spans: [紙鳶]")}, "marked are"),
        ({"because": ""}, "Say why in a sentence."),
        ({"name": "Kite"}, "Use lower-case letters"),
        ({"text": "title: ["}, "this is not YAML"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    garden: Any, sign_in: Sign, change: dict[str, str], said: str
) -> None:
    from patrol.register.tables import RuleVersion

    answer = sign_in("lin").post("/rules/new/", {**draft(), **change})
    words = answer.content.decode()
    assert answer.status_code == 400
    assert said in words
    assert 'name="text"' in words
    assert not RuleVersion.objects.filter(name="kite_swap").exists()


def test_a_backtest_is_asked_for_and_read(garden: Any, sign_in: Sign) -> None:
    from patrol.actions.rulemaking import trials
    from patrol.register.tables import RuleTrial

    lin = sign_in("lin")
    lin.post("/rules/new/", draft())
    asked = lin.post("/rules/kite_swap/backtest/", {"days": "7", "version": "1"})
    assert asked.status_code == 302
    assert "It begins as soon as" in page(lin, asked["location"])
    trials.carry_out(RuleTrial.objects.get().pk)
    words = page(lin, asked["location"])
    for part in ("would be flagged", "By source", "Samples", "no decision yet"):
        assert part in words
    lin.post("/account/years/", {"years": "republic"})
    assert 'data-label="Day">115/' in page(lin, asked["location"]), (
        "days as this person counts them"
    )
    assert sign_in("wu").get(asked["location"]).status_code == 404
    assert sign_in("audit").get(asked["location"]).status_code == 403
    refused = lin.post("/rules/kite_swap/backtest/", {"days": "30", "version": "1"})
    assert refused.status_code == 400
    assert "The text of ordinary posts begins on" in refused.content.decode()


def test_candidates_for_terms_are_asked_for_and_read(garden: Any, sign_in: Sign) -> None:
    from patrol.actions.rulemaking import trials
    from patrol.register.tables import RuleTrial

    lin = sign_in("lin")
    asked = lin.post("/rules/terms/", {"days": "7"})
    trials.carry_out(RuleTrial.objects.get().pk)
    assert "Nothing stands out" in page(lin, asked["location"])


def test_the_pages_speak_chinese(garden: Any, sign_in: Sign) -> None:
    person = garden.people["lin"]
    person.language = "zh-hant"
    person.save()
    lin = sign_in("lin")
    assert "規則" in page(lin, "/rules/")
    assert "施行中" in page(lin, "/rules/planted/")
    assert "撰寫規則" in page(lin, "/rules/new/")
