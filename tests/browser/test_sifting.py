"""The queue's filters in a browser: turned with keys, and told in words."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
SAID = {
    "en": ("(off; press to ask for it)", "with Fraud", "without Fraud"),
    "zh-hant": ("（未使用；按下即納入）", "含 詐欺", "不含 詐欺"),
}
READ_OUT = {
    "en": {"with": "(asked for;", "without": "(left out;", "": "(off;"},
    "zh-hant": {"with": "（已納入；", "without": "（已排除；", "": "（未使用；"},
}
"""By a screen reader only."""


@pytest.mark.parametrize("language", [*SAID], indirect=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_enter_turns_a_chip_and_stays_on_it(open_page: Open, language: str, width: int) -> None:
    page = open_page("/leads/", "mei", width)
    page.keyboard.press("f")
    expect(page.locator("#sifts .turn:visible").first).to_be_focused()
    chip = page.locator("#sift-category-fraud")
    expect(chip.locator(".count")).to_have_text("3")
    off, asked, left_out = SAID[language]
    expect(chip).to_contain_text(off)
    chip.focus()
    for state, words, rows in (("with", asked, 3), ("without", left_out, 2), ("", off, 5)):
        page.keyboard.press("Enter")
        chip = page.locator(f"#sift-category-fraud[data-state='{state}']")
        expect(chip).to_contain_text(words)
        expect(chip.locator(".sr")).to_contain_text(READ_OUT[language][state])
        expect(chip).to_be_focused()
        expect(chip).to_be_visible()
        expect(page.locator(".row")).to_have_count(rows)
        expect(page.locator("#sift-rules .turn").first).to_be_attached()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_rules_come_with_the_counts_and_are_turned_alike(open_page: Open, language: str) -> None:
    page = open_page("/leads/", "mei")
    page.keyboard.press("f")
    page.locator("#sift-rule-planted").click()
    expect(page.locator("#sift-rule-planted[data-state='with']")).to_be_focused()
