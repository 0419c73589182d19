"""Passkeys without a browser: where there are none, and what does not fit. `tests/browser/test_passkeys.py` makes real ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.plugins.passkey import registered

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
FORGED = json.dumps(
    {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": "e30",
            "authenticatorData": "A" * 50,
            "signature": "AAAA",
            "userHandle": "MQ",
        },
        "clientExtensionResults": {},
    }
)


@pytest.mark.parametrize(
    ("host", "secure", "says"),
    [
        ("localhost", False, None),
        ("127.0.0.1", False, "opened by a number"),
        ("127.0.0.1", True, "opened by a number"),
        ("patrol.example", False, "plain HTTP"),
        ("patrol.example", True, None),
    ],
)
def test_where_there_are_none_the_page_says_why(
    host: str,
    secure: bool,  # noqa: FBT001
    says: str | None,
    garden: Any,
    sign_in: Sign,
) -> None:
    from django.test import override_settings

    client = sign_in("mei")
    with override_settings(ALLOWED_HOSTS=["localhost", "127.0.0.1", "patrol.example"]):
        for address in ("/account/factor/", "/account/factor/passkeys/new/"):
            words = client.get(address, headers={"host": host}, secure=secure).content.decode()
            assert ("data-passkey" in words) is (says is None and address.endswith("new/"))
            assert says is None or says in words
        client.logout()
        door = client.get("/account/login/", headers={"host": host}, secure=secure)
        assert (b"data-passkey" in door.content) is (says is None)


def test_a_forged_passkey_is_refused_and_on_record(
    garden: Any, visitor: Any, records: Records
) -> None:
    asked = visitor.get("/account/login/passkey/", headers={"accept": "application/json"}).json()
    assert asked["request_options"]["publicKey"]["userVerification"] == "required"
    for credential in (FORGED, "{}", "[]", "1", "no JSON"):
        answer = visitor.post("/account/login/passkey/", {"credential": credential})
        assert answer.status_code == 400, credential
        assert b"That passkey did not fit" in answer.content
    assert len(records(verb="person.sign_in_failed", result="deny")) == 5
    assert visitor.get("/leads/")["Location"].startswith("/account/login/")


def test_what_cannot_be_read_is_not_kept(garden: Any, sign_in: Sign) -> None:
    from allauth.mfa.models import Authenticator

    client = sign_in("mei")
    client.get("/account/factor/passkeys/new/")
    for credential in ("{}", "[]", "1", "no JSON", FORGED, json.dumps(registered())):
        form = {"name": "Key", "credential": credential}
        answer = client.post("/account/factor/passkeys/new/", form)
        assert answer.status_code == 200, credential
    assert not Authenticator.objects.filter(user=garden.people["mei"]).exists()


def test_a_forged_passkey_proves_nothing_again(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from allauth.mfa.models import Authenticator

    client = sign_in("audit")
    assert client.get("/account/factor/passkeys/again/").status_code == 302, "they have none"
    Authenticator.objects.filter(user=garden.people["audit"], type="totp").delete()
    Authenticator.objects.create(
        user=garden.people["audit"],
        type="webauthn",
        data={"name": "Key", "credential": registered()},
    )
    assert b"data-passkey" in client.get("/account/factor/passkeys/again/").content
    before = client.cookies["patrol"].value
    answer = client.post("/account/factor/passkeys/again/", {"credential": "{}"})
    assert answer.status_code == 400
    assert client.cookies["patrol"].value == before
    assert len(records(verb="person.sign_in_failed", account="audit", result="deny")) == 1
    assert records(verb="person.account_changed", account="audit") == []


def test_nobody_removes_anothers(garden: Any, sign_in: Sign) -> None:
    from allauth.mfa.models import Authenticator

    theirs = Authenticator.objects.create(
        user=garden.people["lin"], type="webauthn", data={"name": "Theirs", "credential": {}}
    )
    client = sign_in("mei")
    missing = client.get("/account/factor/passkeys/999999/remove/")
    assert missing.status_code == 404
    for ask in (client.get, client.post):
        answer = ask(f"/account/factor/passkeys/{theirs.pk}/remove/")
        assert answer.status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_an_ip_address_is_no_place_for_a_false_page(garden: Any, visitor: Any) -> None:
    """The browser asks for the host's name that the page came from, and for no other."""
    asked = visitor.get("/account/login/passkey/", headers={"accept": "application/json"}).json()
    assert asked["request_options"]["publicKey"]["rpId"] == "localhost"
