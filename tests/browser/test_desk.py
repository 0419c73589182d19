"""What an officer's hands find beside deciding: leads that arrive, selections, own keys, why a key did nothing."""

import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_leads_that_arrive_are_told_and_move_nothing(open_page: Open) -> None:
    page = open_page("/leads/?kind=lead", "mei")
    _press(page, "j", "j")
    before = page.locator(".row").evaluate_all("rows => rows.map(row => row.dataset.lead)")
    chosen = page.evaluate("document.activeElement.closest('.row').dataset.lead")
    tell = sys.modules["planting"].Told
    told = [tell(f"[late] {number}", score=99) for number in range(6)]
    house.aside(lambda: house.plant_more(told, key="late"))
    bar = page.locator("#arrived")
    expect(bar).to_be_visible(timeout=30_000)
    expect(bar).to_contain_text("6 new leads")
    after = page.locator(".row").evaluate_all("rows => rows.map(row => row.dataset.lead)")
    assert after == before, "nothing is reordered under the cursor"
    assert page.evaluate("document.activeElement.closest('.row').dataset.lead") == chosen
    _press(page, "l")
    expect(page.locator(".row")).to_have_count(len(before) + 6)
    expect(page.locator("#arrived")).to_be_hidden()


def test_a_selection_is_made_decided_and_undone(open_page: Open) -> None:
    page = open_page("/leads/?kind=lead", "mei")
    _press(page, "j", "x", "j", "j", "Shift+X")
    expect(page.locator("[data-chosen]")).to_have_text("3")
    page.get_by_role("button", name="Decide on the selected").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decide on 3 leads together")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Lawful or unrelated").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 leads, decided together")
    page.get_by_text("Undo the decision on 3 leads").click()
    expect(page.locator("[data-fate=undone]")).to_have_count(3)
    plain = open_page("/leads/?kind=lead", "mei", java_script_enabled=False)
    plain.locator("#lead-2 .tick input").check()
    plain.get_by_role("button", name="Decide on the selected").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Decide on 1 lead together")


def test_keys_say_why_move_and_go_off(open_page: Open, site: Any, seen: list[str]) -> None:
    page = open_page("/leads/1/", "mei")
    _press(page, "w")
    expect(page.locator("#choose-referred")).to_contain_text("Does somebody here need help?")
    _press(page, "d", "1")
    expect(page.get_by_role("status").first).to_contain_text("Which rule was wrong?")
    expect(page.locator("#false-rule")).to_be_focused()
    _press(page, "Escape", "Escape", "m")
    expect(page.get_by_text("Lead 1 is the work of mei now.")).to_be_visible()
    _press(page, "c")
    page.keyboard.type("seen twice")
    _press(page, "Control+Enter")
    expect(page.get_by_text("The note on lead 1 is kept.")).to_be_visible()
    _press(page, "Shift+R")
    expect(page.get_by_text("Lead 1 is marked relevant.")).to_be_visible()
    assert page.url == f"{site.base}/leads/1/"
    _press(page, "g", "r")  # no page of an officer
    expect(page.get_by_role("status").first).to_contain_text("Go to the rules")
    _press(page, "m")  # it is theirs already
    expect(page.get_by_role("status").first).to_contain_text("Assign to me")
    _press(page, "g", "c")
    page.wait_for_url("**/cases/")
    page.goto(f"{site.base}/leads/1/")
    _press(page, "/")
    page.wait_for_url("**/search/")
    page.goto(f"{site.base}/keys/")
    page.get_by_label("Previous lead").first.fill("j")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#error")).to_contain_text("cannot do two things")
    page.goto(f"{site.base}/keys/")
    page.get_by_label("Relevant").fill("q")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{site.base}/leads/2/")
    button = page.locator("button[data-does='press:relevant']")
    expect(button).to_have_attribute("aria-keyshortcuts", "Q")
    _press(page, "r")
    _press(page, "q")
    page.wait_for_url(re.compile(r"/leads/\d+/"))
    expect(page.get_by_text("Lead 2 is marked relevant.")).to_be_visible()
    page.goto(f"{site.base}/keys/")
    page.get_by_label("Switch all keys off").check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{site.base}/leads/4/")
    expect(page.locator(".decide > button kbd, .decide > details > summary kbd")).to_have_count(0)
    _press(page, "q", "e")
    page.wait_for_timeout(200)
    assert page.url == f"{site.base}/leads/4/"
    seen[:] = [line for line in seen if "400" not in line]  # the console names every 400


def test_a_lead_that_left_the_filter_stays_in_sight(open_page: Open) -> None:
    page = open_page("/leads/?sort=newest", "mei")
    _press(page, "j", "r")
    gone = page.locator(".row.gone")
    expect(gone).to_contain_text("Decided; it leaves this list")
    expect(gone).to_have_attribute("data-lead", "5")
    page.wait_for_function("document.activeElement.closest('.row')?.dataset.lead === '4'")
    _press(page, "k")
    assert page.evaluate("document.activeElement.closest('.row').dataset.lead") == "4"
    page.clock.install()
    page.reload()
    expect(page.locator(".row.gone")).to_have_count(0)
    _press(page, "j", "e")
    page.clock.run_for(1_000)
    undo = page.get_by_role("status").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    page.clock.run_for(60_000)
    expect(undo).to_be_hidden()
