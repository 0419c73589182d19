"""Many sources at once, measured at the servers: each keeps its time, no host is asked twice at once, no pause is undercut.

Real sockets and real minutes: `make sweep` runs it, on a machine that does nothing else.
"""

import asyncio
import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

from patrol.models import Category, Channel, Role, Scope, Source
from spiders.browser import family
from tests.spiders.crawl.conftest import thread, thread_list

pytestmark = pytest.mark.sweep
PAUSE = 1.0
"""Seconds between requests."""
LIMIT_SECONDS = 600
CHILD_MB = 700
"""What a run may ever hold."""
HOSTILE = {
    "endless": "policy_blocked",
    "bomb": "policy_blocked",
    "deep": "ok",
    "drip": "network",
    "circle": "policy_blocked",
    "captcha": "policy_blocked",
    "login": "login_wall",
    "image": "policy_blocked",
    "busy": "rate_limited",
    "silent": "network",
}
"""What each hostile host does, and how the run of its source ends."""
HOSTS = (*(f"p{n}.example" for n in range(11)), *(f"{trick}.example" for trick in HOSTILE))
CLOCK = """
import signal
from patrol.register.start import start
start()
from patrol.schedule.children import Children
from patrol.schedule.clock import Clock
children = Children()
children.warm()
clock = Clock(children)
signal.signal(signal.SIGTERM, lambda *_: (clock.stop(), exit(0)))
clock.start()
signal.pause()
"""


class Asked(NamedTuple):
    host: str
    path: str
    begun: float
    over: float


class Site:
    """Answers every host with the same small board, slowly enough for two requests to meet."""

    def __init__(self, pages: int) -> None:
        self.asked: list[Asked] = []
        self._pages = pages
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                begun = time.monotonic()
                path = head[0].split(" ")[1]
                host = next(line[6:] for line in head if line.lower().startswith("host: "))
                trick = host.partition(".")[0]
                if path == "/robots.txt":
                    await _say(writer, "404 No", b"no")
                elif trick in HOSTILE:
                    await _TRICKS[trick](writer, path)
                else:
                    await _say(writer, "200 OK", self._body(path))
                self.asked.append(Asked(host, path, begun, time.monotonic()))
        except (asyncio.IncompleteReadError, ConnectionError, StopIteration):
            pass
        writer.close()

    def _body(self, path: str) -> bytes:
        if path.startswith("/viewforum"):
            return thread_list({number: str(number) for number in range(1, self._pages)}).body
        return thread({int(path.rpartition("=")[2]) * 10: "some words"}).body


async def _say(
    writer: asyncio.StreamWriter,
    status: str,
    body: bytes,
    headers: str = "",
    length: int | None = None,
) -> None:
    """One answer, slowly enough for two requests to meet."""
    announced = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {announced}\r\n{headers}\r\n"
    writer.write(head.encode())
    await asyncio.sleep(0.05)
    writer.write(body)
    await writer.drain()


async def _endless(writer: asyncio.StreamWriter, _path: str) -> None:
    """A page of chunks that never ends."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    while True:
        writer.write(b"186a0\r\n" + b"<div>" * 20_000 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _drip(writer: asyncio.StreamWriter, _path: str) -> None:
    await _say(writer, "200 OK", b"<html>", length=10**6)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _deep(writer: asyncio.StreamWriter, path: str) -> None:
    """A small board, each page of which is as large and as deep as the gate lets in."""
    threads = path.startswith("/viewforum")
    page = thread_list({1: "1", 2: "2"}) if threads else thread({int(path[-1]): "some words"})
    await _say(writer, "200 OK", page.body.replace(b"</body>", b"<div>" * 400_000 + b"</body>"))


async def _circle(writer: asyncio.StreamWriter, path: str) -> None:
    await _say(writer, "302 There", b"", f"Location: {path}\r\n")


async def _silent(_writer: asyncio.StreamWriter, _path: str) -> None:
    await asyncio.sleep(LIMIT_SECONDS)


BOMB = gzip.compress(bytes(200_000_000), 6)
CAPTCHA = (
    b"<html><title>Just a moment...</title><body><div class='cf-turnstile'></div></body></html>"
)
LOGIN = b"<html><body id='phpbb'><form id='login'><p>Please log in.</p><input type='password'></form></body></html>"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40
_TRICKS: dict[str, Callable[[asyncio.StreamWriter, str], Awaitable[None]]] = {
    "endless": _endless,
    "bomb": lambda writer, _: _say(writer, "200 OK", BOMB, "Content-Encoding: gzip\r\n"),
    "deep": _deep,
    "drip": _drip,
    "circle": _circle,
    "captcha": lambda writer, _: _say(writer, "200 OK", CAPTCHA),
    "login": lambda writer, _: _say(writer, "200 OK", LOGIN),
    "image": lambda writer, _: _say(writer, "200 OK", PNG),
    "busy": lambda writer, _: _say(writer, "429 Busy", b"", f"Retry-After: {10**20}\r\n"),
    "silent": _silent,
}


class Memory(threading.Thread):
    """Looks ten times a second at what each process below this one holds. `most` is the largest of any."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.1):
            for pid in family.with_descendants(family.children()):
                self.most = max(self.most, _held_mb(pid))


def _held_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0  # it ended meanwhile
    return max(
        (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0.0
    )


def stage(site: Site, names: dict[str, str], pause: float = PAUSE) -> None:
    """Sources with their hosts, under mandates, all due now."""
    from django.db import transaction
    from django.utils import timezone

    from patrol.actions.collecting import mandates, sources
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.register.tables import SourceRow

    operator = Desk.command_line()
    with transaction.atomic():
        for account in () if SourceRow.objects.exists() else ("one", "two"):
            people.add(operator, account, Role.SUPERVISOR, "隊", password=None, language="en")
        one, two = (Desk.command_line(people.find(account)) for account in ("one", "two"))
        now = timezone.now()
        for name, host in names.items():
            source = Source(
                name=name,
                title={"en": name},
                channel=Channel.PLATFORM,
                engine="phpbb",
                start=(f"http://{host}:{site.port}/viewforum.php?f=1&of={name}",),
                seconds_between_requests=pause,
                deadline_minutes=5,
                every_minutes=600,
            )
            sources.propose(one, source)
            asked = mandates.request(
                one,
                name,
                basis="art. 1",
                number="1",
                scope=Scope(hosts=(f"{host}:{site.port}",)),
                categories=tuple(Category),
                valid_from=now,
                valid_until=now + timedelta(days=1),
            )
            mandates.approve(two, asked.pk)
        SourceRow.objects.filter(name__in=names).update(next_due_at=timezone.now())


@pytest.fixture
def carried_out(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Site, dict[str, str]], list[Any]]]:
    """Stage these, start a clock, and wait until each has been read once. Returns their runs."""
    clocks: list[subprocess.Popen[bytes]] = []

    def carry_out(site: Site, names: dict[str, str]) -> list[Any]:
        from django.db import connections

        from patrol.register.tables import RunRow

        places = [f"{host}:{site.port}" for host in HOSTS]
        monkeypatch.setenv("PATROL_LABORATORY", ",".join(places))
        stage(site, names)
        connections.close_all()
        if not clocks:
            clocks.append(subprocess.Popen([sys.executable, "-c", CLOCK], process_group=0))
        ended = RunRow.objects.filter(source__name__in=names).exclude(ended_at=None)
        deadline = time.monotonic() + LIMIT_SECONDS
        while ended.count() < len(names):
            assert time.monotonic() < deadline, ended.count()
            time.sleep(0.5)
        return list(ended.select_related("source").order_by("pk"))

    yield carry_out
    for clock in clocks:
        clock.terminate()
        try:
            clock.wait(60)
        finally:
            os.killpg(clock.pid, signal.SIGKILL) if clock.poll() is None else None


def measured(site: Site) -> tuple[int, float]:
    """How often a host was asked while it answered, and the shortest time between two requests to one."""
    hosts: defaultdict[str, list[Asked]] = defaultdict(list)
    for asked in site.asked:
        hosts[asked.host].append(asked)
    met, shortest = 0, float("inf")
    for each in hosts.values():
        each.sort(key=lambda asked: asked.begun)
        for earlier, later in pairwise(each):
            met += later.begun < earlier.over
            shortest = min(shortest, later.begun - earlier.begun)
    return met, shortest


def spans(site: Site) -> dict[str, float]:
    """Seconds from the first request to the last, for each host."""
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for asked in site.asked:
        host = asked.host.partition(":")[0]
        first[host] = min(first.get(host, asked.begun), asked.begun)
        last[host] = max(last.get(host, asked.begun), asked.begun)
    return {host: last[host] - first[host] for host in first}


def test_ten_paced_sources_keep_their_time_beside_hostile_ones(
    carried_out: Callable[[Site, dict[str, str]], list[Any]],
) -> None:
    names = {f"paced_{n}": f"p{n}.example" for n in range(10)}
    names |= {f"hostile_{trick}": f"{trick}.example" for trick in HOSTILE}
    with Site(pages=40) as site, Memory() as memory:
        carried_out(site, {"alone": "p10.example"})
        runs = carried_out(site, names)
    met, shortest = measured(site)
    took = spans(site)
    alone = took.pop("p10.example")
    slowest = max(took[host] for name, host in names.items() if name.startswith("paced"))
    print(  # noqa: T201
        f"slowest {slowest:.1f} s, alone {alone:.1f} s; {met} met; {shortest:.3f} s apart; {memory.most:.0f} MB"
    )
    assert met == 0
    assert shortest >= PAUSE - 0.02
    assert {run.outcome for run in runs if run.source.name.startswith("paced")} == {"ok"}
    ended = {run.source.name.removeprefix("hostile_"): run.outcome for run in runs}
    assert {trick: ended[trick] for trick in HOSTILE} == HOSTILE
    assert slowest <= 1.1 * alone
    assert 0 < memory.most < CHILD_MB
