"""A shift of forty leads by keyboard alone: every one is decided, no hand leaves the keys, and it is measured what it takes."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
LEADS = 40
MOST_KEYS = 290
"""Letters of notes and references are keys too."""
REPORT = Path(__file__).parents[1] / "screens" / "shift.json"
OFFERS = (
    ("fraud", "[穩賺不賠]，老師帶單，第 {0} 團今天再開十個名額。"),
    ("trading", "出[磨掉號碼]的自行車第 {0} 台，面交現金，電話 0900-000-{0:03}。"),
    ("gambling", "[首存送三倍]，第 {0} 桌，加賴 table{0}_demo。"),
    ("drugs", "[音樂課]團購第 {0} 期，自取，不議價。"),
    ("solicitation", "徵[兼職伴遊]，第 {0} 組，加賴 guide{0}_demo。"),
)
"""What is planted: invented, neutral, short."""


def _plant(count: int) -> None:
    """Leads of five categories, every eighth of them a possible victim."""
    tell = sys.modules["planting"].Told
    told = []
    for number in range(count):
        category, words = OFFERS[number % len(OFFERS)]
        if number % 8 == 3:
            words = f"[我好害怕]，第 {number} 封了，有人一直威脅我，[可以找誰幫忙]？"
            told.append(tell(words, kind="possible_victim", category=None, score=60 - number))
        else:
            told.append(tell(words.format(number), category=category, score=80 - number))
    house.plant_more(told, key="shift")


@dataclass
class Shift:
    """Where the officer is, and what each lead took."""

    page: Page
    keys: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    before: tuple[int, float] = (0, 0.0)

    def press(self, *keys: str) -> None:
        """On the page that is there."""
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.keys += len(words)

    def go(self, *keys: str) -> None:
        """The last of these keys opens another page, or this one anew."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def reach(self, name: str) -> None:
        """By Tab; nobody looks for a field for long."""
        for _ in range(4):
            if self.page.evaluate("document.activeElement.name") == name:
                return
            self.press("Tab")
        pytest.fail(f"{name} is too far for Tab")

    def begin(self) -> None:
        self.before = self.keys, time.monotonic()

    def end(self, did: str) -> None:
        keys, at = self.before
        self.taken.append({"did": did, "keys": self.keys - keys, "seconds": time.monotonic() - at})
        self.begin()


def _refer(shift: Shift) -> None:
    """To whom, and under which number; when, is filled in later."""
    shift.go("w")
    shift.reach("receiver")
    shift.press("ArrowDown")
    shift.reach("reference")
    shift.write("A-17")
    shift.go("Control+Enter")


def _other(shift: Shift) -> None:
    shift.press("d", "6")
    expect(shift.page.locator("#choose-dismiss")).not_to_have_attribute("open", "")
    shift.write("an old advertisement")
    shift.go("Control+Enter")


def _case(shift: Shift) -> None:
    """Open one with the lead, and come back to it."""
    lead = shift.page.url.rpartition("/leads/")[2]
    shift.go("f")
    shift.reach("title")
    shift.write("Bicycles")
    shift.go("Control+Enter")
    shift.go("g", "q")
    expect(shift.page.locator(".row :focus")).to_have_count(0)
    shift.press("j")
    shift.go("Enter")
    assert shift.page.url.rpartition("/leads/")[2].startswith(lead.partition("?")[0])
    shift.go("e")


def _noted(shift: Shift) -> None:
    shift.press("c")
    shift.write("seen before")
    shift.press("Escape")
    shift.go("r")


def _regretted(shift: Shift) -> None:
    shift.go("d", "2")
    shift.go("z")
    shift.go("e")


ACTS: tuple[tuple[str, Callable[[Shift], None]], ...] = (
    ("dismissed", lambda shift: shift.go("d", "2")),
    ("relevant", lambda shift: shift.go("r")),
    ("dismissed, duplicate", lambda shift: shift.go("d", "3")),
    ("dismissed as the last", lambda shift: shift.go("d", "Enter")),
    ("escalated", lambda shift: shift.go("e")),
    ("dismissed, with a note", _other),
    ("snoozed", lambda shift: shift.go("s", "1")),
    ("dismissed, undone, escalated", _regretted),
    ("relevant, with a note", _noted),
    ("a case opened, escalated", _case),
)
"""What an officer does with one lead after another that is no possible victim's."""


def _work(shift: Shift) -> None:
    """One lead off, by what stands on the page."""
    page = shift.page
    if page.locator("#forewarned").count():
        expect(page.locator("#forewarned")).to_be_focused()
        shift.go("Enter")
    if page.locator("#decide > button[data-does='press:referred']").count():
        did, act = "referred", _refer
    else:
        did, act = ACTS[sum(one["did"] != "referred" for one in shift.taken) % len(ACTS)]
    act(shift)
    shift.end(did)


def test_a_shift_of_forty_leads_is_worked_off_by_keyboard_alone(
    open_page: Open, request: pytest.FixtureRequest
) -> None:
    from patrol.register.tables import Lead

    house.aside(lambda: _plant(LEADS - 5))
    page = open_page("/leads/", "mei")
    shift = Shift(page)
    shift.begin()
    shift.press("j")
    shift.go("Enter")
    while len(shift.taken) < LEADS:
        _work(shift)
    assert "page-queue" in str(page.get_attribute("body", "class"))
    expect(page.locator(".nothing h2")).to_have_text("Nothing waits")
    expect(page.locator("#bulk")).to_have_count(0)
    left: list[str] = []
    house.aside(lambda: left.extend(Lead.objects.values_list("status", flat=True)))
    assert "new" not in left
    report = _report(shift)
    assert report["keys"] <= MOST_KEYS
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        sys.stdout.write(f"\n{_told(report)}\n")


def _report(shift: Shift) -> dict[str, Any]:
    """Keys and seconds, in all and by act; kept beside the pictures of the pages."""
    acts = {}
    for did in dict.fromkeys(one["did"] for one in shift.taken):
        these = [one for one in shift.taken if one["did"] == did]
        acts[did] = {
            "leads": len(these),
            "keys": statistics.median(one["keys"] for one in these),
            "seconds": round(statistics.median(one["seconds"] for one in these), 2),
        }
    report = {
        "leads": len(shift.taken),
        "keys": sum(one["keys"] for one in shift.taken),
        "seconds": round(sum(one["seconds"] for one in shift.taken), 1),
        "acts": acts,
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    return report


def _told(report: dict[str, Any]) -> str:
    lines = [
        f"{report['leads']} leads by keyboard alone: {report['keys']} keys, and {report['seconds']} s in which the pages keep the officer waiting."
    ]
    lines += [
        f"  {did:30} {one['leads']:2} leads, each {one['keys']:g} keys and {one['seconds']} s"
        for did, one in report["acts"].items()
    ]
    return "\n".join(lines)
