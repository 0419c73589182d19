"""Guessing passwords is slowed down for whoever guesses, and for nobody else."""

from typing import Any

import pytest

PASSWORD = "a long enough sentence"  # noqa: S105  (of nobody)
TRIES = 5
"""Wrong passwords for one account in five minutes."""
FROM_ONE_ADDRESS = 10
"""Wrong passwords for any accounts from one address in a minute."""


def _browser(address: str = "192.0.2.7") -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost", REMOTE_ADDR=address, headers={"accept-language": "en"})


def _enter(browser: Any, password: str = PASSWORD, account: str = "mei") -> bool:
    """Try to sign in. Whether it worked."""
    answer = browser.post("/account/login/", {"login": account, "password": password})
    assert answer.status_code in {200, 302}
    return bool(answer.status_code == 302)


def _leave(browser: Any) -> Any:
    browser.post("/account/logout/")
    return browser


def _bodies(records: Any) -> list[bytes]:
    """Of the tries that failed, as the log keeps them."""
    from patrol.register.tables import LedgerRecord

    found = [row.seq for row in records(verb="person.sign_in_failed", result="deny")]
    return [bytes(row.body) for row in LedgerRecord.objects.filter(seq__in=found).order_by("seq")]


@pytest.fixture
def people(garden: Any) -> Any:
    """Two officers have passwords."""
    for account in ("mei", "other"):
        garden.people[account].set_password(PASSWORD)
        garden.people[account].save()
    return garden.people


@pytest.fixture
def known(people: Any) -> Any:
    """A browser that Mei was signed in with."""
    browser = _browser()
    assert _enter(browser)
    return _leave(browser)


def test_guessing_is_slowed_down(people: Any, records: Any) -> None:
    for guess in range(TRIES):
        assert not _enter(_browser(f"192.0.2.{guess}"), "wrong")
    for name in ("mei", "Mei", "MEI"):
        assert not _enter(_browser("192.0.2.99"), account=name), "the same account"
    assert b'"slowed":true' in _bodies(records)[-1]


def test_who_guesses_elsewhere_shuts_nobody_out(known: Any) -> None:
    for _guess in range(TRIES):
        _enter(_browser("198.51.100.1"), "wrong")
    assert not _enter(_browser("198.51.100.2")), "shut for browsers that Mei never used"
    assert _enter(known)


def test_a_known_browser_is_not_shut_out_by_its_neighbours(known: Any) -> None:
    for guess in range(FROM_ONE_ADDRESS):
        _enter(_browser(), "wrong", f"nobody{guess}")
    assert not _enter(_browser(), account="other"), "shut for strangers at that address"
    assert _enter(known)


def test_a_known_browser_is_slowed_down_for_itself(known: Any) -> None:
    for _guess in range(TRIES):
        assert not _enter(known, "wrong")
    assert not _enter(known)
    assert _enter(_browser("198.51.100.2")), "and shuts nobody out either"


def test_a_browser_is_known_by_its_own_accounts_alone(known: Any) -> None:
    for _guess in range(TRIES):
        _enter(_browser("198.51.100.1"), "wrong", "other")
    assert not _enter(known, account="other")


def test_a_desk_that_people_share_is_known_by_each_of_them(known: Any) -> None:
    assert _enter(known, account="other")
    _leave(known)
    for account in ("mei", "other"):
        for _guess in range(TRIES):
            _enter(_browser("198.51.100.1"), "wrong", account)
    assert _enter(known, account="other")
    _leave(known)
    assert _enter(known, account="mei")


def test_a_mark_is_nobodys_own_word_and_names_nobody(known: Any) -> None:
    from django.core import signing

    cookie = known.cookies["patrol-browser"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    number, tags = signing.loads(cookie.value, salt="patrol.web.known_browser")
    assert "mei" not in number + "".join(tags)
    for _guess in range(TRIES):
        _enter(_browser("198.51.100.1"), "wrong")
    forged = _browser("198.51.100.2")
    forged.cookies["patrol-browser"] = signing.dumps([number, tags], key="k", salt="any")
    assert not _enter(forged)


def test_tries_that_are_not_looked_at_stand_in_the_log_once(people: Any, records: Any) -> None:
    for guess in range(TRIES + 20):
        _enter(_browser(f"192.0.2.{guess}"), "wrong")
    assert len(records(verb="person.sign_in_failed")) == TRIES + 1


def test_an_unknown_account_costs_the_same_work(
    people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Argon2 is all but the whole time of a try: it runs once for either, with the same settings."""
    from argon2 import _password_hasher as verifying
    from argon2 import low_level

    runs: list[str] = []

    def count(place: Any, name: str) -> None:
        made = getattr(place, name)

        def counted(*given: Any, **more: Any) -> Any:
            runs.append(name)
            return made(*given, **more)

        monkeypatch.setattr(place, name, counted)

    count(low_level, "hash_secret")
    count(verifying, "verify_secret")
    _enter(_browser(), "wrong")
    assert runs == ["verify_secret"]
    for account in ("nobody_here", "wu"):  # no such account, and one without a password
        runs.clear()
        _enter(_browser(), "wrong", account)
        assert runs == ["hash_secret"]
