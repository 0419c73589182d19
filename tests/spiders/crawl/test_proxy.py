"""One forward proxy may stand between us and all sites: nothing goes past it, and what is its word is said."""

import asyncio
import base64
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from patrol.models import Outcome, Scope
from spiders.gate.proxy import Proxy
from spiders.job import Job
from tests.schedule.forward import pass_on
from tests.spiders.crawl.conftest import (
    START,
    Answer,
    Board,
    Ran,
    job,
    run,
    small_board,
    swap,
)
from tests.spiders.crawl.test_tls import certificate, served, trusting

MakeBoard = Callable[..., Board]
PASSWORD = "heron lighthouse"  # noqa: S105  (of a proxy on loopback)


class Forwarder(Board):
    """A proxy as they are: CONNECT opens a tunnel, an absolute address is asked for. All names lead to loopback here.

    `answers` says something else to a request line instead; `to` leads everything to another port.
    """

    answers: Callable[[str], Answer | None] = staticmethod(lambda _line: None)
    to: int | None = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._forward(reader, writer)
        writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            raw = await reader.readuntil(b"\r\n\r\n")
            line, *rest = raw.decode("latin-1").split("\r\n")
            headers = {
                name.lower(): said for name, _, said in (one.partition(": ") for one in rest)
            }
            with self.log.open("a") as log:
                log.write(json.dumps([0.0, line, headers]) + "\n")
            if said := self.answers(line):
                await self._say(writer, said)
                continue
            method, target, _ = line.split(" ")
            port = self.to or int(
                target.removeprefix("http://").partition("/")[0].rpartition(":")[2]
            )
            there = await asyncio.open_connection("127.0.0.1", port)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Open\r\n\r\n")
                await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))
                return
            path = "/" + target.removeprefix("http://").partition("/")[2]
            kept = [one for one in rest if not one.lower().startswith("proxy-")]
            there[1].write("\r\n".join([f"GET {path} HTTP/1.1", *kept]).encode("latin-1"))
            head = await there[0].readuntil(b"\r\n\r\n")
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            writer.write(head + await there[0].readexactly(length))
            there[1].close()

    async def _say(self, writer: asyncio.StreamWriter, said: Answer) -> None:
        if said.wait:
            await asyncio.sleep(said.wait)
        if said.hang_up:
            raise ConnectionError
        head = [f"HTTP/1.1 {said.status} As Told", f"Content-Length: {len(said.body)}"]
        head += [f"{name}: {words}" for name, words in said.headers.items()]
        writer.write("\r\n".join([*head, "", ""]).encode() + said.body)
        await writer.drain()


@pytest.fixture
def forwarder(tmp_path: Path) -> Iterator[Callable[..., Forwarder]]:
    """Opens proxies."""
    opened: list[Forwarder] = []

    def make(**told: Any) -> Forwarder:
        opened.append(Forwarder({}, tmp_path / f"proxy{len(opened)}.log", Answer()))
        for name, value in told.items():
            setattr(opened[-1], name, value)
        opened[-1].open()
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def by(proxy: Forwarder, work: Job, **more: Any) -> Job:
    """The same job, by that proxy."""
    named = Proxy(host="127.0.0.1", port=proxy.port, **more)
    return work.model_copy(update={"proxy": named})


def briefly(go: Callable[[], Any]) -> Any:
    """No request may take longer than a second, and what is tried again is so once, at once."""
    from spiders.gate import door

    swap(door, "SECONDS", 1.0)
    swap(door, "BACKOFF", (0.0,))
    return go()


def with_lookup(lookup: Any) -> Callable[[Callable[[], Any]], Any]:
    def around(go: Callable[[], Any]) -> Any:
        import spiders.crawl
        from spiders.gate.gate import Gate

        swap(spiders.crawl, "Gate", partial(Gate, lookup=lookup))
        return briefly(go)

    return around


def lines(proxy: Forwarder) -> list[str]:
    return [asked.path for asked in proxy.asked]


def test_everything_goes_by_it_robots_and_pages(
    board: MakeBoard, forwarder: Callable[..., Forwarder]
) -> None:
    site, proxy = board(small_board()), forwarder()
    ran = run(by(proxy, job(site)))
    assert ran.report.outcome is Outcome.OK
    assert len(ran.words) == 4
    assert lines(proxy)[0] == f"GET {site.url}/robots.txt HTTP/1.1"
    assert f"GET {site.url}{START} HTTP/1.1" in lines(proxy)
    assert len({page.capture.url for page in ran.pages}) == 4


def test_a_capture_says_what_is_the_proxys_word(
    board: MakeBoard, forwarder: Callable[..., Forwarder]
) -> None:
    site, proxy = board(small_board()), forwarder()
    for resolves, known in ((False, ("127.0.0.1",)), (True, ())):
        for page in run(by(proxy, job(site), resolves=resolves)).pages:
            way = page.capture.proxied
            assert way is not None
            assert (way.proxy, way.address) == (f"127.0.0.1:{proxy.port}", "127.0.0.1")
            assert way.looked_up == known
            assert page.capture.address is None, "whom it connected to is not known"


def test_tls_is_with_the_site_and_not_with_the_proxy(
    board: MakeBoard, forwarder: Callable[..., Forwarder], tmp_path: Path
) -> None:
    """A tunnel; the proxy sees a host and a port, no address, no header of ours."""
    file = certificate(tmp_path, "board.example", days=10)
    site, proxy = board(small_board(), tls=served(file)), forwarder()
    ran = run(by(proxy, job(site)), around=trusting(file))
    assert ran.report.outcome is Outcome.OK
    assert all(page.capture.tls and page.capture.proxied for page in ran.pages)
    assert set(lines(proxy)) == {f"CONNECT {site.host} HTTP/1.1"}
    assert not any("user-agent" in asked.headers for asked in proxy.asked)


def test_another_host_behind_the_tunnel_is_refused_by_its_certificate(
    board: MakeBoard, forwarder: Callable[..., Forwarder], tmp_path: Path
) -> None:
    right, wrong = (
        certificate(tmp_path, name, days=10) for name in ("board.example", "other.example")
    )
    both = tmp_path / "both.pem"
    both.write_bytes(right.read_bytes() + wrong.read_bytes())
    site = board(small_board(), tls=served(right))
    other = board(small_board(), tls=served(wrong))
    ran = run(by(forwarder(to=other.port), job(site)), around=trusting(both))
    assert ran.report.outcome is Outcome.NETWORK
    assert other.asked == []


@pytest.mark.parametrize("secure", [False, True])
def test_it_is_told_who_we_are_and_the_site_is_not(
    board: MakeBoard, forwarder: Callable[..., Forwarder], tmp_path: Path, *, secure: bool
) -> None:
    """The password comes from its file, and stands neither in a capture nor in the job."""
    file = certificate(tmp_path, "board.example", days=10)
    site = board(small_board(), tls=served(file) if secure else None)
    proxy = forwarder()
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    work = by(proxy, job(site), account="heron", password_file=secret)
    ran = run(work, around=trusting(file))
    assert ran.report.outcome is Outcome.OK
    said = "Basic " + base64.b64encode(f"heron:{PASSWORD}".encode()).decode()
    assert {asked.headers.get("proxy-authorization") for asked in proxy.asked} == {said}
    assert not any("proxy-authorization" in asked.headers for asked in site.asked)
    assert not any("proxy-authorization" in page.capture.sent for page in ran.pages)
    assert PASSWORD not in work.model_dump_json()


def test_what_a_spider_wishes_is_no_proxy(
    board: MakeBoard, forwarder: Callable[..., Forwarder]
) -> None:
    """Neither in place of ours nor where none is set; `test_inside.py` has the latter."""
    site, ours, other = board(small_board()), forwarder(), forwarder()

    def wishing(go: Callable[[], Any]) -> Any:
        from spiders import spider
        from spiders.gate.door import request_to

        def to(address: str, **more: Any) -> Any:
            more["meta"] = {**more.get("meta", {}), "proxy": f"http://127.0.0.1:{other.port}"}
            return request_to(address, **more)

        swap(spider, "request_to", to)
        return go()

    assert run(by(ours, job(site)), around=wishing).report.outcome is Outcome.OK
    assert other.asked == []


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "::1"], ["10.0.0.1"]])
def test_our_half_a_name_that_leads_inside_never_reaches_the_proxy(
    board: MakeBoard, forwarder: Callable[..., Forwarder], answers: list[str]
) -> None:
    site, proxy = board(small_board()), forwarder()

    async def lookup(host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        return ["127.0.0.1"] if host == "127.0.0.1" else answers

    inside = f"inside.example:{site.port}"
    work = job(site, scope=Scope(hosts=(inside,)))
    source = work.source.model_copy(update={"start": (f"http://{inside}/",)})
    ran = run(by(proxy, work.model_copy(update={"source": source})), around=with_lookup(lookup))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert "not a public address" in ran.report.detail
    assert proxy.asked == []


def test_a_name_that_we_cannot_look_up_is_not_asked_for(
    board: MakeBoard, forwarder: Callable[..., Forwarder]
) -> None:
    site, proxy = board(small_board()), forwarder()

    async def lookup(host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        if host == "127.0.0.1":
            return [host]
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    work = job(site).model_copy(update={"laboratory": frozenset({"lab.example:1"})})
    ran = run(by(proxy, work), around=with_lookup(lookup))
    assert ran.report.outcome is Outcome.NETWORK
    assert "its name has no address" in ran.report.detail
    assert proxy.asked == []
    ran = run(by(proxy, work, resolves=True), around=with_lookup(lookup))
    assert ran.report.outcome is Outcome.OK, "the proxy alone looks it up, and that was set"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]",
     "169.254.169.254", "10.0.0.1", "intern", "wiki.internal", "printer.local", "router.home.arpa"],
)  # fmt: skip
def test_what_can_only_be_inside_is_refused_though_the_proxy_looks_names_up(
    board: MakeBoard, forwarder: Callable[..., Forwarder], host: str
) -> None:
    site, proxy = board(small_board()), forwarder()
    work = job(site, scope=Scope(hosts=(f"{host}:{site.port}",)))
    source = work.source.model_copy(update={"start": (f"http://{host}:{site.port}/",)})
    work = work.model_copy(update={"source": source, "laboratory": frozenset({"lab.example:1"})})
    ran = run(by(proxy, work, resolves=True))
    assert not ran.report.outcome.green
    assert ran.report.requests_refused >= 1
    assert proxy.asked == []
    assert site.asked == []


def test_with_a_proxy_nothing_connects_past_it(board: MakeBoard) -> None:
    """Should a later change forget to name it to Scrapy, the resolver has no other address to give."""
    site = board(small_board())

    def forgetful(go: Callable[[], Any]) -> Any:
        from scrapy.core.downloader.handlers.http11 import _ScrapyAgent

        whole = _ScrapyAgent._get_agent

        def direct(self: Any, request: Any, timeout: float) -> Any:
            request.meta.pop("proxy", None)
            return whole(self, request, timeout)

        swap(_ScrapyAgent, "_get_agent", direct)
        return briefly(go)

    named = Proxy(host="127.0.0.1", port=1)
    ran = run(job(site).model_copy(update={"proxy": named}), around=forgetful)
    assert ran.report.outcome is Outcome.NETWORK
    assert site.asked == []


AWAY = Answer(b"", 302, {"Location": "http://127.0.0.1/"})
CASES: dict[str, tuple[Answer, Outcome, str]] = {
    "refuses us": (Answer(b"who are you", 407), Outcome.NETWORK, "the proxy refused it (407)"),
    "closes": (Answer(hang_up=True), Outcome.NETWORK, ""),
    "never answers": (Answer(wait=30.0), Outcome.NETWORK, "it took too long"),
}


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_a_bad_proxy_ends_in_an_outcome(
    board: MakeBoard,
    forwarder: Callable[..., Forwarder],
    tmp_path: Path,
    case: str,
    *,
    secure: bool,
) -> None:
    file = certificate(tmp_path, "board.example", days=10)
    site = board(small_board(), tls=served(file) if secure else None)
    answer, outcome, words = CASES[case]
    proxy = forwarder(answers=lambda _line: answer)
    ran = _hostile(by(proxy, job(site)), file)
    assert ran.report.outcome is outcome, ran.report
    assert words in ran.report.detail
    assert site.asked == []
    times = 1 if case == "refuses us" else 2
    assert len(proxy.asked) == times, "asked again, a proxy locks accounts"


@pytest.mark.parametrize("status", [302, 403, 502])
def test_a_tunnel_that_is_not_opened_is_the_proxys_doing(
    board: MakeBoard, forwarder: Callable[..., Forwarder], tmp_path: Path, status: int
) -> None:
    file = certificate(tmp_path, "board.example", days=10)
    site = board(small_board(), tls=served(file))
    answer = Answer(b"<html>away</html>", status, {"Location": "https://127.0.0.1/"})
    ran = _hostile(by(forwarder(answers=lambda _line: answer), job(site)), file)
    assert ran.report.outcome is Outcome.NETWORK
    assert f"the proxy refused it ({status})" in ran.report.detail


def test_a_proxy_that_is_away(
    board: MakeBoard, forwarder: Callable[..., Forwarder], tmp_path: Path
) -> None:
    site = board(small_board())
    for named in ("127.0.0.1", "nowhere.invalid"):
        lost = Proxy(host=named, port=1)
        ran = _hostile(job(site).model_copy(update={"proxy": lost}), tmp_path / "none.pem")
        assert ran.report.outcome is Outcome.NETWORK
    assert site.asked == []


def test_a_redirect_by_the_proxy_passes_the_gate_as_any_other(
    board: MakeBoard, forwarder: Callable[..., Forwarder]
) -> None:
    site = board(small_board())
    proxy = forwarder(answers=lambda line: AWAY if "t=1 " in line else None)
    ran = run(by(proxy, job(site)))
    assert ran.report.outcome is Outcome.OK, "the run goes on"
    assert ran.words == ["other words"]
    assert ran.report.refusals == {"scope": 1}


def _hostile(work: Job, trusted: Path) -> Ran:
    return run(work, around=lambda go: trusting(trusted)(lambda: briefly(go)))
