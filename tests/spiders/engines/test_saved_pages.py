"""Every engine by its saved pages: adding an engine adds no test code."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from spiders.detect import engine_of
from spiders.engines import engine_names
from spiders.page import Page
from spiders.reading import read
from tests.plugins.golden import Golden

PAGES = Path(__file__).parent / "pages"
SAVED = sorted(file for file in PAGES.glob("*/*") if file.suffix != ".json")
ADDRESSES: dict[str, str] = yaml.safe_load((PAGES / "addresses.yml").read_text(encoding="utf-8"))


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


@cache
def said(file: Path) -> dict[str, Any]:
    """All that a page says. Pages called `named_*` say nothing of their software: there the source names it."""
    page = Page(ADDRESSES[name_of(file)], file.read_bytes())
    page.tell_clock(None, datetime(2026, 11, 6, 1, 30, tzinfo=UTC))
    found = engine_of(page, file.parent.name if file.stem.startswith("named_") else None)
    assert found is not None
    engine, evidence = found
    reading = read(page, engine)
    return {
        "engine": engine.name,
        "evidence": evidence,
        "charset": [page.charset, page.charset_from],
        "kind": reading.kind,
        "outcome": reading.outcome.value,
        "detail": reading.detail,
        "threads": [thread.model_dump(mode="json") for thread in reading.threads],
        "posts": [post.model_dump(mode="json") for post in reading.posts],
        "next": reading.next_page,
    } | ({"maps": list(reading.maps)} if reading.maps else {})


@pytest.mark.parametrize("saved", SAVED, ids=name_of)
def test_engine_reads_saved_page(saved: Path, golden: Golden) -> None:
    golden(saved.with_suffix(".json"), said(saved))


@pytest.mark.parametrize("saved", SAVED, ids=name_of)
def test_saved_page_lies_in_its_engine_s_folder(saved: Path) -> None:
    assert said(saved)["engine"] == saved.parent.name


def test_every_engine_has_a_saved_page() -> None:
    assert set(engine_names()) == {file.parent.name for file in SAVED}


def test_every_address_has_its_page() -> None:
    assert set(ADDRESSES) == {name_of(file) for file in SAVED}


# -- Five states of every engine ----------------------------------------------------------------


def _listed(page: dict[str, Any]) -> bool:
    rows = page["threads"] or page["posts"] or page.get("maps")
    return page["kind"] in {"list", "feed"} and page["outcome"] == "ok" and bool(rows)


def _opened(page: dict[str, Any]) -> bool:
    written = any(post["text"].strip() for post in page["posts"])
    return page["kind"] == "thread" and page["outcome"] == "ok" and written


def _bare(page: dict[str, Any]) -> bool:
    return page["outcome"] == "nothing_new" and "There is nothing here" in page["detail"]


def _closed(page: dict[str, Any]) -> bool:
    return page["outcome"] in {"login_wall", "policy_blocked"}


STATES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "list": _listed,
    "thread": _opened,
    "empty": _bare,
    "wall": _closed,
}
LACKING = {
    ("feed", "thread"): "a feed holds the posts themselves",
    ("telegram", "thread"): "a channel's preview holds the posts themselves",
    ("sitemap", "thread"): "a sitemap only leads to pages",
    ("sitemap", "last"): "a sitemap is one document; an index names all of them at once",
    ("plurk", "last"): "its pages fetch older plurks by a form, which Patrol does not send",
}
"""What an engine's boards do not have, and why."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("engine", engine_names())
def test_every_engine_is_read_in_every_state(engine: str, state: str) -> None:
    shown = [file for file in SAVED if file.parent.name == engine and STATES[state](said(file))]
    assert bool(shown) is ((engine, state) not in LACKING)


@pytest.mark.parametrize("engine", engine_names())
def test_every_engine_reads_on_to_a_last_page(engine: str) -> None:
    """One saved page leads to another, on which something is read, or which says that nothing is left, and it leads no further."""
    pages = [file for file in SAVED if file.parent.name == engine]
    ends = {
        Page(ADDRESSES[name_of(file)], b"").url
        for file in pages
        if said(file)["next"] is None
        and (_listed(said(file)) or _opened(said(file)) or _bare(said(file)))
    }
    led = {said(file)["next"] for file in pages} & ends
    assert bool(led) is ((engine, "last") not in LACKING)
