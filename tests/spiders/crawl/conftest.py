"""Boards on loopback and runs that read them, each in a process of its own.

A server and a run are forked from this process while it has no threads, so
they cost a few milliseconds, start with everything imported, and may be given
closures.
"""

import asyncio
import gzip
import json
import os
import pickle
import signal
import socket
import ssl
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from patrol.models import Authorization, Category, Channel, ReadPage, Scope, Source
from spiders.crawl import Job, Mandate, Report, Tally, crawl
from spiders.detect import detect
from spiders.page import Page

detect(
    Page("http://warm.example/", b"<html></html>")
)  # engines are imported before anything is forked


@dataclass
class Answer:
    """What a board says to one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"}
    )
    drip: float = 0.0
    """Seconds between single bytes."""
    wait: float = 0.0
    """Seconds before anything is said."""
    hang_up: bool = False
    close: bool = False
    """Hang up after the body."""
    chunked: bool = False
    paced: bool = False
    """64 KiB at a time, 20 ms apart."""

    def zipped(self) -> "Answer":
        return Answer(
            gzip.compress(self.body), self.status, {**self.headers, "Content-Encoding": "gzip"}
        )


class Asked(NamedTuple):
    """One request as the board saw it."""

    at: float
    path: str
    headers: dict[str, str]


Routes = dict[str, Answer | Callable[[str, dict[str, str]], Answer]]


class Board:
    """A web server on loopback in its own process, which writes down every request."""

    def __init__(
        self, routes: Routes, log: Path, default: Answer, tls: ssl.SSLContext | None = None
    ) -> None:
        self.tls = tls
        self.log = log
        self.routes = routes
        self.default = default
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(128)
        self.port: int = self._socket.getsockname()[1]
        self.host = f"board.example:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self.pid = 0

    def open(self) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            _alone(lambda: asyncio.run(self._serve()))
        self._socket.close()

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    @property
    def asked(self) -> list[Asked]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [Asked(*json.loads(line)) for line in lines]

    @property
    def sent(self) -> int:
        """Bytes that the board got rid of in its last paced answer."""
        return int(self.log.with_suffix(".sent").read_text())

    @property
    def left_at(self) -> float:
        """When somebody hung up who was kept waiting."""
        return float(self.log.with_suffix(".left").read_text())

    @property
    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, sock=self._socket, ssl=self.tls)
        async with server:
            await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split(" ")[1]
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                with self.log.open("a") as log:
                    log.write(json.dumps([time.time(), path, headers]) + "\n")
                answer = self.routes.get(path, self.default)
                answer = answer if isinstance(answer, Answer) else answer(path, headers)
                if answer.hang_up:
                    break
                if answer.wait and await _left(reader, answer.wait):
                    self.log.with_suffix(".left").write_text(str(time.time()))
                    break
                await _say(writer, answer, self.log.with_suffix(".sent"))
                if answer.close:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


async def _left(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Whether the other side hung up while it was kept waiting."""
    try:
        async with asyncio.timeout(seconds):
            return not await reader.read(1)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def _say(writer: asyncio.StreamWriter, answer: Answer, told: Path) -> None:
    length = (
        {"Transfer-Encoding": "chunked"}
        if answer.chunked
        else {"Content-Length": str(len(answer.body))}
    )
    lines = [f"{name}: {value}" for name, value in {**length, **answer.headers}.items()]
    writer.write(
        "\r\n".join([f"HTTP/1.1 {answer.status} As Told", *lines, "", ""]).encode("latin-1")
    )
    step = 1 if answer.drip else 65_536 if answer.paced else max(len(answer.body), 1)
    sent = 0
    for start in range(0, len(answer.body), step):
        piece = answer.body[start : start + step]
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if answer.chunked else piece)
        await writer.drain()
        sent += len(piece)
        if answer.paced:
            told.write_text(str(sent))  # noqa: ASYNC240
        await asyncio.sleep(answer.drip or (0.02 if answer.paced else 0))
    writer.write(b"0\r\n\r\n" if answer.chunked else b"")
    await writer.drain()


def swap(thing: object, name: str, value: object) -> None:
    """Put something else in its place, in a forked child that ends anyway."""
    setattr(thing, name, value)


def _alone(work: Callable[[], object]) -> None:
    """Do something in a forked child, and leave without pytest noticing."""
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001  (told to whoever reads the test's output)
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Callable[..., Board]]:
    """Opens boards: `board({path: Answer})`."""
    yield from opener(tmp_path)


def opener(tmp_path: Path) -> Iterator[Callable[..., Board]]:
    """What opens boards, and closes them all."""
    boards: list[Board] = []

    def opened(
        routes: Routes, default: Answer | None = None, tls: ssl.SSLContext | None = None
    ) -> Board:
        log = tmp_path / f"board{len(boards)}.log"
        boards.append(Board(routes, log, default or Answer(b"not here", 404), tls))
        boards[-1].open()
        return boards[-1]

    yield opened
    for each in boards:
        each.close()


def thread_list(threads: dict[int, str], following: str = "") -> Answer:
    """A thread list: number of each thread, and the state that it shows."""
    rows = "".join(
        f'<li class="row"><dl><dt><a class="topictitle" href="/viewtopic.php?t={number}">Thread {number}</a></dt>'
        f'<dd class="posts">{state}</dd><dd class="lastpost"><a href="/viewtopic.php?p={state}#p{state}">last</a>'
        '<time datetime="2020-01-02T03:04:05+00:00">then</time></dd></dl></li>'
        for number, state in threads.items()
    )
    return framed(f'<ul class="topiclist topics">{rows}</ul>', "viewforum", following)


def thread(posts: dict[int, str], following: str = "") -> Answer:
    """A page of a thread: number and words of each post."""
    rows = "".join(
        f'<div class="post" id="p{number}"><div class="postbody"><p class="author"><a class="username">rider{number}</a> '
        f'<time datetime="2020-01-02T03:04:05+00:00">then</time></p><div class="content">{words}</div></div></div>'
        for number, words in posts.items()
    )
    return framed(rows, "viewtopic", following)


def framed(rows: str, section: str, following: str = "") -> Answer:
    link = f'<div class="pagination"><ul><li class="arrow next"><a rel="next" href="{following}">Next</a></li></ul></div>'
    html = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Board</title></head>'
    body = f'<body id="phpbb" class="section-{section}">{rows}{link if following else ""}</body></html>'
    return Answer((html + body).encode())


def small_board() -> Routes:
    """Two threads, one of them of two pages."""
    return {
        "/viewforum.php?f=1": thread_list({1: "11", 2: "22"}),
        "/viewtopic.php?t=1": thread(
            {101: "first words", 102: "second words"}, "/viewtopic.php?t=1&start=2"
        ),
        "/viewtopic.php?t=1&start=2": thread({103: "third words"}),
        "/viewtopic.php?t=2": thread({201: "other words"}),
    }


START = "/viewforum.php?f=1"


def job(
    board: Board, *, marks: dict[str, str] | None = None, start: str = START, **changes: Any
) -> Job:
    """A job for a board, in force now; changes go to the source or the authorization, by name."""
    source = {
        "name": "board", "title": {"en": "Board"}, "channel": Channel.PLATFORM,
        "start": (board.url + start,), "seconds_between_requests": 0.0, "deadline_minutes": 1,
    }  # fmt: skip
    now = datetime.now(UTC)
    authorization = {
        "id": 1, "source": "board", "basis": "Example Act 1", "number": "A-1",
        "scope": Scope(hosts=(board.host,)), "categories": (Category.FRAUD,), "requester": "one",
        "approver": "two", "valid_from": now - timedelta(days=1), "valid_until": now + timedelta(days=1),
    }  # fmt: skip
    for name, value in changes.items():
        (source if name in Source.model_fields else authorization)[name] = value
    return Job(
        source=Source(**source),
        authorization=Authorization(**authorization),
        marks=marks or {},
        laboratory=frozenset({board.host}),
        contact="patrol@example.invalid",
    )


class Ran(NamedTuple):
    """What a run reported, and what it handed over."""

    report: Report
    pages: list[ReadPage]
    beats: list[Tally]
    seconds: float
    peak_mb: float

    @property
    def words(self) -> list[str]:
        return [post.text for page in self.pages for post in page.posts]


def run(
    work: Job,
    *,
    keep: Callable[[ReadPage], None] = lambda _page: None,
    mandate: Callable[[], Mandate] | None = None,
    around: Callable[[Callable[[], Report]], Report] = lambda go: go(),
) -> Ran:
    """One run in a process of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _alone(lambda: _ran(work, keep, mandate, around, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    assert told, "the run died"
    ran: Ran = pickle.loads(told)  # noqa: S301  (our own child)
    return ran


def _ran(
    work: Job,
    keep: Callable[[ReadPage], None],
    mandate: Callable[[], Mandate] | None,
    around: Callable[[Callable[[], Report]], Report],
    writing: int,
) -> None:
    pages: list[ReadPage] = []
    beats: list[Tally] = []

    def kept(together: Sequence[ReadPage]) -> None:
        for page in together:
            keep(page)
            pages.append(page)

    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _memory_mb("VmRSS")
    in_force = Mandate(authorization=work.authorization)
    began = time.monotonic()
    report = around(
        lambda: crawl(work, keep=kept, mandate=mandate or (lambda: in_force), beat=beats.append)
    )
    peak = _memory_mb("VmHWM") - before
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(Ran(report, pages, beats, time.monotonic() - began, peak), pipe)


def _memory_mb(name: str) -> float:
    """A line of this process's own status; a child of a large test run holds its parent's memory too."""
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)
    )
    return int(line.split()[1]) / 1024
