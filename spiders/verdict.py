"""How a run is going: of everything that went wrong, the worst, in one sentence."""

from http import HTTPStatus

from patrol.models import Outcome
from spiders.gate.proxy import ProxyRefused


class Verdict:
    """The worst outcome so far, and the first sentence that was told of it."""

    def __init__(self) -> None:
        self.outcome = Outcome.OK
        self.sentence = ""

    def note(self, outcome: Outcome, sentence: str) -> None:
        """Remember an outcome if it is worse than all before."""
        if outcome.rank > self.outcome.rank:
            self.outcome = outcome
            self.sentence = sentence


_BY_STATUS = {
    401: Outcome.LOGIN_WALL,
    407: Outcome.POLICY_BLOCKED,
    408: Outcome.NETWORK,
    429: Outcome.RATE_LIMITED,
}

NOT_MODIFIED = 304
"""The page is as it was. An answer only to a request that asked so; to another it is a fault."""

GONE = frozenset({404, 410})
"""A page that is no longer there. A thread may be deleted; a start address may not."""


def outcome_of(status: int) -> Outcome:
    """What an answer's status means for the run. 403 and 451 are an answer, not a challenge."""
    if 200 <= status < 300 and status not in {204, 205}:
        return Outcome.OK
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Outcome.POLICY_BLOCKED if 400 <= status < 500 else Outcome.SERVER_ERROR


_FAULTS = {
    "CannotResolveHostError": "its name has no address",
    "DownloadConnectionRefusedError": "the connection was refused",
    "DownloadTimeoutError": "it took too long",
    "ResponseDataLossError": "the answer broke off",
}


def fault_words(error: BaseException) -> str:
    """What the network did."""
    if isinstance(error, ProxyRefused):
        return str(error)
    return _FAULTS.get(type(error).__name__, "the connection failed")


def status_words(status: int) -> str:
    """A status with the words that go with it: `403 Forbidden`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
