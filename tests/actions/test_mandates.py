"""Two persons, one mandate, and nothing without it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from patrol.errors import PatrolError
from patrol.models import Category, Scope, Verb


def test_requester_cannot_approve(house: Any) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates
    from patrol.register.tables import LedgerRecord

    now = timezone.now()
    row = mandates.request(
        house.desk("lin"),
        "harbor",
        basis="art. 28",
        number="1",
        scope=Scope(hosts=("harbor.example",)),
        categories=(Category.FRAUD,),
        valid_from=now,
        valid_until=now + timedelta(days=1),
    )
    with pytest.raises(mandates.CannotApprove):
        mandates.approve(house.desk("lin"), row.pk)
    told = json.loads(bytes(LedgerRecord.objects.latest("seq").body))
    assert (told["result"], told["details"]) == ("deny", {"error": "CannotApprove"})
    assert mandates.in_force(row.source, now) is None
    mandates.approve(house.desk("wu"), row.pk)
    assert mandates.in_force(row.source, now) == row


@pytest.mark.both_databases
def test_the_database_itself_refuses_one_pair_of_eyes(house: Any) -> None:
    from django.db import IntegrityError, transaction

    row = house.authorize()
    row.approver = row.requester
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize("account", ["mei", "audit", "root"])
def test_only_a_supervisor_asks(house: Any, account: str) -> None:
    from patrol.actions.desk import NotPermitted

    with pytest.raises(NotPermitted):
        house.authorize.__func__(_As(house, account))
    assert _last(house).verb == Verb.AUTHORIZATION_REQUESTED
    assert _last(house).result == "deny"


class _As:
    """The same house, with somebody else in the requester's chair."""

    def __init__(self, house: Any, account: str) -> None:
        self.house, self.account = house, account

    def desk(self, _account: str) -> Any:
        return self.house.desk(self.account)


def _last(_house: Any) -> Any:
    from patrol.register.tables import LedgerIndex

    return LedgerIndex.objects.order_by("-seq").first()


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": " "},
        {"categories": ()},
        {"scope": Scope(hosts=("Harbor.example",))},
        {"scope": Scope(hosts=("*.example",))},
        {"scope": Scope(hosts=("elsewhere.example",))},
        {"scope": Scope(hosts=("harbor.example",), paths=("nope",))},
        {"scope": Scope(hosts=("harbor.example",), paths=("/private",))},
        {"scope": Scope(hosts=("harbor.example",), paths=("/view",))},
        {"scope": Scope(hosts=("harbor.example",), https_only=True)},
        {"scope": Scope(hosts=("harbor.example",), query_allow=("f=2",))},
        {"scope": Scope(hosts=("harbor.example",), query_deny=("*",))},
        {"scope": Scope(hosts=("harbor.example",), query_deny=("a=1&b",))},
        {"scope": Scope(hosts=("harbor.example",), query_deny=("=1",))},
        {"valid_until_days": 181},
        {"valid_until_days": -1},
    ],
)
def test_an_unenforceable_mandate_is_refused(house: Any, changes: dict[str, Any]) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates

    if days := changes.pop("valid_until_days", None):
        changes["valid_from"] = timezone.now()
        changes["valid_until"] = timezone.now() + timedelta(days=days)
    with pytest.raises(mandates.BadAuthorization) as caught:
        house.authorize(**changes)
    assert caught.value.why
    assert caught.value.do


@pytest.mark.both_databases
def test_without_a_mandate_a_run_ends_before_it_reads(house: Any) -> None:
    from patrol.register.tables import RunRow

    assert house.begin() is None
    run = RunRow.objects.get()
    assert run.outcome == "authorization_ended"
    assert run.detail == "No authorization was in force when the run was due."


def test_revoking_ends_the_mandate_of_a_run(house: Any) -> None:
    from patrol.actions.collecting import mandates, runs

    row = house.authorize()
    begun = house.begin()
    assert runs.mandate(begun.run.pk)[0] is not None
    mandates.revoke(house.desk("wu"), row.pk, "The case is closed.")
    assert runs.mandate(begun.run.pk) == (None, False)


def test_another_units_source_is_not_there(house: Any) -> None:
    from patrol.actions.collecting import sources

    with pytest.raises(PatrolError, match="no source `harbor`"):
        sources.run_now(_supervisor_of_another_unit(), "harbor")


def _supervisor_of_another_unit() -> Any:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role

    person = people.add(
        Desk.command_line(), "far", Role.SUPERVISOR, "巡查二隊", password=None, language="en"
    )
    return Desk.of(person, origin=None)


@pytest.fixture
def night(house: Any) -> Any:
    """A source on PTT, which asks for an age."""
    from patrol.actions.collecting import sources

    start = ("https://www.ptt.cc/bbs/Night/index.html",)
    return sources.propose(
        house.desk("lin"),
        house.source.model_copy(update={"name": "harbor", "engine": None, "start": start}),
    )


def test_a_declaration_of_age_is_asked_for_and_approved_with_the_mandate(
    house: Any, night: Any
) -> None:
    from patrol.actions.collecting import mandates, sources
    from patrol.models import AgeDeclaration
    from patrol.register.tables import LedgerRecord

    host = "www.ptt.cc"
    row = house.authorize(scope=Scope(hosts=(host,)), age_host=host)
    noun = mandates.authorization(row)
    assert noun.age_declaration == AgeDeclaration(host=host, cookie="over18=1")
    told = json.loads(bytes(LedgerRecord.objects.latest("seq").body))
    assert told["verb"] == "authorization.approved"
    assert told["details"]["declares_age"] == "www.ptt.cc over18=1"
    (sheet,) = sources.viewed(house.desk("wu"), "harbor").authorizations
    assert sheet.declares_age == "over18=1 → www.ptt.cc"


def test_without_being_asked_for_no_age_is_declared(house: Any, night: Any) -> None:
    from patrol.actions.collecting import mandates

    row = house.authorize(scope=Scope(hosts=("www.ptt.cc",)))
    assert mandates.authorization(row).age_declaration is None


def test_an_age_is_declared_to_a_host_of_the_mandate_only(house: Any, night: Any) -> None:
    from patrol.actions.collecting import mandates

    with pytest.raises(mandates.BadAuthorization, match=r"term\.ptt\.cc"):
        house.authorize(scope=Scope(hosts=("www.ptt.cc",)), age_host="term.ptt.cc")


def test_software_that_asks_for_no_age_is_told_none(house: Any) -> None:
    from patrol.actions.collecting import mandates

    with pytest.raises(mandates.BadAuthorization, match="declares no age"):
        house.authorize(age_host="harbor.example")


def test_a_trial_covers_single_looks_and_no_run(house: Any) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates, sources

    now = timezone.now()
    row = house.authorize(trial=True, valid_until=now + timedelta(days=7))
    assert mandates.in_force(row.source, now) is None
    assert mandates.in_force(row.source, now, trial=True) == row
    row.source.refresh_from_db()
    assert row.source.next_due_at is None, "no run is planned"
    assert house.begin() is None
    mandate = sources.listed(house.desk("lin"))[0].authorization
    assert mandate is not None
    assert mandate.state == "trial"
    whole = house.authorize()
    assert mandates.in_force(row.source, now, trial=True) == whole


def test_a_trial_is_short(house: Any) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates

    with pytest.raises(mandates.BadAuthorization, match="more than 14 days"):
        house.authorize(trial=True, valid_until=timezone.now() + timedelta(days=15))
