import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.gate.robots import LONGEST_DELAY, Robots

_FILE = Path(__file__).parents[2] / "data" / "robots" / "google_robotstxt_cases.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in _FILE.read_text().splitlines()]


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def test_all_published_cases_are_here() -> None:
    assert len(CASES) == 140


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["test"])
def test_decides_as_published(case: dict[str, Any]) -> None:
    robots = Robots(case["robotstxt"], case["agent"])
    assert robots.allows(_target(case["url"])) is case["allowed"]


def test_crawl_delay_is_of_the_group_that_speaks_to_us() -> None:
    text = "User-agent: *\nCrawl-delay: 9\nDisallow: /x\n\nUser-agent: Patrol\nCrawl-delay: 2.5\n"
    assert Robots(text, "Patrol").delay == 2.5
    assert Robots(text, "Other").delay == 9
    assert Robots("User-agent: *\nCrawl-delay: soon\n", "Patrol").delay is None
    assert Robots("User-agent: *\nCrawl-delay: 1e9\n", "Patrol").delay == LONGEST_DELAY
    assert Robots("User-agent: *\nCrawl-delay: -1\n", "Patrol").delay is None
    assert Robots("User-agent: *\nCrawl-delay: nan\n", "Patrol").delay is None


def test_a_byte_order_mark_and_any_line_end_are_read() -> None:
    for end in ("\n", "\r", "\r\n"):
        assert not Robots(f"\ufeffUser-agent: *{end}Disallow: /{end}", "Patrol").allows("/")


def test_a_pattern_of_many_stars_costs_no_time() -> None:
    robots = Robots(f"User-agent: *\nDisallow: /{'*a' * 2_000}$\n", "Patrol")
    assert robots.allows("/" + "a" * 1_900 + "b")


@given(st.text(max_size=300), st.text(max_size=50))
def test_never_raises(text: str, target: str) -> None:
    Robots(text, "Patrol").allows("/" + target)
