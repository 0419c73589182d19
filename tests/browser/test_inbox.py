"""The inbox, a referral, who is on call and the red banner in Chromium: both languages, two widths, keys, no script."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SCREENS = Path(__file__).parents[1] / "screens"
PAGES = {
    "inbox": ("/inbox/", "mei"),
    "inbox_empty": ("/inbox/", "root"),
    "reach": ("/inbox/reach/", "mei"),
    "on_call": ("/inbox/on-call/", "lin"),
    "messages": ("/inbox/messages/", "root"),
    "referral": ("/leads/3/referral/", "mei"),
    "referrals": ("/referrals/", "mei"),
    "queue_called": ("/leads/", "mei"),
}
VICTIM = 3
"""The number of the planted possible victim's lead."""


def _elsewhere(work: Callable[[], None]) -> None:
    """Chromium's driver has this thread's event loop, and the tables want none."""
    faults: list[BaseException] = []

    def watched() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (raised again below)
            faults.append(error)

    thread = threading.Thread(target=watched)
    thread.start()
    thread.join()
    for fault in faults:
        raise fault


def _told() -> None:
    """Notices of several kinds, somebody on call, an unfinished referral and a call that went all the way."""
    from patrol.actions.desk import Desk
    from patrol.actions.notifying import alarms, notices, oncall
    from patrol.actions.triaging import triage
    from patrol.models import NoticeKind, Verdict
    from patrol.register import clock
    from patrol.register.tables import Lead, Person

    now = clock.now()
    mei, lin = (Person.objects.get(account=account) for account in ("mei", "lin"))
    desk = Desk.of(mei, origin="127.0.0.1")
    lead = Lead.objects.get(pk=VICTIM)
    triage.decide(desk, lead.pk, lead.version, Verdict.REFERRED)
    other = Lead.objects.get(pk=1)
    Lead.objects.filter(pk=1).update(kind="possible_victim", moved_at=now)
    assert other.status == "new"
    turn = (now - timedelta(hours=1), now + timedelta(hours=11))
    oncall.put_on_call(Desk.of(lin, origin="127.0.0.1"), "mei", *turn)
    alarms.raise_due(now)
    for step in range(1, 4):
        alarms.go_further(now + timedelta(minutes=20 * step))
    tell = notices.tell
    tell([mei], NoticeKind.QUERY_HIT, "/leads/", about="query:4", count=3)
    tell([mei], NoticeKind.MANDATE_ENDING, "/sources/harbor/", about="source:harbor", count=7)
    tell([mei], NoticeKind.SOURCE_RECOVERED, "/sources/harbor/", about="source:harbor")
    read = tell([mei], NoticeKind.RULE_BRAKED, "/rules/planted/", about="rule:planted")
    assert read
    rows = notices.inbox(desk).rows
    notices.put_aside(desk, next(one.id for one in rows if one.kind == "rule_braked"))


@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_pages_fit_and_are_readable(open_page: Open, language: str) -> None:
    _elsewhere(_told)
    locale = "zh-TW" if language == "zh-hant" else "en-US"
    for name, (address, account) in PAGES.items():
        for width in (1280, 390):
            page = open_page(address, account, width, locale=locale, color_scheme="light")
            page.screenshot(path=SCREENS / f"{name}-{language}-{width}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide on {width}"
            if width == 1280:
                faults = Axe().run(page).response["violations"]
                assert not [(name, one["id"], one["nodes"][0]["html"][:200]) for one in faults]
            page.context.close()


def test_w_opens_the_form_which_is_filled_in_and_left_by_keys(open_page: Open) -> None:
    page = open_page(f"/leads/{VICTIM}/", "mei", 1280)
    page.keyboard.press("w")
    expect(page).to_have_url(re.compile(f"/leads/{VICTIM}/referral/"))
    expect(page.get_by_role("status").filter(has_text="min left")).to_be_visible()
    page.get_by_label("To whom").focus()
    page.keyboard.type("Soc")
    page.get_by_label("Their number").focus()
    page.keyboard.type("115-0042")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/leads/\d+/(\?unasked=yes)?$"))
    expect(page.locator(".toast")).to_contain_text(f"The referral of lead {VICTIM} is kept.")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/inbox/$"))
    page.context.close()


def test_without_a_script_a_referral_is_finished_and_a_call_answered(open_page: Open) -> None:
    _elsewhere(_told)
    page = open_page("/leads/", "mei", 1280, java_script_enabled=False)
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("nobody has acknowledged")
    alarm.get_by_role("button").click()
    expect(page).to_have_url(re.compile("/leads/1/"))
    expect(page.locator(".alarm")).to_have_count(0)
    page.goto(page.url.partition("/leads/")[0] + "/leads/")
    page.get_by_role("link", name="See them first").click()
    page.get_by_role("link", name=f"Lead {VICTIM}").click()
    shown = page.locator("#id_sent_at_how").inner_text()
    found = re.search(r"\d{4}/\d\d/\d\d \d\d:\d\d", shown)
    assert found
    page.get_by_label("To whom").select_option("social_affairs")
    page.locator("#id_sent_at").fill(found[0])
    page.get_by_label("Their number").fill("115-0042")
    page.locator("#id_acknowledged_at").fill(found[0])
    page.get_by_role("button", name="Save and go on").click()
    page.goto(page.url.partition("/leads/")[0] + "/referrals/")
    expect(page.get_by_role("heading", name="Every referral is finished")).to_be_visible()
    page.context.close()
