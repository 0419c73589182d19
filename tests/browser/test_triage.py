"""A day's work by keyboard, in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def _expect_chosen(page: Page, lead: str) -> None:
    page.wait_for_function(
        "lead => document.activeElement.closest('.row')?.dataset.lead === lead", arg=lead
    )


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_lead_is_triaged_by_keyboard_and_found_in_the_log(open_page: Open, site: Any) -> None:
    page = open_page(f"/enter/{site.links['mei']}/", locale="en-US")
    page.get_by_role("button", name="Sign in").focus()
    _press(page, "Enter")
    page.wait_for_url("**/leads/")
    _press(page, "j")
    _expect_chosen(page, "3")
    _press(page, "j")
    _expect_chosen(page, "1")
    _press(page, "Enter")
    page.wait_for_url("**/leads/1/")
    _press(page, "d")
    expect(page.locator("#choose-dismiss button").first).to_be_focused()
    _press(page, "2")
    page.wait_for_url("**/leads/2/")
    expect(page.get_by_role("status")).to_contain_text("Lead 1 is dismissed.")
    _press(page, "z")
    page.wait_for_url("**/leads/1/")
    expect(page.get_by_role("status")).to_contain_text("Lead 1 is open again.")
    _press(page, "e")
    page.wait_for_url("**/leads/2/")
    _press(page, "u")
    page.wait_for_url("**/leads/#lead-2")
    _expect_chosen(page, "2")

    auditor = open_page("/log/", "audit", locale="en-US")
    auditor.get_by_label("Act").select_option("lead.decided")
    auditor.get_by_label("Account").fill("mei")
    auditor.get_by_role("button", name="Apply").click()
    rows = auditor.locator("table.log tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("lead:1")
    assert "goodjob77" not in auditor.content()
    auditor.get_by_role("button", name="Verify the whole log").click()
    expect(auditor.get_by_text("The log is what it was.")).to_be_visible()


def test_deciding_from_the_queue_goes_on_with_the_next_row(open_page: Open) -> None:
    page = open_page("/leads/?sort=newest", "mei")
    _press(page, "j", "j")
    _expect_chosen(page, "4")
    _press(page, "r")
    expect(page.get_by_role("status")).to_contain_text("Lead 4 is marked relevant.")
    _expect_chosen(page, "3")
    _press(page, "k")
    _expect_chosen(page, "5")
    _press(page, "d")
    expect(page.locator("#choose-dismiss")).to_be_visible()
    _press(page, "3")
    expect(page.get_by_role("status")).to_contain_text("Lead 5 is dismissed.")
    _press(page, "s")
    _press(page, "1")
    expect(page.get_by_role("status")).to_contain_text("Lead 3 waits for later.")
    _press(page, "d", "1")
    page.wait_for_url(re.compile(r"/leads/2/.*#choose-dismiss"))
    expect(page.locator("#choose-dismiss")).to_have_attribute("open", "")


def test_the_last_row_is_chosen_when_the_list_gets_shorter(open_page: Open) -> None:
    page = open_page("/leads/?sort=newest", "mei")
    _press(page, *"jjjjj")
    _expect_chosen(page, "1")
    _press(page, "r")
    expect(page.get_by_role("status")).to_contain_text("Lead 1 is marked relevant.")
    _expect_chosen(page, "2")


def test_keys_are_silent_while_writing_and_composing(open_page: Open, site: Any) -> None:
    page = open_page("/leads/1/", "mei")
    _press(page, "c")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("red ewds")
    assert page.input_value("#note") == "red ewds"
    _press(page, "Escape")
    for event in (
        {"code": "KeyR", "key": "Process"},
        {"code": "KeyR", "key": "ㄐ", "isComposing": True},
        {"code": "KeyR", "key": "r", "keyCode": 229},
        {"code": "KeyR", "key": "r", "ctrlKey": True},
        {"code": "KeyR", "key": "r", "metaKey": True},
        {"code": "KeyR", "key": "r", "altKey": True},
        {"code": "KeyR", "key": "r", "repeat": True},
    ):
        page.evaluate(
            "init => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...init}))",
            event,
        )
    page.wait_for_timeout(200)
    assert page.url == f"{site.base}/leads/1/"
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, code: 'KeyR', key: 'ㄐ'}))"
    )
    page.wait_for_url("**/leads/2/")


def test_help_lists_the_keys_and_stops_them(open_page: Open, site: Any) -> None:
    page = open_page("/leads/1/", "mei")
    _press(page, "Shift+Slash")
    dialog = page.locator("#keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Refer a possible victim to help")
    assert page.evaluate("document.querySelector('#keys').scrollTop") == 0
    _press(page, "r")
    page.wait_for_timeout(200)
    assert page.url == f"{site.base}/leads/1/"
    _press(page, "Escape")
    expect(dialog).to_be_hidden()
    _press(page, "n")
    expect(page.locator("mark.here")).to_have_text(re.compile("日領"))


def test_other_needs_a_note_first(open_page: Open) -> None:
    page = open_page("/leads/1/", "mei")
    _press(page, "d", "6")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("an old advertisement")
    expect(page.locator("#choose-dismiss")).not_to_have_attribute("open", "")
    _press(page, "Escape", "d", "6")
    page.wait_for_url("**/leads/2/")
    expect(page.get_by_role("status")).to_contain_text("Lead 1 is dismissed.")
    _press(page, "d", "6")
    page.keyboard.type("another one")
    _press(page, "Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Lead 2 is dismissed.")
    page.goto(page.url.partition("/leads/")[0] + "/leads/5/")
    _press(page, "d", "6", "Escape", "c")
    page.keyboard.type("only a note")
    _press(page, "Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("The note on lead 5 is kept.")


def test_a_case_is_opened_and_left_without_the_mouse(open_page: Open) -> None:
    page = open_page("/leads/1/", "mei")
    _press(page, "f")
    page.wait_for_url("**/cases/new/?lead=1")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_label("Title").focus()
    page.keyboard.type("Day work")
    _press(page, "Control+Enter")
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    _press(page, "g", "q")
    page.wait_for_url("**/leads/")


def test_everything_works_without_javascript(open_page: Open) -> None:
    page = open_page("/leads/", "mei", java_script_enabled=False)
    _expect_nothing_dead(page)
    page.locator("#lead-1 a.words").click()
    page.locator("#decide > .panel").last.locator("summary").first.click()
    _expect_nothing_dead(page)
    page.locator("#choose-dismiss > summary").click()
    page.get_by_role("button", name="Lawful or unrelated").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 2")
    expect(page.get_by_role("status")).to_contain_text("Lead 1 is dismissed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 1")


def _expect_nothing_dead(page: Page) -> None:
    """No button that only a script would press, and no key that nobody hears."""
    expect(page.locator("button[type=button]:visible")).to_have_count(0)
    expect(page.locator("main :is(button, a, summary) kbd:visible")).to_have_count(0)
