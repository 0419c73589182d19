"""What the shipped rules make of the boards: all that was written to be flagged, as what, and no chatter."""

from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from patrol.config import read_rules
from patrol.demo.boards import Boards, Message, Thread
from patrol.demo.boards.board import Expected
from patrol.models import Category, Flagging, HandleKind, HandleRole, LeadKind
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

CONFIG = Path(__file__).parents[2] / "config"
Flagged = list[tuple[Thread, Message, Flagging]]


@pytest.fixture(scope="module")
def flagged() -> Flagged:
    flagger = Flagger(Ruleset.build(*read_rules(CONFIG)))
    pairs = [pair for board in Boards(seed=7) for pair in board.messages]
    flaggings = flagger.flag([thread.words(message) for thread, message in pairs])
    return [(*pair, flagging) for pair, flagging in zip(pairs, flaggings, strict=True)]


def made_of(flagging: Flagging) -> Expected:
    if not flagging.matches:
        return None
    victim = flagging.kind is LeadKind.POSSIBLE_VICTIM
    return LeadKind.POSSIBLE_VICTIM if victim else flagging.category


def test_every_post_is_taken_for_what_it_was_written_to_be(flagged: Flagged) -> None:
    wrong = [
        (message.expected, made_of(flagging), thread.words(message))
        for thread, message, flagging in flagged
        if made_of(flagging) != message.expected
    ]
    assert wrong == []


def test_every_category_and_possible_victims_are_shown(flagged: Flagged) -> None:
    shown = Counter(made_of(flagging) for _, _, flagging in flagged)
    assert all(shown[category] >= 4 for category in (*Category, LeadKind.POSSIBLE_VICTIM))


def test_look_alikes_are_left_alone(flagged: Flagged) -> None:
    words = (
        "急難救援交流協會",
        "165反詐騙專線",
        "毒咖啡包、彩虹菸都是毒品",
        "老师傅",
        "113保護專線",
    )
    quiet = [
        thread.words(message)
        for thread, message, flagging in flagged
        if any(word in thread.words(message) for word in words) and not flagging.matches
    ]
    assert len(quiet) >= 4


@pytest.mark.parametrize("disguised", ["\u200b", "加\u3000賴", "援.交", "改－造－槍", "加ＬＩＮＥ"])
def test_disguised_spellings_are_seen_through(flagged: Flagged, disguised: str) -> None:
    found = [flagging for _, message, flagging in flagged if disguised in message.text]
    assert found
    assert all(flagging.matches for flagging in found)


def test_contacts_and_repeats_are_there_to_be_linked(flagged: Flagged) -> None:
    offered = Counter(
        (handle.kind, handle.value)
        for _, _, flagging in flagged
        if flagging.matches
        for handle in flagging.handles
        if handle.role is HandleRole.OFFERED
    )
    kinds = {kind for kind, _ in offered}
    messengers = {HandleKind.LINE, HandleKind.TELEGRAM, HandleKind.WECHAT}
    assert messengers | {HandleKind.PHONE, HandleKind.MAIL, HandleKind.URL} <= kinds
    assert offered[HandleKind.LINE, "abc_example5"] == 3
    texts = sorted(message.text for _, message, flagging in flagged if flagging.matches)
    assert sum(len(list(group)) > 1 for _, group in groupby(texts)) >= 5
