"""A renderer that dies or hangs in the middle of a page costs that page; the others of the run are drawn."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patrol.models import Outcome
from spiders.browser import browser, family
from spiders.browser.supply import Supply
from tests.spiders.browser.conftest import browsed, drawn, shell
from tests.spiders.crawl.conftest import Answer, Board, run, small_board, swap

MakeBoard = Callable[..., Board]
TRAP = "/viewtopic.php?t=1"
WAITING = "fetch('/slow').then(() => document.body.append('late'))"
"""The trap waits for this answer: while it does, something happens to its renderer."""


def _kinds(kind: str) -> list[int]:
    """This process's own descendants of Chromium of that kind."""
    found = []
    for pid in family.with_descendants(family.children()):
        words = Path(f"/proc/{pid}/cmdline").read_bytes() if Path(f"/proc/{pid}").exists() else b""
        if f"--type={kind}".encode() in words:
            found.append(pid)
    return found


def _meanwhile(what: Callable[[], Any]) -> Callable[[Callable[[], Any]], Any]:
    """Do something once, half a second after the trap has asked for what it waits for."""
    done: list[float] = []

    def around(go: Callable[[], Any]) -> Any:
        swap(browser, "SECONDS", 3.0)
        answer = Supply.answer

        async def watched(supply: Any, route: Any) -> None:
            if route.request.url.endswith("/slow") and not done:
                done.append(time.monotonic())
                asyncio.get_running_loop().call_later(0.5, what)
            await answer(supply, route)

        swap(Supply, "answer", watched)
        report = go()
        assert done, "the trap was never drawn"
        assert not _kinds("renderer"), "no renderer is left behind"
        return report

    return around


def _signal(kind: str, number: int) -> Callable[[], None]:
    def send() -> None:
        pids = _kinds(kind)
        assert pids, f"Chromium has no {kind}"
        for pid in pids:
            os.kill(pid, number)

    return send


TROUBLE = {
    "renderer killed": _signal("renderer", signal.SIGKILL),
    "renderer breaks": _signal("renderer", signal.SIGSEGV),
    "renderer hangs": _signal("renderer", signal.SIGSTOP),
    "gpu killed": _signal("gpu-process", signal.SIGKILL),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_renderer_in_trouble_costs_its_page_only(board: MakeBoard, trouble: str) -> None:
    routes = drawn(small_board())
    routes[TRAP] = shell(WAITING)
    slow = Answer(b"{}")
    slow.wait = 2
    routes["/slow"] = slow
    site = board(routes)
    ran = run(browsed(site, seconds_between_requests=0.01), around=_meanwhile(TROUBLE[trouble]))
    assert not ran.report.outcome.green, ran.report
    assert ran.words == ["other words"], "the thread after it"
    assert set(ran.report.marks) == {"t2"}
    assert site.paths.count(TRAP) == 1, "a page that broke is not tried again"
    assert ran.seconds < 40


def test_a_browser_that_is_killed_is_started_anew(board: MakeBoard) -> None:
    def kill() -> None:
        whole = family.with_descendants(family.children())
        browsers = [pid for pid in whole if _is_chromium(pid)]
        assert browsers
        for pid in browsers:
            os.kill(pid, signal.SIGKILL)

    routes = drawn(small_board())
    routes[TRAP] = shell(WAITING)
    slow = Answer(b"{}")
    slow.wait = 2
    routes["/slow"] = slow
    ran = run(browsed(board(routes)), around=_meanwhile(kill))
    assert ran.report.outcome is Outcome.STOPPED, ran.report
    assert ran.words == ["other words"]


def _is_chromium(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"--user-data-dir" in words and b"--type=" not in words


@pytest.mark.parametrize("script", ["location.reload()", "location = '/secret?' + Math.random()"])
def test_a_page_that_leads_away_without_end_is_not_followed(board: MakeBoard, script: str) -> None:
    routes = drawn(small_board())
    routes[TRAP] = shell(script)
    site = board(routes)
    ran = run(browsed(site), around=_short)
    assert "other words" in ran.words, ran.report
    assert site.paths.count(TRAP) == 1
    assert not [path for path in site.paths if path.startswith("/secret")]
    assert "t1" not in ran.report.marks


def _short(go: Callable[[], Any]) -> Any:
    swap(browser, "SECONDS", 3.0)
    return go()
