"""Records taken out of the access log as rows, for a spreadsheet or a program: those that the filters name, all of them.

A table of the log proves nothing; `logbook.export` writes what the verifier reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from patrol.actions.auditing import audit
from patrol.actions.auditing.audit import LogFilter, LogRow
from patrol.actions.desk import Desk, Details
from patrol.models import Permission, Verb
from patrol.register import log
from patrol.register.tables import LedgerIndex

_AT_ONCE = 500


@dataclass(frozen=True)
class Extract:
    """What leaves."""

    record: int
    """Number of the record that says so; none after it is in the rows."""
    at: datetime
    rows: Iterator[LogRow]
    """Oldest first, read as they are sent."""


def take(desk: Desk, wanted: LogFilter, form: str) -> Extract:
    """Rows of all records that the filters name. Recorded, with what was asked for, before the first of them is read.

    Accounts and subjects that were asked for are told by the names of their filters alone.
    """
    desk.require(Permission.LOG_VERIFY, Verb.LOG_EXPORTED)
    wanted = replace(wanted, before_seq=None)
    named = [name for name in ("account", "subject", "purpose") if getattr(wanted, name)]
    details: Details = {
        "form": form,
        **({"narrowed_by": ",".join(named)} if named else {}),
        **{name: getattr(wanted, name) for name in ("verb", "result", "preset")},
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    at = desk.now()
    told: Details = {name: value for name, value in details.items() if value}
    last = desk.record(Verb.LOG_EXPORTED, details=told)
    return Extract(last, at, _rows(wanted, last))


def _rows(wanted: LogFilter, last: int) -> Iterator[LogRow]:
    done = -1
    while True:
        indexed = audit.indexed(wanted).filter(seq__gt=done, seq__lte=last)
        some: list[LedgerIndex] = list(indexed.order_by("seq")[:_AT_ONCE])
        if not some:
            return
        bodies = audit.bodies(some)
        kept = [row for row in some if audit.fits(wanted, bodies.get(row.seq))]
        yield from (audit.row_of(one) for one in log.told(kept))
        done = some[-1].seq
