"""The workbench on loopback, and Chromium looking at it."""

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

SCREENS = Path(__file__).parents[1] / "screens"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
_SPEC = importlib.util.spec_from_file_location(
    "planting", Path(__file__).parents[1] / "web" / "planting.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
planting: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["planting"] = planting
_SPEC.loader.exec_module(planting)


expect.set_options(timeout=60_000)  # a crowded machine is slow; what is there is seen at once


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its own name)
        """Say nothing."""


@dataclass
class Site:
    """An address, one unused sign-in link per account, and sessions made beforehand."""

    base: str
    links: dict[str, str]
    sessions: dict[str, str]


@pytest.fixture(params=["en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


Stand = Callable[[str], AbstractContextManager[Site]]
Launch = Callable[[], AbstractContextManager[Browser]]


@pytest.fixture(scope="session")
def stand() -> Stand:
    """`with stand("en")`: the workbench on the register that is open, its pages in that language."""
    return contextmanager(_standing)


@pytest.fixture
def site(register: Path, language: str, stand: Stand) -> Iterator[Site]:
    with stand(language) as standing:
        yield standing


def _standing(language: str) -> Iterator[Site]:
    from django.core.cache import caches
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.register.checkpoints import sign_now

    for name in ("default", "near"):
        caches[name].clear()
    garden = planting.plant(planting.SHOWN, language=language)
    links, sessions = {}, {}
    for account in (*planting.ACCOUNTS, "other"):
        links[account] = people.issue_link(Desk.command_line(), account)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(garden.people[account])
        sessions[account] = client.cookies["patrol"].value
    sign_now()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", links, sessions)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def launch() -> Launch:
    """`with launch()`: a browser."""
    return contextmanager(_launched)


@pytest.fixture
def chromium(site: Site, launch: Launch) -> Iterator[Browser]:
    """After the site: Django refuses to work in a thread where Playwright's loop runs."""
    with launch() as browser:
        yield browser


def _launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def seen() -> list[str]:
    """What a page asked for elsewhere, and what its console said; stays empty."""
    return []


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: Site, seen: list[str]) -> Iterator[Open]:
    """`open_page("/leads/", account="mei", width=390)`, watched for requests elsewhere and complaints."""
    contexts: list[BrowserContext] = []

    def opened(address: str, account: str | None = None, width: int = 1280, **more: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 844}, **more)
        contexts.append(context)
        if account:
            context.add_cookies(
                [{"name": "patrol", "value": site.sessions[account], "url": site.base}]
            )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on(
            "request",
            lambda request: (
                seen.append(request.url) if not request.url.startswith(site.base) else None
            ),
        )
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.goto(site.base + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert seen == []
