"""No request to an address that is not public, whatever page, redirect or DNS say."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from patrol.models import Outcome, Scope
from spiders.gate.address import Addresses
from spiders.gate.gate import Gate
from spiders.gate.resolver import GateResolver
from tests.spiders.crawl.conftest import (
    START,
    Answer,
    Board,
    Routes,
    job,
    run,
    small_board,
    swap,
    thread_list,
)

MakeBoard = Callable[..., Board]


@pytest.fixture
def sentinel(board: MakeBoard) -> Board:
    """A server that nobody may ask. It would answer anything."""
    return board({}, Answer(b"<html>secret</html>"))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "１２７.0.0.1",
     "127。0。0。1", "[::ffff:127.0.0.1]", "127.0.0.2"],
)  # fmt: skip
def test_even_an_authorization_cannot_open_loopback(sentinel: Board, host: str) -> None:
    """Somebody approved it by mistake: the address is refused at the moment of connecting."""
    named = f"{host}:{sentinel.port}"
    work = job(sentinel, scope=Scope(hosts=(named,)))
    work = work.model_copy(
        update={
            "source": work.source.model_copy(update={"start": (f"http://{named}/",)}),
            "laboratory": frozenset({"lab.example:1"}),
        }
    )
    ran = run(work)
    assert sentinel.asked == []
    assert ran.report.requests_refused >= 1 or ran.report.outcome is Outcome.NETWORK
    assert not ran.report.outcome.green


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://100.64.0.1/", "http://[64:ff9b::a9fe:a9fe]/",
     "http://[2002:7f00:1::]/", "http://[fec0::1]/", "http://224.0.0.1/", "http://192.0.0.8/"],
)  # fmt: skip
def test_nor_any_other_special_address(sentinel: Board, address: str) -> None:
    work = job(sentinel, scope=Scope(hosts=(address.split("/")[2],)))
    work = work.model_copy(update={"source": work.source.model_copy(update={"start": (address,)})})
    ran = run(work)
    assert ran.report.refusals["address"] >= 1
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert "not a public address" in ran.report.detail


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "//127.0.0.1:{port}/",
     "http://board.example@127.0.0.1:{port}/", "http://2130706433:{port}/", "file:///etc/passwd",
     "data:text/html,hello", "gopher://127.0.0.1:{port}/", "http://board.example:{port}\\@127.0.0.1:{port}/"],
)  # fmt: skip
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_inside_is_refused(
    board: MakeBoard, sentinel: Board, target: str, status: int
) -> None:
    away = Answer(b"", status, {"Location": target.format(port=sentinel.port)})
    site = board({**small_board(), "/viewtopic.php?t=1": away})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK, "the run goes on"
    assert ran.words == ["other words"]
    assert ran.report.refusals == {"scope": 1}
    assert sentinel.asked == []


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "::1"], ["10.0.0.1", "8.8.8.8"]])
def test_a_name_that_leads_inside_is_refused(
    board: MakeBoard, sentinel: Board, answers: list[str]
) -> None:
    async def lookup(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        return answers

    inside = f"inside.example:{sentinel.port}"
    routes: Routes = {
        **small_board(),
        "/viewtopic.php?t=1": Answer(b"", 302, {"Location": f"http://{inside}/"}),
    }
    site = board(routes)
    ran = run(
        job(site, scope=Scope(hosts=(site.host, inside))), around=lambda go: _with(lookup, go)
    )
    assert ran.words == ["other words"]
    assert ran.report.refusals["address"] >= 1
    assert sentinel.asked == []


def _with(lookup: Any, go: Callable[[], Any]) -> Any:
    import spiders.crawl

    swap(spiders.crawl, "Gate", partial(Gate, lookup=lookup))
    return go()


def test_every_connection_asks_anew_and_connects_to_what_was_checked() -> None:
    """Rebinding: a name answers one thing, then another. Each answer is checked; none is asked twice."""
    answers = [["8.8.8.8"], ["127.0.0.1"], ["1.1.1.1"]]
    asked: list[str] = []

    async def lookup(host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        asked.append(host)
        return answers[len(asked) - 1]

    class Receiver:
        def __init__(self) -> None:
            self.found: list[tuple[str, int]] = []
            self.done = asyncio.Event()

        def resolutionBegan(self, _resolution: object) -> None:  # noqa: N802
            """Twisted's contract."""

        def addressResolved(self, address: Any) -> None:  # noqa: N802
            self.found.append((address.host, address.port))

        def resolutionComplete(self) -> None:  # noqa: N802
            self.done.set()

    async def connect_thrice() -> list[list[tuple[str, int]]]:
        resolver = GateResolver(Addresses(frozenset(), lookup))
        found = []
        for _ in range(3):
            receiver = Receiver()
            resolver.resolveHostName(receiver, "rebind.example", 443)
            await receiver.done.wait()
            found.append(receiver.found)
        return found

    assert asyncio.run(connect_thrice()) == [[("8.8.8.8", 443)], [], [("1.1.1.1", 443)]]
    assert len(asked) == 3


def test_links_elsewhere_are_not_followed(board: MakeBoard, sentinel: Board) -> None:
    routes = small_board()
    listed = thread_list({1: "11", 2: "22"})
    listed.body = listed.body.replace(
        b"/viewtopic.php?t=1", f"http://127.0.0.1:{sentinel.port}/viewtopic.php?t=1".encode()
    )
    ran = run(job(board({**routes, START: listed})))
    assert ran.report.refusals == {"scope": 1}
    assert ran.words == ["other words"]
    assert sentinel.asked == []


def test_a_robots_txt_is_fetched_through_the_same_gate(board: MakeBoard, sentinel: Board) -> None:
    away = Answer(b"", 301, {"Location": f"http://127.0.0.1:{sentinel.port}/robots.txt"})
    site = board({**small_board(), "/robots.txt": away})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert site.paths == []
    assert sentinel.asked == []


def test_what_asks_the_downloader_directly_passes_the_gate(
    board: MakeBoard, sentinel: Board, tmp_path: Path
) -> None:
    """As a browser's requests will: no spider middleware sees them, the gate does."""
    site = board(small_board())
    told = tmp_path / "told"

    def direct(go: Callable[[], Any]) -> Any:
        from scrapy import Request

        from spiders.spider import BoardSpider

        async def start(self: BoardSpider) -> AsyncIterator[Request]:
            for address in (
                f"http://127.0.0.1:{sentinel.port}/",
                f"{site.url}/a.png",
                f"{site.url}{START}#x",
            ):
                try:
                    assert self.crawler.engine
                    response = await self.crawler.engine.download_async(
                        Request(address, meta={"proxy": f"http://127.0.0.1:{sentinel.port}"})
                    )
                    words = f"{response.status}"
                except Exception as error:  # noqa: BLE001
                    words = f"{type(error).__name__}"
                with told.open("a") as file:
                    file.write(f"{words}\n")
            nothing: tuple[Request, ...] = ()
            for request in nothing:
                yield request

        swap(BoardSpider, "start", start)
        return go()

    ran = run(job(site), around=direct)
    assert told.read_text().split() == ["Refusal", "Refusal", "200"]
    assert ran.report.refusals == {"scope": 1, "media": 1}
    assert sentinel.asked == []
    assert site.paths == [START]


def test_nothing_is_sent_past_the_door(board: MakeBoard) -> None:
    """Should a later change take the middleware out, the handler alone refuses."""
    site = board(small_board())

    def without_door(go: Callable[[], Any]) -> Any:
        import spiders.scrapy_settings

        spiders.scrapy_settings._ONLY["DOWNLOADER_MIDDLEWARES_BASE"] = {}
        return go()

    ran = run(job(site), around=without_door)
    assert site.asked == []
    assert not ran.report.outcome.green
