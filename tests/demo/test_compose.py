from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from patrol.demo.boards.board import Board
from patrol.demo.boards.compose import compose_all
from patrol.demo.boards.texts import notable
from patrol.models import Category, LeadKind

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SEEDS = (1, 7, 2026)


@pytest.fixture(scope="module", params=SEEDS)
def story(request: pytest.FixtureRequest) -> dict[str, Board]:
    return compose_all(request.param, NOW)


def test_the_boards_hold_about_four_hundred_and_fifty_posts(story: dict[str, Board]) -> None:
    assert set(story) == {"campus_corner", "harbor_forum", "night_market", "town_feed"}
    assert 420 <= sum(len(board.messages) for board in story.values()) <= 480
    assert all(len(board.messages) >= 40 for board in story.values())


def test_the_same_seed_and_time_tell_the_same_story() -> None:
    def told(seed: int) -> list[tuple[object, ...]]:
        return [
            (board.name, message.id, thread.id, message.author, message.at, thread.words(message))
            for board in compose_all(seed, NOW).values()
            for thread, message in board.messages
        ]

    assert told(7) == told(7)
    assert told(7) != told(8)


def test_everything_was_written_in_the_past_30_days(story: dict[str, Board]) -> None:
    for board in story.values():
        for thread, message in board.messages:
            assert NOW - timedelta(days=30) <= message.at < NOW
            times = [each.at for each in thread.messages]
            assert all(one <= two for one, two in pairwise(times))


def test_numbers_follow_time_and_are_unique(story: dict[str, Board]) -> None:
    for board in story.values():
        messages = [message for _, message in board.messages]
        assert [message.id for message in messages] == list(range(1001, 1001 + len(messages)))
        assert all(one.at <= two.at for one, two in pairwise(messages))
        assert all(number == thread.id for number, thread in board.threads.items())


def test_a_tenth_to_a_seventh_is_worth_a_look_and_every_category_is_there(
    story: dict[str, Board],
) -> None:
    messages = [message for board in story.values() for _, message in board.messages]
    expected = Counter(message.expected for message in messages if message.expected)
    assert 0.10 <= expected.total() / len(messages) <= 0.15
    assert set(expected) == {*Category, LeadKind.POSSIBLE_VICTIM}
    assert all(count >= 4 for count in expected.values())


def test_only_what_is_meant_to_be_repeated_is(story: dict[str, Board]) -> None:
    texts = Counter(
        thread.words(message) for board in story.values() for thread, message in board.messages
    )
    meant = {
        f"{post.title}\n{post.text}" if post.title else post.text: 1 + len(post.again)
        for _, post in notable()
    }
    assert {text: count for text, count in texts.items() if count > 1} == {
        text: count for text, count in meant.items() if count > 1
    }
    authors = [
        message.author
        for board in story.values()
        for thread, message in board.messages
        if message.text == "徵兼職伴遊，國中可，加賴 abc_example5"
    ]
    assert len(set(authors)) == len(authors) == 3


def test_no_slot_is_left_open(story: dict[str, Board]) -> None:
    for board in story.values():
        for thread, message in board.messages:
            assert "{" not in thread.words(message)


def test_big5_and_gbk_areas_hold_only_their_characters(story: dict[str, Board]) -> None:
    board = story["night_market"]
    assert [area.charset for area in board.areas] == ["big5", "big5", "gbk"]
    for thread, message in board.messages:
        area = board.area(thread.area)
        assert area is not None
        words = thread.words(message) + message.author
        dialects = ("gbk", "gb18030") if area.charset == "gbk" else ("big5", "cp950", "big5hkscs")
        spellings = {words.encode(dialect) for dialect in dialects}
        assert len(spellings) == 1


def test_contacts_are_nobodys() -> None:
    for expected, post in notable():
        if expected is not None and any(word in post.text for word in ("LINE", "賴", "@", "http")):
            plain = post.text.translate({0xFF3F: "_"})
            assert any(word in plain for word in ("_example", "ｅｘａｍｐｌｅ", ".example")), (
                post.text
            )


def test_threads_and_lists_need_several_pages(story: dict[str, Board]) -> None:
    longest = {
        name: max(len(t.messages) for t in board.threads.values()) for name, board in story.items()
    }
    assert longest["harbor_forum"] > 10
    assert longest["night_market"] > 16
    assert (
        max(len(story["harbor_forum"].listed(area.id)) for area in story["harbor_forum"].areas) > 15
    )
    assert (
        max(len(story["night_market"].listed(area.id)) for area in story["night_market"].areas) > 10
    )


def test_four_scripts_are_written(story: dict[str, Board]) -> None:
    words = "".join(message.text for board in story.values() for _, message in board.messages)
    assert any("\u3040" <= letter <= "\u30ff" for letter in words)
    assert any("\uac00" <= letter <= "\ud7a3" for letter in words)
    assert "\u200b" in words
    assert "ｅｘａｍｐｌｅ" in words
