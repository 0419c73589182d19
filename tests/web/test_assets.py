"""Styles and scripts are named by their content and kept; pages arrive compressed, and tell nothing by their length."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

from patrol.web.assets import FOR_GOOD, assets

MOST_BYTES = 120_000
"""Of a first load, by the issue; `patrol bench web` measures it on a large register."""


def _sent(client: Any, address: str) -> Any:
    return client.get(address, headers={"accept-encoding": "gzip"})


@pytest.mark.parametrize("name", ["patrol.css", "keys.js", "desk.js", "hands.js"])
def test_every_file_has_the_name_of_its_content(visitor: Any, name: str) -> None:
    asset = assets()[name]
    pressed = _sent(visitor, f"/static/{asset.name}")
    plain = visitor.get(f"/static/{asset.name}")
    assert pressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(pressed.content) == plain.content == asset.plain
    assert len(pressed.content) < len(plain.content)
    for answer in (pressed, plain):
        assert answer["Cache-Control"] == FOR_GOOD
        assert answer["Vary"] == "Accept-Encoding"
        assert answer["Content-Type"].split(";")[0] in {"text/css", "text/javascript"}
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Length"] == str(len(answer.content))
    for other in (name, f"{asset.name}x"):
        assert visitor.get(f"/static/{other}").status_code == 404


def test_a_first_load_is_small_and_pressed(sign_in: Callable[[str], Any]) -> None:
    client = sign_in("mei")
    page = _sent(client, "/leads/")
    assert page["Content-Encoding"] == "gzip"
    assert page["Cache-Control"] == "no-store"
    words = gzip.decompress(page.content).decode()
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', words))
    assert named == {
        f"/static/{assets()[name].name}"
        for name in ("patrol.css", "keys.js", "desk.js", "hands.js")
    }
    sent = len(page.content) + sum(len(_sent(client, each).content) for each in named)
    assert sent < MOST_BYTES / 2


def test_no_two_pages_have_the_same_length_or_token(sign_in: Callable[[str], Any]) -> None:
    """What BREACH needs: the same secret, in the same place, at a length that only the guess changes."""
    client = sign_in("mei")
    pages = [_sent(client, "/leads/") for _ in range(6)]
    token = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
    tokens = [token.findall(gzip.decompress(page.content).decode())[0] for page in pages]
    assert len(set(tokens)) == len(tokens)
    assert len({len(page.content) for page in pages}) > 1


def test_what_is_no_text_is_sent_as_it_is() -> None:
    """A bundle is compressed already; to press it again would cost seconds."""
    from django.http import HttpResponse
    from django.test import RequestFactory

    from patrol.web.assets import PressedPages

    asked = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
    bundle = HttpResponse(b"PK" * 4_000, content_type="application/zip")
    assert PressedPages(lambda _: bundle)(asked) is bundle
    assert "Content-Encoding" not in bundle
    words = HttpResponse("words " * 400, content_type="text/csv")
    sent: Any = PressedPages(lambda _: words)(asked)
    assert sent["Content-Encoding"] == "gzip"
