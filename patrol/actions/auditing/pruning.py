"""Old records are removed by two persons of two roles, and what is left still proves itself.

A request is a record of its own; somebody of another role approves it within a
week. Removed are whole beginnings, up to a signed checkpoint: the tree's right
edge there is kept, so every proof of later records and sizes holds.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from patrol.actions.desk import Desk
from patrol.actions.staffing.pairs import accounts_of
from patrol.errors import NotFound, Refused
from patrol.ledger.chain import Entry, read
from patrol.models import Permission, Verb
from patrol.register import checkpoints, floor, outside
from patrol.register.tables import (
    LedgerCheckpoint,
    LedgerCopy,
    LedgerIndex,
    LedgerPruned,
    LedgerRecord,
    ReasonText,
)
from patrol.settings import Settings

OPEN = timedelta(days=7)
"""How long a request waits for its approval."""


class TooYoung(Refused):
    def __init__(self, years: int) -> None:
        super().__init__(
            f"Records of the last {years} years are not pruned.",
            why="PATROL_LOG_YEARS says how long they are kept at least.",
            do="Name an earlier day.",
        )


class NothingToPrune(NotFound):
    def __init__(self, before: datetime) -> None:
        super().__init__(
            f"No signed checkpoint holds only records from before {before:%Y-%m-%d}.",
            why="The log is pruned up to a checkpoint, and none lies there, or all before it is gone.",
            do="Name a later day.",
        )


class NoSuchRequest(NotFound):
    def __init__(self, seq: int) -> None:
        super().__init__(
            f"Record {seq} is no request to prune that waits.",
            why=f"A request waits {OPEN.days} days; an older one, and one that was carried out, is none.",
            do="Have another person ask anew with `patrol log prune --before DAY`.",
        )


class NeedsAnother(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This needs another person, of another role, than the one who asked.",
            why="No one person and no one duty alone removes records of the access log.",
            do="Have an auditor approve what an administrator asked for, or the other way round.",
        )


class NotElsewhere(Refused):
    def __init__(self, place: str, size: int) -> None:
        super().__init__(
            f"The {place} has no checkpoint of {size:,} records or more.",
            why="What is removed must be vouched for elsewhere first.",
            do="Run `patrol doctor`, mend what it says of `second_place`, and try again.",
        )


class Pruning(NamedTuple):
    """What is asked for, or was done."""

    seq: int
    """Of the record that says so."""
    through: int


def ask(desk: Desk, before: datetime, reason: str, settings: Settings) -> Pruning:
    """Ask for the removal of everything before a day. Raises `TooYoung`, `NothingToPrune`."""
    desk.require(Permission.LOG_PRUNE, Verb.LOG_PRUNING_REQUESTED)
    with desk.act(Permission.LOG_PRUNE, Verb.LOG_PRUNING_REQUESTED, reason=reason) as act:
        if before > desk.now() - timedelta(days=365 * settings.log_years):
            raise TooYoung(settings.log_years)
        through = _checkpoint_before(before)
        act.count = through
        act.details = {"through": through}
    return Pruning(desk.records[-1], through)


def approve(desk: Desk, seq: int, reason: str, settings: Settings) -> Pruning:
    """Remove what was asked for, as another person of another role.

    Raises `NoSuchRequest`, `NeedsAnother`, `NotElsewhere`; `ChainBroken`, `LogForked` when what would be
    removed is not what was signed: then nothing is.
    """
    with desk.act(
        Permission.LOG_PRUNE, Verb.LOG_PRUNED, subject=f"record:{seq}", reason=reason
    ) as act:
        asked = _request(seq, desk.now())
        own = asked.actor.person in accounts_of(desk.actor.person)
        if own or asked.actor.role == desk.actor.role:
            raise NeedsAnother
        through = int(str(asked.details["through"]))
        for place in outside.configured(settings):
            if not LedgerCopy.objects.filter(place=place, size__gte=through).exists():
                raise NotElsewhere(place, through)
        act.count = through
        act.details = {"through": through, "root": _remove(through)}
    return Pruning(desk.records[-1], through)


def _checkpoint_before(day: datetime) -> int:
    gone = floor.beginning()[0].seq
    for size in (
        LedgerCheckpoint.objects.filter(size__gt=gone)
        .order_by("-size")
        .values_list("size", flat=True)
    ):
        at = LedgerIndex.objects.filter(seq=size).values_list("at", flat=True).first()
        if at is not None and at < day:
            return size
    raise NothingToPrune(day)


def _request(seq: int, now: datetime) -> Entry:
    body = LedgerRecord.objects.filter(seq=seq).values_list("body", flat=True).first()
    found = read(bytes(body)) if body is not None else None
    if (
        found is None
        or (found.verb, found.result) != (Verb.LOG_PRUNING_REQUESTED, "allow")
        or now - found.at > OPEN
        or int(str(found.details["through"])) <= floor.beginning()[0].seq
    ):
        raise NoSuchRequest(seq)
    return found


def _remove(through: int) -> str:
    """Within the transaction of its record. Returns the root of what was removed, in hex."""
    edge = checkpoints.signed_edge(through)
    (last,) = checkpoints.leaves(through - 1, through)
    said = [[number, statement] for number, statement in floor.statements(through)]
    LedgerPruned.objects.all().delete()
    LedgerPruned.objects.create(
        size=through, hash=last, nodes=b"".join(edge.nodes), said=json.dumps(said)
    )
    for table in (LedgerRecord, LedgerIndex, ReasonText):
        table.objects.filter(seq__lte=through).delete()
    return edge.root().hex()
