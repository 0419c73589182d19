"""Who is called when a possible victim waits and nobody has seen it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from patrol.actions.desk import Desk, permissions
from patrol.actions.triaging.leads import person_at
from patrol.errors import BadInput, NotFound
from patrol.models import Permission, Role, Verb
from patrol.register.tables import OnCall, Person

MOST_DAYS = 31


class BadTurn(BadInput):
    """Somebody cannot be put on call like that."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(
            what, why="Whoever is on call is called at night and must be able to act.", do=do
        )


class NoSuchTurn(NotFound):
    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no turn {number} to take back.",
            why="It is over, was taken back already, or is another unit's.",
            do="Look at the list again.",
        )


@dataclass(frozen=True)
class Turn:
    """Somebody's turn on call."""

    id: int
    account: str
    begins_at: datetime
    ends_at: datetime
    set_by: str
    is_now: bool


def on_call(unit_id: int, at: datetime) -> Person | None:
    """Who is on call at that instant: of several the last one set, as long as they may act."""
    row = _standing(unit_id, at).filter(begins_at__lte=at).order_by("-pk").first()
    return row.person if row else None


def _standing(unit_id: int, at: datetime) -> QuerySet[OnCall]:
    rows = OnCall.objects.filter(
        unit=unit_id, ended_at=None, ends_at__gt=at, person__is_active=True
    )
    return rows.select_related("person", "set_by")


def turns(desk: Desk) -> tuple[Turn, ...]:
    """The turns that last or are to come, in their order."""
    desk.require(Permission.ONCALL_SET, Verb.ONCALL_VIEWED)
    now = desk.now()
    unit = person_at(desk).unit_id
    lasts = on_call(unit, now)
    rows = list(_standing(unit, now).order_by("begins_at", "pk"))
    last = max((row.pk for row in rows if row.begins_at <= now), default=None)
    desk.record(Verb.ONCALL_VIEWED, count=len(rows))
    return tuple(
        Turn(
            row.pk,
            row.person.account,
            row.begins_at,
            row.ends_at,
            row.set_by.account,
            lasts is not None and row.pk == last,
        )
        for row in rows
    )


def may_be_called(desk: Desk) -> tuple[str, ...]:
    """Accounts of the unit that may be put on call."""
    people = Person.objects.filter(unit=person_at(desk).unit_id, is_active=True).order_by("account")
    return tuple(person.account for person in people if _may_act(person))


def _may_act(person: Person) -> bool:
    needed = {Permission.VICTIMS_READ, Permission.LEADS_DECIDE}
    return needed <= permissions(Role(person.role))


def put_on_call(desk: Desk, account: str, begins_at: datetime, ends_at: datetime) -> OnCall:
    """Put somebody of the unit on call. Raises `BadTurn`."""
    with desk.act(Permission.ONCALL_SET, Verb.ONCALL_CHANGED) as act:
        unit = person_at(desk).unit_id
        person = Person.objects.filter(unit=unit, account=account, is_active=True).first()
        if person is None or not _may_act(person):
            raise BadTurn(
                "This person cannot be put on call.",
                "Choose somebody of the unit who decides on possible victims' leads.",
            )
        _judge(begins_at, ends_at, desk.now())
        row = OnCall.objects.create(
            unit_id=unit,
            person=person,
            begins_at=begins_at,
            ends_at=ends_at,
            set_by=person_at(desk),
            set_at=desk.now(),
        )
        act.subject = f"person:{person.pk}"
        act.details = {"begins_at": begins_at.isoformat(), "ends_at": ends_at.isoformat()}
        return row


def _judge(begins_at: datetime, ends_at: datetime, now: datetime) -> None:
    if not begins_at < ends_at:
        raise BadTurn("The turn ends before it begins.", "Write an end after the begin.")
    if ends_at <= now:
        raise BadTurn("The turn is over already.", "Write an end that is still to come.")
    if ends_at - begins_at > timedelta(days=MOST_DAYS):
        raise BadTurn("Nobody is on call for so long.", "Write at most 31 days.")


def take_off(desk: Desk, turn_id: int) -> None:
    """Take a turn back. Raises `NoSuchTurn`."""
    with desk.act(Permission.ONCALL_SET, Verb.ONCALL_CHANGED) as act:
        now = desk.now()
        row = _standing(person_at(desk).unit_id, now).filter(pk=turn_id).first()
        if row is None:
            raise NoSuchTurn(turn_id)
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        act.subject, act.details = f"person:{row.person_id}", {"taken_off": True}
