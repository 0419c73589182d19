"""What the register tells of by itself: once each, to whom it concerns, and found again after any death."""

from datetime import timedelta
from typing import Any

import pytest

from patrol.models import Outcome, Permission


def now() -> Any:
    from patrol.register import clock

    return clock.now()


def told(kind: str) -> list[tuple[str, int]]:
    from patrol.register.tables import Notice

    rows = Notice.objects.filter(kind=kind).order_by("person__account", "pk")
    return list(rows.values_list("person__account", "count"))


def news(**later: int) -> int:
    from patrol.actions.notifying import tidings

    return tidings.tell_news(now() + timedelta(**later))


def run(outcome: Outcome) -> None:
    from patrol.register.tables import RunRow, SourceRow

    source = SourceRow.objects.get()
    RunRow.objects.create(
        source=source,
        due_at=now(),
        ended_at=now(),
        outcome=outcome,
    )


def test_a_failing_source_is_told_once_and_once_when_it_is_read_again(house: Any) -> None:
    from patrol.actions.notifying import oncall

    oncall.put_on_call(
        house.desk("wu"), "mei", now() - timedelta(hours=1), now() + timedelta(hours=1)
    )
    run(Outcome.OK)
    for outcome in (Outcome.NETWORK, Outcome.OUTSIDE_HOURS, Outcome.STOPPED, Outcome.LOGIN_WALL):
        run(outcome)
        assert news() == 0
    run(Outcome.CRASHED)
    assert (news(), news()) == (2, 0)
    run(Outcome.CRASHED)
    assert (news(), told("source_failing")) == (0, [("lin", 3), ("mei", 3)])
    assert told("source_recovered") == []
    run(Outcome.NOTHING_NEW)
    assert (news(), news()) == (2, 0)
    assert told("source_recovered") == [("lin", 0), ("mei", 0)], "nothing was lost for good"
    for _ in range(3):
        run(Outcome.NETWORK)
    assert (news(), news()) == (2, 0)
    assert len(told("source_failing")) == 4


def test_without_owner_and_officer_the_supervisors_hear_of_it(house: Any) -> None:
    from patrol.register.tables import SourceRow

    SourceRow.objects.update(proposed_by=None)
    for _ in range(3):
        run(Outcome.NETWORK)
    assert (news(), told("source_failing")) == (2, [("lin", 3), ("wu", 3)])


def test_a_few_failures_are_no_news(house: Any) -> None:
    for outcome in (Outcome.NETWORK, Outcome.CRASHED, Outcome.OK, Outcome.NETWORK):
        run(outcome)
    assert news() == 0


@pytest.mark.parametrize(
    ("days", "within"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1)]
)
def test_ends_are_told_at_thirty_seven_and_one_days(
    house: Any, days: int, within: int | None
) -> None:
    row = house.authorize(valid_until=now() + timedelta(days=days - 0.01))
    assert (news(), news()) == ((2, 0) if within else (0, 0))
    assert told("mandate_ending") == ([("lin", within), ("wu", within)] if within else [])
    if within == 1:
        house.authorize(valid_until=row.valid_until + timedelta(days=20), number="115-002")
        assert told("mandate_ending") == [("lin", 1), ("wu", 1)]


def test_every_end_is_told_as_it_comes_nearer(house: Any) -> None:
    house.authorize(valid_until=now() + timedelta(days=29))
    assert [news(days=days) for days in (0, 1, 22, 23, 28, 28)] == [2, 0, 2, 0, 2, 0]
    assert told("mandate_ending")[:3] == [("lin", 30), ("lin", 7), ("lin", 1)]


def test_a_braked_rule_is_told_each_time_it_is_braked(house: Any) -> None:
    from patrol.actions.notifying.notices import people_who
    from patrol.register.tables import RuleVersion, Unit

    rule = RuleVersion.objects.all()[0]
    RuleVersion.objects.filter(pk=rule.pk).update(braked_at=now())
    who = [
        one for unit in Unit.objects.all() for one in people_who(unit.pk, Permission.RULES_APPROVE)
    ]
    assert (news(), news(), len(who)) == (2, 0, 2)
    RuleVersion.objects.filter(pk=rule.pk).update(braked_at=now())
    assert news() == 2
    RuleVersion.objects.filter(pk=rule.pk).update(braked_at=now() - timedelta(days=4))
    assert news() == 0


def test_what_ends_of_the_rules_is_told_before_and_after(house: Any) -> None:
    from patrol.register.tables import LexiconRow, RuleVersion

    rule = RuleVersion.objects.filter(retired_at=None)[0]
    today = now().date()

    def ends(days: int) -> int:
        rule.body["expires"] = str(today + timedelta(days=days))
        rule.save(update_fields=["body"])
        return news()

    assert [ends(days) for days in (30, 8)] == [0, 0]
    assert [ends(days) for days in (7, 7)] == [2, 0]
    rule.body["expires"] = None
    rule.body["exceptions"] = [{"words": ["x"], "expires": str(today + timedelta(days=1))}]
    rule.save(update_fields=["body"])
    assert (news(), news(), news(days=1), news(days=2)) == (2, 0, 0, 2)
    assert {days for _, days in told("rule_ending")} == {7, 1}
    assert len(told("rule_ended")) == 2
    rule.body["exceptions"] = []
    rule.save(update_fields=["body"])
    words = LexiconRow.objects.filter(status="live")[0]
    words.body["words"][0]["expires"] = str(today + timedelta(days=6))
    words.save(update_fields=["body"])
    assert news() == 2


def test_an_unfinished_referral_heads_the_next_shift_and_is_late_after_a_day(
    house: Any, kept: Any
) -> None:
    from patrol.actions.triaging import triage
    from patrol.models import Verdict
    from patrol.register.tables import Lead, Referral

    kept("我被他威脅要公開照片，求救，誰可以幫我")
    lead = Lead.objects.get(kind="possible_victim")
    triage.decide(house.desk("mei"), lead.pk, lead.version, Verdict.REFERRED)
    news()
    assert told("referral_unfinished") == []
    Referral.objects.update(begun_at=now() - timedelta(hours=24))
    assert (news(), news()) == (1, 0)
    assert told("referral_unfinished") == [("mei", 1)]
    Referral.objects.update(due_at=now())
    assert (news(), news()) == (3, 0)
    assert [account for account, _ in told("referral_unfinished")] == ["lin", "mei", "mei", "wu"]
    Referral.objects.update(withdrawn_at=now())
    news(days=2)
    assert len(told("referral_unfinished")) == 4


def test_auditors_hear_of_break_glass_and_of_each_others_unlocks(house: Any, kept: Any) -> None:
    from patrol.actions.auditing import one_record
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people, vouching
    from patrol.models import Role
    from patrol.register.tables import Lead

    people.add(
        Desk.command_line(), "audit2", Role.AUDITOR, "巡查一隊", password=None, language="en"
    )
    (asked,) = vouching.waiting(house.desk("audit"))
    vouching.answer(house.desk("audit"), asked.id, granted=True)
    kept("徵兼職伴遊，國中可，加賴 abc123")
    one_record.unlock(house.desk("audit"), Lead.objects.get().pk, "checking a complaint")
    assert told("export_unlocked") == [("audit2", 1)]


def test_what_was_read_is_forgotten_and_what_waits_is_not(house: Any) -> None:
    from patrol.actions.notifying import notices, tidings
    from patrol.models import NoticeKind
    from patrol.register.tables import Message, Notice

    mei, lin = house.desk("mei"), house.desk("lin")
    people = [mei.person, lin.person]
    notices.tell(people, NoticeKind.QUERY_HIT, "/queries/4/", about="query:4")
    notices.put_aside(mei)
    at = {"channel": "webhook", "body": {}, "written_at": now(), "next_at": now()}
    Message.objects.create(key="left", sent_at=now(), **at)
    Message.objects.create(key="waits", **at)
    tidings.forget_old(now() + tidings.KEPT - timedelta(hours=1))
    assert (Notice.objects.count(), Message.objects.count()) == (2, 2)
    tidings.forget_old(now() + tidings.KEPT + timedelta(hours=1))
    assert [one.person.account for one in Notice.objects.all()] == ["lin"]
    assert [one.key for one in Message.objects.all()] == ["waits"]
