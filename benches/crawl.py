"""How fast a board is crawled with everything on, beside plain Scrapy that only yields the same items.

`PATROL_BENCH_PAGES` asks for fewer than a thousand threads.
"""

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from benches._pages import FLAGGED_EVERY, POSTS_A_PAGE, THREADS_A_LIST, list_page, thread_page
from patrol.demo.boards.server import Answer, Request, Server

THREADS = int(os.environ.get("PATROL_BENCH_PAGES", "1000"))
PASSES = 2
_SPAWN = multiprocessing.get_context("spawn")


class _Run(NamedTuple):
    """What a run read, and what it took."""

    posts: int
    flagged: int
    seconds: float
    cpu_seconds: float
    megabytes: int


def measure() -> dict[str, Any]:
    """Pages a second, each side in a process of its own, the board in a third."""
    with _compiled(), _board() as port:
        both = [(_apart(_patrol, port), _apart(_plain, port)) for _ in range(PASSES)]
    wanted = THREADS * POSTS_A_PAGE
    flagged = wanted // FLAGGED_EVERY
    if any(run.posts != wanted for pair in both for run in pair) or both[0][0].flagged < flagged:
        raise ValueError(f"{wanted} posts were to be read: {both}")
    ours = THREADS / statistics.median(own.seconds for own, _ in both)
    peer = THREADS / statistics.median(other.seconds for _, other in both)
    return {
        "figure": round(ours, 1),
        "unit": "pages/s",
        "peer_name": "plain Scrapy with uvloop and parsel, yielding the same items and keeping none",
        "peer": round(peer, 1),
        "ratio": round(ours / peer, 2),
        "goal": "ratio at least 0.8, megabytes under 300",
        "settings": {
            "pages": THREADS,
            "posts_a_page": POSTS_A_PAGE,
            "flagged_posts": both[0][0].flagged,
            "bytes_a_page": len(thread_page(1)),
            "cpu_ms_a_page": _milliseconds([own for own, _ in both]),
            "peer_cpu_ms_a_page": _milliseconds([other for _, other in both]),
            "megabytes": max(own.megabytes for own, _ in both),
            "peer_megabytes": max(other.megabytes for _, other in both),
        },
    }


def _milliseconds(runs: list[_Run]) -> float:
    return round(statistics.median(run.cpu_seconds for run in runs) * 1000 / THREADS, 1)


@contextmanager
def _compiled() -> Iterator[None]:
    """Rules and signs are compiled and kept, as every run but the first finds them; by a process that measures nothing."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as cache:
        os.environ["PATROL_CACHE"] = cache
        subprocess.run([sys.executable, "-m", "patrol.demo.warm", cache], check=True)
        yield


# -- The board --------------------------------------------------------------------------------


class _Site:
    """Pages made beforehand, so that the board costs next to nothing."""

    host = "forum.example"

    def __init__(self) -> None:
        self._threads = [thread_page(number) for number in range(THREADS)]

    def answer(self, request: Request) -> Answer:
        if request.path == "/viewtopic.php":
            return Answer(self._threads[request.number("t")])
        if request.path == "/viewforum.php":
            return Answer(list_page(request.number("start"), THREADS))
        return Answer(b"", "text/plain", status=404)


@contextmanager
def _board() -> Iterator[int]:
    """The port of a board in a process of its own."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(theirs,))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join(20)


def _serve(pipe: Connection) -> None:
    site = _Site()
    with Server([site]) as server:
        pipe.send(server.ports[site.host])
        pipe.recv()


def _apart(side: Callable[[Connection, int], None], port: int) -> _Run:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=side, args=(theirs, port))
    process.start()
    theirs.close()
    run: _Run = ours.recv()
    process.join(20)
    return run


def _told(posts: int, begun: tuple[float, float], flagged: int = 0) -> _Run:
    return _Run(
        posts,
        flagged,
        time.perf_counter() - begun[0],
        time.process_time() - begun[1],
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


# -- The two sides ----------------------------------------------------------------------------


def _patrol(pipe: Connection, port: int) -> None:
    """A run as `patrol run` makes it: gate, engine, rules, contacts, register and log."""
    from patrol.demo.stage import settle

    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as home:
        staging = _SPAWN.Process(target=_stage, args=(home, port))
        staging.start()
        staging.join()
        settle(Path(home), f"{_Site.host}:{port}", "127.0.0.1:1")
        from patrol.actions.collecting import sources
        from patrol.actions.desk import Desk
        from patrol.register.tables import Sighting
        from patrol.schedule.carry import carry_out

        row = sources.run_now(Desk.command_line(), "bench")
        begun = time.perf_counter(), time.process_time()
        carry_out(row.pk)
        row.refresh_from_db()
        pipe.send(_told(row.posts, begun, Sighting.objects.count()))


def _stage(home: str, port: int) -> None:
    """A register with the one source; in a process of its own, because checking all rules takes memory that no run needs."""
    from patrol.demo.stage import build, settle
    from patrol.models import Channel, Source

    settings = settle(Path(home), f"{_Site.host}:{port}", "127.0.0.1:1")
    source = Source(
        name="bench",
        title={"en": "Bench", "zh-Hant": "Bench"},
        channel=Channel.PLATFORM,
        start=(f"http://{_Site.host}:{port}/viewforum.php?f=2",),
        max_pages=THREADS + THREADS // THREADS_A_LIST + 10,
        list_pages=50,
        seconds_between_requests=0.0,
    )
    build(settings, [source])


def _plain(pipe: Connection, port: int) -> None:
    """The same list and threads, with Scrapy as its tutorial has it."""
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    found: list[dict[str, Any]] = []

    class Plain(scrapy.Spider):
        name = "plain"

        async def start(self) -> AsyncIterator[scrapy.Request]:
            yield scrapy.Request(f"http://127.0.0.1:{port}/viewforum.php?f=2", callback=self.listed)

        def listed(self, response: Response) -> Iterator[scrapy.Request]:
            for href in response.css("a.topictitle::attr(href)").getall():
                yield response.follow(href, callback=self.read)
            for href in response.css("li.next a[rel=next]::attr(href)").getall():
                yield response.follow(href, callback=self.listed)

        def read(self, response: Response) -> Iterator[dict[str, Any]]:
            title = response.css("h2.topic-title a::text").get()
            for row in response.css("div.post[id]"):
                item = {
                    "key": row.attrib["id"],
                    "url": response.urljoin(row.css("h3 a::attr(href)").get() or ""),
                    "author": row.css("p.author a.username::text").get(),
                    "posted_at": row.css("p.author time::attr(datetime)").get(),
                    "title": title,
                    "text": " ".join(row.css("div.content ::text").getall()),
                    "media": len(row.css("div.content img")),
                }
                found.append(item)
                yield item

    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
        }
    )
    process.crawl(Plain)
    begun = time.perf_counter(), time.process_time()
    process.start()
    pipe.send(_told(len(found), begun))
