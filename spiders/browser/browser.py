"""One browser for one run: it draws pages whose words are not in what is received."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from scrapy.http import Response

from patrol.errors import PatrolError
from patrol.models import Outcome, UserAgent
from spiders.browser import chromium, family, snapshot
from spiders.browser.drawn import Drawn
from spiders.browser.supply import Download, Scripts, Supply
from spiders.gate.agent import plain
from spiders.gate.gate import Gate
from spiders.gate.size import LARGEST

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, CDPSession, Page, Playwright, Route

SECONDS = 20.0
"""What a page may take to draw itself, not counting how long it waits for answers."""

LONGEST = 120.0
"""What it may take in all, where requests may follow each other at once."""

MOST_MB = 1_000
"""Memory that the browser may hold."""

QUIET = 0.2
"""Seconds without a request after which a page is asked whether it rests."""

START_SECONDS = 30.0
CLOSE_SECONDS = 2.0
TICK = 0.05
_LOOK_AT_MEMORY = 0.5


class Undrawn(PatrolError):
    """A page that did not become one. `what` goes on from `A page of a thread`."""

    def __init__(self, what: str, outcome: Outcome = Outcome.STOPPED) -> None:
        super().__init__(
            what,
            why="A page gets so much time, memory and data to draw itself, and no more.",
            do="Nothing, unless it is most pages of the source: then see whether it has a feed.",
        )
        self.outcome = outcome


class _Tab(NamedTuple):
    """Where pages are drawn, one after the other."""

    context: "BrowserContext"
    page: "Page"
    session: "CDPSession"


class Browser:
    """A Chromium without a network. What its pages ask for, it gets from `download`, and so from the gate."""

    def __init__(self, gate: Gate, download: Download) -> None:
        self._gate = gate
        self._download = download
        self._scripts = Scripts()
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._tab: _Tab | None = None
        self._supply: Supply | None = None
        self._crashed = False
        self._roots: set[int] = set()
        """The processes that Playwright started."""

    async def open(self) -> None:
        """Start it. Raises `NoChromium` or `ChromiumFailed`."""
        path = chromium.find()
        if path is None:
            raise chromium.NoChromium
        from playwright.async_api import Error, async_playwright  # noqa: PLC0415  (half a second)

        try:
            async with asyncio.timeout(START_SECONDS):
                if self._playwright is None:
                    others = family.children()
                    self._playwright = await async_playwright().start()
                    self._roots = family.children() - others
                self._chromium = await self._playwright.chromium.launch(
                    **chromium.launch_options(path)
                )
        except (Error, OSError, TimeoutError) as error:
            await self.close()
            raise chromium.ChromiumFailed(path, _first_line(error)) from error

    async def draw(self, response: Response) -> Drawn:
        """Let a received document draw itself. Raises `Undrawn`."""
        from playwright.async_api import Error  # noqa: PLC0415

        patience = LONGEST + chromium.MOST_REQUESTS * self._gate.pace.slowest
        try:
            async with asyncio.timeout(patience):
                tab = await self._ready()
                self._supply = supply = Supply(response, self._download, self._scripts)
                await self._settle(tab, supply, response.url)
                taken = await snapshot.take(tab.session)
                self._supply = None
                await tab.page.goto("about:blank")
        except (Undrawn, Error, TimeoutError) as error:
            self._supply = None
            await self._drop()
            if isinstance(error, Undrawn):
                raise
            raise Undrawn("gave no text: its script never rested or the tab died") from error
        if taken.text is None:
            raise Undrawn(f"became larger than {LARGEST // 1024} KiB")
        return Drawn(taken.text, tuple(supply.ingredients), supply.trouble)

    async def close(self) -> None:
        """End it, gently if it lets itself be ended so."""
        self._supply = None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                if self._chromium is not None:
                    await self._chromium.close()
                if self._playwright is not None:
                    await self._playwright.stop()
        self._tab = self._chromium = self._playwright = None
        family.kill(family.children() & self._roots)
        self._roots = set()

    async def _ready(self) -> _Tab:
        """The tab, or a new one."""
        if self._chromium is None or not self._chromium.is_connected():
            await self.open()
        if self._tab is None:
            assert self._chromium is not None  # noqa: S101  (`open` raises otherwise)
            self._crashed = False
            context = await self._chromium.new_context(**self._context())
            await context.add_init_script(chromium.WITHOUT)
            await context.route("**/*", self._answer)
            page = await context.new_page()
            page.on("crash", self._note_crash)
            context.on("page", _shut)
            session = await context.new_cdp_session(page)
            self._tab = _Tab(context, page, session)
        return self._tab

    def _context(self) -> dict[str, Any]:
        """A script reads the same plain name that requests give; none that says that nobody sits there."""
        named = self._gate.standing.user_agent is UserAgent.NAMED
        return {**chromium.CONTEXT, **({} if named else {"user_agent": plain()})}

    async def _answer(self, route: "Route") -> None:
        """Any request of any page. Whose page is gone gets nothing."""
        with contextlib.suppress(Exception):
            if self._supply is None or self._gate.closed:
                await route.abort("blockedbyclient")
            else:
                await self._supply.answer(route)

    async def _settle(self, tab: _Tab, supply: Supply, url: str) -> None:
        """Wait until the page rests and asks for nothing more. Raises `Undrawn`."""
        loading = asyncio.ensure_future(tab.page.goto(url, timeout=0, wait_until="commit"))
        try:
            asked = -1
            while asked != supply.asked or supply.flying:
                await self._watch(loading, supply)
                asked = supply.asked
                await snapshot.rest(tab.session)
        finally:
            loading.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await loading

    async def _watch(self, loading: "asyncio.Future[Any]", supply: Supply) -> None:
        loop = asyncio.get_running_loop()
        spent = looked_at = 0.0
        while True:
            before = loop.time()
            await asyncio.sleep(TICK)
            now = loop.time()
            if self._gate.closed:
                raise Undrawn("was left: the run has ended")
            if supply.spent:
                raise Undrawn(f"asked for more than {chromium.MOST_REQUESTS} things to draw itself")
            if self._crashed:
                raise Undrawn("needed more memory than a page may, and its tab died")
            if now - looked_at > _LOOK_AT_MEMORY:
                looked_at = now
                if await asyncio.to_thread(family.held_mb, self._roots) > MOST_MB:
                    raise Undrawn("made the browser hold more memory than it may")
            if supply.flying:
                continue
            spent += now - before
            if loading.done() and now - supply.last_at >= QUIET:
                return
            if spent > SECONDS:
                raise Undrawn(f"took longer than {SECONDS:.0f} s to draw itself")

    async def _drop(self) -> None:
        """Leave the tab; a browser that does not let it go is ended, and the next page starts another."""
        tab, self._tab = self._tab, None
        if self._gate.closed or tab is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await tab.context.close()
        except Exception:  # noqa: BLE001  (whatever a dying browser says)
            await self.close()

    def _note_crash(self, _page: "Page") -> None:
        self._crashed = True


async def _shut(page: "Page") -> None:
    """A window that a page opened."""
    with contextlib.suppress(Exception):
        await page.close()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
