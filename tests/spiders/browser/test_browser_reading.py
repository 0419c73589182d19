"""A board that draws itself is read like any other: by the gate, and hashed as received and as drawn."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from patrol.demo.media_scan import scan_bytes
from patrol.demo.specimens import SPECIMENS
from patrol.models import Conduct, Outcome, Scope, UserAgent
from spiders.browser import chromium
from spiders.gate.agent import plain
from tests.spiders.browser.conftest import JSON, SCRIPT, SHELL, browsed, drawn
from tests.spiders.crawl.conftest import Answer, Board, run, small_board, thread
from tests.spiders.crawl.test_proxy import Forwarder, by

MakeBoard = Callable[..., Board]
TOPIC = "/viewtopic.php?t=2"


def test_every_post_is_read_and_scripts_are_asked_for_once(board: MakeBoard) -> None:
    site = board(drawn(small_board()))
    ran = run(browsed(site))
    assert ran.report.outcome is Outcome.OK, ran.report.detail
    assert ran.words == ["first words", "second words", "third words", "other words"]
    assert site.paths.count("/app.js") == 1
    assert len(site.paths) == 4 * 2 + 1, "neither style nor icon"
    assert ran.report.requests == len(site.asked)
    assert set(ran.report.marks) == {"t1", "t2"}


def test_a_capture_has_the_hashes_of_what_came_and_of_what_was_drawn(board: MakeBoard) -> None:
    ran = run(browsed(board(drawn(small_board())), start=TOPIC))
    (page,) = ran.pages
    capture = page.capture
    assert capture.raw_sha256 == hashlib.sha256(SHELL.encode()).hexdigest()
    assert capture.drawn_sha256 not in {None, capture.raw_sha256}
    script, data = capture.drawn_from
    assert script.sha256 == hashlib.sha256(SCRIPT.encode()).hexdigest()
    assert (data.url.rpartition("example:")[2].partition("/")[2], data.status) == (
        f"api{TOPIC}",
        200,
    )


def test_without_a_browser_the_same_board_is_not_called_empty(board: MakeBoard) -> None:
    work = browsed(board(drawn(small_board())))
    source = work.source.model_copy(update={"browser": None})
    ran = run(work.model_copy(update={"source": source}))
    assert not ran.report.outcome.green


@pytest.mark.parametrize("name", UserAgent)
def test_a_script_reads_the_name_that_requests_give(board: MakeBoard, name: UserAgent) -> None:
    routes = drawn(small_board())
    script = routes["/app.js"]
    assert isinstance(script, Answer)
    telling = b"fetch('/agent?' + encodeURIComponent(navigator.userAgent));"
    routes["/app.js"] = Answer(telling + script.body, headers=script.headers)
    site = board(routes)
    ran = run(browsed(site, start=TOPIC, conduct=Conduct(user_agent=name)))
    assert ran.words == ["other words"]
    (read,) = {unquote(path.partition("?")[2]) for path in site.paths if path.startswith("/agent")}
    (sent,) = {asked.headers["user-agent"] for asked in site.asked}
    assert (read == sent == plain()) is (name is UserAgent.PLAIN)


async def _own_name() -> str:
    """What the real Chromium calls itself, unasked."""
    from playwright.async_api import async_playwright

    path = chromium.find()
    assert path is not None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium.launch_options(path))
        page = await browser.new_page()
        name = str(await page.evaluate("navigator.userAgent"))
        await browser.close()
    return name


def test_the_plain_name_is_that_of_the_chromium_that_runs() -> None:
    """But for `Headless`, which says that nobody sits there."""
    assert plain() == asyncio.run(_own_name()).replace("HeadlessChrome/", "Chrome/")


def test_without_a_chromium_the_plain_name_claims_no_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chromium, "NAMES", ())
    assert plain.__wrapped__() == "Mozilla/5.0 (X11; Linux x86_64)"


def test_parameters_hold_for_what_a_page_asks_for(board: MakeBoard) -> None:
    routes = drawn(small_board())
    script = routes["/app.js"]
    assert isinstance(script, Answer)
    routes["/app.js"] = Answer(b"fetch('/api/x?sid=1');" + script.body, headers=script.headers)
    site = board(routes)
    ran = run(browsed(site, start=TOPIC, scope=Scope(hosts=(site.host,), query_deny=("sid",))))
    assert ran.words == ["other words"]
    assert ran.report.refusals == {"scope": 1}
    assert not any("sid" in path for path in site.paths)


def test_robots_and_scope_hold_for_what_a_page_asks_for(board: MakeBoard) -> None:
    routes = drawn(small_board())
    script = routes["/app.js"]
    assert isinstance(script, Answer)
    asking = "fetch('/secret/1'); fetch('http://other.example/2'); fetch('/x.png');"
    routes["/app.js"] = Answer(asking.encode() + script.body, headers=script.headers)
    routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /secret/")
    site = board(routes)
    ran = run(browsed(site, start=TOPIC))
    assert ran.report.refusals == {"robots": 1, "scope": 1, "media": 1}
    assert ran.report.requests_refused == 3
    assert ran.words == ["other words"]
    assert "/secret/1" not in site.paths


def test_a_page_whose_words_do_not_come_says_what_was_wrong(board: MakeBoard) -> None:
    routes = drawn(small_board())
    routes[f"/api{TOPIC}"] = Answer(b"{}", 503, JSON)
    ran = run(browsed(board(routes), start=TOPIC))
    assert ran.report.outcome is Outcome.SERVER_ERROR
    assert "answered 503" in ran.report.detail


def test_a_redirected_page_is_drawn_at_its_last_address(board: MakeBoard) -> None:
    routes = drawn(small_board())
    routes["/short"] = Answer(b"", 302, {"Location": TOPIC})
    ran = run(browsed(board(routes), start="/short"))
    assert ran.words == ["other words"]
    (page,) = ran.pages
    assert page.capture.url.endswith(TOPIC)
    assert len(page.capture.hops) == 2


def test_no_cookie_is_sent_and_none_is_kept(board: MakeBoard) -> None:
    routes = drawn(small_board())
    script = routes["/app.js"]
    assert isinstance(script, Answer)
    routes["/app.js"] = Answer(b"document.cookie = 'a=1';" + script.body, headers=script.headers)
    site = board(routes)
    run(browsed(site))
    assert not [asked for asked in site.asked if "cookie" in asked.headers]


def test_media_that_a_script_draws_are_not_kept(board: MakeBoard) -> None:
    import base64

    coded = base64.b64encode(SPECIMENS["png"]).decode()
    drawing = (
        f'<img src="data:image/png;base64,{coded}"><svg><rect width="9"/></svg><canvas></canvas>'
        f"<p style=\"background:url('data:image/png;base64,{coded}')\">words</p><p>{coded}</p>"
    )
    routes = drawn({TOPIC: thread({201: f"other words{drawing}"})})
    ran = run(browsed(board(routes), start=TOPIC))
    assert ran.report.media_cut >= 4
    kept = json.dumps([page.model_dump(mode="json") for page in ran.pages]).encode()
    assert scan_bytes("pages", kept).places == ()
    assert ran.words[0].startswith("other words")


def test_a_page_cannot_hide_its_text_from_us_nor_lie_about_it(board: MakeBoard) -> None:
    """Names that forms take over, and getters that the page's own script replaces."""
    lies = """
      Object.defineProperty(Element.prototype, "outerHTML", {get: () => "<p>lies</p>"});
      Document.prototype.createTreeWalker = () => { throw 1; };
    """
    routes = drawn(
        {
            TOPIC: thread(
                {201: "true words<form name=documentElement><input name=attributes></form>"}
            )
        }
    )
    script = routes["/app.js"]
    assert isinstance(script, Answer)
    routes["/app.js"] = Answer(lies.encode() + script.body, headers=script.headers)
    assert run(browsed(board(routes), start=TOPIC)).words == ["true words"]


def test_what_a_page_wants_goes_by_the_forward_proxy_as_all_does(
    board: MakeBoard, tmp_path: Path
) -> None:
    site = board(drawn(small_board()))
    proxy = Forwarder({}, tmp_path / "proxy.log", Answer())
    proxy.open()
    try:
        ran = run(by(proxy, browsed(site, start=TOPIC)))
    finally:
        proxy.close()
    assert ran.words == ["other words"]
    asked = [one.path.split(" ")[1] for one in proxy.asked]
    assert asked == [f"{site.url}/robots.txt", *(f"{site.url}{path}" for path in site.paths)]
    assert f"{site.url}/app.js" in asked
