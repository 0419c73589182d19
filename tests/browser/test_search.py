"""Search in a browser: the box, its twin, facets, what is kept and lists, at every width and for every reader."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
SCREENS = Path(__file__).parents[1] / "screens"
Open = Callable[..., Page]


@pytest.fixture
def told(site: Any) -> int:
    """What is planted, told to the index, and one kept query. Gives the query's number."""
    with ThreadPoolExecutor(1) as thread:  # this one belongs to the browser
        return thread.submit(_tell).result()


def _tell() -> int:
    from django.db import connection
    from django.utils import timezone

    from patrol.actions.desk import Desk
    from patrol.actions.searching import queries
    from patrol.actions.staffing import people
    from patrol.register.tables import Lead, OutboxRow, Sighting
    from patrol.schedule.projecting import drain
    from patrol.settings import Settings

    now = timezone.now()
    for kind, table in (("post", Sighting), ("lead", Lead)):
        for number in table.objects.values_list("pk", flat=True):
            OutboxRow.objects.create(
                kind=kind, subject=number, op="put", written_at=now, next_at=now
            )
    assert drain(Settings()) > 0
    desk = Desk.of(people.find("mei"), origin="127.0.0.1")
    number = queries.save(desk, "日領廣告", "日領 -官方", "求職廣告的變化", 30)
    connection.close()
    return number


@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_pages_of_search_fit_and_axe_finds_nothing(
    open_page: Open, language: str, told: int, seen: list[str]
) -> None:
    pages = {
        "search": ("/search/?q=%E6%97%A5%E9%A0%98", "mei"),
        "search_begin": ("/search/", "mei"),
        "search_fault": ("/search/?q=%E6%97%A5%E9%A0%98%20staus:new", "mei"),
        "search_list": ("/search/list/", "mei"),
        "query": (f"/search/queries/{told}/", "mei"),
        "queries": ("/queries/", "lin"),
    }
    locale = "zh-TW" if language == "zh-hant" else "en-US"
    SCREENS.mkdir(exist_ok=True)
    found = []
    for name, (address, account) in pages.items():
        page = open_page(address, account, 1280, locale=locale)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SCREENS / f"{name}-{language}-{width}.png")
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{name}, unfolded, is {wide} px wide"
        found += [(name, fault["id"]) for fault in Axe().run(page).response["violations"]]
        page.context.close()
    assert not found
    assert ["400" in line for line in seen] == [True]  # the query that cannot be read
    seen.clear()


def test_a_search_is_narrowed_kept_and_offered_by_clicks(open_page: Open, told: int) -> None:
    page = open_page("/search/", "mei")
    page.get_by_text("The same as a form").click()
    page.get_by_label("All these words").fill("日領")
    page.locator(".twin").get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 lead", exact=False).first).to_be_visible()
    page.get_by_role("link", name="New", exact=False).first.click()
    expect(page.locator("#search-words")).to_have_value("日領 status:new")
    page.get_by_text("Keep this query").click()
    page.get_by_label("Name").fill("new offers")
    page.get_by_label("What for").fill("offers of the month")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("new offers")
    page.get_by_role("button", name="Offer it as a rule").click()
    expect(page.get_by_text("Your supervisors see it as a draft of a rule.")).to_be_visible()
