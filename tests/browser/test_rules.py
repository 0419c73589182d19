"""A rule's way from draft to live by two people, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
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


def test_a_rule_is_checked_proposed_and_approved_by_two_people(
    open_page: Open, seen: list[str]
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
