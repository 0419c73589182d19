"""Two officers at one lead, each at a screen of their own: who reads it is seen, it is taken over, nothing is overwritten."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MINE = "asked the board about it"
THEIRS = "the same words as last week"


@pytest.fixture
def site(site: Any) -> Any:
    """With a second officer of the same unit."""

    def join() -> None:
        from patrol.register.tables import Person

        mei = Person.objects.get(account="mei")
        hui = Person(account="hui", role="officer", unit=mei.unit, language=mei.language)
        hui.set_unusable_password()
        hui.save()
        site.sessions["hui"] = house.client_of("hui").cookies["patrol"].value

    join()
    return site


def _stands() -> tuple[str, int, list[tuple[str, str]]]:
    """Lead 1 in the register: status, version, who decided what."""
    from patrol.register.tables import Lead

    lead = Lead.objects.get(pk=1)
    decided = lead.decisions.values_list("by__account", "verdict")
    return lead.status, lead.version, list(decided)


def _refused(page: Page, key: str) -> None:
    with page.expect_response("**/decide/") as answer:
        page.keyboard.press(key)
    assert answer.value.status == 409
    expect(page.get_by_text("Nothing was overwritten")).to_be_visible()


def _write(page: Page, words: str) -> None:
    page.keyboard.press("c")
    page.keyboard.type(words)
    page.keyboard.press("Escape")


def test_two_officers_on_one_lead(open_page: Open, seen: list[str]) -> None:
    mine = open_page("/leads/1/", "mei")
    mine.clock.install()
    mine.reload()
    mine.wait_for_selector("#hold[data-held]", state="attached")
    _write(mine, MINE)

    # The second sees who reads it, in the list and on the page, and cannot decide under the first's hands.
    theirs = open_page("/leads/", "hui")
    expect(theirs.locator("#lead-1 .chip.held")).to_contain_text("mei is reading it")
    theirs.locator("#lead-1 a.words").click()
    expect(theirs.locator("#lost")).to_contain_text("mei is reading this lead now.")
    _write(theirs, THEIRS)
    _refused(theirs, "e")
    assert house.aside(_stands) == ("new", 1, [])

    # It is taken over; what was written is still there, and goes with the decision.
    theirs.get_by_role("button", name="Take it over").click()
    expect(theirs.get_by_role("status").first).to_contain_text("Lead 1 is yours to decide on.")
    expect(theirs.locator("#note")).to_have_value(THEIRS)
    mine.clock.run_for(61_000)
    expect(mine.locator("#lost")).to_contain_text("hui is reading this lead now.")
    theirs.keyboard.press("Escape")
    theirs.keyboard.press("e")
    theirs.wait_for_url("**/leads/2/")
    decided = ("escalated", 2, [("hui", "escalated")])
    assert house.aside(_stands) == decided

    # The first decides on what they read: both versions are shown, and neither the other's decision nor the draft is lost.
    _refused(mine, "r")
    for said, both in (
        ("Version", ["1", "2"]),
        ("Decision", ["Relevant", "Escalate"]),
        ("Who", ["mei", "hui"]),
    ):
        row = mine.locator("table.versions tr", has=mine.get_by_role("rowheader", name=said))
        expect(row.locator("td")).to_have_text(both)
    assert house.aside(_stands) == decided
    mine.goto(mine.url.partition("/leads/")[0] + "/leads/2/")
    mine.locator("#lost button").click()
    expect(mine.get_by_role("status").first).to_contain_text("Lead 2 is yours to decide on.")
    mine.goto(mine.url.partition("/leads/")[0] + "/leads/1/")
    expect(mine.locator("#note")).to_have_value(MINE)
    expect(mine.locator(".history").filter(has_text=THEIRS).first).to_be_visible()
    seen[:] = [line for line in seen if "409" not in line]  # the console names every 409
