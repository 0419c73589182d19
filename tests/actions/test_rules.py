"""A rule comes by two persons, is tried beside the others, and ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from patrol.errors import ManyErrors
from patrol.models import Rule, RuleStatus, Verb

KITE = {
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
HIT = "紙鳶互換，自取，晚上都在公園旁邊等你們"


def kite(**changes: Any) -> Rule:
    return Rule.model_validate({**KITE, **changes})


@pytest.fixture
def shipped() -> Any:
    """Three rules with their word lists."""
    from patrol.config import read_rules
    from patrol.settings import Settings

    rules, lexicons = read_rules(Settings().config)
    return rules[:3], lexicons


@pytest.fixture
def live(house: Any) -> Callable[..., Any]:
    """Propose a rule as one person and approve it as another."""

    def made(**changes: Any) -> Any:
        from patrol.actions.rulemaking import rule_versions

        row = rule_versions.propose(house.desk("lin"), kite(**changes), "Kites are swapped.").row
        return rule_versions.approve(house.desk("wu"), row.name, row.version)

    return made


def _last_record() -> Any:
    from patrol.register.tables import LedgerIndex

    return LedgerIndex.objects.order_by("-seq").first()


def test_a_rule_becomes_live_by_two_persons(house: Any) -> None:
    from patrol.actions.rulemaking import rule_versions, rulebook

    row = rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.").row
    assert (row.version, row.status) == (1, RuleStatus.DRAFT)
    assert "kite_swap" not in {rule.name for rule in rulebook.in_force()[0]}
    with pytest.raises(rule_versions.SecondPerson):
        rule_versions.approve(house.desk("lin"), "kite_swap", 1)
    assert (_last_record().verb, _last_record().result) == (Verb.RULE_APPROVED, "deny")
    rule_versions.approve(house.desk("wu"), "kite_swap", 1)
    assert "kite_swap" in {rule.name for rule in rulebook.in_force()[0]}
    assert _last_record().verb == Verb.RULE_APPROVED


def test_a_second_account_is_no_second_person(house: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rule_versions
    from patrol.actions.staffing import people
    from patrol.models import Role

    people.add(
        Desk.command_line(), "lin2", Role.SUPERVISOR, "巡查一隊",
        password=None, language="en", same_as="lin",
    )  # fmt: skip
    rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.")
    with pytest.raises(rule_versions.SecondPerson):
        rule_versions.approve(house.desk("lin2"), "kite_swap", 1)
    rule_versions.propose(house.desk("lin2"), kite(level="low"), "It says little alone.")
    with pytest.raises(rule_versions.SecondPerson):
        rule_versions.approve(house.desk("lin"), "kite_swap", 2)


def test_the_database_itself_refuses_one_pair_of_eyes(live: Callable[..., Any]) -> None:
    from django.db import IntegrityError, transaction

    row = live()
    row.approver = row.proposed_by
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize("account", ["mei", "audit", "root"])
def test_only_a_supervisor_proposes_and_approves(house: Any, account: str) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.rulemaking import rule_versions

    with pytest.raises(NotPermitted):
        rule_versions.propose(house.desk(account), kite(), "Kites are swapped.")
    rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.")
    with pytest.raises(NotPermitted):
        rule_versions.approve(house.desk(account), "kite_swap", 1)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"when": "kite and swop"}, "swop"),
    ({"terms": {**KITE["terms"], "swap": {"regex": "(互)\\1"}}}, "regex"),  # type: ignore[dict-item]
    ({"terms": {**KITE["terms"], "swap": {"words": ["借用"]}}}, "does not flag this example"),  # type: ignore[dict-item]
    ({"terms": {**KITE["terms"], "swap": {"lexicon": "nothing"}}}, "no lexicon"),  # type: ignore[dict-item]
    ({"terms": {**KITE["terms"], "swap": {"words": ["互換", "0912345678"]}}}, "contact"),  # type: ignore[dict-item]
    ({"terms": {**KITE["terms"], "swap": {"words": ["互換", "@kite_seller"]}}}, "contact"),  # type: ignore[dict-item]
    ({"name": "kite_t2"}, "cannot be a rule's name"),
]


@pytest.mark.parametrize(("changes", "said"), BAD, ids=[said for _, said in BAD])
def test_a_rule_with_a_fault_is_not_even_a_draft(
    house: Any, changes: dict[str, Any], said: str
) -> None:
    from patrol.actions.rulemaking import rule_versions
    from patrol.register.tables import RuleVersion

    before = RuleVersion.objects.count()
    with pytest.raises(ManyErrors, match=said):
        rule_versions.propose(house.desk("lin"), kite(**changes), "Kites are swapped.")
    assert RuleVersion.objects.count() == before


def test_the_next_version_takes_the_place_of_the_one_before(
    house: Any, live: Callable[..., Any]
) -> None:
    from patrol.actions.rulemaking import rule_sheets, rule_versions

    live()
    with pytest.raises(rule_versions.Unchanged):
        rule_versions.propose(house.desk("wu"), kite(), "Nothing is changed.")
    row = rule_versions.propose(house.desk("wu"), kite(level="low"), "It says little alone.").row
    rule_versions.approve(house.desk("lin"), row.name, row.version)
    old, new = reversed(rule_versions.versions("kite_swap"))
    assert (old.status, new.status) == (RuleStatus.RETIRED, RuleStatus.LIVE)
    assert old.retired_at
    diff = rule_sheets.differences(house.desk("audit"), "kite_swap", 1, 2)
    assert {("removed", "level: medium"), ("added", "level: low")} <= set(diff.lines)
    with pytest.raises(rule_versions.NotSo):
        rule_versions.approve(house.desk("lin"), "kite_swap", 1)


def test_a_rule_on_trial_flags_is_counted_and_makes_no_lead(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.actions.rulemaking import rule_sheets, rule_versions, rulebook
    from patrol.register.tables import BacktestPost, Lead, RuleTally

    rule_versions.propose(house.desk("lin"), kite(), "Kites are swapped.")
    rule_versions.try_out(house.desk("lin"), "kite_swap", 1)
    assert "kite_swap_t1" in {rule.name for rule in rulebook.in_force()[0]}
    house.authorize(number="115-002")
    keeper = house.keeper(house.begin())
    keeper.keep(house.page(HIT, "今天天氣很好"))
    assert not Lead.objects.exists()
    assert BacktestPost.objects.count() == 2, "its words are kept like those of any unflagged post"
    tally = RuleTally.objects.get(rule="kite_swap")
    assert (tally.version, tally.posts, tally.aside, len(tally.authors)) == (1, 1, 1, 1)
    assert RuleTally.objects.get(rule="").posts == 2
    shown = rule_sheets.viewed(house.desk("lin"), "kite_swap")
    assert (shown.line.status, shown.line.figures.hits, shown.line.figures.aside) == (
        "shadow",
        1,
        1,
    )
    rule_versions.approve(house.desk("wu"), "kite_swap", 1)
    house.keeper(house.begin()).keep(house.page(("p9", HIT + "喔")))
    assert Lead.objects.count() == 1


def test_a_version_on_trial_runs_beside_the_live_one(house: Any, live: Callable[..., Any]) -> None:
    from patrol.actions.rulemaking import rule_versions
    from patrol.register.tables import Lead, MatchRow, RuleTally

    live()
    wider = {**KITE["terms"], "swap": {"words": ["互換", "對調"]}}  # type: ignore[dict-item]
    rule_versions.propose(house.desk("lin"), kite(terms=wider), "Another word for swapping.")
    rule_versions.try_out(house.desk("lin"), "kite_swap", 2)
    house.authorize()
    house.keeper(house.begin()).keep(house.page(HIT, "紙鳶對調，自取，晚上在公園旁邊"))
    assert Lead.objects.count() == 1
    assert list(MatchRow.objects.values_list("rule", "version")) == [("kite_swap", 1)]
    counts = RuleTally.objects.exclude(rule="").values_list("version", "posts", "aside")
    assert sorted(counts) == [(1, 1, 0), (2, 2, 2)]


def test_a_retired_rule_flags_no_more_and_anyone_may_stop_it(
    house: Any, live: Callable[..., Any]
) -> None:
    from patrol.actions.rulemaking import rule_versions, rulebook

    live()
    rule_versions.retire(house.desk("lin"), "kite_swap", 1, "It looks for the wrong thing.")
    assert "kite_swap" not in {rule.name for rule in rulebook.in_force()[0]}
    with pytest.raises(rule_versions.NotSo):
        rule_versions.retire(house.desk("lin"), "kite_swap", 1, "It looks for the wrong thing.")


def test_an_expired_rule_flags_no_more_and_is_retired_on_record(
    house: Any, live: Callable[..., Any]
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rule_versions, rulebook

    today = Desk.system().now().date()
    row = live(expires=today)
    assert "kite_swap" in {rule.name for rule in rulebook.in_force(today)[0]}
    tomorrow = today + timedelta(days=1)
    assert "kite_swap" not in {rule.name for rule in rulebook.in_force(tomorrow)[0]}
    assert rule_versions.end_expired(Desk.system()) == 0
    row.body["expires"] = (today - timedelta(days=1)).isoformat()
    row.save()
    assert rule_versions.end_expired(Desk.system()) == 1
    row.refresh_from_db()
    assert (row.status, row.retired_by) == (RuleStatus.RETIRED, None)
    assert _last_record().verb == Verb.RULE_RETIRED


def test_another_installation_proposes_what_it_ships_and_changes_nothing(
    house: Any, live: Callable[..., Any], shipped: Any
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rule_versions, rulebook
    from patrol.register.tables import RuleVersion

    live()
    rules, lexicons = shipped
    before = RuleVersion.objects.count()
    rulebook.publish(Desk.command_line(), rules, lexicons)
    assert RuleVersion.objects.count() == before, "the same again is nothing new"
    other = rules[0].model_copy(update={"why": "Another sentence."})
    rulebook.publish(Desk.command_line(), [other], lexicons)
    row = RuleVersion.objects.latest("pk")
    assert (row.name, row.version, row.status) == (other.name, 2, RuleStatus.DRAFT)
    in_force = {rule.name: rule for rule in rulebook.in_force()[0]}
    assert in_force[other.name].why == rules[0].why
    assert "kite_swap" in in_force
    rule_versions.approve(house.desk("wu"), row.name, row.version)


def test_scope_exceptions_and_suppression_of_kept_posts(
    house: Any, live: Callable[..., Any]
) -> None:
    from patrol.register.tables import Lead, RuleTally, Sighting

    live(
        suppress={"key": "author", "hours": 24},
        scope={"sources": ["harbor"], "boards": ["http://harbor.example/"], "languages": ["zh-Hant"]},
        exceptions=[{"words": ["博物館"], "because": "A workshop.", "expires": date(2999, 1, 1)}],
    )  # fmt: skip
    house.authorize()
    keeper = house.keeper(house.begin())
    keeper.keep(house.page(("a", HIT), ("b", "紙鳶互換，博物館工作坊報名中"), author="ming"))
    assert (Lead.objects.count(), Sighting.objects.count()) == (1, 1)
    keeper.keep(house.page(("c", "還有很多紙鳶可以互換喔，請大家來看看"), author="ming"))
    assert (Lead.objects.count(), Sighting.objects.count()) == (1, 2), "it joins the first lead"
    keeper.keep(house.page(("d", "我這邊也有紙鳶想要互換，週末有空"), author="hua"))
    assert Lead.objects.count() == 2
    tally = RuleTally.objects.get(rule="kite_swap")
    assert (tally.posts, tally.aside) == (3, 1)


def test_the_same_again_within_a_group_of_pages_joins_the_lead_opened_in_it(
    house: Any, live: Callable[..., Any]
) -> None:
    from patrol.register.tables import Lead, Sighting

    live(suppress={"key": "author", "hours": 24})
    house.authorize()
    house.keeper(house.begin()).keep_all(
        [
            house.page(("a", HIT), author="ming"),
            house.page(("b", "還有很多紙鳶可以互換喔，請大家來看看"), author="ming"),
            house.page(("c", "我這邊也有紙鳶想要互換，週末有空"), author="hua"),
        ]
    )
    ming, hua = Lead.objects.order_by("pk")
    assert (ming.sightings_count, hua.sightings_count) == (2, 1)
    assert list(Sighting.objects.order_by("pk").values_list("lead", flat=True)) == [
        ming.pk,
        ming.pk,
        hua.pk,
    ]


@pytest.mark.parametrize(
    "scope",
    [
        {"sources": ["elsewhere"]},
        {"channels": ["social_media"]},
        {"boards": ["http://harbor.example/trade/"]},
        {"languages": ["en", "zh-Hans"]},
    ],
)
def test_outside_its_scope_a_rule_is_not_asked(
    house: Any, live: Callable[..., Any], scope: dict[str, Any]
) -> None:
    from patrol.register.tables import Lead, RuleTally

    live(scope=scope)
    house.authorize()
    house.keeper(house.begin()).keep(house.page(HIT))
    assert not Lead.objects.exists()
    assert not RuleTally.objects.exclude(rule="").exists()
