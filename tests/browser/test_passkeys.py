"""Passkeys in a real browser, kept by an authenticator that its DevTools protocol plays."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

PASSWORD = "a long enough sentence"  # noqa: S105  (of nobody)


Told = Callable[[str, str], list[dict[str, Any]]]


class Desk:
    """One browser with one authenticator, at the name `localhost`."""

    def __init__(self, chromium: Browser, base: str) -> None:
        self.context = chromium.new_context(viewport={"width": 390, "height": 844})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.base = base.replace("127.0.0.1", "localhost")
        self.said: list[str] = []
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.said.append(message.text) if "security" in message.text.lower() else None
            ),
        )
        self.devices: CDPSession = self.context.new_cdp_session(self.page)
        self.devices.send("WebAuthn.enable")
        self.device = self.devices.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]

    def open(self, address: str) -> Page:
        self.page.goto(self.base + address)
        return self.page

    def kept(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.devices.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.device}
        )["credentials"]
        return found

    def forget_keys(self) -> None:
        self.devices.send("WebAuthn.clearCredentials", {"authenticatorId": self.device})

    def sign_out(self) -> None:
        self.context.clear_cookies()


@pytest.fixture
def desk(site: Any, chromium: Browser) -> Iterator[Desk]:
    made = Desk(chromium, site.base)
    yield made
    made.context.close()
    assert made.said == []


@pytest.fixture
def register_side(register: Any) -> Callable[[Callable[[], Any]], Any]:
    """What asks the register, done in another thread: Playwright's loop runs in this one."""

    def asked(work: Callable[[], Any]) -> Any:
        def closing() -> Any:
            from django.db import connection

            try:
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(closing).result()

    return asked


@pytest.fixture
def told(register_side: Callable[..., Any]) -> Callable[[str, str], list[dict[str, Any]]]:
    """Details of a person's records of one kind."""

    def read(verb: str, account: str) -> list[dict[str, Any]]:
        from patrol.register.tables import LedgerIndex, LedgerRecord

        rows = LedgerIndex.objects.filter(verb=verb, account=account).order_by("seq")
        bodies = [LedgerRecord.objects.get(seq=row.seq).body for row in rows]
        return [json.loads(bytes(body))["details"] for body in bodies]

    def asked(verb: str, account: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = register_side(lambda: read(verb, account))
        return found

    return asked


def _add(page: Page) -> None:
    expect(page.get_by_role("button", name="Make it")).to_be_enabled()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def _enter(desk: Desk, token: str) -> None:
    desk.open(f"/enter/{token}/").locator("main form button").click()


def test_a_passkey_from_the_first_link_to_signing_in_with_it_alone(
    desk: Desk, site: Any, told: Told
) -> None:
    _enter(desk, site.links["mei"])
    desk.page.wait_for_url("**/leads/**")
    _add(desk.open("/account/factor/passkeys/new/"))
    assert [key["isResidentCredential"] for key in desk.kept()] == [True]
    assert told("person.account_changed", "mei") == [{"page": "mfa_add_webauthn"}]

    desk.sign_out()
    page = desk.open("/account/login/?next=/leads/1/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(desk.base + "/leads/1/")
    assert told("person.signed_in", "mei")[-1] == {"by": "passkey"}

    page = desk.open("/account/reauthenticate/?next=/leads/1/evidence/")
    assert "/account/factor/passkeys/again/" in page.url
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url(desk.base + "/leads/1/evidence/")
    assert told("person.signed_in", "mei")[-1] == {"by": "mfa", "again": True}

    desk.forget_keys()
    page = desk.open("/account/factor/passkeys/again/?next=/leads/1/")
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.locator("[data-status]")).to_contain_text("No passkey was given")
    page.get_by_role("link", name="A code instead").click()
    page.wait_for_url("**/account/factor/again/**")

    desk.open("/account/factor/").get_by_role("link", name="Remove: Passkey 1").click()


def test_a_supervisor_has_one_as_the_second_factor(
    desk: Desk, site: Any, told: Told, register_side: Callable[..., Any]
) -> None:
    def without_factor() -> None:
        from allauth.mfa.models import Authenticator

        from patrol.register.tables import Person

        person = Person.objects.get(account="lin")
        person.set_password(PASSWORD)
        person.save()
        Authenticator.objects.filter(user=person).delete()

    register_side(without_factor)
    _enter(desk, site.links["lin"])
    page = desk.page
    page.wait_for_url("**/account/reauthenticate/**")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="A passkey instead").click()
    page.get_by_label("Sign in with it alone").uncheck()
    _add(page)
    assert [key["isResidentCredential"] for key in desk.kept()] == [False]
    desk.open("/sources/").wait_for_selector("text=Harbor board")

    desk.sign_out()
    page = desk.open("/account/login/?next=/rules/")
    page.locator("#id_login").fill("lin")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/account/factor/ask/**")
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url(desk.base + "/rules/")
    assert told("person.signed_in", "lin")[-1] == {"by": "password"}

    page = desk.open("/account/factor/")
    page.get_by_role("link", name="Remove: Passkey 1").click()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.get_by_text("you reach nothing until you have set up another one")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/account/factor/app/")
