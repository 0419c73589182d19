"""Whether the mandate is in force now. What is not known for certain is not in force."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from patrol.models import BREAK_GLASS, Authorization, UserAgent
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import Coverage, Place
from spiders.job import Mandate

FRESH = 2.0
"""Seconds for which a snapshot of the mandate is believed."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Standing:
    """The last snapshot of the mandate under which a run works.

    It is pinned to the authorization that the run began with: another one,
    even for the same source, is another run.
    """

    def __init__(
        self,
        pinned: Authorization,
        *,
        wall: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pinned = pinned
        self._wall = wall
        self._monotonic = monotonic
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._current: Authorization | None = None
        self._taken = float("-inf")
        self._coverage: Coverage | None = None

    def renew(self, mandate: Mandate) -> None:
        """Take the mandate as it was just read from the register."""
        authorization = mandate.authorization
        if authorization is not None and (
            self._coverage is None or self._coverage.scope != authorization.scope
        ):
            self._coverage = Coverage(authorization.scope)
        self._current = authorization
        self._taken = self._monotonic()

    @property
    def age(self) -> float:
        """Seconds since the snapshot was taken; infinite before the first."""
        return self._monotonic() - self._taken

    @property
    def fresh(self) -> bool:
        return self.age <= FRESH

    def ended(self) -> str | None:
        """A sentence if the mandate, as last read, is not in force at this instant."""
        if self._current is None and self._coverage is not None:
            return "The authorization was revoked while the run went on."
        if self._current is None:
            return "There is no authorization for this source."
        if (self._current.id, self._current.source) != (self._pinned.id, self._pinned.source):
            return "The authorization that this run began with was replaced by another."
        return _ended(self._current, self._now())

    def check(self) -> Coverage:
        """What is covered at this instant. Raises `Refusal` if nothing is, or if nobody knows."""
        sentence = self.ended()
        if sentence is not None:
            raise Refusal(Reason.AUTHORIZATION, sentence)
        if not self.fresh:
            raise Refusal(
                Reason.AUTHORIZATION, "The authorization could not be read again in time."
            )
        return self.coverage

    @property
    def coverage(self) -> Coverage:
        """The scope as last read. Raises `Refusal` if there is none."""
        if self._coverage is None or self._current is None:
            raise Refusal(Reason.AUTHORIZATION, "There is no authorization for this source.")
        return self._coverage

    def age_cookie(self, where: Place) -> str | None:
        """What an authorization in force declares to exactly that host; nothing to a robots.txt, or to any other."""
        declares = self._current.age_declaration if self._current else None
        if declares is None or declares.host != where.host or self.ended() is not None:
            return None
        return None if where.path == "/robots.txt" else declares.cookie

    def overrides_robots(self) -> bool:
        """Whether an authorization in force, which a second person approved, says that exclusions do not count."""
        current = self._current
        if current is None or self.ended() is not None or current.approver == BREAK_GLASS:
            return False
        return current.conduct.overrides_robots

    @property
    def user_agent(self) -> UserAgent:
        """By what name the authorization has a site asked; by our own where there is none."""
        return self._current.conduct.user_agent if self._current else UserAgent.NAMED

    def _now(self) -> datetime:
        """A clock that was set back revives nothing."""
        self._latest = max(self._latest, self._wall())
        return self._latest


def _ended(authorization: Authorization, now: datetime) -> str | None:
    named = f"Authorization {authorization.number}"
    if authorization.revoked_at is not None:
        return f"{named} was revoked."
    if authorization.approver is None:
        return f"{named} is not approved."
    if now < authorization.valid_from:
        return f"{named} is not valid yet."
    return f"{named} has expired." if now >= authorization.valid_until else None
