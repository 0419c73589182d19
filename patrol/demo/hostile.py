"""A hostile board for tests: it lies about types, hides media in text, and points inward.

Its list leads to one thread per trick. A server-side counter says what was
asked for, so that a test can say: a picture was requested 0 times. A sentinel
on another port of loopback stands for what must never be reached.
"""

import base64
import gzip
import json
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Self

from patrol.demo.boards.server import Answer, Request, Server
from patrol.demo.boards.walls import NOT_FOUND, robots
from patrol.demo.specimens import SPECIMENS, png
from patrol.models import Channel, Scope, Source

HOST = "hostile.example"
SENTINEL = "sentinel.example"
WORDS = "徵兼職伴遊，國中可，加賴 trap_example1"
"""The words of the first post: worth flagging, so that what stands around the media is kept."""
LARGE = png(noise=Random(7).randbytes(300_000))  # noqa: S311  (noise)
"""A picture longer than any first chunk."""

_DATA = {kind: base64.b64encode(body).decode() for kind, body in SPECIMENS.items()}

EMBEDDED = {
    "img": '<img src="/media/img.png" alt="a">',
    "srcset": '<img src="/media/one.png" srcset="/media/two.png 2x" loading="lazy">',
    "picture": '<picture><source srcset="/media/p.avif" type="image/avif"><img src="/media/p.jpg"></picture>',
    "video": '<video src="/media/v.mp4" poster="/media/poster.jpg" autoplay></video>',
    "audio": '<audio controls><source src="/media/a.mp3"></audio>',
    "object": '<object data="/media/o.pdf"></object><embed src="/media/e.webm">',
    "iframe": '<iframe src="/media/frame.html"></iframe>',
    "input": '<input type="image" src="/media/button.gif">',
    "style": "<p style=\"background-image: url('/media/css.png')\">a</p>",
    "sheet": "<style>body { background: url(/media/sheet.png) } @font-face { src: url(/media/f.woff2) }</style>",
    "data img": f'<img src="data:image/png;base64,{_DATA["png"]}">',
    "data css": f"<p style=\"background:url('data:image/gif;base64,{_DATA['gif']}')\">b</p>",
    "data video": f'<video src="data:video/mp4;base64,{_DATA["mp4"]}"></video>',
    "data in words": f"<p>see data:image/jpeg;base64,{_DATA['jpeg']} here</p>",
    "bare base64": "".join(f"<p>{coded}</p>" for coded in _DATA.values()),
    "long base64": f"<p>{base64.b64encode(LARGE[:3000]).decode()}</p>",
    "wrapped base64": f"<pre>{base64.encodebytes(LARGE[:3000]).decode()}</pre>",
    "hexadecimal": f"<p>{SPECIMENS['png'].hex()}</p>",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/><image href="/media/in.svg"/></svg>',
    "json": f'<script type="application/json">{json.dumps({"thumb": _DATA["png"], "clip": _DATA["webm"]})}</script>',
    "attribute": f'<div data-preview="{_DATA["jpeg"]}">c</div>',
    "comment": f"<!-- {_DATA['png']} -->",
    "template": f'<template><img src="data:image/png;base64,{_DATA["png"]}"></template>',
    "noscript": '<noscript><img src="/media/noscript.png"></noscript>',
}
"""Media inside a page, by the trick."""


class Hostile:
    """The board and its sentinel, from `with` to the end of it."""

    def __init__(self) -> None:
        self._board = _Board()
        self._server = Server([self._board, _Sentinel()])

    def __enter__(self) -> Self:
        self._server.__enter__()
        self._board.sentinel_port = self._server.ports[SENTINEL]
        self._board.port = self._server.ports[HOST]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    @property
    def requests(self) -> Counter[tuple[str, str]]:
        """How often each (host, path with query) was asked for."""
        return self._server.requests

    @property
    def laboratory(self) -> str:
        """The board only: the sentinel is not let through."""
        return self.location

    @property
    def location(self) -> str:
        """`host:port` of the board."""
        return f"{HOST}:{self._server.ports[HOST]}"

    @property
    def media_requests(self) -> int:
        """How often media whose type was plain beforehand were asked for. Must stay 0."""
        return sum(
            count
            for (host, path), count in self.requests.copy().items()
            if host == HOST and path.startswith(("/media/", "/styles/", "/favicon"))
        )

    @property
    def sentinel_requests(self) -> int:
        """How often something followed a link to loopback. Must stay 0."""
        return sum(count for (host, _), count in self.requests.copy().items() if host == SENTINEL)

    @property
    def scope(self) -> Scope:
        """The board's own address; no redirect of it is covered."""
        return Scope(hosts=(self.location,))

    def address(self, path: str) -> str:
        """An address on the board."""
        return f"http://{self.location}{path}"

    def source(self) -> Source:
        """The board as a source."""
        return Source(
            name="hostile_board",
            title={"en": "Hostile board (synthetic)", "zh-Hant": "惡意討論區（合成）"},
            channel=Channel.PLATFORM,
            engine="phpbb",
            start=(self.address("/viewforum.php?f=2"),),
            every_minutes=1,
            seconds_between_requests=0.0,
            deadline_minutes=2,
        )


class _Sentinel:
    host = SENTINEL

    def answer(self, _request: Request) -> Answer:
        return Answer(b"You should not be here.", "text/plain")


class _Board:
    """One thread per trick: `/viewtopic.php?t=1` holds embedded media, the others lie."""

    host = HOST

    def __init__(self) -> None:
        self.port = 0
        self.sentinel_port = 0

    def answer(self, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return robots("/private/")
        if request.path.startswith("/media/"):
            return Answer(SPECIMENS["png"], "image/png")
        if request.path == "/viewforum.php":
            return _page(_list())
        if request.path == "/viewtopic.php":
            tricks = dict(enumerate(self._tricks().values(), start=1))
            return tricks.get(request.number("t"), NOT_FOUND)
        return NOT_FOUND

    def _tricks(self) -> dict[str, Answer]:
        packed = (("Content-Encoding", "gzip"),)
        inward = f"http://127.0.0.1:{self.sentinel_port}"
        return {
            "embedded": _page(_post(1, WORDS + "".join(EMBEDDED.values()))),
            "png as html": Answer(LARGE, "text/html; charset=UTF-8"),
            "png as plain text": Answer(LARGE, "text/plain"),
            "gzipped png as html": Answer(gzip.compress(LARGE), headers=packed),
            "deflated png as html": Answer(
                zlib.compress(LARGE), headers=(("Content-Encoding", "deflate"),)
            ),
            "twice gzipped png": Answer(
                gzip.compress(gzip.compress(LARGE)), headers=(("Content-Encoding", "gzip, gzip"),)
            ),
            "jpeg as html": Answer(SPECIMENS["jpeg"]),
            "gif as html": Answer(SPECIMENS["gif"] + b"<html><body>hello</body></html>"),
            "webm without type": Answer(
                SPECIMENS["webm"] + bytes(9_000), "application/octet-stream"
            ),
            "png as xml": Answer(LARGE, "application/rss+xml"),
            "png after white space": Answer(b" \r\n" * 40 + LARGE),
            "png inside html": Answer(_page(_post(12, "words")).body + LARGE),
            "declared png": Answer(SPECIMENS["png"], "image/png"),
            "json with base64": Answer(
                json.dumps({"posts": [{"raw": "words", "thumb": _DATA["png"]}]}).encode(),
                "application/json",
            ),
            "redirect to loopback": _redirect(f"{inward}/secret"),
            "redirect to localhost": _redirect(f"http://localhost:{self.sentinel_port}/secret"),
            "redirect to the sentinel": _redirect(f"http://{SENTINEL}:{self.sentinel_port}/secret"),
            "redirect to metadata": _redirect("http://169.254.169.254/latest/meta-data/"),
            "redirect to a picture": _redirect(f"http://{HOST}:{self.port}/media/after.png"),
            "redirect to a file": _redirect("file:///etc/passwd"),
            "refresh inward": _page(
                f'<meta http-equiv="refresh" content="0;url={inward}/refresh">'
                f'<base href="{inward}/">{_post(21, "words")}'
            ),
        }


def _when(number: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=number)).isoformat(timespec="seconds")


def _redirect(address: str) -> Answer:
    return Answer(b"", status=302, headers=(("Location", address),))


def _page(body: str) -> Answer:
    document = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Hostile</title>'
        '<link rel="icon" href="/media/favicon.ico"><link rel="preload" as="image" href="/media/preload.png">'
        '<link rel="alternate" type="application/atom+xml" href="/app.php/feed">'
        '<meta property="og:image" content="/media/og.png"></head>'
        f'<body id="phpbb" class="ltr" background="/media/body.png"><div id="page-body">{body}</div></body></html>'
    )
    return Answer(document.encode())


def _list() -> str:
    rows = "".join(
        f'<li class="row bg1"><dl class="row-item"><dt><div class="list-inner">'
        f'<a href="./viewtopic.php?f=2&amp;t={number}" class="topictitle">{trick}</a></div></dt>'
        f'<dd class="lastpost"><span><time datetime="{_when(number)}">then</time></span></dd></dl></li>'
        for number, trick in enumerate(TRICKS, start=1)
    )
    return f'<ul class="topiclist topics">{rows}</ul>'


def _post(number: int, content: str) -> str:
    return (
        f'<h2 class="topic-title"><a href="./viewtopic.php?t={number}">Trick {number}</a></h2>'
        f'<div id="p{number}" class="post"><div class="postbody"><p class="author">by <strong>'
        '<a class="username" href="#">trapper</a></strong> '
        f'<time datetime="{_when(number)}">then</time></p>'
        f'<div class="content">{content}</div></div></div>'
    )


TRICKS = tuple(_Board()._tricks())  # noqa: SLF001  (the names, listed once)
"""Threads of the board: the first is `t=1`."""
