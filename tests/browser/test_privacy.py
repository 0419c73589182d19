"""Privacy requests in a browser: answered from the keyboard, on a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def _sound(page: Page) -> list[str]:
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_a_request_is_answered_from_the_keyboard(open_page: Open) -> None:
    house.aside(house.ask_what_is_held)
    page = open_page("/inbox/", "ning", 390)
    expect(page.get_by_role("alert")).to_contain_text("1 privacy request is overdue.")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/privacy/")
    expect(page.locator("tbody tr").nth(0)).to_contain_text("overdue by 10 days")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("2 days left")
    page.get_by_role("link", name="2", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/2/")
    page.get_by_role("button", name="Search what is held").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_visible()
    expect(page.get_by_text("115-001")).to_be_visible()
    assert _sound(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#identified").focus()
    page.keyboard.type("Showed")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/privacy/2/")
    page.locator("main details summary", has_text="Read what was written").focus()
    page.keyboard.press("Enter")
    page.locator("#unlock-reason").focus()
    page.keyboard.type("A copy was asked for.")
    page.keyboard.press("Enter")
    expect(page.locator("#words")).to_be_visible()
    assert _sound(page) == []
    page.get_by_label("Partly").focus()
    page.keyboard.press("Space")
    page.locator("#ground").focus()
    page.keyboard.type("PDPA art. 10 no. 2")
    page.locator("#answer-reason").focus()
    page.keyboard.type("Under investigation.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Forget it now")).to_be_visible()
    expect(page.get_by_text("PDPA art. 10 no. 2")).to_be_visible()
