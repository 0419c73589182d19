"""Marked words read as they were written: no gap that the post has not, and one mark is told from the next."""

import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.plugins import house

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
WORDS = "出[紙鳶][互換]，自取"
GAPS = """box => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), letters = [];
  while (walk.nextNode()) {
    if (walk.currentNode.parentElement.closest('.sr')) continue;
    for (let at = 0; at < walk.currentNode.length; at++) {
      const one = document.createRange();
      one.setStart(walk.currentNode, at);
      one.setEnd(walk.currentNode, at + 1);
      if (walk.currentNode.data[at].trim()) letters.push(one.getBoundingClientRect());
    }
  }
  return letters.slice(1).map((one, at) => Math.abs(one.left - letters[at].right));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_part_no_words_and_are_told_apart(open_page: Open, scheme: str) -> None:
    tell = sys.modules["planting"].Told
    (lead,) = house.aside(lambda: house.plant_more([tell(WORDS)], key="marks"))
    page = open_page(f"/leads/{lead}/", "mei", color_scheme=scheme)
    words = page.locator(".sighting .words").first
    gaps = words.evaluate(GAPS)
    assert len(gaps) == 7
    assert max(gaps) < 0.5, "letters stand apart that the post has together"
    edge, ground = words.locator("mark").first.evaluate(
        "mark => [getComputedStyle(mark).boxShadow, getComputedStyle(mark).backgroundColor]"
    )
    assert "1px inset" in edge, "nothing tells one mark from the next"
    assert not edge.startswith(ground), "the edge is as the mark itself"
