"""Why the gate says no."""

from enum import StrEnum

from patrol.errors import Refused
from patrol.models import Outcome


class Reason(StrEnum):
    """What a request or an answer was refused for."""

    AUTHORIZATION = "authorization"
    SCOPE = "scope"
    ADDRESS = "address"
    MEDIA = "media"
    SIZE = "size"
    ENCODING = "encoding"
    ROBOTS = "robots"
    COOLING = "cooling"
    REDIRECTS = "redirects"
    METHOD = "method"


_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.AUTHORIZATION: (
        "Nothing is asked of a site without an authorization in force at that moment.",
        "Request a new authorization, or approve the one that waits.",
    ),
    Reason.SCOPE: (
        "The authorization names hosts and paths; everything else is off limits.",
        "If the address belongs to the source, request an authorization that names it.",
    ),
    Reason.ADDRESS: (
        "Only addresses of the public internet are read, whatever a page or the DNS says.",
        "Check the source's host name with whoever runs its DNS.",
    ),
    Reason.MEDIA: (
        "Pictures, sound, films, fonts and archives are never fetched or kept.",
        "Nothing, unless the whole source is refused: then it serves no text.",
    ),
    Reason.SIZE: (
        "A page of text is small; what is larger, or grows when unpacked, is cut.",
        "Nothing, unless the start address itself is refused: then choose a smaller page.",
    ),
    Reason.ENCODING: (
        "An answer that cannot be unpacked with certainty is not read as a whole page.",
        "Try again later; if it stays, the site's server is misconfigured.",
    ),
    Reason.ROBOTS: (
        "The site's robots.txt asks programs to stay away from that address.",
        "Respect it, or ask the site's owner.",
    ),
    Reason.COOLING: (
        "The site asked us to wait, and the wait is longer than this run.",
        "Nothing: the next run begins after the wait.",
    ),
    Reason.REDIRECTS: (
        "A chain of more than five redirects is a loop or a trap.",
        "Set the start address to where the chain should end.",
    ),
    Reason.METHOD: (
        "Patrol reads. It sends no forms, no bodies, nothing but GET.",
        "Nothing.",
    ),
}


class Refusal(Refused):
    """A request that was not sent, or an answer that was not kept. `what` holds no collected text."""

    def __init__(self, reason: Reason, what: str, *, outcome: Outcome | None = None) -> None:
        why, do = _SENTENCES[reason]
        super().__init__(what, why=why, do=do)
        self.reason = reason
        self.outcome = outcome or _OUTCOMES.get(reason, Outcome.POLICY_BLOCKED)
        self.counted = False
        """Whether the gate counted it: it may pass several hands."""

    def again(self) -> "Refusal":
        """The same refusal of another request."""
        return Refusal(self.reason, self.what, outcome=self.outcome)


_OUTCOMES = {
    Reason.AUTHORIZATION: Outcome.AUTHORIZATION_ENDED,
    Reason.ROBOTS: Outcome.ROBOTS_DENIED,
    Reason.COOLING: Outcome.RATE_LIMITED,
    Reason.ENCODING: Outcome.NETWORK,
}
"""How a run ends whose start address is refused for this reason."""
