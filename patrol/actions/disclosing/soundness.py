"""Whether the access log is known not to hold: then nothing leaves the house until somebody has looked."""

import json

from django.utils.translation import gettext_noop

from patrol.errors import Tampered
from patrol.models import Result, Verb
from patrol.register import disputes
from patrol.register.tables import LedgerIndex, LedgerRecord

CHANGED = gettext_noop("Whoever verified it last found that it was changed.")


class LogUnsound(Tampered):
    """The last who verified the access log found it changed, or its signer or witness says that it was."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Nothing leaves while the access log does not hold.",
            why=why,
            do="Tell the auditor. Once `Verify the whole log` says that it is what it was, exports go on.",
        )


def unsound() -> str | None:
    """Why the log is known not to hold, in a sentence; None while nothing is known against it."""
    if said := disputes.disputed():
        return said
    verified = LedgerIndex.objects.filter(verb=Verb.LOG_VERIFIED, result=Result.ALLOW)
    last = verified.order_by("-seq").values_list("seq", flat=True).first() or 0
    body = LedgerRecord.objects.filter(seq=last).values_list("body", flat=True).first()
    details = json.loads(bytes(body))["details"] if body is not None else {}
    return CHANGED if details.get("kind") else None


def refuse_unsound() -> None:
    """Raise `LogUnsound` while the log is known not to hold."""
    if why := unsound():
        raise LogUnsound(why)
