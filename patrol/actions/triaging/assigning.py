"""Whose work a lead is: assigned to oneself or a colleague, or handed over with a word."""

from dataclasses import dataclass

from patrol.actions.desk import Desk, permissions
from patrol.actions.triaging.leads import lead_row
from patrol.actions.triaging.leases import refuse_held
from patrol.actions.triaging.notes import add_note
from patrol.actions.triaging.once import SECONDS, once
from patrol.errors import BadInput
from patrol.models import LeadKind, Permission, Role, Verb
from patrol.register.tables import Lead, Person


class BadColleague(BadInput):
    """Nobody of the unit, or nobody who may work on this lead."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"`{account}` cannot take this lead.",
            why="A lead goes to somebody of its own unit whose role decides on leads of its kind.",
            do="Choose a colleague from the list.",
        )


@dataclass(frozen=True)
class Assigned:
    """What became of it."""

    lead_id: int
    account: str | None
    """None is anybody's."""


def colleagues(desk: Desk) -> tuple[str, ...]:
    """Accounts of the unit that may decide on leads, one's own among them."""
    if desk.person is None:
        return ()
    unit = desk.person.unit_id
    return once(f"colleagues:{unit}", lambda: _colleagues(unit), SECONDS)


def _colleagues(unit: int) -> tuple[str, ...]:
    people = Person.objects.filter(unit=unit, is_active=True).order_by("account")
    return tuple(
        account
        for account, role in people.values_list("account", "role")
        if Permission.LEADS_DECIDE in permissions(Role(role))
    )


def assign(  # noqa: PLR0913  (who, what, and how)
    desk: Desk,
    lead_id: int,
    account: str,
    *,
    note: str | None = None,
    keep_note: bool = False,
    let_go: bool = False,
) -> Assigned:
    """Make a lead somebody's work; an empty account makes it anybody's.

    With a note it is handed over: the colleague finds the note on it, and one's own lease ends. `let_go` leaves it to
    whoever comes next, for no reason that anybody asks for. Decides nothing.
    Raises `BadColleague`, `LeadHeld`, `NoteQuestioned`, `NoSuchLead`.
    """
    subject = f"lead:{lead_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_ASSIGNED, subject=subject) as act:
        lead = lead_row(desk, lead_id)
        refuse_held(desk, lead)
        lead.assigned_to = _colleague(lead, account) if account else None
        other = lead.assigned_to is not None and lead.assigned_to_id != lead.held_by_id
        if other or let_go:
            lead.held_by = lead.held_since = lead.held_until = None
        lead.save(update_fields=["assigned_to", "held_by", "held_since", "held_until"])
        act.details = {"to": account or None}
        if let_go:
            act.details["left"] = True
        if note and note.strip():
            act.details |= add_note(desk, lead, note, keep=keep_note)
    return Assigned(lead_id, account or None)


def _colleague(lead: Lead, account: str) -> Person:
    person = Person.objects.filter(unit=lead.unit_id, is_active=True, account=account).first()
    if person is None:
        raise BadColleague(account)
    may = permissions(Role(person.role))
    needs = {Permission.LEADS_DECIDE}
    if lead.kind == LeadKind.POSSIBLE_VICTIM:
        needs.add(Permission.VICTIMS_READ)
    if not needs <= may:
        raise BadColleague(account)
    return person
