"""States that nobody wishes for, each designed: signed out, slow, index down, log down, words gone. And care, with the hands."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _sound(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def _choose(**care: Any) -> None:
    from patrol.register.tables import Person

    Person.objects.filter(account="mei").update(care=care)


def test_what_was_written_survives_a_session_that_ended(open_page: Open, site: Any) -> None:
    from django.contrib.sessions.models import Session

    page = open_page("/leads/1/?category=fraud", "mei")
    _press(page, "c")
    page.keyboard.type("seen twice this week")
    house.aside(lambda: Session.objects.all().delete())
    _press(page, "Control+Enter")
    page.wait_for_url(re.compile(r"/account/login/\?next=/leads/1/%3Fcategory%3Dfraud"))
    page.goto(f"{site.base}/enter/{site.links['mei']}/")
    page.locator("main form button").click()
    page.wait_for_url("**/leads/**")
    page.goto(f"{site.base}/leads/1/")
    expect(page.locator("#note")).to_have_value("seen twice this week")
    expect(page.locator("#note")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("What you wrote before is back.")
    page.locator("#note").focus()
    _press(page, "Control+Enter")
    expect(page.get_by_text("The note on lead 1 is kept.")).to_be_visible()
    page.reload()
    expect(page.locator("#note")).to_have_value("")


def test_what_is_empty_says_why_and_what_next(open_page: Open, site: Any) -> None:
    from django.core.cache import caches

    from patrol.register.tables import Lead, RunRow

    elsewhere = open_page("/leads/", "other")
    expect(elsewhere.locator(".nothing h2")).to_have_text("No source is set up yet")
    expect(elsewhere.locator(".nothing li")).to_have_count(3)
    elsewhere.goto(f"{site.base}/sources/")
    expect(elsewhere.locator(".nothing")).to_contain_text("A supervisor proposes a source.")

    page = open_page("/leads/?category=arms", "mei")
    expect(page.locator(".nothing h2")).to_have_text("No lead fits these filters")
    _sound(page)
    page.get_by_role("link", name="without Category: Arms – 5 leads").click()
    expect(page.locator(".row")).to_have_count(5)

    house.aside(lambda: Lead.objects.update(status="dismissed"))
    page.goto(f"{site.base}/leads/")
    expect(page.locator(".nothing h2")).to_have_text("Nothing waits")
    expect(page.locator(".nothing")).to_contain_text("Sources were last read 29 minutes ago.")
    house.aside(lambda: RunRow.objects.update(ended_at=None, outcome=None))
    caches["near"].clear()
    page.goto(f"{site.base}/leads/")
    expect(page.locator(".nothing h2")).to_have_text("The first leads are on their way")
    page.get_by_role("link", name="Look again").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    _sound(page)


def test_what_takes_long_says_so(open_page: Open) -> None:
    page = open_page("/leads/", "mei")

    def slowly(route: Route) -> None:
        time.sleep(3)
        route.continue_()

    page.route("**/leads/1/", slowly)
    page.evaluate(
        "new MutationObserver(() => sessionStorage.setItem('told', document.querySelector('#loading').textContent))"
        ".observe(document.querySelector('#loading'), {childList: true})"
    )
    page.locator("#lead-1 a.words").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 1")
    assert page.evaluate("sessionStorage.getItem('told')") == "Loading…"
    expect(page.locator("#loading")).to_have_text("")


def test_what_is_down_or_gone_is_said(
    open_page: Open, site: Any, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection
    from django.utils import timezone

    from patrol.register.sealing import destroy
    from patrol.register.tables import Lead

    page = open_page("/leads/", "mei")
    monkeypatch.setenv("PATROL_SEARCH_URL", "http://127.0.0.1:9")
    page.goto(f"{site.base}/search/?q=abc")
    expect(page.get_by_role("heading", level=1)).to_contain_text("search", ignore_case=True)
    expect(page.get_by_text("What to do")).to_be_visible()
    _sound(page)
    monkeypatch.delenv("PATROL_SEARCH_URL")
    house.aside(lambda: destroy(Lead.objects.get(pk=4).retention, timezone.now()))
    page.goto(f"{site.base}/leads/")
    expect(page.locator("#lead-4")).to_contain_text("its words are gone")
    expect(page.locator(".row")).to_have_count(5)
    _sound(page)
    page.goto(f"{site.base}/leads/4/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The words of lead 4 are gone")
    expect(page.get_by_text(re.compile(r"This look is record \d+"))).to_be_visible()
    _sound(page)

    def break_log() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON ledger_record "
                "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )

    house.aside(break_log)
    page.goto(f"{site.base}/leads/1/")
    expect(page.get_by_text("What to do")).to_be_visible()
    assert "先繳保證金" not in page.content()
    _sound(page)
    seen[:] = [line for line in seen if not re.search(r"status of (410|503)", line)]


@pytest.mark.parametrize("mask", ["terms", "cover", "summary"])
def test_words_are_covered_until_v_is_held(mask: str, open_page: Open, site: Any) -> None:
    house.aside(lambda: _choose(mask=mask))
    page = open_page("/leads/", "mei")
    words = page.locator("#lead-1 .words .under" if mask == "terms" else "#lead-1 .words bdi").first
    expect(words).to_be_hidden()
    _press(page, "j")
    expect(page.locator("#lead-3 .words")).to_be_focused()
    page.keyboard.down("v")
    expect(words).to_be_visible()
    page.keyboard.up("v")
    expect(words).to_be_hidden()
    _press(page, "Shift+V")
    expect(words).to_be_visible()
    expect(page.get_by_role("button", name="Uncover the words")).to_have_attribute(
        "aria-pressed", "true"
    )
    _press(page, "Shift+V")
    _sound(page)
    page.goto(f"{site.base}/leads/1/")
    body = page.locator(".sighting .words .under" if mask == "terms" else ".sighting .words").first
    expect(body).to_be_hidden()
    page.get_by_role("button", name="Uncover the words").click()
    expect(body).to_be_visible()


def test_a_heavy_lead_a_break_and_a_day_with_the_keyboard(
    open_page: Open, site: Any, seen: list[str]
) -> None:
    page = open_page("/leads/2/", "mei")
    _press(page, "r")
    expect(page.get_by_role("heading", level=1)).to_have_text("A heavy lead comes next")
    expect(page.locator("#forewarned")).to_be_focused()
    _sound(page)
    _press(page, "b")
    expect(page.get_by_role("heading", level=1)).to_have_text("Break")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"4:5\d"))
    _sound(page)
    _press(page, "u")
    expect(page.get_by_role("heading", level=1)).to_have_text("A heavy lead comes next")
    _press(page, "o")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead 4")
    _press(page, "s", "4")
    expect(page.locator("#back-on")).to_be_focused()
    page.keyboard.type("115/1/1")
    _press(page, "Enter")
    expect(page.locator("#error")).to_contain_text("cannot come back on that day")
    _press(page, "t")
    expect(page.locator("#tag-name")).to_be_focused()
    page.keyboard.type("bicycles")
    _press(page, "Enter")
    expect(page.get_by_text("#bicycles")).to_be_visible()
    _press(page, "Shift+T")
    expect(page.get_by_text("Nothing was sealed with this post.")).to_be_visible()
    _sound(page)
    page.goto(f"{site.base}/care/")
    _sound(page)
    seen[:] = [line for line in seen if "status of 400" not in line]


def test_a_second_review_with_the_keyboard(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.triaging import triage
    from patrol.models import Verdict
    from patrol.register.tables import Person

    def decide() -> None:
        desk = Desk.of(Person.objects.get(account="lin"), origin=None)
        triage.decide(desk, 1, 1, Verdict.ESCALATED)

    monkeypatch.setenv("PATROL_SECOND_REVIEW_PERCENT", "100")
    house.aside(decide)
    page = open_page("/leads/", "mei")
    page.get_by_role("link", name="1 second review").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second review")
    assert "lin" not in page.locator("main").inner_text().split()
    _sound(page)
    _press(page, "d", "2")
    expect(page.get_by_text("Your second verdict on lead 1 is kept.")).to_be_visible()
    supervisor = open_page("/reviews/agreement/", "lin")
    expect(supervisor.get_by_text("fewer than 5 people had a part").first).to_be_visible()
    expect(supervisor.get_by_role("link", name="Lead 1")).to_be_visible()
    _sound(supervisor)
