"""How long somebody has an account, and which role: ended, taken up again, changed."""

from enum import StrEnum

from patrol.actions.desk import Desk, Details
from patrol.actions.staffing import duties, holdings
from patrol.actions.staffing.pairs import accounts_of
from patrol.errors import BadInput
from patrol.models import Role, Verb
from patrol.register.tables import Person


class Kind(StrEnum):
    """What may need an auditor's word."""

    AUDITOR = "auditor"
    """Let a new account in."""
    FACTOR = "factor"
    """Remove its second factor."""
    CLOSE = "close"
    REOPEN = "reopen"
    ROLE = "role"
    """Give it another role."""


VERB_OF = {
    Kind.CLOSE: Verb.PERSON_CLOSED,
    Kind.REOPEN: Verb.PERSON_REOPENED,
    Kind.ROLE: Verb.PERSON_ROLE_CHANGED,
}


class NothingToChange(BadInput):
    """The account is already as it is wanted, or not one that can be changed so."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The account `{account}` cannot be changed like that.",
            why="It is so already, it is closed, or it waits for an auditor's word.",
            do="Load the list of people again. A closed account is opened before it gets another role.",
        )


def lock() -> dict[int, Person]:
    """Everybody by number, locked until the act ends: who is the last of a role is asked of all."""
    everybody = Person.objects.select_for_update(no_key=True).order_by("pk")
    return {person.pk: person for person in everybody}


def judge(desk: Desk, person: Person, kind: Kind, role: Role | None) -> None:
    """Raise `NothingToChange`, `LastOfRole` or `DutiesClash` where it cannot be."""
    is_closed = person.closed_at is not None
    waits = not (is_closed or person.is_active)
    if is_closed is not (kind is Kind.REOPEN) or (
        kind is Kind.ROLE and (waits or person.role == role)
    ):
        raise NothingToChange(person.account)
    if kind is not Kind.REOPEN:
        duties.refuse_last(desk, person)
    if kind is not Kind.CLOSE:
        others = accounts_of(person.pk) - {person.pk}
        duties.refuse_clash(role or Role(person.role), others)


def carry_out(desk: Desk, person: Person, kind: Kind, role: Role | None) -> Details:
    """Do it within the caller's act, under `lock`. Returns what its record says. Raises what `judge` raises."""
    judge(desk, person, kind, role)
    details: Details = {"account": person.account, "role": str(role or person.role)}
    if kind is Kind.REOPEN:
        person.closed_at, person.is_active = None, True
        person.save(update_fields=["closed_at", "is_active"])
        return details
    if duties.is_last(person):
        details["alone"] = True
    if kind is Kind.ROLE and role is not None:
        details["role_before"] = str(person.role)
        person.role = role
        person.save(update_fields=["role"])
        return details | holdings.drop(desk, person, role)
    person.closed_at, person.is_active = desk.now(), False
    person.set_unusable_password()
    person.save(update_fields=["closed_at", "is_active", "password"])
    return details | holdings.drop(desk, person, None)
