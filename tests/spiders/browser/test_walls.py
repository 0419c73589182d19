"""A page that tries every way out: none of them leads anywhere, and each wall holds without the others."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from patrol.models import Outcome
from spiders.browser import chromium
from tests.spiders.browser.conftest import SCRIPT, browsed, drawn
from tests.spiders.crawl.conftest import Answer, Board, Ran, Routes, run, small_board, swap

MakeBoard = Callable[..., Board]
LOOPBACK = "127.0.0.1"


class Sentinel:
    """Ears on loopback for TCP and UDP. Whoever connects or sends is counted, whatever they say."""

    def __init__(self) -> None:
        self.tcp = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((LOOPBACK, self.port))
        self.tcp.settimeout(0)
        self.udp.settimeout(0)

    @property
    def heard(self) -> list[bytes]:
        found = []
        try:
            while True:
                caller, _ = self.tcp.accept()
                caller.settimeout(0.2)
                try:
                    found.append(caller.recv(60))
                except OSError:
                    found.append(b"")
                caller.close()
        except BlockingIOError:
            pass
        try:
            while True:
                found.append(b"UDP " + self.udp.recv(60))
        except BlockingIOError:
            return found

    def close(self) -> None:
        self.tcp.close()
        self.udp.close()


@pytest.fixture
def sentinel() -> Iterator[Sentinel]:
    ears = Sentinel()
    yield ears
    ears.close()


WAYS_OUT = """
const there = "http://%(host)s";
const tries = {
  fetch: () => fetch(there + "/fetch", {mode: "no-cors"}),
  post: () => fetch(there + "/post", {method: "POST", body: "x", mode: "no-cors", keepalive: true}),
  redirected: () => fetch("/away"),
  redirected_script: () => add("script", {src: "/away.js"}),
  xhr: () => { const asked = new XMLHttpRequest(); asked.open("GET", there + "/xhr"); asked.send(); },
  image: () => { new Image().src = there + "/image.png"; },
  beacon: () => navigator.sendBeacon(there + "/beacon", "x"),
  socket: () => new WebSocket("ws://%(host)s/socket"),
  events: () => new EventSource(there + "/events"),
  preconnect: () => add("link", {rel: "preconnect", href: there}),
  dns: () => add("link", {rel: "dns-prefetch", href: there}),
  prefetch: () => add("link", {rel: "prefetch", href: there + "/prefetch"}),
  prerender: () => add("link", {rel: "prerender", href: there + "/prerender"}),
  preload: () => add("link", {rel: "modulepreload", href: there + "/module.js"}),
  rules: () => {
    const rules = document.createElement("script");
    rules.type = "speculationrules";
    rules.textContent = JSON.stringify({prefetch: [{source: "list", urls: [there + "/speculated"]}]});
    document.head.append(rules);
  },
  style: () => add("link", {rel: "stylesheet", href: there + "/style.css"}),
  imported: () => import(there + "/imported.js"),
  script: () => add("script", {src: there + "/script.js"}),
  frame: () => add("iframe", {src: there + "/frame"}),
  inner: () => add("iframe", {srcdoc: `<script>fetch("${there}/inner")</` + "script>"}),
  object: () => add("object", {data: there + "/object"}),
  video: () => add("video", {src: there + "/video.mp4", autoplay: true}),
  font: () => new FontFace("f", `url(${there}/font.woff2)`).load(),
  opened: () => window.open(there + "/opened"),
  form: () => { const form = add("form", {action: there + "/form", method: "POST"}); form.submit(); },
  download: () => { const link = add("a", {href: there + "/download", download: "x"}); link.click(); },
  ping: () => { const link = add("a", {href: "#x", ping: there + "/ping"}); link.click(); },
  service: () => navigator.serviceWorker.register("/worker.js"),
  worker: () => new Worker("/worker.js"),
  made: () => new Worker(URL.createObjectURL(new Blob([`importScripts("${there}/import.js"); fetch("${there}/made")`]))),
  webrtc: async () => {
    const peer = new RTCPeerConnection({iceServers: [{urls: "stun:%(host)s"}, {urls: "turn:%(host)s?transport=tcp", username: "u", credential: "p"}, {urls: "turn:%(host)s", username: "u", credential: "p"}]});
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
  },
  transport: () => new WebTransport("https://%(host)s/transport"),
  reported: () => { new ReportingObserver(() => {}).observe(); },
  refresh: () => { add("meta", {httpEquiv: "refresh", content: "0;url=" + there + "/refresh"}); },
  moved: () => setTimeout(() => { location.href = there + "/moved"; }, 50),
};
const add = (tag, parts) => {
  const made = Object.assign(document.createElement(tag), parts);
  (document.body || document.head).append(made);
  return made;
};
window.told = {};
for (const [name, go] of Object.entries(tries)) {
  try { Promise.resolve(go()).then(() => {}, () => {}); } catch (error) { told[name] = String(error); }
}
"""


def hostile(host: str) -> Routes:
    """A board whose pages try every way out, and then draw themselves like any other."""
    routes = drawn(small_board())
    away = {"Location": f"http://{host}/redirected"}
    javascript = {"Content-Type": "text/javascript"}
    return {
        **routes,
        "/app.js": Answer((WAYS_OUT % {"host": host} + SCRIPT).encode(), headers=javascript),
        "/worker.js": Answer(f'fetch("http://{host}/worker")'.encode(), headers=javascript),
        "/away": Answer(b"", 302, away),
        "/away.js": Answer(b"", 302, away),
    }


def _visited(board: MakeBoard, host: str, around: Callable[..., Any] = lambda go: go()) -> Ran:
    return run(browsed(board(hostile(host)), start="/viewtopic.php?t=2"), around=around)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "sentinel.example"])
def test_no_way_leads_out(board: MakeBoard, sentinel: Sentinel, name: str) -> None:
    ran = _visited(board, f"{name}:{sentinel.port}")
    assert sentinel.heard == []
    assert ran.words == ["other words"], "the page is read all the same"
    assert ran.report.outcome is Outcome.OK
    assert ran.report.refusals["scope"] >= 5
    assert ran.report.refusals["method"] >= 1


def _launched(change: Callable[[dict[str, Any]], object]) -> Callable[[Callable[[], Any]], Any]:
    """A run whose Chromium is started otherwise."""

    def around(go: Callable[[], Any]) -> Any:
        options = chromium.launch_options

        def changed(path: str) -> dict[str, Any]:
            launched = options(path)
            change(launched)
            return launched

        swap(chromium, "launch_options", changed)
        return go()

    return around


def _let_through(go: Callable[[], Any]) -> Any:
    """No route and no policy: what the page asks for, the browser asks for by itself."""
    from spiders.browser import supply

    given = supply.Supply.answer

    async def answer(self: supply.Supply, route: Any) -> None:
        if "127.0.0.1" in route.request.url:
            await route.continue_()
        else:
            await given(self, route)

    swap(supply.Supply, "answer", answer)
    swap(supply, "POLICY", "")
    return go()


def test_the_proxy_holds_without_routes(board: MakeBoard, sentinel: Sentinel) -> None:
    _visited(board, f"127.0.0.1:{sentinel.port}", _let_through)
    assert sentinel.heard == []


def test_the_flag_holds_where_webrtc_is_there(board: MakeBoard, sentinel: Sentinel) -> None:
    def with_webrtc(go: Callable[[], Any]) -> Any:
        swap(chromium, "WITHOUT", "")
        return go()

    _visited(board, f"127.0.0.1:{sentinel.port}", with_webrtc)
    assert sentinel.heard == []


def test_webrtc_is_gone_without_its_flag(board: MakeBoard, sentinel: Sentinel) -> None:
    def without(options: dict[str, Any]) -> None:
        options["args"] = [each for each in options["args"] if "webrtc" not in each]

    _visited(board, f"127.0.0.1:{sentinel.port}", _launched(without))
    assert sentinel.heard == []


def _without_proxy(options: dict[str, Any]) -> None:
    del options["proxy"]


def _without_proxy_and_rule(options: dict[str, Any]) -> None:
    _without_proxy(options)
    options["args"] = [each for each in options["args"] if "resolver" not in each]


def test_routes_and_the_rule_hold_without_the_proxy(board: MakeBoard, sentinel: Sentinel) -> None:
    _visited(board, f"127.0.0.1:{sentinel.port}", _launched(_without_proxy))
    assert sentinel.heard == []


def test_without_any_wall_the_sentinel_is_reached(board: MakeBoard, sentinel: Sentinel) -> None:
    """The sentinel has ears: what the other tests call silence is silence."""

    def neither(go: Callable[[], Any]) -> Any:
        return _launched(_without_proxy_and_rule)(lambda: _let_through(go))

    _visited(board, f"127.0.0.1:{sentinel.port}", neither)
    assert sentinel.heard != []


async def _direct(address: str) -> str:
    from playwright.async_api import Error, async_playwright

    path = chromium.find()
    assert path
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(**chromium.launch_options(path))
        page = await (await launched.new_context(**chromium.CONTEXT)).new_page()
        try:
            await page.goto(address)
        except Error as error:
            return str(error)
        finally:
            await launched.close()
    return "it came"


def test_a_direct_navigation_ends_at_a_proxy_that_nobody_serves(sentinel: Sentinel) -> None:
    told = asyncio.run(_direct(f"http://127.0.0.1:{sentinel.port}/"))
    assert "ERR_PROXY_CONNECTION_FAILED" in told
    assert sentinel.heard == []
