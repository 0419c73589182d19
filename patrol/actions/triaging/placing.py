"""Where a lead is: its campaign and its cases."""

from dataclasses import dataclass

from patrol.actions.desk import Desk
from patrol.models import LeadKind, LinkState, Permission
from patrol.register.tables import CampaignLink, Case, CaseLead


@dataclass(frozen=True)
class Place:
    """The campaign and the cases of a lead."""

    campaign_id: int | None
    campaign_leads: int
    cases: tuple[tuple[int, int], ...]
    """Id and number."""
    may_file: bool


def place_of(desk: Desk, lead_id: int) -> Place:
    """Of a lead that is shown to that desk, inside the look at it. Numbers only."""
    if desk.person is None:
        return Place(None, 0, (), may_file=False)
    links = CampaignLink.objects.filter(state=LinkState.JOINED)
    links = links.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    mine = links.filter(lead=lead_id, campaign__unit=desk.person.unit_id).first()
    leads = links.filter(campaign=mine.campaign_id).count() if mine else 0
    cases: list[tuple[int, int]] = []
    if desk.may(Permission.CASES_READ):
        places = CaseLead.objects.filter(lead=lead_id, detached_at=None)
        found = Case.objects.filter(unit=desk.person.unit_id, pk__in=places.values("case"))
        cases = list(found.order_by("number").values_list("pk", "number"))
    return Place(
        campaign_id=mine.campaign_id if mine and leads > 1 else None,
        campaign_leads=leads,
        cases=tuple(cases),
        may_file=desk.may(Permission.CASES_WORK),
    )
