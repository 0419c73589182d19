"""Answers what a page asks for while it draws itself: through the gate, or not at all."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from patrol.models import Ingredient, Outcome
from spiders.browser.chromium import MOST_REQUESTS, POLICY
from spiders.browser.drawn import Trouble
from spiders.gate.door import SCRIPT, request_to
from spiders.gate.refusal import Refusal
from spiders.verdict import outcome_of, status_words

if TYPE_CHECKING:
    from playwright.async_api import Route

MOST_KEPT = 32 * 1024 * 1024
"""Bytes of scripts that are remembered for the other pages of a run."""

Download = Callable[[Request], Awaitable[Response]]


class Scripts:
    """Scripts of a board, asked for once in a run. All its pages run the same ones."""

    def __init__(self) -> None:
        self._known: dict[str, Response] = {}
        self._size = 0

    def find(self, url: str) -> Response | None:
        return self._known.get(url)

    def keep(self, url: str, response: Response) -> None:
        if response.status == 200 and self._size + len(response.body) <= MOST_KEPT:
            self._known[url] = response
            self._size += len(response.body)


class Supply:
    """What one page gets.

    Its document was received before and is given once; any other document, such
    as a frame or the goal of a redirect by script, is not opened. Scripts and
    data come through the gate by GET. All else is dropped here.
    """

    def __init__(self, document: Response, download: Download, scripts: Scripts) -> None:
        self._document = document
        self._download = download
        self._scripts = scripts
        self._given = False
        self.asked = 0
        """Requests for scripts and data so far."""
        self.flying = 0
        """Requests that wait for their answer."""
        self.last_at = asyncio.get_running_loop().time()
        """When the last answer was given."""
        self.ingredients: list[Ingredient] = []
        self.spent = False
        """Whether the page wanted more than it may."""
        self.trouble: Trouble | None = None
        """The first answer that did not come, or was bad."""

    async def answer(self, route: "Route") -> None:
        """Answer one request of the browser's."""
        kind = route.request.resource_type
        if kind == "document" and not self._given:
            self._given = True
            await _give(route, self._document, {"content-security-policy": POLICY})
        elif kind == "stylesheet":
            # An empty one: some programs do not begin before their style has come.
            await route.fulfill(status=200, content_type="text/css", body="")
        elif kind in {"script", "xhr", "fetch"}:
            await self._fetch(route, is_script=kind == "script")
        else:
            await route.abort("aborted" if kind == "document" else "blockedbyclient")

    async def _fetch(self, route: "Route", *, is_script: bool) -> None:
        if self.asked >= MOST_REQUESTS:
            self.spent = True
            await route.abort("blockedbyclient")
            return
        self.asked += 1
        self.flying += 1
        try:
            response = await self._get(route, is_script=is_script)
            if response is None:
                await route.abort("failed")
            else:
                await _give(route, response, {})
        finally:
            self.flying -= 1
            self.last_at = asyncio.get_running_loop().time()

    async def _get(self, route: "Route", *, is_script: bool) -> Response | None:
        url = route.request.url
        response = self._scripts.find(url) if is_script else None
        if response is None:
            request = request_to(url, method=route.request.method, meta={SCRIPT: is_script})
            try:
                response = await self._download(request)
            except Refusal as refusal:
                self._note(refusal.outcome, refusal.what)
                return None
            except Exception:  # noqa: BLE001  (whatever it was: the page does not get it)
                self._note(Outcome.NETWORK, "Something that the page is drawn from did not come.")
                return None
            if is_script:
                self._scripts.keep(url, response)
        outcome = outcome_of(response.status)
        if not outcome.green:
            words = status_words(response.status)
            self._note(outcome, f"Something that the page is drawn from answered {words}.")
        digest = hashlib.sha256(response.body).hexdigest()
        self.ingredients.append(
            Ingredient(url=url, status=response.status, sha256=digest, bytes=len(response.body))
        )
        return response

    def _note(self, outcome: Outcome, sentence: str) -> None:
        self.trouble = self.trouble or (outcome, sentence)


async def _give(route: "Route", response: Response, more: dict[str, str]) -> None:
    """Hand an answer over, with those of its headers that a script may need, and no cookie."""
    headers = response.headers.to_unicode_dict()
    kept = {
        str(name).lower(): value
        for name, value in headers.items()
        if str(name).lower() == "content-type" or str(name).lower().startswith("access-control-")
    }
    await route.fulfill(status=response.status, headers={**kept, **more}, body=response.body)
