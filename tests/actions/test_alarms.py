"""A possible victim's lead is acknowledged, or the call goes on: officer on call, supervisors, every page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from patrol.models import LeadStatus, Verdict

Kept = Callable[..., Any]
CRY = "我被他威脅要公開照片，求救，誰可以幫我"
PLAIN = "徵兼職伴遊，國中可，加賴 abc123"


@pytest.fixture
def victim(house: Any, kept: Kept) -> Any:
    """A lead of a possible victim that nobody has seen."""
    from patrol.register.tables import Lead

    kept(CRY)
    return Lead.objects.get(kind="possible_victim")


def now() -> Any:
    from patrol.register import clock

    return clock.now()


def on_call(house: Any, account: str = "mei", *, hours: int = 12) -> Any:
    from patrol.actions.notifying import oncall

    begin = now() - timedelta(minutes=5)
    return oncall.put_on_call(house.desk("lin"), account, begin, begin + timedelta(hours=hours))


def told(account: str) -> list[str]:
    from patrol.register.tables import Notice

    rows = Notice.objects.filter(person__account=account, kind="victim_alarm").order_by("pk")
    return [once.rpartition(":")[2] for once in rows.values_list("once", flat=True) if once]


def pass_time(minutes: int) -> int:
    from patrol.actions.notifying import alarms

    alarms.raise_due(now())
    return alarms.go_further(now() + timedelta(minutes=minutes))


def test_everybody_who_may_read_it_is_told_at_once_and_once(house: Any, victim: Any) -> None:
    from patrol.actions.notifying import alarms
    from patrol.register.tables import Notice

    assert alarms.raise_due(now()) == 1
    assert alarms.raise_due(now()) == 0
    assert (told("mei"), told("lin"), told("audit"), told("other")) == (["0"], ["0"], [], [])
    assert all(Notice.objects.values_list("urgent", flat=True))
    assert pass_time(9) == 0


def test_unheard_it_goes_to_the_officer_the_supervisors_and_every_page(
    house: Any, victim: Any
) -> None:
    from patrol.actions.notifying import alarms

    on_call(house)
    assert pass_time(10) == 1
    assert (told("mei"), told("lin")) == (["0", "1"], ["0"])
    assert alarms.raised(house.desk("mei"), alarms.BANNER) == ()
    assert pass_time(20) == 1
    assert (told("mei"), told("lin"), told("wu")) == (["0", "1"], ["0", "2"], ["0", "2"])
    assert pass_time(30) == 1
    assert pass_time(300) == 0
    assert [one.lead_id for one in alarms.raised(house.desk("mei"), alarms.BANNER)] == [victim.pk]
    for account in ("audit", "root", "other"):
        assert alarms.raised(house.desk(account), alarms.BANNER) == ()


def test_with_nobody_on_call_the_supervisors_are_next(house: Any, victim: Any) -> None:
    assert pass_time(10) == 1
    assert (told("mei"), told("lin")) == (["0"], ["0", "2"])


def test_acknowledged_the_call_ends_on_record(house: Any, victim: Any) -> None:
    from patrol.actions.notifying import alarms
    from patrol.register.tables import Alarm, LedgerIndex

    pass_time(10)
    mei = house.desk("mei")
    assert alarms.acknowledge(mei, victim.pk) == "acknowledged"
    assert alarms.acknowledge(house.desk("lin"), victim.pk) == "was_acknowledged"
    assert pass_time(300) == 0
    assert alarms.raised(mei) == ()
    row = Alarm.objects.get()
    assert row.acknowledged_by is not None
    assert row.acknowledged_by.account == "mei"
    rows = LedgerIndex.objects.filter(verb="alarm.acknowledged").order_by("seq")
    assert [(one.account, one.subject) for one in rows] == [
        ("mei", f"lead:{victim.pk}"),
        ("lin", f"lead:{victim.pk}"),
    ]


def test_who_decides_has_seen_it(house: Any, victim: Any) -> None:
    from patrol.actions.notifying import alarms
    from patrol.actions.triaging import triage

    pass_time(10)
    mei = house.desk("mei")
    triage.decide(mei, victim.pk, victim.version, Verdict.REFERRED)
    assert alarms.raised(mei) == ()
    triage.decide(mei, victim.pk, victim.version + 1, Verdict.REOPENED)
    assert (alarms.raised(mei), pass_time(300)) == ((), 0)


def test_a_rule_of_danger_raises_one_too_and_others_do_not(
    house: Any, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions.notifying import alarms
    from patrol.register.tables import Lead, MatchRow

    kept(PLAIN)
    lead = Lead.objects.get()
    assert (lead.status, alarms.raise_due(now())) == (LeadStatus.NEW, 0)
    rule = MatchRow.objects.values_list("rule", flat=True)[0]
    monkeypatch.setenv("PATROL_ALARM_RULES", f'["{rule}"]')
    assert alarms.raise_due(now()) == 1
    assert told("mei") == ["0"]


def test_what_waited_for_days_raises_none(house: Any, victim: Any) -> None:
    from patrol.actions.notifying import alarms

    assert alarms.raise_due(now() + timedelta(hours=25)) == 0


def test_the_rules_of_danger_are_shipped(shipped: Any) -> None:
    from patrol.settings import Settings

    assert {rule.name for rule in shipped[0]} >= set(Settings().alarm_rules)


def test_the_last_turn_set_counts_until_it_is_taken_back(house: Any) -> None:
    from patrol.actions.notifying import oncall

    lin = house.desk("lin")
    unit = lin.person.unit_id
    assert oncall.on_call(unit, now()) is None
    on_call(house, "mei")
    second = on_call(house, "wu", hours=6)
    assert [turn.is_now for turn in oncall.turns(lin)] == [False, True]
    assert oncall.on_call(unit, now()) == house.desk("wu").person
    oncall.take_off(lin, second.pk)
    assert oncall.on_call(unit, now()) == house.desk("mei").person
    assert oncall.on_call(unit, now() + timedelta(days=1)) is None
    with pytest.raises(oncall.NoSuchTurn):
        oncall.take_off(lin, second.pk)


@pytest.mark.parametrize(
    ("account", "begin", "end"),
    [("audit", 0, 8), ("other", 0, 8), ("nobody", 0, 8), ("mei", 8, 0), ("mei", -9, -1), ("mei", 0, 800)],
)  # fmt: skip
def test_only_who_can_act_is_put_on_call(house: Any, account: str, begin: int, end: int) -> None:
    from patrol.actions.notifying import oncall

    at = now()
    with pytest.raises(oncall.BadTurn):
        oncall.put_on_call(
            house.desk("lin"), account, at + timedelta(hours=begin), at + timedelta(hours=end)
        )


def test_officers_do_not_say_who_is_on_call(house: Any) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.notifying import oncall

    with pytest.raises(NotPermitted):
        oncall.put_on_call(house.desk("mei"), "mei", now(), now() + timedelta(hours=1))
