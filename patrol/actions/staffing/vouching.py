"""Auditors are made, changed, shut out and let in again without their second factor only by another auditor's word.

Whoever adds people could otherwise make the one who checks on them. Where
there is no other auditor, as at the first installation, the machine's operator
does it alone, and the record says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from patrol.actions.desk import Desk
from patrol.actions.notifying.notices import tell
from patrol.actions.staffing import holdings, tenure
from patrol.actions.staffing.pairs import same_person
from patrol.actions.staffing.tenure import Kind
from patrol.errors import NotFound, Refused
from patrol.models import NoticeKind, Permission, Record, Role, Verb
from patrol.register import log
from patrol.register.tables import Person, Vouching


class NoSuchVouching(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "Nothing of that kind waits for an auditor's word.",
            why="It was answered already, or never asked for.",
            do="Load the list again.",
        )


class OwnVouching(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nobody vouches for themself, or for what they asked for.",
            why="A second person is the point of it; two accounts of one human being are one person.",
            do="Ask another auditor or administrator.",
        )


@dataclass(frozen=True)
class Waiting:
    """What waits for an auditor's word."""

    id: int
    kind: Kind
    account: str
    role: Role
    """What the account has, or is to have."""
    unit: str
    asked_by: str
    asked_at: datetime
    own: bool


def others(person: Person) -> QuerySet[Person]:
    """Auditors at work beside that person."""
    return Person.objects.filter(role=Role.AUDITOR, is_active=True).exclude(pk=person.pk)


def put(desk: Desk, person: Person, kind: Kind, role: Role | None = None) -> None:
    """Ask auditors about that person, within the caller's act, and tell them. Asked twice, it waits once."""
    _, is_new = Vouching.objects.get_or_create(
        person=person,
        kind=kind,
        role=role,
        answered_at=None,
        defaults={"asked_by": desk.person, "asked_at": desk.now()},
    )
    if is_new:
        tell(
            others(person), NoticeKind.WORD_ASKED, "/people/vouching/", about=f"person:{person.pk}"
        )


def asked_about() -> frozenset[int]:
    """Numbers of those about whom something waits for an auditor's word."""
    return frozenset(Vouching.objects.filter(answered_at=None).values_list("person", flat=True))


def waiting(desk: Desk) -> Sequence[Waiting]:
    """What waits, the oldest first; recorded."""
    rows = Vouching.objects.filter(answered_at=None).select_related("person__unit", "asked_by")
    found = [
        Waiting(
            id=row.pk,
            kind=Kind(row.kind),
            account=row.person.account,
            role=Role(row.role or row.person.role),
            unit=row.person.unit.name,
            asked_by=row.asked_by.account if row.asked_by else "operator",
            asked_at=row.asked_at,
            own=_is_own(desk, row),
        )
        for row in rows.order_by("pk")
    ]
    desk.record(Verb.PEOPLE_LISTED, count=len(found), details={"waiting": True})
    return found


def answer(desk: Desk, number: int, *, granted: bool) -> None:
    """Say yes or no to what somebody else asked for. Raises `NoSuchVouching`, `OwnVouching`, and what `tenure` refuses."""
    with desk.act(Permission.PEOPLE_VOUCH, Verb.PERSON_VOUCHED) as act:
        everybody = tenure.lock()
        row = (
            Vouching.objects.select_for_update(of=("self",))
            .select_related("person", "asked_by")
            .filter(pk=number, answered_at=None)
            .first()
        )
        if row is None:
            raise NoSuchVouching
        act.subject = f"person:{row.person.pk}"
        act.details = {"kind": row.kind, "granted": granted}
        if _is_own(desk, row):
            raise OwnVouching
        row.answered_by, row.answered_at, row.granted = desk.person, desk.now(), granted
        row.save(update_fields=["answered_by", "answered_at", "granted"])
        if granted:
            _carry_out(desk, row, everybody[row.person.pk])


def reset_factor(desk: Desk, person: Person, reason: str) -> bool:
    """Remove a lost second factor, end the sign-ins and revoke the tokens. False: an auditor's word is waited for.

    Nobody does it for themself. Raises `OwnVouching`.
    """
    needs_word = person.role == Role.AUDITOR and others(person).exists()
    verb = Verb.PERSON_VOUCH_ASKED if needs_word else Verb.PERSON_FACTOR_RESET
    subject = f"person:{person.pk}"
    with desk.act(Permission.PEOPLE_MANAGE, verb, subject=subject, reason=reason) as act:
        if same_person(desk.person, person):
            raise OwnVouching
        if needs_word:
            put(desk, person, Kind.FACTOR)
            act.details = {"kind": Kind.FACTOR.value}
        else:
            ended = _reset(person, desk)
            act.details = {"sign_ins": ended, "alone": person.role == Role.AUDITOR}
    return not needs_word


def _carry_out(desk: Desk, row: Vouching, person: Person) -> None:
    kind = Kind(row.kind)
    if kind is Kind.AUDITOR:
        person.is_active = True
        person.save(update_fields=["is_active"])
    elif kind is Kind.FACTOR:
        _reset(person, desk)
    else:
        role = Role(row.role) if row.role else None
        details = tenure.carry_out(desk, person, kind, role)
        verb, subject = tenure.VERB_OF[kind], f"person:{person.pk}"
        log.append(Record(verb=verb, actor=desk.actor, subject=subject, details=details))


def _reset(person: Person, desk: Desk) -> int:
    holdings.forget_factor(person)
    sign_ins, _tokens = holdings.sign_out(desk, person)
    return sign_ins


def _is_own(desk: Desk, row: Vouching) -> bool:
    return same_person(desk.person, row.person) or same_person(desk.person, row.asked_by)
