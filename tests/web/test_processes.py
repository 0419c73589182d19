"""Two processes serve the pages: tries are counted together, a code is used once, and what one writes the other shows."""

import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.web.serving import READY_SECONDS, served

PASSWORD = "a long enough sentence"  # noqa: S105  (of a made-up person)

FORWARDED = "X-Forwarded-For"
OURS = '["127.0.0.1"]'
"""Trusted proxies: whoever asks here."""
TRIES = 5
"""Wrong passwords for one account in five minutes, as allauth counts them."""
COUNTER = """
import sys
from patrol.register.start import start
start(web=True)
from django.core.cache import cache
sys.stdin.readline()
won = sum(cache.add(f"code:{n}", sys.argv[1], 60) for n in range(40))
cache.add("tries", 0, 60)
for _ in range(40):
    cache.incr("tries")
print(won)
"""


def test_no_code_is_used_twice_and_no_try_is_lost(register: Path) -> None:
    """Two processes at once, on the cache that sign-in counts with."""
    both = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTER, name],
            env={**os.environ, "PATROL_HOME": str(register)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for one in both:
        assert one.stdin is not None
        one.stdin.write("now\n")
        one.stdin.flush()
    said = [one.communicate(timeout=READY_SECONDS)[0] for one in both]
    assert sum(map(int, said)) == 40
    from patrol.web.shared import SharedCache

    shared = SharedCache(str(register / "shared"), {})
    assert shared.get("tries") == 80
    kept = b"".join(file.read_bytes() for file in (register / "shared").glob("*.kept"))
    assert kept
    shared.set("words", "neutral words of a preview", 60)
    kept = b"".join(file.read_bytes() for file in (register / "shared").glob("*.kept"))
    assert b"neutral words" not in kept


def _ask(
    port: int,
    address: str,
    cookies: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> tuple[int, str, dict[str, str]]:
    """Over a connection of its own: whichever process takes it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    cookies = dict(cookies or {})
    body = urlencode(form).encode() if form is not None else b""
    connection.putrequest("POST" if body else "GET", address)
    connection.putheader("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    for header in headers:
        connection.putheader(*header)
    if body:
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode()
    for cookie in answer.headers.get_all("Set-Cookie") or ():
        name, _, value = cookie.partition(";")[0].partition("=")
        cookies[name] = value
    connection.close()
    return answer.status, text, cookies


def _token(page: str, behind: str = "") -> str:
    found = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"').search(page, page.find(behind))
    assert found is not None
    return found[1]


@pytest.fixture
def seen(garden: Any, register: Path) -> Any:
    """The planted people, one with a password and one with a session."""
    from django.test import Client

    garden.people["mei"].set_password(PASSWORD)
    garden.people["mei"].save()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(garden.people["mei"])
    garden.session = client.cookies["patrol"].value
    return garden


def _sign_in(port: int, password: str, headers: tuple[tuple[str, str], ...] = ()) -> int:
    _, page, cookies = _ask(port, "/account/login/")
    form = {"csrfmiddlewaretoken": _token(page), "login": "mei", "password": password}
    return _ask(port, "/account/login/", cookies, form, headers)[0]


@pytest.mark.parametrize(
    ("trusted", "headers", "origin"),
    [
        ("[]", ((FORWARDED, "192.0.2.7"),), b"127.0.0.1"),
        (OURS, ((FORWARDED, "192.0.2.7"),), b"192.0.2.7"),
        (OURS, ((FORWARDED, "203.0.113.9, 192.0.2.7"),), b"192.0.2.7"),
        (OURS, ((FORWARDED, "203.0.113.9"), (FORWARDED, "192.0.2.7")), b"192.0.2.7"),
    ],
)
def test_where_people_come_from_is_the_trusted_proxys_word(
    seen: Any,
    monkeypatch: pytest.MonkeyPatch,
    trusted: str,
    headers: tuple[tuple[str, str], ...],
    origin: bytes,
) -> None:
    """However many headers of that name a client sent, the proxy's word is the last of them."""
    from patrol.register.tables import LedgerRecord

    monkeypatch.setenv("PATROL_TRUSTED_PROXIES", trusted)
    with served(2, "/account/login/") as port:
        assert _sign_in(port, PASSWORD, headers) == 302
    found = LedgerRecord.objects.order_by("seq").last()
    assert found is not None
    assert b'"origin":"' + origin + b'"' in bytes(found.body)


def test_two_processes_are_one_workbench(seen: Any) -> None:
    with served(2, "/account/login/") as port:
        _decided_here_shown_there(port, {"patrol": seen.session})
        assert _sign_in(port, PASSWORD) == 302
        for _ in range(TRIES):
            assert _sign_in(port, "a wrong sentence, long") != 302
        assert _sign_in(port, PASSWORD) != 302, "each process counted for itself"


def _decided_here_shown_there(port: int, cookies: dict[str, str]) -> None:
    """A decision is seen on every next page, whichever process makes it."""
    _, queue, cookies = _ask(port, "/leads/", cookies)
    leads = list(dict.fromkeys(re.findall(r'id="lead-(\d+)"', queue)))
    assert len(leads) > 2
    lead = leads[0]
    _, page, cookies = _ask(port, f"/leads/{lead}/", cookies)
    at = page.find(f'"/leads/{lead}/decide/')
    version = re.compile(r'name="version" value="(\d+)"').search(page, at)
    assert version is not None
    form = {"csrfmiddlewaretoken": _token(page), "version": version[1]}
    form |= {"verdict": "relevant", "then": "stay"}
    status, _, cookies = _ask(port, f"/leads/{lead}/decide/", cookies, form)
    assert status == 302
    _ask(port, "/leads/", cookies)  # shows it once more, greyed
    for _ in range(6):
        _, queue, _ = _ask(port, "/leads/", cookies)
        assert f'id="lead-{lead}"' not in queue
