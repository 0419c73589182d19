"""What pages are beside readable: large enough for fingers, printed, in forced colours, and not hidden."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SCREENS = Path(__file__).parents[2] / "screens"


PAGES = {
    "queue": ("/leads/", "mei"),
    "lead": ("/leads/1/", "mei"),
    "victim": ("/leads/3/", "mei"),
    "source": ("/sources/harbor/", "lin"),
    "log": ("/log/", "audit"),
}


@pytest.fixture
def look(open_page: Open, site: Any, language: str) -> Open:
    """`look("queue", 390, "dark")`: that page, in the one window of its account, which costs more than a page."""
    windows: dict[tuple[str | None, str], Page] = {}

    def at(name: str, width: int = 1280, scheme: str = "light") -> Page:
        address, account = PAGES[name]
        if (account, scheme) in windows:
            page = windows[account, scheme]
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(site.base + address)
            return page
        locale = "zh-TW" if language == "zh-hant" else "en-US"
        page = open_page(address, account, width, locale=locale, color_scheme=scheme)
        return windows.setdefault((account, scheme), page)

    return at


def _open_all(page: Page) -> None:
    """Unfold what is folded, so that it is looked at as well."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")


def test_phone_targets_are_large_enough(look: Open) -> None:
    page = look("lead", 390)
    small = page.evaluate(
        """[...document.querySelectorAll('.decide > button, .decide summary, .places a')]
           .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
    )
    assert small == []
    broken = page.evaluate(
        """[...document.querySelectorAll('.decide > button, .decide > details > summary')]
           .filter(one => {
             const words = document.createRange();
             words.selectNodeContents(one);
             const lines = [...words.getClientRects()].filter(line => line.width).map(line => Math.round(line.top));
             return new Set(lines).size > 1 || one.scrollWidth > one.clientWidth;
           }).map(one => one.textContent)"""
    )
    assert broken == [], "a button's word is broken"


def test_the_focused_row_is_not_hidden_by_the_bar(open_page: Open) -> None:
    page = open_page("/leads/", "mei", 1280)
    page.set_viewport_size({"width": 1280, "height": 420})
    for _ in range(5):
        page.keyboard.press("j")
    hidden = page.evaluate(
        """document.activeElement.closest('.row').getBoundingClientRect().bottom
           > document.querySelector('.hint').getBoundingClientRect().top"""
    )
    assert not hidden


def test_what_is_printed_is_read_and_not_filled_in(look: Open) -> None:
    for name in ("lead", "victim", "source", "log"):
        page = look(name)
        page.emulate_media(media="print")
        shown = page.evaluate(
            """[...document.querySelectorAll('button, input, textarea, select, kbd, a.button')]
               .filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 100))"""
        )
        words = page.locator(".sighting .words").first
        assert name not in {"lead", "victim"} or words.is_visible()
        page.screenshot(path=SCREENS / f"{name}-print.png", full_page=True)
        page.emulate_media(media="screen")
        assert shown == [], name


def test_in_forced_colours_one_sees_where_one_is_and_who_comes_first(open_page: Open) -> None:
    page = open_page("/leads/", "mei", forced_colors="active")
    edges = page.evaluate(
        """[['.places a[aria-current]', 'borderBottomColor'], ['.places a:not([aria-current])', 'borderBottomColor'],
            ['.row[data-kind=possible_victim]', 'borderLeftColor'], ['.row[data-kind=lead]', 'borderLeftColor'],
            ['body', 'backgroundColor']]
           .map(([where, side]) => getComputedStyle(document.querySelector(where))[side])"""
    )
    here, elsewhere, victim, lead, ground = edges
    assert elsewhere == lead == ground
    assert ground not in {here, victim}
    page.screenshot(path=SCREENS / "queue-contrast.png")


def test_a_phone_shows_no_keys(look: Open) -> None:
    for name in ("queue", "lead"):
        page = look(name, 390)
        _open_all(page)
        shown = page.locator("main :is(button, summary, a) kbd:visible").count()
        assert shown == 0, name
