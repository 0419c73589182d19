"""Which duties exclude each other in one human being, and whom a workbench cannot be without."""

from collections.abc import Collection

from patrol.actions.desk import Desk, permissions
from patrol.errors import Refused
from patrol.models import Permission, Role
from patrol.register.tables import Person

APART = (
    (Permission.LOG_READ, Permission.LEADS_READ),
    (Permission.PEOPLE_MANAGE, Permission.LEADS_READ),
    (Permission.PRIVACY_ANSWER, Permission.LEADS_READ),
    (Permission.PRIVACY_ANSWER, Permission.LOG_READ),
    (Permission.PEOPLE_VOUCH, Permission.PEOPLE_MANAGE),
)
"""Never both in the accounts of one human being: nobody audits their own reading, or makes who checks on them."""
NEEDED = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN})
"""Roles whose last account is closed or changed by the machine's operator only."""


class DutiesClash(Refused):
    """Two accounts of one human being would hold what nobody may hold at once."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"This role and that of `{account}` exclude each other.",
            why="Both accounts belong to one human being, and nobody checks on themself.",
            do="Close that account first, or choose another role.",
        )


class LastOfRole(Refused):
    """Nobody else has this role."""

    def __init__(self, role: Role) -> None:
        super().__init__(
            f"Nobody else has the role `{role}`.",
            why="Without it nothing is approved, audited or kept, and a slip could not be mended here.",
            do="Add the successor first. The machine's operator can do it at once: `patrol user`.",
        )


def refuse_clash(role: Role, accounts: Collection[int]) -> None:
    """Raise `DutiesClash` if that role and an open one of these accounts exclude each other."""
    given = permissions(role)
    for other in Person.objects.filter(pk__in=accounts, closed_at=None).order_by("pk"):
        held = permissions(Role(other.role))
        if any((a in given and b in held) or (b in given and a in held) for a, b in APART):
            raise DutiesClash(other.account)


def is_last(person: Person) -> bool:
    """Whether nobody else is at work in a role that is needed."""
    colleagues = Person.objects.filter(role=person.role, is_active=True).exclude(pk=person.pk)
    return person.role in NEEDED and not colleagues.exists()


def refuse_last(desk: Desk, person: Person) -> None:
    """Raise `LastOfRole`, unless the machine's operator does it."""
    if desk.person is not None and is_last(person):
        raise LastOfRole(Role(person.role))
