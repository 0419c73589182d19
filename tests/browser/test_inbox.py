"""A referral and the red banner in Chromium, by keys and without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
VICTIM = 3
"""The number of the planted possible victim's lead."""


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
    house.aside(house.tell)
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
