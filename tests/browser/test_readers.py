"""Hands and ears of several kinds: a tablet that is touched, a screen reader's tree, an input method, a page at twice its size."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
TABLET = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def _tree(page: Page) -> list[tuple[str, str]]:
    """Role and name of everything that a screen reader is told, in its order, from Chromium's own tree."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    found: list[tuple[str, str]] = []

    def walk(number: str) -> None:
        node = by_id[number]
        if not node.get("ignored"):
            found.append((node["role"]["value"], node.get("name", {}).get("value", "")))
        for child in node.get("childIds", ()):
            if child in by_id:
                walk(child)

    walk(nodes[0]["nodeId"])
    return found


def _in_order(tree: list[tuple[str, str]], *wanted: tuple[str, str]) -> None:
    """Each stands there, one after the other."""
    rest = iter(tree)
    for role, name in wanted:
        assert any(one == role and name in said for one, said in rest), (role, name)


def test_the_queue_is_told_in_order_to_a_screen_reader(open_page: Open) -> None:
    tree = _tree(open_page("/leads/", "mei"))
    _in_order(
        tree,
        ("link", "Skip to the content"),
        ("navigation", "Places"),
        ("main", ""),
        ("heading", "Leads"),
        ("list", ""),
        ("listitem", ""),
        ("checkbox", "Select lead 3"),
        ("link", "我好害怕"),
        ("checkbox", "Select lead 1"),
        ("link", "徵日領人員"),
        ("link", "goodjob77"),
    )
    nameless = [role for role, name in tree if role in {"button", "link", "checkbox", "combobox", "textbox"} and not name.strip()]  # fmt: skip
    assert nameless == []
    assert [role for role, _ in tree].count("main") == 1


def test_a_lead_is_told_in_order_to_a_screen_reader(open_page: Open) -> None:
    page = open_page("/leads/1/", "mei")
    tree = _tree(page)
    _in_order(
        tree,
        ("main", ""),
        ("link", "Queue"),
        ("heading", "Lead 1"),
        ("mark", ""),
        ("heading", "Why it was flagged"),
        ("StaticText", "Planted rule"),
        ("heading", "Contacts"),
        ("form", "Decision"),
        ("button", "Relevant"),
        ("button", "Escalate"),
    )
    levels = [
        int(next(one["value"]["value"] for one in node["properties"] if one["name"] == "level"))
        for node in page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        if not node.get("ignored") and node["role"]["value"] == "heading"
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_changed_is_told_without_being_looked_for(open_page: Open) -> None:
    page = open_page("/leads/?sort=newest", "mei")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.get_by_role("status").filter(has_text="Lead 5 is marked relevant.")).to_be_visible()
    page.wait_for_function("document.activeElement.closest('.row')?.dataset.lead === '4'")
    tree = _tree(page)
    _in_order(tree, ("status", ""), ("StaticText", "Lead 5 is marked relevant."))


def test_a_shift_on_a_tablet_is_touched(open_page: Open) -> None:
    page = open_page("/leads/", "mei", 768, **TABLET)
    page.locator("#lead-1 a.words").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 1")
    small = page.evaluate(
        """[...document.querySelectorAll('.decide > button, .decide > details > summary, .steps .button, .places a')]
           .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 36).map(one => one.textContent.trim())"""
    )
    assert small == []
    page.locator("#choose-dismiss > summary").tap()
    sheet = page.locator("#choose-dismiss .sheet").bounding_box()
    assert sheet is not None
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= 768
    assert sheet["y"] >= 0
    page.get_by_role("button", name="Lawful or unrelated").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 2")
    page.get_by_role("status").get_by_role("button", name="Undo").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 1")
    page.get_by_role("button", name="Escalate").tap()
    expect(page.get_by_role("status").first).to_contain_text("Lead 1 is escalated.")


@pytest.mark.parametrize(
    ("said", "committed"),
    [(("ㄐ", "ㄐㄧ", "ㄐㄧㄢ", "見"), "見過"), (("月", "月山", "月山山"), "脫")],
)
def test_an_input_method_composes_in_peace(
    open_page: Open, site: Any, said: tuple[str, ...], committed: str
) -> None:
    """Zhuyin and Cangjie: letters that are keys elsewhere, and an Enter that chooses a candidate, decide nothing."""
    page = open_page("/leads/1/", "mei")
    page.keyboard.press("c")
    keys = page.context.new_cdp_session(page)
    for part in said:
        keys.send(
            "Input.dispatchKeyEvent",
            {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process", "code": "KeyR"},
        )
        keys.send(
            "Input.imeSetComposition",
            {"text": part, "selectionStart": len(part), "selectionEnd": len(part)},
        )
        expect(page.locator("#note")).to_have_value(part)
    page.keyboard.press("Control+Enter")  # would send, were nothing being composed
    page.wait_for_timeout(200)
    expect(page.get_by_text("The note on lead 1 is kept.")).to_have_count(0)
    keys.send("Input.insertText", {"text": committed})
    expect(page.locator("#note")).to_have_value(committed)
    assert page.url == f"{site.base}/leads/1/"
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The note on lead 1 is kept.")).to_be_visible()
    expect(page.locator(".note", has_text=committed)).to_be_visible()


@pytest.mark.parametrize("address", ["/leads/", "/leads/1/"])
def test_at_200_percent_nothing_is_lost(open_page: Open, address: str) -> None:
    """WCAG 1.4.4: a window of 1280 px at 200 % has 640, and words may also be made twice as large by themselves."""
    page = open_page(address, "mei", 640, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    page.set_viewport_size({"width": 1280, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    cut = page.evaluate(
        """[...document.querySelectorAll('button, summary, .chip, h1, h2, label')]
           .filter(one => one.checkVisibility() && !one.closest('.sr') && !one.classList.contains('sr')
                          && getComputedStyle(one).overflow !== 'visible' && one.scrollWidth > one.clientWidth + 1)
           .map(one => one.outerHTML.slice(0, 100))"""
    )
    assert cut == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
