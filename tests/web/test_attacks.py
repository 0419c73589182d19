"""Attacks on the pages that no other file holds: docs/attacks.md names all of them."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
PASSWORD = "a long enough sentence"  # noqa: S105  (of nobody)


def _entered(client: Any, garden: Any, account: str = "mei") -> Any:
    person = garden.people[account]
    person.set_password(PASSWORD)
    person.save()
    return client.post("/account/login/", {"login": account, "password": PASSWORD})


@pytest.mark.parametrize(
    "words",
    [
        "' OR 1=1--", '" NEAR(', 'x" OR y:*', "*:*", "/.*.*.*x/", "_exists_:*", "a" * 5_000,
        " ".join(["(" * 50, "OR", ")" * 50]), "*x", "\x00", "\ud800".encode("utf-8", "surrogatepass"),
        " ".join(f"w{number}" for number in range(2_000)),
    ],
)  # fmt: skip
def test_a19_a20_no_words_reach_an_index_or_a_database_as_anything_but_words(
    words: Any, garden: Any, sign_in: Sign
) -> None:
    client = sign_in("mei")
    for address in ("/search/", "/leads/", "/search/list/"):
        answer = client.get(address, {"q": words})
        assert answer.status_code in {200, 302, 400}, address
    assert client.get("/leads/", {"handle": words, "sort": words}).status_code in {200, 400}


def test_a21_a24_what_was_collected_runs_nothing_and_loads_nothing(
    planted: Callable[..., Any],
) -> None:
    nasty = (
        "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>",
        "</textarea></title><noscript><p title='</noscript><img src=x onerror=1>'>",
        "![](http://evil.example/x.png) {{7*7}} {% load x %} %(secret)s {0.__class__}",
    )
    client = planted(
        *(
            {"text": f"[x]{words}", "author": words[:60], "url": "javascript:alert(1)"}
            for words in nasty
        )
    )
    for lead, words in enumerate(nasty, 1):
        for address in ("/leads/", f"/leads/{lead}/"):
            answer = client.get(address)
            page = answer.content.decode()
            assert not re.search(r"<(script>|img|svg/onload|noscript><p title='<)", page), address
            assert 'href="javascript:' not in page
            assert "img-src 'none'" in answer.headers["Content-Security-Policy"]
        assert ("{{7*7}}" in page) is ("{{7*7}}" in words), "text, and not a sum"


@pytest.mark.parametrize("words", ['a"\r\nSet-Cookie: x', "a\nb", "../../etc/x", "x;filename=y"])
def test_a28_a29_no_name_of_a_file_is_anybodys_words(
    words: str, garden: Any, sign_in: Sign
) -> None:
    client = sign_in("mei")
    answer = client.post("/leads/1/evidence/export/", {"reason": words, "which": "complete"})
    assert answer.status_code == 200
    named = answer.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="lead-1-\d{8}T\d{6}Z\.zip"', named)
    assert "x" not in answer.cookies
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        assert all(re.fullmatch(r"[\w./-]+", name) for name in bundle.namelist())
        assert not any(".." in name or name.startswith("/") for name in bundle.namelist())
    for path in (
        "/leads/../../etc/passwd",
        "/static/../register.sqlite3",
        "/static/%2e%2e/keys/log.key",
    ):
        assert client.get(path).status_code in {301, 302, 400, 404}, path


def test_a32_no_look_changes_anything(garden: Any, sign_in: Sign) -> None:
    """What acts asks for POST: a link in a page elsewhere does nothing."""
    from django.urls import reverse

    from patrol.register.tables import Decision

    client = sign_in("mei")
    for name in ("decide", "note", "take", "hold", "assign"):
        assert client.get(reverse(name, args=[1])).status_code == 405, name
    form = '{"version": 1, "verdict": "relevant", "csrfmiddlewaretoken": "x"}'
    strict = type(client)(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(garden.people["mei"])
    answer = strict.post("/leads/1/decide/", form, content_type="text/plain")
    assert answer.status_code == 403
    assert not Decision.objects.exists()


def test_a33_a_session_is_dead_on_the_server_once_its_person_left_by_it(
    garden: Any, visitor: Any
) -> None:
    _entered(visitor, garden)
    stolen = visitor.cookies["patrol"].value
    answer = visitor.post("/account/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = type(visitor)(SERVER_NAME="localhost")
    thief.cookies["patrol"] = stolen
    assert thief.get("/leads/").status_code == 302


def test_a34_a_session_ends_after_eight_hours_however_busy(sign_in: Sign, records: Records) -> None:
    client = sign_in("mei")
    assert client.get("/leads/").status_code == 200
    session = client.session
    session["began_at"] = int(time.time()) - 8 * 3600 - 1
    session["seen_at"] = int(time.time())
    session.save()
    assert client.get("/leads/").status_code == 302
    assert len(records(verb="person.signed_out", account="mei")) == 1
    assert client.get("/leads/").status_code == 302


CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    "thief",
    [
        FIREFOX,
        "python-requests/2.32",
        "",
        CHROME.format(140).replace("X11; Linux x86_64", "Windows NT 10.0"),
    ],
)
def test_a34_a_stolen_cookie_in_another_browser_ends_the_session(
    thief: str, garden: Any, sign_in: Sign, records: Records
) -> None:
    from patrol.register.tables import Notice

    owner = sign_in("mei")
    for version in (140, 141):
        assert (
            owner.get("/leads/", headers={"user-agent": CHROME.format(version)}).status_code == 200
        )
    assert not records(verb="person.signed_out")
    stolen = type(owner)(SERVER_NAME="localhost")
    stolen.cookies["patrol"] = owner.cookies["patrol"].value
    answer = stolen.get("/leads/", headers={"user-agent": thief})
    assert answer["Location"].startswith("/account/login/")
    (denied,) = records(verb="person.signed_out", account="mei")
    assert denied.result == "deny"
    assert Notice.objects.filter(person=garden.people["mei"], kind="session_taken").count() == 1
    again = owner.get("/leads/", headers={"user-agent": CHROME.format(141)})
    assert again.status_code == 302, "its owner signs in anew"


def test_a34_another_address_is_on_record_and_shows_again_who_it_is(
    sign_in: Sign, records: Records
) -> None:
    client = sign_in("audit")
    for address in ("192.0.2.1", "192.0.2.1", "198.51.100.7", "192.0.2.1"):
        assert client.get("/log/", REMOTE_ADDR=address).status_code == 200
    (moved,) = records(verb="person.moved", account="audit")
    assert moved.result == "allow"
    assert (
        "192.0.2.1, 198.51.100.7"
        in client.get("/account/sessions/", REMOTE_ADDR="192.0.2.1").content.decode()
    )
    asked = client.post("/people/vouching/1/vouch/", REMOTE_ADDR="192.0.2.1")
    assert asked["Location"].startswith("/account/reauthenticate/")


def test_a36_a_code_of_the_second_factor_works_once(garden: Any, visitor: Any) -> None:
    from allauth.mfa.totp.internal.auth import (
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    _entered(visitor, garden)
    visitor.post("/account/reauthenticate/", {"password": PASSWORD})
    page = visitor.get("/account/factor/app/").content.decode()
    found = re.search(r"<code>(\w+)</code>", page)
    assert found
    code = format_hotp_value(hotp_value(found[1], next(iter(yield_hotp_counters_from_time()))))
    assert visitor.post("/account/factor/app/", {"code": code}).status_code == 302
    first, second = (type(visitor)(SERVER_NAME="localhost") for _ in range(2))
    codes = [code, format_hotp_value(hotp_value(found[1], next(_later())))]
    for client in (first, second):
        _entered(client, garden)
    for one in codes:  # the second is of the next half minute, should that have begun
        first.post("/account/factor/ask/", {"code": one})
    assert first.get("/leads/").status_code == 200
    second.post("/account/factor/ask/", {"code": code})
    assert second.get("/leads/").status_code == 302, "somebody who read it over a shoulder"


def _later() -> Any:
    from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time

    return (counter + 1 for counter in yield_hotp_counters_from_time())


@pytest.mark.parametrize("extra", ["role", "approver", "expires", "is_active", "unit"])
def test_a39_a_field_that_nobody_asked_for_is_refused(
    extra: str, garden: Any, sign_in: Sign
) -> None:
    client = sign_in("mei")
    form = {"version": "1", "verdict": "relevant", "then": "next"}
    assert client.post("/leads/1/decide/", {**form, extra: "9"}).status_code == 400
    assert client.post("/account/language/", {"language": "en", extra: "9"}).status_code == 400
    assert client.post("/leads/1/decide/", form).status_code == 302


def test_a52_strange_methods_and_large_bodies_are_refused(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    for method in ("TRACE", "PUT", "DELETE", "PATCH", "PROPFIND"):
        assert client.generic(method, "/leads/1/decide/").status_code in {403, 405}, method
    large = client.post("/leads/1/notes/", {"note": "x" * 1_000_000})
    assert large.status_code == 400
    many = client.post("/leads/1/notes/", {f"f{number}": "x" for number in range(2_000)})
    assert many.status_code == 400
    deep = "[" * 100_000
    answer = client.post("/leads/1/notes/", deep, content_type="application/json")
    assert answer.status_code == 400


def test_a53_nobody_says_where_they_come_from(garden: Any, sign_in: Sign, records: Records) -> None:
    from patrol.register.tables import LedgerRecord

    client = sign_in("mei")
    headers = {"x-forwarded-for": "1.1.1.1", "forwarded": "for=1.1.1.1", "x-real-ip": "1.1.1.1"}
    assert client.get("/leads/1/", headers=headers).status_code == 200
    (seen,) = records(verb="lead.viewed")
    assert b"1.1.1.1" not in bytes(LedgerRecord.objects.get(seq=seen.seq).body)
    assert client.get("/leads/", headers={"x-forwarded-host": "evil.example"}).status_code == 200
    assert client.get("/leads/", headers={"host": "evil.example"}).status_code == 400


def test_a54_nothing_stays_in_a_shared_browser(sign_in: Sign) -> None:
    client = sign_in("lin")
    for address in ("/leads/", "/leads/1/", "/sources/", "/dashboards/coverage.csv", "/account/"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address
