"""Accounts that are closed, opened again and given another role, and duties that are never in one hand."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.web.planting import give_factor

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
CLOSES = {"reason": "left the unit"}
PHRASE = "a rather long phrase"


def _told(row: Any) -> dict[str, Any]:
    from patrol.register.tables import LedgerRecord

    body: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.get(seq=row.seq).body))
    details: dict[str, Any] = body["details"]
    return details


@pytest.mark.both_databases
def test_whoever_leaves_is_out_and_stays_out(garden: Any, sign_in: Sign, visitor: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people, tokens
    from patrol.errors import PatrolError
    from patrol.models import TokenScope

    mei = garden.people["mei"]
    mei.set_password(PHRASE)
    mei.save()
    give_factor(mei)
    working, link = sign_in("mei"), people.issue_link(Desk.command_line(), "mei")
    SocialAccount.objects.create(user=mei, provider="https://id.example", uid="1", extra_data={})
    token = tokens.make(Desk.of(mei, origin=None), "counter", [TokenScope.INBOX], 30)
    root = sign_in("root")
    assert root.post(f"/people/{mei.pk}/close/", CLOSES).status_code == 302
    assert working.get("/leads/")["Location"].startswith("/account/login/")
    for _ in ("closed", "opened again"):
        assert visitor.post(f"/enter/{link}/").status_code == 403
        with pytest.raises(PatrolError, match="This token does not work"):
            tokens.admit(token, TokenScope.INBOX, None)
        mei.refresh_from_db()
        assert not mei.check_password(PHRASE)
        assert not Authenticator.objects.filter(user=mei.pk).exists()
        assert not SocialAccount.objects.filter(user=mei.pk).exists()
        root.post(f"/people/{mei.pk}/reopen/", {"reason": "back"})
    again = people.issue_link(Desk.command_line(), "mei")
    assert visitor.post(f"/enter/{again}/").status_code == 302


def test_a_closed_account_gets_no_link(garden: Any, sign_in: Sign) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    sign_in("root").post(f"/people/{garden.people['mei'].pk}/close/", CLOSES)
    with pytest.raises(people.BadPerson, match="is closed"):
        people.issue_link(Desk.command_line(), "mei")


@pytest.mark.parametrize("closed", [True, False])
def test_half_a_sign_in_ends_with_the_account(
    *, closed: bool, garden: Any, sign_in: Sign, visitor: Any
) -> None:
    """The password was given, the code comes after the closing: also if its secret were still there."""
    from allauth.mfa.totp.internal import auth

    mei = garden.people["mei"]
    mei.set_password(PHRASE)
    mei.save()
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(mei, secret)
    place = visitor.post("/account/login/", {"login": "mei", "password": PHRASE})["Location"]
    assert place == "/account/factor/ask/"
    if closed:
        sign_in("root").post(f"/people/{mei.pk}/close/", CLOSES)
        auth.TOTP.activate(mei, secret)
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    visitor.post(place, {"code": auth.format_hotp_value(auth.hotp_value(secret, counter))})
    assert (visitor.get("/leads/").status_code == 200) is not closed


@pytest.mark.both_databases
def test_what_an_account_held_is_let_go_on_record(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from datetime import timedelta

    from patrol.actions.desk import Desk
    from patrol.actions.notifying import oncall
    from patrol.actions.triaging.assigning import assign
    from patrol.register import clock
    from patrol.register.tables import Lead, Message, OnCall, Reach

    mei, now = garden.people["mei"], clock.now()
    lead: Any = Lead.objects.filter(unit=mei.unit_id).first()
    desk = Desk.of(mei, origin=None)
    assign(desk, lead.pk, "mei")
    lead.held_by, lead.held_since, lead.held_until = mei, now, now + timedelta(minutes=5)
    lead.save(update_fields=["held_by", "held_since", "held_until"])
    lin = Desk.of(garden.people["lin"], origin=None)
    oncall.put_on_call(lin, "mei", now, now + timedelta(days=1))
    Reach.objects.create(person=mei, mail="mei@unit.example", changed_at=now)
    Message.objects.create(
        key="k", channel="email", person=mei, body={}, written_at=now, next_at=now
    )
    sign_in("root").post(f"/people/{mei.pk}/close/", CLOSES)
    lead.refresh_from_db()
    assert (lead.assigned_to, lead.held_by, lead.held_until) == (None, None, None)
    assert not OnCall.objects.filter(person=mei, ended_at=None).exists()
    assert Reach.objects.get(person=mei).mail == ""
    assert not Message.objects.filter(person=mei).exists()
    (row,) = records(verb="person.closed", account="root")
    assert row.subject == f"person:{mei.pk}"
    told = _told(row)
    assert (told["leads"], told["turns"]) == (1, 1)
    assert [one.subject for one in records(verb="lead.assigned", account="root")] == [
        f"lead:{lead.pk}"
    ]
    assert len(records(verb="oncall.changed", account="root")) == 1


def test_what_stood_on_one_persons_word_alone_ends(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from patrol.register.tables import AuthorizationRow

    lin = garden.people["lin"]
    approved = AuthorizationRow.objects.filter(revoked_at=None).exclude(approved_at=None)
    sound: Any = approved.first()
    sound.requester = lin
    sound.save(update_fields=["requester"])
    asked = AuthorizationRow.objects.get(pk=sound.pk)
    asked.pk = asked.approver = asked.approved_at = None
    asked.save(force_insert=True)
    sign_in("root").post(f"/people/{lin.pk}/close/", CLOSES)
    sound.refresh_from_db()
    asked.refresh_from_db()
    assert sound.revoked_at is None, "two persons' word stays"
    assert asked.revoked_at is not None
    (row,) = records(verb="authorization.revoked", account="root")
    assert row.subject == f"authorization:{asked.pk}"


def test_another_role_ends_sign_ins_and_opens_its_own_pages(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    mei = garden.people["mei"]
    working = sign_in("mei")
    place, asked = f"/people/{mei.pk}/role/", {"reason": "moved", "role": "admin"}
    assert sign_in("root").post(place, asked).status_code == 302
    assert working.get("/leads/")["Location"].startswith("/account/login/")
    assert sign_in("mei").get("/people/")["Location"] == "/account/factor/app/", "compulsory now"
    mei.refresh_from_db()
    give_factor(mei)
    assert sign_in("mei").get("/leads/").status_code == 403
    assert sign_in("mei").get("/people/").status_code == 200
    (row,) = records(verb="person.role_changed", account="root")
    told = _told(row)
    assert (told["role_before"], told["role"]) == ("officer", "admin")


def test_nobody_closes_their_own(garden: Any, sign_in: Sign, records: Records) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role
    from patrol.register.tables import Person

    root = garden.people["root"]
    people.add(Desk.command_line(), "root2", Role.ADMIN, "巡查一隊", password=None, language="en")
    Person.objects.filter(account="root2").update(same_as=root)
    for number in (root.pk, people.find("root2").pk):
        assert sign_in("root").post(f"/people/{number}/close/", CLOSES).status_code == 403
    assert not Person.objects.exclude(closed_at=None).exists()
    assert len(records(verb="person.closed", result="deny")) == 2


def test_the_last_of_a_needed_role_is_closed_at_the_machine_only(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import accounts, people

    audit = garden.people["audit"]
    assert sign_in("root").post(f"/people/{audit.pk}/close/", CLOSES).status_code == 403
    change = {"reason": "moved", "role": "officer"}
    assert sign_in("root").post(f"/people/{audit.pk}/role/", change).status_code == 403
    assert accounts.close(Desk.command_line(), people.find("audit"), "gone")
    (row,) = records(verb="person.closed", account="operator")
    assert _told(row)["alone"] is True


@pytest.mark.both_databases
@pytest.mark.parametrize("what", ["close", "role"])
def test_an_auditor_is_closed_or_changed_by_two(
    what: str, garden: Any, second: Any, sign_in: Sign, records: Records
) -> None:
    second.is_active = True
    second.save()
    from patrol.register.tables import Notice

    audit = garden.people["audit"]
    asked = CLOSES if what == "close" else {"reason": "moved", "role": "officer"}
    assert sign_in("root").post(f"/people/{audit.pk}/{what}/", asked).status_code == 302
    audit.refresh_from_db()
    assert (audit.closed_at, audit.role) == (None, "auditor"), "it waits"
    told = Notice.objects.filter(kind="word_asked").values_list("person__account", "about")
    assert ("audit2", f"person:{audit.pk}") in told
    assert ("audit", f"person:{audit.pk}") not in told, "nobody is asked about themself"
    assert "waits for an auditor's word" in html.unescape(
        sign_in("root").get("/people/").content.decode()
    )
    assert sign_in("audit").post("/people/vouching/2/vouch/").status_code == 403
    assert sign_in("audit2").post("/people/vouching/2/vouch/").status_code == 302
    audit.refresh_from_db()
    verb = {"close": "person.closed", "role": "person.role_changed"}[what]
    assert audit.closed_at is not None if what == "close" else audit.role == "officer"
    assert len(records(verb=verb, account="audit2")) == 1


def test_duties_that_exclude_each_other_are_in_one_hand_never(garden: Any, sign_in: Sign) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import accounts, people
    from patrol.actions.staffing.duties import DutiesClash
    from patrol.models import Role

    desk = Desk.command_line()

    def twin(name: str, role: Role) -> None:
        people.add(desk, name, role, "巡查一隊", password=None, language="en", same_as="mei")

    for role in (Role.AUDITOR, Role.ADMIN, Role.PRIVACY_OFFICER):
        with pytest.raises(DutiesClash):
            twin("twin", role)
    twin("twin", Role.SUPERVISOR)
    page = sign_in("root").post(
        f"/people/{people.find('twin').pk}/role/", {"reason": "moved", "role": "admin"}
    )
    assert page.status_code == 403
    assert "exclude each other" in page.content.decode()
    accounts.close(desk, people.find("mei"), "left")
    accounts.give_role(desk, people.find("twin"), Role.ADMIN, "moved")
    with pytest.raises(DutiesClash):
        accounts.reopen(desk, people.find("mei"), "back")
