"""Backtests, changes, term discovery and the brake, over posts that were really kept."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.models import Rule, Verb

KITE: dict[str, Any] = {
    "name": "kite_swap",
    "title": {"en": "Kites swapped", "zh-Hant": "風箏交換"},
    "category": "trading",
    "level": "medium",
    "why": "An invented rule.",
    "terms": {"kite": {"words": ["紙鳶"]}, "swap": {"words": ["互換"]}},
    "when": "kite and swap",
    "examples": {
        "hit": [{"text": "紙鳶互換，自取", "spans": ["紙鳶", "互換"]}],
        "miss": [{"text": "紙鳶展覽", "because": "Nothing is swapped."}],
    },
}
WIDER = {**KITE["terms"], "swap": {"words": ["互換", "對調"]}}
ORDINARY = ("今天天氣很好", "紙鳶對調，請聯絡 0912345678", "請問公車幾點到", "紙鳶展覽明天開始")


def kite(**changes: Any) -> Rule:
    return Rule.model_validate({**KITE, **changes})


@pytest.fixture
def shipped(shipped: Any) -> Any:
    """Three rules with their word lists."""
    rules, lexicons = shipped
    return rules[:3], lexicons


@pytest.fixture
def past(house: Any) -> Any:
    """A live rule, two leads of it (one followed, one dismissed), a possible victim, and ordinary posts."""
    from patrol.actions.rulemaking import rule_versions
    from patrol.actions.triaging import triage
    from patrol.models import DismissReason, Verdict
    from patrol.register.tables import Lead

    rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.")
    rule_versions.approve(house.desk("wu"), "kite_swap", 1)
    house.authorize()
    house.keeper(house.begin()).keep(
        house.page(
            ("a", "這裡有紙鳶可以互換，晚上都在公園"),
            ("b", "紙鳶互換活動，歡迎報名參加喔喔"),
            *((f"o{nth}", text) for nth, text in enumerate(ORDINARY)),
        )
    )
    first, second = Lead.objects.order_by("pk")
    triage.decide(house.desk("mei"), first.pk, first.version, Verdict.RELEVANT)
    triage.decide(
        house.desk("mei"), second.pk, second.version, Verdict.DISMISSED,
        dismiss_reason=DismissReason.LAWFUL,
    )  # fmt: skip
    return house


def carried(house: Any, **wanted: Any) -> Any:
    from patrol.actions.rulemaking import trials

    trial = trials.ask(house.desk("lin"), trials.Wanted(days=7, **wanted))
    trials.carry_out(trial.pk)
    return trials.viewed(house.desk("lin"), trial.pk)


def _records(verb: Verb) -> list[Any]:
    from patrol.register.tables import LedgerIndex

    return list(LedgerIndex.objects.filter(verb=verb).order_by("seq"))


def test_a_backtest_counts_by_day_and_source_and_compares_with_decisions(past: Any) -> None:
    from patrol.actions.rulemaking import backtests, rule_versions

    rule_versions.propose(past.desk("lin"), kite(terms=WIDER), "Another word for swapping.")
    sheet = carried(past, kind="backtest", rule="kite_swap", version=2)
    result = sheet.result
    assert (result["compared"], result["hits"], result["fresh"]) == (6, 3, 1)
    assert list(result["by_day"].values()) == [[6, 3]]
    assert result["by_source"] == {"harbor": [6, 3]}
    assert result["overlap"] == [], "the rule itself is no other rule"
    agreed, again = backtests.agreement(result), backtests.found_again(result)
    assert (agreed.part, agreed.whole) == (1, 2)
    assert (again.part, again.whole) == (1, 1)
    shown = ["".join(words for words, _ in one.pieces) for one in sheet.samples]
    assert len(shown) == 3
    masked = next(one for one in shown if "對調" in one)
    assert "0912" not in masked
    assert "▢▢▢" in masked
    assert {words for one in sheet.samples for words, hit in one.pieces if hit} >= {"紙鳶", "對調"}


def test_a_backtest_is_a_look_on_record(past: Any) -> None:
    sheet = carried(past, kind="backtest", rule="kite_swap", version=1)
    asked, done, looked = _records(Verb.RULE_BACKTESTED)
    assert [one.subject for one in (asked, done, looked)] == ["rule:kite_swap"] * 3
    assert {one.account for one in (asked, done, looked)} == {"lin"}
    assert sheet.result["samples"], "numbers alone"
    assert all(isinstance(number, int) for _, number in sheet.result["samples"])


def test_days_without_text_are_refused_with_the_date_where_it_begins(past: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import kept_texts, trials

    begin = (Desk.system().now() - timedelta(days=6)).date()
    with pytest.raises(kept_texts.BeyondText, match=f"begins on {begin}"):
        trials.ask(past.desk("lin"), trials.Wanted("backtest", 8, "kite_swap", 1))


def test_words_that_were_forgotten_are_neither_compared_nor_shown(past: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import retention
    from patrol.actions.rulemaking import trials
    from patrol.register.tables import RetentionUnit

    trial = trials.ask(past.desk("lin"), trials.Wanted("backtest", 7, "kite_swap", 1))
    trials.carry_out(trial.pk)
    RetentionUnit.objects.filter(kind="unflagged").update(expires_at=Desk.system().now())
    assert retention.forget_expired(Desk.system()) == len(ORDINARY)
    assert len(trials.viewed(past.desk("lin"), trial.pk).samples) == 2
    assert carried(past, kind="backtest", rule="kite_swap", version=1).result["compared"] == 2


def test_what_a_change_changes(past: Any) -> None:
    from patrol.actions.rulemaking import rule_versions

    other = {**KITE["terms"], "swap": {"words": ["互換活動", "對調"]}}
    examples = {
        "hit": [{"text": "紙鳶對調，自取", "spans": ["紙鳶", "對調"]}],
        "miss": KITE["examples"]["miss"],
    }
    changed = kite(terms=other, examples=examples)
    rule_versions.propose(past.desk("lin"), changed, "Another word for swapping.")
    sheet = carried(past, kind="changes", rule="kite_swap", version=2, against=1)
    result = sheet.result
    assert [result[word] for word in ("compared", "both", "newly", "no_longer")] == [6, 1, 1, 1]
    assert "對調" in "".join(words for words, _ in sheet.samples[0].pieces)
    assert "公園" in "".join(words for words, _ in sheet.gone[0].pieces)


def test_a_source_whose_authorization_names_another_category_is_left_out(past: Any) -> None:
    from patrol.register.tables import AuthorizationRow

    AuthorizationRow.objects.update(categories=["drugs"])
    result = carried(past, kind="backtest", rule="kite_swap", version=1).result
    assert (result["compared"], result["left_out"]) == (0, ["harbor"])


def test_no_possible_victim_is_a_sample(past: Any) -> None:
    from patrol.register.tables import Lead

    Lead.objects.update(kind="possible_victim", category=None)
    sheet = carried(past, kind="backtest", rule="kite_swap", version=1)
    assert sheet.result["hits"] == 2, "counted"
    assert sheet.samples == ()


@pytest.mark.parametrize("account", ["mei", "audit", "root", "other"])
def test_only_who_may_propose_backtests_and_sees_only_their_own(past: Any, account: str) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.rulemaking import trials

    with pytest.raises(NotPermitted):
        trials.ask(past.desk(account), trials.Wanted("backtest", 7, "kite_swap", 1))
    trial = trials.ask(past.desk("lin"), trials.Wanted("backtest", 7, "kite_swap", 1))
    trials.carry_out(trial.pk)
    with pytest.raises(trials.NoSuchTrial):
        trials.viewed(past.desk("wu"), trial.pk)


def test_at_a_terminal_the_operator_gets_counts_alone(past: Any, tmp_path: Path) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import backtesting

    def now(desk: Any) -> Any:
        return backtesting.now(desk, "kite_swap", 7, version=None, against=None)

    counts = now(Desk.command_line())
    assert (counts["hits"], counts["samples"]) == (2, [])
    assert len(now(past.desk("lin"))["samples"]) == 2
    assert any("2 of 6 posts" in line for line in backtesting.told(counts))


def test_a_trial_is_carried_out_beside_by_a_child(past: Any) -> None:
    from django.db import connections

    from patrol.actions.rulemaking import trials
    from patrol.schedule.trials import Trials

    trial = trials.ask(past.desk("lin"), trials.Wanted("backtest", 7, "kite_swap", 1))
    with pytest.raises(trials.OneAtATime):
        trials.ask(past.desk("lin"), trials.Wanted("backtest", 7, "kite_swap", 1))
    connections.close_all()
    children = Trials()
    assert children.begin_waiting()
    children.join(120)
    children.stop()
    result = trials.viewed(past.desk("lin"), trial.pk).result
    assert result
    assert result["hits"] == 2


def test_terms_of_confirmed_leads_are_candidates(house: Any) -> None:
    from patrol.actions.rulemaking import discovery, rule_versions
    from patrol.register.tables import Lead

    rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.")
    rule_versions.approve(house.desk("wu"), "kite_swap", 1)
    house.authorize()
    keeper = house.keeper(house.begin())
    tails = ("今天", "明天早上", "後天", "下週三見")
    for nth, tail in enumerate(tails):
        text = f"紙鳶互換，老地方銀杏樹下，{tail}，聯絡 0912345678"
        keeper.keep(house.page((f"l{nth}", text), author=f"author{nth}"))
    keeper.keep(house.page(("v", "紙鳶互換，秘密的葫蘆路口，大家快來"), author="v"))
    for nth in range(30):
        keeper.keep(house.page((f"p{nth}", f"今天天氣很好，明天早上也好 {nth}"), author=f"p{nth}"))
    Lead.objects.update(status="relevant")
    Lead.objects.filter(sightings__key="v").update(kind="possible_victim", category=None)
    found = discovery.discover(house.desk("lin"), 7, unit=None)
    assert (found["leads"], found["compared"]) == (len(tails), 30)
    terms = {one["term"]: one for one in found["terms"]}
    assert {"树下", "银杏"} & {
        part for term in terms for part in (term[-2:], term[:2], *_parts(term))
    }
    assert not [term for term in terms if "今天" in term or "0912" in term or "葫" in term]
    assert not [term for term in terms if "纸鸢" in term], "what is looked for already is none"
    assert all(one["leads"] >= 3 and one["authors"] >= 3 for one in found["terms"])


def _parts(term: str) -> list[str]:
    return [term[place : place + 2] for place in range(len(term) - 1)]


@pytest.fixture
def braked(house: Any) -> Callable[..., Any]:
    """A live rule that hits so many of so many posts within an hour, by so many authors."""

    def made(hits: int, posts: int, authors: int = 1, **changes: Any) -> Any:
        from patrol.actions.desk import Desk
        from patrol.actions.rulemaking import rule_versions
        from patrol.register.tables import RuleTally, SourceRow

        rule_versions.propose(house.desk("lin"), kite(**changes), "Kites are swapped.")
        row = rule_versions.approve(house.desk("wu"), "kite_swap", 1)
        hour = Desk.system().now().replace(minute=0, second=0, microsecond=0)
        source = SourceRow.objects.get()
        for rule, version, count in (("", 0, posts), ("kite_swap", 1, hits)):
            RuleTally.objects.create(
                rule=rule, version=version, source=source, hour=hour, posts=count,
                authors=[f"{nth:012x}" for nth in range(authors)] if rule else [],
            )  # fmt: skip
        return row

    return made


@pytest.mark.parametrize(
    ("hits", "posts", "expected"), [(51, 500, "review"), (50, 500, "live"), (200, 499, "live")]
)
def test_a_rule_that_hits_too_much_is_set_to_review(
    braked: Callable[..., Any], hits: int, posts: int, expected: str
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import upkeep

    row = braked(hits, posts)
    assert upkeep.look_after_rules(Desk.system()) == (expected == "review")
    row.refresh_from_db()
    assert row.status == expected
    assert len(_records(Verb.RULE_BRAKED)) == (expected == "review")
    if expected == "review":
        assert row.braked_because == "It hit 51 of 500 posts within 24 hours, more than 10 %."


def test_sudden_volume_on_many_authors_is_braked_and_one_loud_author_is_not(
    house: Any, braked: Callable[..., Any]
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import upkeep
    from patrol.register.tables import RuleTally, SourceRow

    row = braked(60, 5_000, authors=60)
    assert upkeep.look_after_rules(Desk.system()) == 0, "there is no day before to compare with"
    hour = Desk.system().now().replace(minute=0, second=0, microsecond=0)
    RuleTally.objects.create(
        rule="kite_swap", version=1, source=SourceRow.objects.get(),
        hour=hour - timedelta(days=3), posts=2, authors=["a", "b"],
    )  # fmt: skip
    RuleTally.objects.filter(hour=hour, rule="kite_swap").update(authors=["one"])
    assert upkeep.look_after_rules(Desk.system()) == 0
    authors = [f"{nth:012x}" for nth in range(60)]
    RuleTally.objects.filter(hour=hour, rule="kite_swap").update(authors=authors)
    assert upkeep.look_after_rules(Desk.system()) == 1
    row.refresh_from_db()
    assert row.braked_because.startswith("It hit 60 authors within two hours")


def test_a_rule_to_be_reviewed_makes_no_leads_until_one_person_releases_it(
    house: Any, braked: Callable[..., Any]
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rule_sheets, rule_versions, upkeep
    from patrol.register.tables import Lead

    braked(400, 500)
    upkeep.look_after_rules(Desk.system())
    assert rule_sheets.in_review() == 1
    assert rule_sheets.listed(house.desk("audit"))[0].name == "kite_swap", "it comes first"
    house.authorize()
    begun = house.begin()
    house.keeper(begun).keep(house.page(("a", "這裡有紙鳶可以互換，晚上都在公園")))
    assert not Lead.objects.exists()
    rule_versions.release(house.desk("lin"), "kite_swap", "A kite fair goes on.")
    house.keeper(begun).keep(house.page(("b", "這裡也有紙鳶可以互換，白天都在公園")))
    assert Lead.objects.count() == 1
    assert upkeep.look_after_rules(Desk.system()) == 0, "the volume was judged to be right"


def test_a_run_notices_a_flood_by_itself(house: Any) -> None:
    from patrol.actions.rulemaking import rule_versions
    from patrol.register.tables import Lead, RuleVersion

    rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.")
    rule_versions.approve(house.desk("wu"), "kite_swap", 1)
    house.authorize()
    keeper = house.keeper(house.begin())
    flood = [(f"k{nth}", f"紙鳶互換 {nth} 號，晚上都在公園旁邊等") for nth in range(500)]
    keeper.keep(house.page(*flood))
    assert RuleVersion.objects.get(name="kite_swap").status == "review"
    before = Lead.objects.count()
    keeper.keep(house.page(*((f"m{key}", f"{text}喔") for key, text in flood[:20])))
    assert Lead.objects.count() == before


def test_a_rule_for_possible_victims_is_never_set_aside(
    house: Any, braked: Callable[..., Any]
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import upkeep
    from patrol.register.tables import Lead

    braked(400, 500, kind="possible_victim", category=None)
    assert upkeep.look_after_rules(Desk.system()) == 1
    house.authorize()
    house.keeper(house.begin()).keep(house.page(("a", "這裡有紙鳶可以互換，晚上都在公園")))
    assert Lead.objects.get().kind == "possible_victim"
