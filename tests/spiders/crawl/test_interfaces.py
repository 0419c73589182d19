"""Runs on places that are read by their interfaces: what is asked for, in which order, and where it ends."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from patrol.models import AgeDeclaration, Outcome, Scope
from tests.spiders.crawl.conftest import Answer, Board, Routes, job, run

MakeBoard = Callable[..., Board]
JSON = {"Content-Type": "application/json; charset=utf-8"}
LOCAL = "/api/v1/timelines/public?local=true&limit=40"


def told(document: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(json.dumps(document).encode(), status, JSON | headers)


def status(number: int) -> dict[str, Any]:
    return {
        "id": str(number), "created_at": "2020-01-02T03:04:05.000Z", "in_reply_to_id": None, "in_reply_to_account_id": None, "visibility": "public",
        "content": f"<p>words {number}</p>", "reblog": None, "account": {"acct": "gull"}, "media_attachments": [],
    }  # fmt: skip


SHELL = Answer(b'<html><body><div id="mastodon"></div></body></html>')


def test_an_instance_is_asked_for_its_timeline_and_followed(board: MakeBoard) -> None:
    older = f"{LOCAL}&max_id=2"
    site = board(
        {
            "/": SHELL,
            LOCAL: told([status(3), status(2)], Link=f'<{older}>; rel="next"'),
            older: told([status(1)], Link='</newer>; rel="prev"'),
        }
    )
    ran = run(job(site, start="/"))
    assert ran.report.outcome is Outcome.OK, ran.report.detail
    assert site.paths == ["/", LOCAL, older]
    assert ran.words == ["words 3", "words 2", "words 1"]


def test_an_instance_for_members_is_a_wall(board: MakeBoard) -> None:
    error = {"error": "This method requires an authenticated user"}
    site = board({"/": SHELL, LOCAL: told(error, 422)})
    ran = run(job(site, start="/"))
    assert ran.report.outcome is Outcome.LOGIN_WALL
    assert site.paths == ["/", LOCAL]


def test_a_board_that_asks_for_an_age_is_left(board: MakeBoard) -> None:
    asks = b'<html><body><form action="/ask/over18" method="post"></form></body></html>'
    moved = Answer(b"", 302, {"Location": "/ask/over18?from=x"})
    site = board({"/bbs/Night/index.html": moved, "/ask/over18?from=x": Answer(asks)})
    ran = run(job(site, start="/bbs/Night/index.html"))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert "declaration of age" in ran.report.detail
    assert len(site.paths) == 2


ASKS = Answer(b'<html><body><form action="/ask/over18" method="post"></form></body></html>')


def night_board(elsewhere: str = "") -> Routes:
    """A board of PTT that moves everybody to its question of age who did not answer it."""
    listed = (
        '<html><body><div class="r-list-container bbs-screen"><div class="r-ent"><div class="nrec"></div><div class="title">'
        f'<a href="{elsewhere}/bbs/Night/M.1577934245.A.123.html">Night</a></div></div></div></body></html>'
    )
    article = (
        '<html><body><div id="main-content" class="bbs-screen"><div class="article-metaline"><span class="article-meta-tag">作者</span>'
        '<span class="article-meta-value">owl (Owl)</span></div>words of the night\n--\n</div></body></html>'
    )

    def walled(body: str) -> Callable[[str, dict[str, str]], Answer]:
        moved = Answer(b"", 302, {"Location": "/ask/over18"})
        return lambda _path, headers: (
            Answer(body.encode()) if headers.get("cookie") == "over18=1" else moved
        )

    return {
        "/robots.txt": Answer(b"", 404),
        "/bbs/Night/index.html": walled(listed),
        "/bbs/Night/M.1577934245.A.123.html": walled(article),
        "/ask/over18": ASKS,
    }


def declared(host: str, cookie: str = "over18=1") -> AgeDeclaration:
    return AgeDeclaration(host=host, cookie=cookie)


def test_an_age_is_declared_where_the_authorization_says_so_and_nothing_else(
    board: MakeBoard,
) -> None:
    site = board(night_board())
    ran = run(job(site, start="/bbs/Night/index.html", age_declaration=declared(site.host)))
    assert ran.report.outcome is Outcome.OK, ran.report.detail
    assert [words.split("\n")[0] for words in ran.words] == ["words of the night"]
    assert {page.capture.age_declared for page in ran.pages} == {"over18=1"}
    cookies = {asked.path: asked.headers.get("cookie") for asked in site.asked}
    assert cookies.pop("/robots.txt") is None
    assert set(cookies.values()) == {"over18=1"}
    assert "set-cookie" not in str(ran.pages)
    came = {f"{site.url}{asked.path}": asked.headers for asked in site.asked}
    for page in ran.pages:
        sent = {"host": site.host, **page.capture.sent}
        assert sent == {k: v for k, v in came[page.capture.url].items() if k != "connection"}


@pytest.mark.parametrize("allowed", ["nothing", "another host", "another port"])
def test_an_age_is_declared_to_no_other_host(board: MakeBoard, allowed: str) -> None:
    site = board(night_board())
    said = {
        "nothing": None,
        "another host": declared("www.example"),
        "another port": declared("board.example"),
    }
    ran = run(job(site, start="/bbs/Night/index.html", age_declaration=said[allowed]))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert not any("cookie" in asked.headers for asked in site.asked)


def test_a_redirect_to_another_host_takes_no_declaration_along(board: MakeBoard) -> None:
    other = board(night_board())
    moved = Answer(b"", 302, {"Location": f"{other.url}/bbs/Night/index.html"})
    site = board({"/bbs/Night/index.html": moved})
    asked = job(
        site,
        start="/bbs/Night/index.html",
        age_declaration=declared(site.host),
        scope=Scope(hosts=(site.host, other.host)),
    )
    ran = run(asked.model_copy(update={"laboratory": frozenset({site.host, other.host})}))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert [asked.headers.get("cookie") for asked in site.asked[-1:]] == ["over18=1"]
    assert other.paths
    assert not any("cookie" in asked.headers for asked in other.asked)
