"""All parts of the gate together. It knows no Scrapy; `door.py` puts it in Scrapy's way."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

from patrol.models import RobotsVerdict
from spiders.gate import media
from spiders.gate.address import Addresses, Lookup, system_lookup
from spiders.gate.authorization import Standing
from spiders.gate.pace import Pace
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.robots_files import Fetch, RobotsFiles
from spiders.gate.scope import Place
from spiders.job import Job

Flown = TypeVar("Flown")

STALE_PATIENCE = 30.0
"""Seconds that a request waits for a newer snapshot of the mandate before it is refused."""


class Aborted(Exception):
    """A request that was cut while it was under way."""


class Gate:
    """What every request and every answer of one run passes."""

    def __init__(self, job: Job, lookup: Lookup = system_lookup) -> None:
        self.standing = Standing(job.authorization)
        self.addresses = Addresses(job.laboratory, lookup, job.proxy)
        self.pace = Pace(job.source.seconds_between_requests, self.rest)
        for host, seconds in job.resting.items():
            self.pace.wait(host, seconds)
        self.robots = RobotsFiles(self.pace.slow, self.standing.overrides_robots)
        self.refusals: Counter[Reason] = Counter()
        self.requests = 0
        """Requests that were sent."""
        self._flying: set[asyncio.Task[Any]] = set()
        self._closed = asyncio.Event()

    @property
    def closed(self) -> bool:
        """Whether the run has ended: nothing leaves any more."""
        return self._closed.is_set()

    def refuse(self, refusal: Refusal) -> Refusal:
        """Count a refusal, once. Every one of them passes here."""
        if not refusal.counted:
            refusal.counted = True
            self.refusals[refusal.reason] += 1
        return refusal

    def check(self, where: Place, *, script: bool = False) -> None:
        """What can be said of an address before anything is waited for. Raises `Refusal`."""
        self._check_open()
        sentence = self.standing.ended()
        if sentence is not None:
            raise Refusal(Reason.AUTHORIZATION, sentence)
        self.standing.coverage.check(where)
        media.check_address(where, script=script)
        self.pace.check(where.host)

    def age_cookie(self, where: Place) -> str | None:
        """The cookie that declares an age to that place, where the authorization says so."""
        return self.standing.age_cookie(where)

    async def check_robots(self, where: Place, fetch: Fetch) -> RobotsVerdict:
        """Why the address may be asked for. Raises `Refusal` if the site asks programs to stay away from it."""
        return await self.robots.check(where, fetch)

    async def depart(self, where: Place, said: RobotsVerdict | None = None) -> None:
        """Wait for this request's turn; the last word before it is sent. Raises `Refusal`.

        `said` is what let it pass its site's robots.txt.
        """
        await self.pace.turn(where.host)
        await self._await_snapshot()
        self._check_open()
        self.standing.check().check(where)
        if said is not None and said.overridden and not self.standing.overrides_robots():
            raise Refusal(Reason.ROBOTS, f"The robots.txt of {where.host} counts again.")
        self.requests += 1

    async def fly(self, download: Coroutine[Any, Any, Flown]) -> Flown:
        """Wait for a download that `ground` may cut. Raises `Aborted` if it did."""
        task = asyncio.ensure_future(download)
        self._flying.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            raise Aborted("cut") from None
        finally:
            self._flying.discard(task)

    async def rest(self, seconds: float) -> None:
        """Wait, unless the run ends first."""
        try:
            await asyncio.wait_for(self._closed.wait(), seconds)
        except TimeoutError:
            return
        self._check_open()

    def ground(self) -> None:
        """Cut every request that is under way."""
        for download in tuple(self._flying):
            download.cancel()

    def close(self) -> None:
        """Let nothing leave any more, and cut what is under way."""
        self._closed.set()
        self.ground()

    async def _await_snapshot(self) -> None:
        waited = 0.0
        while not self.standing.fresh and waited < STALE_PATIENCE:
            await self.rest(0.05)
            waited += 0.05

    def _check_open(self) -> None:
        if self.closed:
            raise Refusal(Reason.AUTHORIZATION, "The run has ended.")
