"""The rules' pages in a browser: both languages, wide and narrow, and a rule's way from draft to live by two people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SCREENS = Path(__file__).parents[1] / "screens"
KITE = """\
title: {en: Kites swapped, zh-Hant: 風箏交換}
category: fraud
level: medium
why: Offers of quick money recur in fraud. A reason to look, never proof.
terms:
  kite: {words: [紙鳶]}
  swap: {words: [互換, 對調]}
  reach: {handle: [any]}
when: kite and swap
examples:
  hit:
    - {text: 紙鳶互換，自取, spans: [紙鳶, 互換]}
  miss:
    - {text: 紙鳶展覽, because: Nothing is swapped.}
"""


@pytest.fixture
def at_work(site: Any) -> int:
    """A live rule, one on trial, one to be reviewed, and a finished backtest. Gives its number."""
    from django.utils import timezone

    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rule_drafts, rule_versions, rulebook, trials
    from patrol.actions.staffing import people
    from patrol.models import Post, ReadPage
    from patrol.register.tables import RuleVersion, RunRow
    from pipelines.keep import Keeper

    lin, wu = (Desk.of(people.find(name), origin="127.0.0.1") for name in ("lin", "wu"))
    text = KITE.replace("  reach: {handle: [any]}\n", "")
    rule_drafts.write(lin, "kite_swap", text, "Kites are swapped.")
    rule_versions.approve(wu, "kite_swap", 1)
    wider = text.replace("[互換, 對調]", "[互換, 對調, 交換]")
    rule_drafts.write(lin, "kite_swap", wider, "Another word for swapping.")
    rule_versions.try_out(lin, "kite_swap", 2)
    RuleVersion.objects.filter(name="second").update(
        status="review",
        braked_because="It hit 60 of 500 posts within 24 hours, more than 10 %.",
    )
    run = RunRow.objects.select_related("source", "authorization").first()
    assert run is not None
    said = ["今天天氣很好", "紙鳶交換，請聯絡 0912345678", "紙鳶互換，晚上都在公園旁邊", "紙鳶展覽"]
    posts = tuple(
        Post(
            source="harbor", key=f"k{nth}", url="http://harbor.example/", author=f"a{nth}",
            posted_at=None, text=text,
        )
        for nth, text in enumerate(said)
    )  # fmt: skip
    capture = {
        "requested_url": "http://harbor.example/", "url": "http://harbor.example/", "status": 200,
        "headers": {}, "fetched_at": datetime.now(tz=UTC) - timedelta(minutes=1),
        "raw_sha256": "0" * 64, "raw_bytes": 1, "charset": "utf-8", "charset_from": "header",
    }  # fmt: skip
    page = ReadPage.model_validate(
        {
            "source": "harbor",
            "capture": capture,
            "engine": "phpbb",
            "kind": "thread",
            "posts": posts,
        }
    )
    Keeper(run, rulebook.flagger(), unflagged_days=7, now=timezone.now).keep(page)
    number = trials.ask(lin, trials.Wanted("backtest", 7, "kite_swap", 2)).pk
    trials.carry_out(number)
    return int(number)


@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_rule_pages_fit_are_photographed_and_readable(
    at_work: int, open_page: Open, language: str
) -> None:
    locale = "zh-TW" if language == "zh-hant" else "en-US"
    pages = {
        "rules": "/rules/",
        "rule": "/rules/kite_swap/?version=2",
        "rule_diff": "/rules/kite_swap/differences/?old=1&new=2",
        "rule_write": "/rules/kite_swap/write/",
        "rule_backtest": f"/rules/trials/{at_work}/",
    }
    found = []
    for name, address in pages.items():
        for width in (1280, 390, 320):
            page = open_page(address, "lin", width, locale=locale)
            page.evaluate("document.querySelectorAll('main details').forEach(o => o.open = true)")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide on {width}"
            page.screenshot(
                path=SCREENS / f"{name}-{language}-{width}.png", full_page=width == 1280
            )
            if width == 1280:
                found += [
                    (name, fault["id"], [node["html"][:120] for node in fault["nodes"]])
                    for fault in Axe().run(page).response["violations"]
                    if fault["impact"] in {"serious", "critical"}
                ]
            page.context.close()
    assert not found


def test_a_rule_is_checked_proposed_and_approved_by_two_people(
    at_work: int, open_page: Open, seen: list[str]
) -> None:
    lin = open_page("/rules/new/", "lin")
    lin.fill("[name=name]", "kites_by_contact")
    lin.fill("[name=text]", KITE)
    lin.fill("[name=texts]", "紙鳶互換 line: abc123\n今天天氣很好")
    lin.click("button[value=check]")
    assert "reach" in lin.inner_text(".notice.bad"), "a term that `when` does not use"
    seen.clear()  # the browser says that the answer was 400
    lin.fill("[name=text]", KITE.replace("kite and swap", "kite and swap and reach"))
    lin.click("button[value=check]")
    assert "does not flag this example" in lin.inner_text(".notice.bad")
    seen.clear()
    lin.fill("[name=text]", KITE.replace("  reach: {handle: [any]}\n", ""))
    lin.click("button[value=check]")
    assert lin.inner_text(".tried mark >> nth=0") == "紙鳶"
    lin.fill("[name=because]", "Kites are swapped.")
    lin.click("button[value=propose]")
    assert "another person approves it" in lin.inner_text("main")
    wu = open_page("/rules/kites_by_contact/", "wu")
    wu.click("text=Approve: it makes leads")
    assert "Live" in wu.inner_text("main .line")
