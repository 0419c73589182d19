"""Accounts are closed when somebody leaves, opened again, and given another role; an auditor's only by another's word."""

from patrol.actions.desk import Desk
from patrol.actions.staffing import tenure, vouching
from patrol.actions.staffing.pairs import same_person
from patrol.actions.staffing.tenure import Kind
from patrol.errors import Refused
from patrol.models import Permission, Role, Verb
from patrol.register.tables import Person


class OwnAccount(Refused):
    """One's own, or another of the same human being."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody closes, opens or changes an account of their own.",
            why="A second person is the point of it; two accounts of one human being are one person.",
            do="Ask another administrator, or the machine's operator.",
        )


def close(desk: Desk, person: Person, reason: str) -> bool:
    """Shut somebody out for good. False: an auditor's word is waited for.

    Sign-ins, tokens and links end; the password, the second factor, the organisation's account and the mail address
    are forgotten; leads and tasks are anybody's again. What they did stays under their name.
    Raises `OwnAccount`, `NothingToChange`, `LastOfRole`.
    """
    return _change(desk, person, Kind.CLOSE, reason)


def reopen(desk: Desk, person: Person, reason: str) -> bool:
    """Let somebody in again, by a new sign-in link only. False: an auditor's word is waited for.

    Raises `OwnAccount`, `NothingToChange`, `DutiesClash`.
    """
    return _change(desk, person, Kind.REOPEN, reason)


def give_role(desk: Desk, person: Person, role: Role, reason: str) -> bool:
    """Give another role, with all sign-ins ended. False: an auditor's word is waited for, and the role stays until then.

    Raises `OwnAccount`, `NothingToChange`, `LastOfRole`, `DutiesClash`.
    """
    return _change(desk, person, Kind.ROLE, reason, role)


def _change(desk: Desk, person: Person, kind: Kind, reason: str, role: Role | None = None) -> bool:
    needs_word = Role.AUDITOR in (person.role, role) and vouching.others(person).exists()
    verb = Verb.PERSON_VOUCH_ASKED if needs_word else tenure.VERB_OF[kind]
    subject = f"person:{person.pk}"
    with desk.act(Permission.PEOPLE_MANAGE, verb, subject=subject, reason=reason) as act:
        person = tenure.lock()[person.pk]
        if same_person(desk.person, person):
            raise OwnAccount
        if needs_word:
            tenure.judge(desk, person, kind, role)
            vouching.put(desk, person, kind, role)
            act.details = {"kind": kind.value}
            if role:
                act.details["role"] = role.value
        else:
            act.details = tenure.carry_out(desk, person, kind, role)
    return not needs_word
