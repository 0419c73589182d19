"""Where people come from, behind proxies of ours: as the log, the limits and the list of sign-ins have it."""

import re
from typing import Any

import pytest
from django.test import Client, override_settings

PROXIES = ("10.0.0.0/8", "2001:db8::7")


@pytest.fixture
def behind(register: Any) -> Any:
    """The workbench believes two proxies."""
    from django.conf import settings

    from patrol.settings import Settings

    with override_settings(PATROL=Settings(trusted_proxies=PROXIES)):
        assert settings.PATROL.trusted_proxies
        yield


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.3, 192.0.2.7,10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7:50123", "192.0.2.7"),
        ("10.0.0.1", "[2001:db8::99]:50123", "2001:db8::99"),
        ("10.0.0.1", "2001:db8::99", "2001:db8::99"),
        ("2001:db8::7", "192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, unknown, 10.0.0.2", "10.0.0.2"),
        ("198.51.100.1", "192.0.2.7", "198.51.100.1"),
        ("198.51.100.1", "10.0.0.1", "198.51.100.1"),
        ("", "192.0.2.7", ""),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy_of_ours(
    behind: Any, peer: str, forwarded: str, client: str
) -> None:
    from patrol.web import forwarded as told

    assert told.client(peer, forwarded) == client


def test_nobody_is_believed_unless_named(register: Any) -> None:
    from patrol.web import forwarded as told

    assert told.client("127.0.0.1", "192.0.2.7") == "127.0.0.1"


def test_tries_are_counted_by_the_address_before_the_proxy(
    behind: Any, garden: Any, records: Any
) -> None:
    from patrol.register.tables import LedgerRecord

    def tries(address: str, account: str) -> str:
        browser = Client(
            SERVER_NAME="localhost",
            REMOTE_ADDR="10.0.0.1",
            headers={"accept-language": "en", "x-forwarded-for": address},
        )
        form = {"login": account, "password": "wrong"}
        said: str = browser.post("/account/login/", form).content.decode()
        return said

    for guess in range(11):
        said = tries("192.0.2.7", f"nobody{guess}")
    assert "Too many failed login attempts" in said
    assert "Too many failed login attempts" not in tries("192.0.2.8", "nobody")
    assert len(records(verb="person.sign_in_failed")) == 12
    bodies = LedgerRecord.objects.order_by("seq").values_list("body", flat=True)
    origins = [re.findall(rb'"origin":"([^"]*)"', bytes(body)) for body in bodies]
    assert [origin for origin in origins if origin] == [[b"192.0.2.7"]] * 11 + [[b"192.0.2.8"]]
