"""Leads that a desk may see; the others are not there."""

from django.db.models import QuerySet

from patrol.actions.desk import Desk
from patrol.errors import NotFound, Refused
from patrol.models import LeadKind, Permission
from patrol.register.tables import Lead, Person


class NoSuchLead(NotFound):
    """Not there, another unit's, or not for this role: told apart by nobody."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"There is no lead {lead_id} here.",
            why="Leads are seen by their own unit, and possible victims by fewer.",
            do="Go back to the queue.",
        )


class NobodyThere(Refused):
    """The system works on no lead."""

    def __init__(self) -> None:
        super().__init__(
            "Only a person can do this.",
            why="Leads are read and decided on by named people.",
            do="Sign in as an officer.",
        )


def person_at(desk: Desk) -> Person:
    """Who sits there. Raises `NobodyThere`."""
    if desk.person is None:
        raise NobodyThere
    return desk.person


def visible(desk: Desk) -> QuerySet[Lead]:
    """Leads of the person's unit, possible victims only for who may read them."""
    leads = Lead.objects.filter(unit=desk.person.unit_id) if desk.person else Lead.objects.none()
    if not desk.may(Permission.VICTIMS_READ):
        leads = leads.exclude(kind=LeadKind.POSSIBLE_VICTIM)
    return leads


def find_lead(desk: Desk, lead_id: int) -> Lead | None:
    """That lead with its source, its retention and who holds it; None where this desk has none such."""
    related = ("source", "retention", "held_by", "assigned_to")
    return visible(desk).select_related(*related).filter(pk=lead_id).first()


def lead_row(desk: Desk, lead_id: int) -> Lead:
    """The same. Raises `NoSuchLead`."""
    lead = find_lead(desk, lead_id)
    if lead is None:
        raise NoSuchLead(lead_id)
    return lead
