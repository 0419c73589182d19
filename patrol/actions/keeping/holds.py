"""Placing and lifting legal holds: one person asks, another does it, and both are on record."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from patrol.actions.casework.cases import NoSuchCase
from patrol.actions.desk import Act, Desk
from patrol.actions.keeping.holding import WAITS
from patrol.actions.staffing.pairs import same_person
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.actions.triaging.verdicts import questioned
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import Permission, Verb
from patrol.register.tables import Case, LegalHold, SourceRow

LONGEST = 300
"""Letters of a basis."""
KINDS = ("lead", "case", "source")


class BadHold(BadInput):
    """A hold lacks something."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(
            what, why="What is kept beyond its time is kept on somebody's order.", do=do
        )


class NoSuchHold(NotFound):
    """Not there, another unit's, or not waiting for that."""

    def __init__(self, hold_id: int) -> None:
        super().__init__(
            f"Hold {hold_id} does not wait for that.",
            why=f"A request waits {WAITS.days} days; one that was answered, or another unit's, waits no more.",
            do="Read the list of holds again.",
        )


class HoldNeedsAnother(Refused):
    """The same human being asked."""

    def __init__(self) -> None:
        super().__init__(
            "This needs another person than the one who asked.",
            why="Nobody alone keeps what the law lets go, or lets go what an order keeps.",
            do="Have a colleague read the request and decide on it.",
        )


class HeldAlready(Refused):
    """One hold on one thing is enough."""

    def __init__(self, hold_id: int) -> None:
        super().__init__(
            f"Hold {hold_id} is on it already.",
            why="Two holds on one thing would have to be lifted twice.",
            do="Read that one; it protects as well.",
        )


@dataclass(frozen=True)
class HoldShown:
    """A hold as its page shows it: numbers of our own things and our own words."""

    id: int
    kind: str
    number: int
    """Of the lead or the case in the register; 0 for a source."""
    name: str
    """The lead's or case's number as people say it, or the source's name."""
    basis: str
    asked_by: str
    asked_at: datetime
    placed_by: str | None
    placed_at: datetime | None
    lift_basis: str
    lift_asked_by: str | None
    lift_asked_at: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None
    waits: str
    """`place` or `lift` while that waits for a second person, `over` when nobody came; else empty."""
    mine: bool
    """Whether whoever reads this asked for it."""


def ask(desk: Desk, kind: str, of: str, basis: str) -> int:
    """Ask for a hold on a lead (its number), a case (its number within the unit) or a source (its name). Returns its id.

    Raises `BadHold`, `NoteQuestioned`, `HeldAlready`, and what finding the thing raises.
    """
    with desk.act(Permission.HOLDS_PLACE, Verb.HOLD_ASKED, reason=_basis(basis)) as act:
        about = _about(desk, kind, of)
        now = desk.now()
        there = LegalHold.objects.filter(**about, lifted_at=None)
        there = there.filter(Q(placed_at__isnull=False) | Q(asked_at__gt=now - WAITS))
        if (other := there.first()) is not None:
            raise HeldAlready(other.pk)
        made = LegalHold.objects.create(
            unit_id=person_at(desk).unit_id,
            **about,
            basis=_basis(basis),
            asked_by=person_at(desk),
            asked_at=now,
        )
        _describe(act, made)
        return made.pk


def place(desk: Desk, hold_id: int) -> None:
    """Place what another person asked for. Raises `HoldNeedsAnother`, `NoSuchHold`."""
    with desk.act(Permission.HOLDS_PLACE, Verb.HOLD_PLACED, subject=f"hold:{hold_id}") as act:
        hold = _hold(desk, hold_id)
        if hold.placed_at is not None or hold.asked_at <= desk.now() - WAITS:
            raise NoSuchHold(hold_id)
        if same_person(hold.asked_by, person_at(desk)):
            raise HoldNeedsAnother
        hold.placed_by, hold.placed_at = person_at(desk), desk.now()
        hold.save(update_fields=["placed_by", "placed_at"])
        _describe(act, hold)


def ask_lifting(desk: Desk, hold_id: int, basis: str) -> None:
    """Ask for a hold to be lifted. It holds until another person does. Raises `BadHold`, `NoSuchHold`."""
    with desk.act(
        Permission.HOLDS_PLACE,
        Verb.HOLD_LIFT_ASKED,
        subject=f"hold:{hold_id}",
        reason=_basis(basis),
    ) as act:
        hold = _hold(desk, hold_id)
        if hold.placed_at is None:
            raise NoSuchHold(hold_id)
        hold.lift_basis = _basis(basis)
        hold.lift_asked_by, hold.lift_asked_at = person_at(desk), desk.now()
        hold.save(update_fields=["lift_basis", "lift_asked_by", "lift_asked_at"])
        _describe(act, hold)


def lift(desk: Desk, hold_id: int) -> None:
    """Lift what another person asked to lift. Raises `HoldNeedsAnother`, `NoSuchHold`."""
    with desk.act(Permission.HOLDS_PLACE, Verb.HOLD_LIFTED, subject=f"hold:{hold_id}") as act:
        hold = _hold(desk, hold_id)
        if hold.lift_asked_at is None or hold.lift_asked_at <= desk.now() - WAITS:
            raise NoSuchHold(hold_id)
        if same_person(hold.lift_asked_by, person_at(desk)):
            raise HoldNeedsAnother
        hold.lifted_by, hold.lifted_at = person_at(desk), desk.now()
        hold.save(update_fields=["lifted_by", "lifted_at"])
        _describe(act, hold)


def listed(desk: Desk) -> tuple[HoldShown, ...]:
    """The unit's holds: those that wait or hold, then those that are over. Call it inside a look that is recorded."""
    rows = LegalHold.objects.filter(unit=person_at(desk).unit_id).select_related(
        "case", "source", "asked_by", "placed_by", "lift_asked_by", "lifted_by"
    )
    shown = [_shown(desk, row) for row in rows.order_by("-pk")[:200]]
    return tuple(sorted(shown, key=lambda one: (bool(one.lifted_at), one.waits == "over")))


def _shown(desk: Desk, row: LegalHold) -> HoldShown:
    asker = row.lift_asked_by if row.placed_at else row.asked_by
    return HoldShown(
        id=row.pk,
        kind="lead" if row.lead_id else "case" if row.case_id else "source",
        number=row.lead_id or row.case_id or 0,
        name=str(row.lead_id or (row.case.number if row.case else "")) or _name(row.source),
        basis=row.basis,
        asked_by=row.asked_by.account,
        asked_at=row.asked_at,
        placed_by=row.placed_by.account if row.placed_by else None,
        placed_at=row.placed_at,
        lift_basis=row.lift_basis,
        lift_asked_by=row.lift_asked_by.account if row.lift_asked_by else None,
        lift_asked_at=row.lift_asked_at,
        lifted_by=row.lifted_by.account if row.lifted_by else None,
        lifted_at=row.lifted_at,
        waits=_waits(row, desk.now()),
        mine=same_person(asker, desk.person),
    )


def _waits(row: LegalHold, now: datetime) -> str:
    if row.lifted_at is not None:
        return ""
    if row.placed_at is None:
        return "place" if row.asked_at > now - WAITS else "over"
    return "lift" if row.lift_asked_at and row.lift_asked_at > now - WAITS else ""


def _name(source: SourceRow | None) -> str:
    return source.name if source else ""


def _basis(words: str) -> str:
    basis = " ".join(words.split())[:LONGEST]
    if not basis:
        raise BadHold(
            "A hold needs its basis.", "Name the order: whose it is, its number, and what for."
        )
    questioned(basis, keep=False)
    return basis


def _about(desk: Desk, kind: str, of: str) -> "dict[str, object]":
    """What is to be held, in the unit. Raises `NoSuchLead`, `NoSuchCase`, `BadHold`."""
    of, unit = of.strip(), person_at(desk).unit_id
    if kind == "source":
        row = SourceRow.objects.filter(name=of, unit=unit).first()
        if row is None:
            raise BadHold(f"There is no source `{of}` in your unit.", "Name one of the list.")
        return {"source": row}
    if kind not in KINDS or not of.isdecimal() or len(of) > 15:
        raise BadHold("A lead or a case is named by its number.", "Give the number alone.")
    if kind == "lead":
        return {"lead": lead_row(desk, int(of))}
    case = Case.objects.filter(number=int(of), unit=unit).first()
    if case is None:
        raise NoSuchCase(int(of))
    return {"case": case}


def _hold(desk: Desk, hold_id: int) -> LegalHold:
    holds: QuerySet[LegalHold] = LegalHold.objects.select_for_update(of=("self",))
    row = holds.filter(pk=hold_id, unit=person_at(desk).unit_id, lifted_at=None).first()
    if row is None:
        raise NoSuchHold(hold_id)
    return row


def _describe(act: Act, hold: LegalHold) -> None:
    about = (
        f"lead:{hold.lead_id}"
        if hold.lead_id
        else f"case:{hold.case_id}"
        if hold.case_id
        else f"source:{_name(hold.source)}"
    )
    act.subject = f"hold:{hold.pk}"
    act.details = {"on": about, "asked_by": hold.asked_by_id}
