"""Supervisors, auditors and administrators reach nothing before they have a second factor."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

COMPULSORY = ("lin", "audit", "ning", "root")
STAYS = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "organisation_again",
}
"""Pages that somebody without a factor reaches, beside those that are open to anybody."""

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]


def _addresses() -> Iterator[tuple[str, str, Any]]:
    from patrol.web.access import declaration, each_pattern

    for route, pattern in each_pattern():
        address = re.sub(r"<slug:\w+>", "harbor", re.sub(r"<int:\w+>", "1", "/" + route))
        yield pattern.name or route, address, declaration(pattern.callback)


def _without_factor(garden: Any, account: str) -> Any:
    from allauth.mfa.models import Authenticator

    person = garden.people[account]
    Authenticator.objects.filter(user=person).delete()
    return person


@pytest.fixture
def lacking(garden: Any, sign_in: Sign) -> Sign:
    """`lacking("lin")` gives a client signed in as somebody whose factor is gone."""

    def signed(account: str) -> Any:
        client = sign_in(account)
        _without_factor(garden, account)
        return client

    return signed


@pytest.mark.parametrize("account", COMPULSORY)
def test_every_address_leads_to_the_page_that_sets_one_up(
    account: str, lacking: Sign, records: Records
) -> None:
    from patrol.web.access import Access

    client = lacking(account)
    confined = 0
    for name, address, declared in _addresses():
        if declared.needs in {Access.ANYONE, Access.TOKEN} or name in STAYS:
            continue
        for ask in (client.get, client.post):
            answer = ask(address)
            assert answer.status_code == 302, (name, ask)
            assert answer["Location"] == "/account/factor/app/", (name, ask)
            confined += name not in {"home", "account"}
    assert len(records(verb="page.refused", account=account, result="deny")) == confined > 100


def test_the_page_shows_nothing_of_the_workbench(lacking: Sign) -> None:
    words = lacking("audit").get("/account/factor/app/").content.decode()
    assert "Your role needs a second factor." in words
    assert 'href="/log/"' not in words
    assert 'href="/inbox/"' not in words
    assert 'action="/account/logout/"' in words


def test_recovery_codes_alone_are_no_second_factor(garden: Any, lacking: Sign) -> None:
    from allauth.mfa.models import Authenticator

    client = lacking("lin")
    Authenticator.objects.create(user=garden.people["lin"], type="recovery_codes", data={})
    assert client.get("/leads/")["Location"] == "/account/factor/app/"


def test_officers_work_without_one(garden: Any, sign_in: Sign) -> None:
    assert sign_in("mei").get("/leads/").status_code == 200


def test_a_program_is_turned_away_with_its_person(garden: Any, visitor: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import tokens
    from patrol.models import TokenScope

    token = tokens.make(Desk.of(garden.people["lin"], origin=None), "wall", [TokenScope.INBOX], 1)
    ask = {"authorization": f"Bearer {token}"}
    assert visitor.get("/api/v1/inbox", headers=ask).status_code == 200
    _without_factor(garden, "lin")
    assert visitor.get("/api/v1/inbox", headers=ask).status_code == 401


def _code(page: str) -> str:
    from allauth.mfa.totp.internal.auth import (
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    found = re.search(r"<code>(\w+)</code>", page)
    assert found
    return str(format_hotp_value(hotp_value(found[1], next(iter(yield_hotp_counters_from_time())))))


def test_from_the_first_link_to_the_first_page(garden: Any, visitor: Any, records: Records) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    _without_factor(garden, "audit")
    token = people.issue_link(Desk.command_line(), "audit")
    visitor.post(f"/enter/{token}/")
    place = visitor.get("/", follow=True)
    assert place.request["PATH_INFO"] == "/account/factor/app/"
    before = visitor.cookies["patrol"].value
    set_up = visitor.post("/account/factor/app/", {"code": _code(place.content.decode())})
    assert set_up["Location"] == "/account/factor/codes/"
    assert visitor.cookies["patrol"].value != before, "a session that may more has a new name"
    codes = visitor.get(set_up["Location"])
    assert codes.status_code == 200, "nobody is asked again for the code that they just typed"
    assert len(records(verb="person.account_changed", account="audit")) == 1
    assert visitor.get("/log/").status_code == 200

    stolen = type(visitor)(SERVER_NAME="localhost")
    stolen.cookies["patrol"] = before
    assert stolen.get("/log/")["Location"].startswith("/account/login/"), "the old name is nobody's"


def test_showing_again_who_one_is_renames_the_session(garden: Any, sign_in: Sign) -> None:
    person = garden.people["mei"]
    person.set_password("a long enough sentence")
    person.save()
    client = sign_in("mei")
    client.get("/account/")
    before = client.cookies["patrol"].value
    client.post("/account/reauthenticate/", {"password": "a long enough sentence"})
    assert client.cookies["patrol"].value != before
    assert client.get("/leads/").status_code == 200


def test_whoever_removes_theirs_is_told_and_confined(garden: Any, sign_in: Sign) -> None:
    client = sign_in("lin")
    session = client.session
    shown = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**one, "reauthenticated": True} for one in shown]
    session.save()
    page = client.get("/account/factor/app/remove/").content.decode()
    assert "you reach nothing until you have set up another one" in page
    assert client.post("/account/factor/app/remove/").status_code == 302
    assert client.get("/leads/")["Location"] == "/account/factor/app/"


def test_a_laboratory_demands_none_and_says_so(lacking: Sign) -> None:
    from django.test import override_settings

    from patrol.settings import Settings

    client = lacking("lin")
    with override_settings(PATROL=Settings(laboratory="forum.example:41001")):
        answer = client.get("/leads/")
        assert answer.status_code == 200
        assert "No second factor is demanded here" in answer.content.decode()


@pytest.mark.parametrize(
    ("used", "told"),
    [
        (0, None),
        (7, None),
        (8, "2 recovery codes are"),
        (9, "1 recovery code is"),
        (10, "0 recovery codes are"),
    ],
)
def test_few_recovery_codes_are_told(
    used: int, told: str | None, garden: Any, sign_in: Sign
) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    client, lin = sign_in("lin"), garden.people["lin"]
    codes = RecoveryCodes.activate(lin)
    for code in codes.get_unused_codes()[:used]:
        assert codes.validate_code(code)
    for page in ("/account/", "/account/factor/"):
        words = client.get(page).content.decode()
        assert ("Make new ones before you need one." in words) is (told is not None)
        assert told is None or told in words


def test_who_has_no_factor_is_told_of_no_codes(garden: Any, sign_in: Sign) -> None:
    assert "recovery code" not in sign_in("mei").get("/account/").content.decode()
