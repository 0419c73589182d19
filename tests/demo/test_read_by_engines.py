import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from patrol.demo.boards import Boards, Health
from patrol.demo.boards.board import Board
from patrol.models import Outcome, Post, Source
from spiders.detect import detect
from spiders.engines import load
from spiders.page import Page
from spiders.reading import Reading, read

NAMES = ("harbor_forum", "night_market", "town_feed")
Ask = Callable[[str], Any]


def opened(ask: Ask, source: Source, address: str) -> Reading:
    reply = ask(address)
    assert reply.status == 200, address
    page = Page(address, reply.body, headers=reply.headers, source=source.name)
    detected = detect(page)
    assert detected is not None, address
    return read(page, load(source.engine or detected.engine))


def each_page(ask: Ask, source: Source, address: str | None) -> list[Reading]:
    readings = []
    while address is not None:
        readings.append(opened(ask, source, address))
        address = readings[-1].next_page
    return readings


def walked(ask: Ask, source: Source) -> list[Post]:
    """Every post, by lists, threads and their further pages."""
    posts: list[Post] = []
    for start in source.start:
        for reading in each_page(ask, source, start):
            posts += reading.posts
            for thread in reading.threads:
                posts += [
                    post for page in each_page(ask, source, thread.url) for post in page.posts
                ]
    return posts


def number(post: Post) -> int:
    found = re.search(r"(\d+)$", post.key)
    assert found is not None, post.key
    return int(found[1])


def source_of(boards: Boards, name: str) -> Source:
    return next(source for source in boards.sources() if source.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_every_post_of_a_board_is_read_exactly_once_and_whole(
    boards: Boards, ask: Ask, name: str
) -> None:
    board = boards[name]
    read_posts = walked(ask, source_of(boards, name))
    keys = Counter(number(post) for post in read_posts)
    assert set(keys) == {message.id for _, message in board.messages}
    assert set(keys.values()) == {1}
    by_number = {number(post): post for post in read_posts}
    for thread, message in board.messages:
        post = by_number[message.id]
        assert post.words == thread.words(message)
        assert post.author == message.author
        assert post.posted_at is not None
        assert post.posted_at.at == message.at
        assert bool(post.media) == bool(message.pictures)


@pytest.mark.parametrize("name", NAMES)
def test_reading_asks_for_no_picture(boards: Boards, ask: Ask, name: str) -> None:
    walked(ask, source_of(boards, name))
    host = boards[name].host
    asked = [path for (each, path), _ in boards.requests.items() if each == host]
    assert asked
    assert not [
        path for path in asked if re.search(r"picture|download|attachment|static|staff", path)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_an_edit_and_an_answer_are_read(boards: Boards, ask: Ask, name: str) -> None:
    board = boards[name]
    _, edited = board.messages[0]
    board.edit_post(edited.id, "改過的字：今天休息一天")
    first = next(iter(board.threads.values()))
    added = board.add_post("剛剛看到，謝謝通知", author="路人", title="新的", area=first.area)
    by_number = {number(post): post for post in walked(ask, source_of(boards, name))}
    assert by_number[edited.id].text == "改過的字：今天休息一天"
    assert by_number[added.id].text == "剛剛看到，謝謝通知"
    assert by_number[added.id].author == "路人"


def ailing(board: Board, ask: Ask, source: Source) -> Outcome:
    reply = ask(source.start[0])
    page = Page(source.start[0], reply.body, headers=reply.headers, source=source.name)
    return read(page, load(board.engine)).outcome


@pytest.mark.parametrize("name", NAMES)
def test_a_sick_board_is_told_from_a_quiet_one(boards: Boards, ask: Ask, name: str) -> None:
    board, source = boards[name], source_of(boards, name)
    assert ailing(board, ask, source) is Outcome.OK
    if name != "town_feed":
        board.change_layout()
        assert ailing(board, ask, source) is Outcome.LAYOUT_CHANGED
        board.change_layout(changed=False)
        board.wall(Health.LOGIN_WALL)
        assert ailing(board, ask, source) is Outcome.LOGIN_WALL
