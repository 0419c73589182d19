import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from socket import create_connection
from typing import Any

import pytest

from patrol.demo.boards import Boards, Health
from patrol.demo.boards.board import NoSuchPost

NAMES = ("harbor_forum", "night_market", "town_feed")


def start(boards: Boards, name: str) -> str:
    return next(source.start[0] for source in boards.sources() if source.name == name)


def test_boards_stand_within_a_second_and_leave_nothing_behind() -> None:
    begun = time.perf_counter()
    with Boards(seed=3) as boards:
        assert time.perf_counter() - begun < 1
        assert len(boards) == 4
        pairs = boards.laboratory.split(",")
    assert not [each for each in threading.enumerate() if each.name == "demo boards"]
    for pair in pairs:
        with pytest.raises(OSError, match="refused"):
            create_connection(("127.0.0.1", int(pair.split(":")[1])), timeout=1)


def test_sources_and_scope_name_the_ports(boards: Boards) -> None:
    pairs = dict(pair.split(":") for pair in boards.laboratory.split(","))
    assert set(pairs) == {"harbor.example", "market.example", "town.example", "campus.example"}
    for source in boards.sources():
        scope = boards.scope(source.name)
        assert all(address.startswith(f"http://{scope.hosts[0]}/") for address in source.start)
        assert pairs[scope.hosts[0].split(":")[0]] == scope.hosts[0].split(":")[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_start_address_answers_and_is_counted(
    boards: Boards, ask: Callable[[str], Any], name: str
) -> None:
    source = next(source for source in boards.sources() if source.name == name)
    for address in source.start:
        reply = ask(address)
        assert reply.status == 200
    host = boards[name].host
    assert boards.asked(host) == len(source.start)
    assert boards.requests[host, "/" + source.start[0].split("/", 3)[3]] == 1


def test_robots_forbid_an_area_that_pages_link_to(
    boards: Boards, ask: Callable[[str], Any]
) -> None:
    for board in boards:
        reply = ask(boards.address(board, "/robots.txt"))
        assert b"Disallow: /" in reply.body
    page = ask(start(boards, "harbor_forum"))
    assert b'href="./staff/viewforum.php?f=2"' in page.body


def test_charsets_are_as_declared(boards: Boards, ask: Callable[[str], Any]) -> None:
    board = boards["night_market"]
    for area, words in ((2, "二手拍賣"), (3, "夜市美食"), (4, "茶与棋")):
        reply = ask(boards.address(board, f"/forum-{area}-1.html"))
        charset = "gbk" if area == 4 else "big5"
        assert words in reply.body.decode(charset)
        declared = f"charset={charset}" in reply.headers["content-type"]
        assert declared == (area != 3), "one area says its charset only in the page"


@pytest.mark.parametrize("name", NAMES)
def test_a_board_moves(boards: Boards, ask: Callable[[str], Any], name: str) -> None:
    board = boards[name]

    def shown() -> str:
        charset = "big5" if name == "night_market" else "utf-8"
        thread = board.threads[max(board.threads)]
        paths = {
            "harbor_forum": f"/viewtopic.php?t={thread.id}",
            "night_market": f"/thread-{thread.id}-1-1.html",
            "town_feed": "/feeds/1.atom",
        }
        reply = ask(boards.address(board, paths[name]))
        return str(reply.body.decode(charset))

    message = board.add_post("今天的風很大", author="阿榕", title="回報", area=board.areas[0].id)
    assert "今天的風很大" in shown()
    board.edit_post(message.id, "今天的風停了")
    assert "今天的風停了" in shown()
    assert "今天的風很大" not in shown()
    answer = board.add_post("改天再聊", author="海風阿姨", thread=max(board.threads))
    assert "改天再聊" in shown()
    board.remove_post(answer.id)
    assert "改天再聊" not in shown()
    with pytest.raises(NoSuchPost):
        board.edit_post(answer.id, "?")


@pytest.mark.parametrize("name", NAMES)
def test_a_board_dies_and_comes_back(boards: Boards, ask: Callable[[str], Any], name: str) -> None:
    board, address = boards[name], start(boards, name)
    board.die()
    assert ask(address).status == 500
    board.die(Health.SILENT)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(address)
    for health, status in (
        (Health.LOGIN_WALL, 200),
        (Health.FORBIDDEN, 403),
        (Health.RATE_LIMITED, 429),
        (Health.CHALLENGE, 403),
    ):
        board.wall(health)
        assert ask(address).status == status
    board.revive()
    assert ask(address).status == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_layout_loses_its_hooks(
    boards: Boards, ask: Callable[[str], Any], name: str
) -> None:
    hook = {
        "harbor_forum": b"topictitle",
        "night_market": b"normalthread_",
        "town_feed": b"<entry>",
    }
    address = start(boards, name)
    assert hook[name] in ask(address).body
    boards[name].change_layout()
    assert hook[name] not in ask(address).body
    assert ask(address).status == 200


@pytest.mark.parametrize("ending", ["input", "TERM", "INT"])
def test_boards_run_as_a_process_and_end_quietly(ending: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "patrol.demo.boards", "--seed", "7"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert len(told["sources"]) == 4
    assert told["laboratory"].count("example:") == 4
    if ending != "input":
        os.kill(process.pid, getattr(signal, f"SIG{ending}"))
    _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints) == (0, b"")
