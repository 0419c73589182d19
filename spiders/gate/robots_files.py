"""The robots.txt of every host that a run asks, fetched once, through the same gate."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple

from patrol.models import Outcome, RobotsVerdict
from spiders.gate.agent import AGENT
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.robots import LARGEST, Robots
from spiders.gate.scope import Place


class RobotsAnswer(NamedTuple):
    """What came back for a robots.txt."""

    status: int
    body: bytes


Fetch = Callable[[str], Awaitable[RobotsAnswer]]


class _File(NamedTuple):
    robots: Robots
    status: int
    fetched_at: datetime


class RobotsFiles:
    """Remembers each host's rules for one run."""

    def __init__(
        self,
        slow: Callable[[str, float], None],
        overridden: Callable[[], bool] = lambda: False,
    ) -> None:
        self._slow = slow
        self._overridden = overridden
        """Asked anew for each address: whether what a file excludes is read all the same."""
        self._known: dict[str, asyncio.Task[_File]] = {}

    def delay(self, origin: str) -> float | None:
        """Seconds between requests that a host asked for, as far as it was asked; None if it named none."""
        task = self._known.get(origin)
        done = task is not None and task.done() and not task.cancelled()
        return task.result().robots.delay if task and done and task.exception() is None else None

    async def check(self, where: Place, fetch: Fetch) -> RobotsVerdict:
        """Why an address may be asked for. Raises `Refusal` if the site asks programs to stay away from it.

        RFC 9309 section 2.3.1: a 4xx means no rules; a server error or an
        unreachable file means that nothing may be asked, whatever overrides its rules.
        """
        task = self._known.get(where.origin)
        if task is None:
            task = asyncio.ensure_future(self._read(where, fetch))
            self._known[where.origin] = task
        try:
            file = await asyncio.shield(task)
        except Refusal as refusal:
            raise refusal.again() from None
        except Exception:
            # The network failed: the next request may try again.
            self._known.pop(where.origin, None)
            raise
        allowed, rule = file.robots.verdict(where.path + where.query)
        if not allowed and not self._overridden():
            raise Refusal(Reason.ROBOTS, f"The robots.txt of {where.host} excludes that address.")
        return RobotsVerdict(
            status=file.status, fetched_at=file.fetched_at, rule=rule, overridden=not allowed
        )

    async def _read(self, where: Place, fetch: Fetch) -> _File:
        answer = await fetch(f"{where.origin}/robots.txt")
        if answer.status == 429 or answer.status >= 500:
            limited = answer.status == 429
            raise Refusal(
                Reason.ROBOTS,
                f"The robots.txt of {where.host} answered {answer.status}, so nothing else was asked.",
                outcome=Outcome.RATE_LIMITED if limited else Outcome.SERVER_ERROR,
            )
        found = 200 <= answer.status < 300
        text = answer.body[:LARGEST].decode("utf-8", "replace") if found else ""
        robots = Robots(text, AGENT)
        if robots.delay:
            self._slow(where.host, robots.delay)
        return _File(robots, answer.status, datetime.now(UTC))
