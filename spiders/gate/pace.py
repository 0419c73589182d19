"""How fast a host is asked: slowly, and slower or not at all when it says so."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import SystemRandom

from spiders.gate.refusal import Reason, Refusal

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 24 * 3600.0
"""Seconds between which a site's Retry-After is believed."""

UNSAID_WAIT = 60.0
"""Seconds to wait after a 429 that does not say how long."""

BACKOFF = (1.0, 4.0)
"""Seconds before the first and the second retry."""

JITTER = 0.25
"""Share of a pause that chance adds to it at most, so that no host is asked to a beat. It takes nothing away."""
_CHANCE = SystemRandom().random


class Pace:
    """One turn at a time for each host, `seconds` apart from start to start."""

    def __init__(
        self,
        seconds: float,
        rest: Callable[[float], Awaitable[None]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = _CHANCE,
    ) -> None:
        self._seconds = seconds
        self._rest = rest
        self._monotonic = monotonic
        self._chance = chance
        """A number from 0 up to 1."""
        self._slower: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._cold: dict[str, float] = {}

    def interval(self, host: str) -> float:
        """Seconds between two requests to a host, at least."""
        return max(self._seconds, self._slower.get(host, 0.0))

    @property
    def slowest(self) -> float:
        """Seconds between two requests to the host that wants most, at most."""
        return max((self._seconds, *self._slower.values())) * (1 + JITTER)

    def wait(self, host: str, seconds: float) -> None:
        """Ask a host for the first time only after so long: somebody else has just asked it."""
        self._next[host] = max(self._next.get(host, 0.0), self._monotonic() + seconds)

    def answered(self, host: str) -> None:
        """The host has a request by now, however long that was under way: its pause begins here at the latest."""
        if host in self._next and self.interval(host) > 0:
            self._next[host] = max(self._next[host], self._monotonic() + self._pause(host))

    def slow(self, host: str, seconds: float) -> None:
        """Honour a Crawl-delay."""
        self._slower[host] = seconds
        if host in self._next:
            self._next[host] = max(self._next[host], self._monotonic() + self._pause(host))

    def cool(self, host: str, seconds: float) -> None:
        """Ask a host nothing for so long."""
        self._cold[host] = max(self._cold.get(host, 0.0), self._monotonic() + seconds)

    def cooling(self, host: str) -> float:
        """Seconds for which a host wants to be left alone."""
        return max(0.0, self._cold.get(host, 0.0) - self._monotonic())

    def longest_wait(self) -> float:
        """Seconds after which all hosts may be asked again; 0 if none asked to be left alone."""
        return max((self.cooling(host) for host in self._cold), default=0.0)

    def check(self, host: str) -> None:
        """Raise `Refusal` while the host wants to be left alone."""
        if self.cooling(host) > 0:
            raise Refusal(
                Reason.COOLING, f"{host} wants to be left alone for {self.cooling(host):.0f} s."
            )

    async def turn(self, host: str) -> None:
        """Wait for this request's turn. Raises `Refusal` if the host meanwhile asked for peace."""
        self.check(host)
        now = self._monotonic()
        at = max(now, self._next.get(host, now))
        self._next[host] = at + self._pause(host)
        if at > now:
            await self._rest(at - now)
            self._next[host] = max(self._next[host], self._monotonic() + self._pause(host))
            self.check(host)

    def _pause(self, host: str) -> float:
        """The next pause: the host's interval, and what chance adds."""
        return self.interval(host) * (1 + JITTER * self._chance())


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for, between 1 s and 24 h; None if it says nothing.

    RFC 9110 section 10.2.3: seconds or a date.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)
