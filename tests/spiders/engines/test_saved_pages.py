"""Every engine by its saved pages: adding an engine adds no test code."""

from datetime import UTC, datetime
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


def said(file: Path) -> dict[str, Any]:
    page = Page(ADDRESSES[name_of(file)], file.read_bytes())
    page.tell_clock(None, datetime(2026, 11, 6, 1, 30, tzinfo=UTC))
    found = engine_of(page)
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
