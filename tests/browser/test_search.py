"""Search in a browser: the box, its twin, facets, and what is kept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_a_search_is_narrowed_kept_and_offered_by_clicks(open_page: Open) -> None:
    house.aside(house.keep_a_query)
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
