"""Words that only come about where two others meet are no words: 子弹 in 孩子弹琴."""

import pytest

from patrol.models import Term
from pipelines.explain import Explainer
from pipelines.fold import fold_one
from pipelines.torn import torn
from tests.pipelines.test_rules import flagger, marked, rule

MEETINGS = {
    "孩子彈琴": "子彈",
    "桌子彈性": "子彈",
    "漏水房東": "水房",
    "火車手冊": "車手",
    "油炸藥膳": "炸藥",
    "食堂口味": "堂口",
}
WRITTEN = {
    "賣子彈五發": "子彈", "手槍子彈": "子彈", "水房缺人": "水房", "徵車手一名": "車手", "出售炸藥": "炸藥", "下注找我": "下注", "找援交友": "援交",
    "微笑氣球": "笑氣", "加賴老師": "加賴", "約砲友": "約砲", "子 彈琴": "子 彈",
}  # fmt: skip


def place(text: str, word: str) -> tuple[str, int, int]:
    folded = fold_one(text)
    start = folded.index(fold_one(word))
    return folded, start, start + len(word)


@pytest.mark.parametrize("text", MEETINGS)
def test_the_meeting_of_two_words_is_told(text: str) -> None:
    assert torn(*place(text, MEETINGS[text]))


@pytest.mark.parametrize("text", WRITTEN)
def test_a_word_that_is_written_is_whole(text: str) -> None:
    assert not torn(*place(text, WRITTEN[text]))


CARTRIDGE = rule(
    when="thing and sale and not play",
    terms={
        "thing": Term(words=("子彈",)),
        "sale": Term(regex="出售|便宜賣"),
        "play": Term(words=("下注",)),
    },
)


def test_a_rule_hits_by_words_that_are_written_alone() -> None:
    one = flagger(CARTRIDGE)
    texts = ["孩子彈琴，出售二手琴", "孩子彈琴，出售子彈", "出售子彈", "出售子彈，樓下注水"]
    assert [marked(found) for found in one.flag(texts)] == [
        [], [["出售", "子彈"]], [["出售", "子彈"]], [],
    ]  # fmt: skip


def test_what_speaks_against_a_hit_counts_wherever_it_stands() -> None:
    terms = {**CARTRIDGE.terms, "play": Term(words=("水房",))}
    one = flagger(rule(when="thing or (sale and not play)", terms=terms))
    texts = ["孩子彈琴，出售琴，漏水房東", "孩子彈琴，出售琴"]
    assert [marked(found) for found in one.flag(texts)] == [[], [["出售"]]]


def test_explain_says_that_two_words_meet_there() -> None:
    from datetime import date

    why = Explainer(flagger(CARTRIDGE), {}, date(2026, 11, 23)).why(
        "孩子彈琴，出售二手琴", "dating"
    )
    assert not why.hit
    assert why.missing == ("thing",)
    (thing,) = next(term.found for term in why.terms if term.term == "thing")
    assert (thing.written, thing.counts) == ("子彈", False)
    assert thing.because == "it is only where two other words meet"
