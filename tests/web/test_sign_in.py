"""Signing in and out, on record; what cannot be recorded has not happened."""

import re
from collections.abc import Callable
from typing import Any

import pytest

PASSWORD = "a long enough sentence"  # noqa: S105  (of nobody)

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]


def _with_password(garden: Any, account: str = "mei") -> Any:
    person = garden.people[account]
    person.set_password(PASSWORD)
    person.save()
    return person


def _enter(client: Any, password: str = PASSWORD, account: str = "mei") -> Any:
    return client.post("/account/login/", {"login": account, "password": password})


def _link(account: str) -> str:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    return people.issue_link(Desk.command_line(), account)


def test_a_link_signs_in_once(garden: Any, visitor: Any, records: Records) -> None:
    token = _link("mei")
    for _preview in range(2):
        assert visitor.get(f"/enter/{token}/").status_code == 200
    answer = visitor.post(f"/enter/{token}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert visitor.get("/leads/").status_code == 200
    assert len(records(verb="person.signed_in", account="mei")) == 1
    from django.test import Client

    second = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    again = second.post(f"/enter/{token}/")
    assert again.status_code == 403
    assert "This sign-in link does not work." in again.content.decode()
    assert len(records(verb="person.sign_in_failed", result="deny")) == 1
    assert second.get("/leads/").status_code == 302


def test_a_link_goes_on_to_a_page_of_ours(garden: Any, visitor: Any) -> None:
    answer = visitor.post(f"/enter/{_link('mei')}/?next=/leads/1/%3Fcategory%3Dfraud")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/leads/1/?category=fraud")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/leads/1/",
        "//evil.example/leads/1/",
        "///evil.example",
        "/\\evil.example/",
        "\\\\evil.example/leads/",
        "http:/leads/1/",
        "javascript:alert(1)",
        "/\t/evil.example/",
        "/leads/1/\r\nLocation:https://evil.example",
        "evil.example",
        "/no/such/page/",
        "",
    ],
)
def test_a_link_goes_nowhere_else(garden: Any, visitor: Any, elsewhere: str) -> None:
    from urllib.parse import quote

    answer = visitor.post(f"/enter/{_link('mei')}/?next={quote(elsewhere, safe='')}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_password_signs_in_and_each_try_is_on_record(
    garden: Any, visitor: Any, records: Records
) -> None:
    _with_password(garden)
    assert _enter(visitor, "wrong").status_code == 200
    assert _enter(visitor, "wrong", "nobody_here").status_code == 200
    assert _enter(visitor).status_code == 302
    assert [row.account for row in records(verb="person.sign_in_failed")] == ["mei", "anonymous"]
    assert len(records(verb="person.signed_in", account="mei")) == 1
    assert visitor.post("/account/logout/").status_code == 302
    assert len(records(verb="person.signed_out", account="mei")) == 1
    assert visitor.get("/leads/").status_code == 302


def test_a_wrong_password_and_an_unknown_account_read_alike(garden: Any, visitor: Any) -> None:
    _with_password(garden)

    def words(account: str) -> str:
        text: str = _enter(visitor, "wrong", account).content.decode()
        return re.sub(r'value="[^"]*"', "", text)

    assert words("mei") == words("nobody_here")


def test_the_session_gets_a_new_key_with_sign_in(garden: Any, visitor: Any) -> None:
    _with_password(garden)
    visitor.cookies["patrol"] = "presetpresetpresetpresetpreset12"
    _enter(visitor)
    assert visitor.cookies["patrol"].value != "presetpresetpresetpresetpreset12"


def test_nobody_is_signed_in_when_the_log_fails(
    garden: Any, visitor: Any, break_log: Callable[[], None]
) -> None:
    _with_password(garden)
    break_log()
    assert _enter(visitor).status_code == 503
    assert visitor.get("/account/").status_code == 302


def test_a_link_is_not_used_up_when_the_log_fails(
    garden: Any, visitor: Any, break_log: Callable[[], None]
) -> None:
    from patrol.register.tables import SignInLink

    token = _link("mei")
    break_log()
    assert visitor.post(f"/enter/{token}/").status_code == 503
    assert SignInLink.objects.get().used_at is None
    assert visitor.get("/account/").status_code == 302


@pytest.fixture
def fresh(garden: Any, visitor: Any) -> Any:
    """Signed in by password a moment ago, and asked for it again."""
    _with_password(garden)
    _enter(visitor)
    visitor.post("/account/reauthenticate/", {"password": PASSWORD})
    return visitor


def test_a_password_change_is_on_record(fresh: Any, garden: Any, records: Records) -> None:
    new = "another long sentence"
    answer = fresh.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    garden.people["mei"].refresh_from_db()
    assert garden.people["mei"].check_password(new)
    assert len(records(verb="person.account_changed", account="mei")) == 1


def test_a_password_is_not_changed_when_the_log_fails(
    fresh: Any, garden: Any, break_log: Callable[[], None]
) -> None:
    break_log()
    new = "another long sentence"
    answer = fresh.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 503
    garden.people["mei"].refresh_from_db()
    assert garden.people["mei"].check_password(PASSWORD)


def _code(client: Any) -> tuple[str, str]:
    from allauth.mfa.totp.internal.auth import (
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    page = client.get("/account/factor/app/").content.decode()
    found = re.search(r"<code>(\w+)</code>", page)
    assert found, page
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(found[1], counter)), page


def test_the_second_factor_is_drawn_without_an_image(fresh: Any) -> None:
    _, page = _code(fresh)
    assert "<svg" in page
    assert "<img" not in page
    assert "data:" not in page


def test_a_second_factor_is_set_up_asked_for_and_on_record(
    fresh: Any, garden: Any, records: Records
) -> None:
    from allauth.mfa.models import Authenticator
    from django.test import Client

    code, page = _code(fresh)
    assert fresh.post("/account/factor/app/", {"code": code}).status_code == 302
    assert len(records(verb="person.account_changed", account="mei")) == 1
    secret = re.search(r"<code>(\w+)</code>", page)
    assert secret
    kept = Authenticator.objects.get(type="totp", user=garden.people["mei"])
    assert secret[1] not in str(kept.data), "the secret is kept encrypted"
    assert fresh.get("/account/factor/codes/").status_code == 200

    other = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    answer = other.post(f"/enter/{_link('mei')}/")
    assert answer.headers["Location"].startswith("/account/factor/ask/")
    assert other.get("/leads/").status_code == 302, "the link alone is not enough"
    before = len(records(verb="person.sign_in_failed", account="mei"))
    assert other.post("/account/factor/ask/", {"code": "000000"}).status_code == 200
    assert len(records(verb="person.sign_in_failed", account="mei")) == before + 1
    assert other.get("/leads/").status_code == 302


def test_a_second_factor_is_not_set_up_when_the_log_fails(
    fresh: Any, garden: Any, break_log: Callable[[], None]
) -> None:
    from allauth.mfa.models import Authenticator

    code, _ = _code(fresh)
    break_log()
    assert fresh.post("/account/factor/app/", {"code": code}).status_code == 503
    assert not Authenticator.objects.filter(user=garden.people["mei"]).exists()


def test_the_language_is_kept_with_the_person(garden: Any, sign_in: Sign, records: Records) -> None:
    client = sign_in("mei")
    assert "Leads" in client.get("/leads/").content.decode()
    answer = client.post(
        "/account/language/", {"language": "zh-hant", "back": "/leads/?status=any"}
    )
    assert answer.headers["Location"] == "/leads/?status=any"
    assert "線索" in client.get("/leads/").content.decode()
    assert 'lang="zh-Hant-TW"' in sign_in("mei").get("/leads/").content.decode()
    assert len(records(verb="person.account_changed", account="mei")) == 1


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(back: str, visitor: Any) -> None:
    answer = visitor.post("/account/language/", {"language": "en", "back": back})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-TW", "zh-Hant-TW"),
        ("zh-HK,zh;q=0.9", "zh-Hant-TW"),
        ("en-GB", "en"),
        ("", "zh-Hant-TW"),
    ],
)
def test_the_browsers_language_is_heard_before_sign_in(
    accepted: str, language: str, register: Any
) -> None:
    from django.test import Client

    page = Client(SERVER_NAME="localhost").get(
        "/account/login/", headers={"accept-language": accepted}
    )
    assert f'<html lang="{language}">' in page.content.decode()


@pytest.mark.parametrize(
    ("account", "place"),
    [
        ("mei", "/leads/"),
        ("lin", "/sources/"),
        ("audit", "/log/"),
        ("ning", "/privacy/"),
        ("root", "/account/"),
    ],
)
def test_everybody_begins_where_their_work_is(account: str, place: str, sign_in: Sign) -> None:
    assert sign_in(account).get("/").headers["Location"] == place


def test_the_first_page_says_what_is_not_seen(visitor: Any, sign_in: Sign) -> None:
    assert b"What Patrol cannot see" in visitor.get("/account/login/").content
    assert b"What Patrol cannot see" in sign_in("mei").get("/leads/").content
