"""Which parameters are covered, however a server may come to read them."""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Scope
from spiders.gate.glob import matches
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import Coverage, place

PINNED: dict[str, Any] = {"query_allow": ("f=7",)}
DENIED: dict[str, Any] = {"query_deny": ("sid", "mode=post*")}
CLOSED: dict[str, Any] = {"query_allow": ("f=7", "t", "start=*0"), "query_deny": ("*",)}


def covers(target: str, scheme: str = "http", **scope: Any) -> bool:
    try:
        Coverage(Scope(hosts=("ok.example",), **scope)).check(
            place(f"{scheme}://ok.example{target}")
        )
    except Refusal as refusal:
        return refusal.reason is not Reason.SCOPE
    return True


@pytest.mark.parametrize(
    ("target", "scope"),
    [
        ("/", CLOSED),
        ("/v.php?", CLOSED),
        ("/v.php?f=7", PINNED),
        ("/v.php?f=7&start=25", PINNED),
        ("/v.php?t=9", PINNED),
        ("/v.php?%66=%37", PINNED),
        ("/v.php?side=1&mode=reply", DENIED),
        ("/v.php?f=7&t=9&start=20", CLOSED),
        ("/v.php?t[]=9", CLOSED),
        ("/robots.txt", CLOSED),
        ("/v.php?word=%E7%9C%8B", {"query_allow": ("word=看*",), "query_deny": ("*",)}),
    ],
)
def test_covered(target: str, scope: dict[str, Any]) -> None:
    assert covers(target, **scope)


@pytest.mark.parametrize(
    ("target", "scope"),
    [
        ("/v.php?f=8", PINNED),
        ("/v.php?f=7;t=3", PINNED),
        ("/v.php?f=70", PINNED),
        ("/v.php?f=", PINNED),
        ("/v.php?f", PINNED),
        ("/v.php?f=7&f=8", PINNED),
        ("/v.php?a=1;f=8", PINNED),
        ("/v.php?%66=8", PINNED),
        ("/v.php?f=%38", PINNED),
        ("/v.php?%2566=8", PINNED),
        ("/v.php?F=8", PINNED),
        ("/v.php?f[]=8", PINNED),
        ("/v.php?f%5B0%5D=8", PINNED),
        ("/v.php?+f=8", PINNED),
        ("/v.php?%20f=8", PINNED),
        ("/v.php?f%00=8", PINNED),
        ("/v.php?sid=abc", DENIED),
        ("/v.php?a=1&SID=abc", DENIED),
        ("/v.php?mode=posting", DENIED),
        ("/v.php?user.id=3", {"query_deny": ("user_id",)}),
        ("/v.php?f=7&p=3", CLOSED),
        ("/v.php?start=25", CLOSED),
        ("/robots.txt?x=1", CLOSED),
    ],
)
def test_refused(target: str, scope: dict[str, Any]) -> None:
    assert not covers(target, **scope)


def test_in_the_clear_nothing_is_covered_where_https_is_meant() -> None:
    assert covers("/", "https", https_only=True)
    assert not covers("/", "http", https_only=True)
    assert covers("/", "http")
    with_port = Coverage(Scope(hosts=("ok.example:8443",), https_only=True))
    with_port.check(place("https://ok.example:8443/"))
    for other in ("http://ok.example:8443/", "https://ok.example/", "http://ok.example/robots.txt"):
        with pytest.raises(Refusal):
            with_port.check(place(other))


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_a_pattern_is_what_it_looks_like(pattern: str, text: str) -> None:
    expression = ".*".join(map(re.escape, pattern.split("*")))
    assert matches(pattern, text) is bool(re.fullmatch(expression, text, re.DOTALL))


def test_no_pattern_takes_longer_than_its_text_is_long() -> None:
    """What makes a backtracking engine count to the power of its stars."""
    began = time.process_time()
    assert not matches("*a" * 40 + "*b", "a" * 2_000)
    assert time.process_time() - began < 0.1
