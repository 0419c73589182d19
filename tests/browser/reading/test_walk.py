"""Every page that a role may open, in a real browser: nothing wrong for any reader, and nothing to be moved sideways.

The pages come from the table of addresses (`tests.plugins.addresses`), each with an object of a register where
everything has happened. Here each is looked at once in each language, the widths, colours and roles taking turns;
the nightly form looks at each in every role, width and colour, and photographs it.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.plugins import house
from tests.plugins.addresses import ACCOUNTS, PRESSED, STATES, Place, each_place

pytestmark = pytest.mark.browser
SCREENS = Path(__file__).parents[2] / "screens"
WIDTHS = (1280, 768, 390)
NARROWEST = 320
"""1280 at 400 %: WCAG 1.4.10."""
SIZES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
"""WCAG 2.5.8 is new in 2.2, and axe asks it only when told to."""
LOOK = """new Promise(done => requestAnimationFrame(() => {
  document.querySelectorAll('main details').forEach(one => one.open = true);
  done(document.documentElement.scrollWidth);
}))"""
OUT_OF_TUNE = r"""() => {
  for (const one of document.querySelectorAll('input, textarea, select')) one.remove();
  for (const one of document.querySelectorAll('.words, .note, .log, pre, code, bdi')) one.replaceWith('x');
  const bad = /[。：；，、！？）] +(?=[^\s·])|[\u4e00-\u9fff][:,;](?=\s|$)|[\u4e00-\u9fff] ?\(|\) ?[\u4e00-\u9fff]/g;
  return document.querySelector('body').innerText.split('\n').flatMap(
    line => [...line.matchAll(bad)].map(hit => line.slice(Math.max(0, hit.index - 12), hit.index + 12)));
}"""
"""Chinese sets its own colons, commas and brackets, and no space behind them; what others wrote is left out."""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def laid_out(site: Any) -> Iterator[None]:
    """Everything there is to see; every decision is drawn for a second review."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATROL_SECOND_REVIEW_PERCENT", "100")
        # At every hour what is said only while a shift ends.
        patch.setattr("patrol.actions.triaging.forewarning.wait", lambda *_: "shift_ends")
        house.furnish()
        house.hold("lin", 8)
        for session in site.sessions.values():
            house.show_again(session)
        yield


@pytest.fixture
def window(open_page: Open, site: Any, language: str, seen: list[str]) -> Iterator[Open]:
    """`window("mei")`: the one window of that account, which costs more than a page. What its console says of an answer that is no success is the answer's own."""
    windows: dict[str | None, Page] = {}

    def of(account: str | None) -> Page:
        if account not in windows:
            locale = "zh-TW" if language == "zh-hant" else "en-US"
            windows[account] = open_page("/healthz", account, locale=locale)
        return windows[account]

    yield of
    seen[:] = [line for line in seen if "the server responded with a status of 4" not in line]


def _wrong(page: Page, name: str, width: int) -> list[tuple[Any, ...]]:
    """What is wrong with the page that is open, everything on it unfolded."""
    page.set_viewport_size({"width": width, "height": 844})
    wide = page.evaluate(LOOK)
    found: list[tuple[Any, ...]] = [(name, width, "scrolls sideways", wide)] if wide > width else []
    # Whole, so that the bar at a window's foot covers nothing that one could scroll out from under it.
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(844, whole), 20_000)})
    for one in Axe().run(page, options=SIZES).response["violations"]:
        where = [node["html"][:160] for node in one["nodes"]][:3]
        found.append((name, width, one["id"], one["impact"], where))
    page.set_viewport_size({"width": NARROWEST, "height": 844})
    wide = page.evaluate(LOOK)
    if wide > NARROWEST:
        found.append((name, NARROWEST, "scrolls sideways", wide))
    words_of_others = name.startswith(("account_", "mfa_"))  # Django's and allauth's own
    if page.locator("html").get_attribute("lang") != "en" and not words_of_others:
        found += [(name, "set as English", line) for line in page.evaluate(OUT_OF_TUNE)]
    return found


def _go(page: Page, base: str, place: Place) -> None:
    answer = page.goto(base + place.address)
    assert answer is not None
    assert answer.ok, (place.name, answer.status)
    assert page.url == base + place.address, f"{place.name} leads to {page.url}"


def _arrive(page: Page, base: str, name: str) -> None:
    """At a state of a page."""
    if name in STATES:
        page.goto(base + STATES[name][0])
        return
    address, _, script = PRESSED[name]
    page.goto(base + address)
    with page.expect_navigation():
        page.evaluate(script)


@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_nothing_is_wrong_with_any_page(window: Open, site: Any, language: str) -> None:
    widths = cycle(WIDTHS if language == "en" else (WIDTHS[2], *WIDTHS[:2]))
    scheme = "light" if language == "en" else "dark"
    found = []
    for number, place in enumerate(each_place()):
        page = window(place.accounts[number % len(place.accounts)])
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        _go(page, site.base, place)
        found += _wrong(page, place.name, next(widths))
    for name, (_, account, *_) in (STATES | PRESSED).items():
        page = window(account)
        _arrive(page, site.base, name)
        found += _wrong(page, name, next(widths))
    assert not found, "\n".join(map(str, found))


@pytest.mark.sweep
@pytest.mark.parametrize("account", [*ACCOUNTS, "other", None])
@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_every_page_is_photographed_in_every_width(
    window: Open, site: Any, language: str, account: str | None
) -> None:
    SCREENS.mkdir(exist_ok=True)
    page = window(account)
    found = []

    def look(name: str, *, take: bool) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            if take:
                page.screenshot(path=SCREENS / f"{name}-{language}-{width}.png", full_page=True)
        for width in WIDTHS:
            found.extend(_wrong(page, name, width))
        page.emulate_media(color_scheme="dark")
        found.extend(_wrong(page, f"{name} in the dark", WIDTHS[0]))
        page.emulate_media(color_scheme="light")

    page.emulate_media(color_scheme="light")
    for place in each_place():
        if account in place.accounts:
            _go(page, site.base, place)
            look(place.name, take=account == place.accounts[0])
    for name, (_, whose, *_) in (STATES | PRESSED).items():
        if whose == account:
            _arrive(page, site.base, name)
            look(name, take=True)
    assert not found, "\n".join(map(str, found))
