"""A page gets so much time, memory and data. What wants more ends with a sentence, and the run goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.models import Outcome
from spiders.browser import browser, chromium, family
from tests.spiders.browser.conftest import browsed, drawn, shell
from tests.spiders.crawl.conftest import Answer, Board, run, small_board, swap

MakeBoard = Callable[..., Board]

GREEDY = {
    "loop": ("for (;;) {}", "its script never rested"),
    "late loop": ("setTimeout(() => { for (;;) {} }, 600)", None),
    "endless xhr": (
        "let n = 0; (async () => { for (;;) await fetch('/viewtopic.php?t=2&n=' + n++); })()",
        "more than 40 things",
    ),
    "large dom": (
        "document.body.hidden = true; for (let n = 0; n < 100; n++) document.body.append('x'.repeat(1048576))",
        "larger than 2048 KiB",
    ),
    "memory": (
        """window.kept = []; setInterval(() => kept.push(new Uint8Array(6e7).fill(7)), 20);
        setInterval(() => fetch('/viewtopic.php?t=2'), 100)""",
        None,
    ),
}


def _short(go: Callable[[], Any]) -> Any:
    """The same budgets, smaller, so that nobody waits for them."""
    swap(browser, "SECONDS", 3.0)
    swap(browser, "MOST_MB", 600)
    return go()


@pytest.mark.parametrize("trick", GREEDY)
def test_a_greedy_page_ends_and_the_run_goes_on(board: MakeBoard, trick: str) -> None:
    script, sentence = GREEDY[trick]
    routes = drawn(small_board())
    routes["/viewtopic.php?t=1"] = shell(script)
    ran = run(browsed(board(routes, Answer(b"{}"))), around=_short)
    if trick != "late loop":  # it may be drawn, and found empty, before it begins
        assert ran.report.outcome is Outcome.STOPPED, ran.report.detail
    assert not ran.report.outcome.green
    assert (sentence or "") in ran.report.detail
    assert ran.words == ["other words"], "the thread after it"
    assert set(ran.report.marks) == {"t2"}
    assert ran.peak_mb < 150


def test_dialogs_prints_and_windows_do_not_stop_a_page(board: MakeBoard) -> None:
    rude = "alert(1); confirm(2); prompt(3); print(); open('about:blank'); onbeforeunload = () => 'stay';"
    routes = drawn(small_board())
    script = routes["/app.js"]
    assert isinstance(script, Answer)
    routes["/app.js"] = Answer(rude.encode() + script.body, headers=script.headers)
    ran = run(browsed(board(routes)))
    assert ran.report.outcome is Outcome.OK, ran.report.detail
    assert len(ran.words) == 4


def test_a_mandate_that_ends_stops_a_page_that_draws_itself(board: MakeBoard) -> None:
    routes = drawn(small_board())
    slow = routes["/api/viewtopic.php?t=1"]
    assert isinstance(slow, Answer)
    slow.wait = 30
    until = datetime.now(UTC) + timedelta(seconds=6)
    began = time.time()
    ran = run(browsed(board(routes), valid_until=until))
    assert ran.report.outcome is Outcome.AUTHORIZATION_ENDED, ran.report.detail
    assert time.time() < max(until.timestamp(), began) + 5


def test_without_chromium_nothing_is_asked_and_the_sentence_says_what_to_do(
    board: MakeBoard,
) -> None:
    def without(go: Callable[[], Any]) -> Any:
        swap(chromium, "NAMES", ("no-such-browser",))
        return go()

    site = board(drawn(small_board()))
    ran = run(browsed(site), around=without)
    assert site.asked == []
    assert ran.report.outcome is Outcome.CRASHED
    assert "no Chromium" in ran.report.detail
    assert "Install the package `chromium`" in ran.report.detail


def test_a_chromium_that_does_not_start_says_why(board: MakeBoard, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no usable sandbox >&2\nexit 1\n")
    broken.chmod(0o755)

    def with_it(go: Callable[[], Any]) -> Any:
        swap(chromium, "NAMES", (str(broken),))
        return go()

    site = board(drawn(small_board()))
    ran = run(browsed(site), around=with_it)
    assert site.asked == []
    assert ran.report.outcome is Outcome.CRASHED
    assert "could not be started" in ran.report.detail


HUNG = """
import asyncio, sys
from types import SimpleNamespace
from scrapy.http import Response
from spiders.browser.browser import Browser
from spiders.browser import family

async def main():
    gate = SimpleNamespace(closed=False, pace=SimpleNamespace(slowest=0))
    browser = Browser(gate, None)
    await browser.open()
    drawing = asyncio.ensure_future(browser.draw(Response(
        "http://board.example/", headers={"Content-Type": "text/html"},
        body=b"<p>words<script>setTimeout(() => { for (;;) {} }, 100)</script>")))
    await asyncio.sleep(2)
    print(*family.with_descendants(family.children()), flush=True)
    await drawing

asyncio.run(main())
"""


def test_kill_leaves_no_chromium_behind_even_in_a_loop() -> None:
    process = subprocess.Popen([sys.executable, "-c", HUNG], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) > 4, "the driver, Chromium, and its own"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while left := [pid for pid in pids if _alive(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_a_run_leaves_no_chromium_behind(board: MakeBoard) -> None:
    def around(go: Callable[[], Any]) -> Any:
        before = family.children()
        report = go()
        deadline = time.monotonic() + 3
        while left := family.children() - before:
            assert time.monotonic() < deadline, left
            time.sleep(0.05)
        return report

    assert run(browsed(board(drawn(small_board()))), around=around).report.outcome is Outcome.OK
