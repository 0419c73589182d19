"""Cases that may be about the same sellers: shown before a new one is opened."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from patrol.actions.casework.casefile import CaseRow, case_rows
from patrol.actions.casework.merged import goes_on
from patrol.actions.desk import Desk
from patrol.actions.linking.campaigns import find_campaign
from patrol.actions.linking.standing import judged_tags
from patrol.actions.triaging.leads import NoSuchLead, person_at, visible
from patrol.models import HandleRole, LeadKind, LinkState, Permission, Verb
from patrol.register.tables import CampaignLink, Case, CaseLead, HandleRow

MOST = 10


@dataclass(frozen=True)
class SimilarCase:
    """A case, and what it has in common with the leads at hand."""

    row: CaseRow
    same_leads: int
    """Leads at hand that are in it already."""
    campaign: bool
    """A lead of it is in the same campaign."""
    contact: bool
    """A lead of it offers the same contact."""


@dataclass(frozen=True)
class Opening:
    """What a new case would be opened with."""

    leads: tuple[int, ...]
    campaign_id: int | None
    similar: tuple[SimilarCase, ...]


def opening(desk: Desk, lead_id: int | None, campaign_id: int | None) -> Opening:
    """Leads for a case, and similar cases, those with most in common first. A look: recorded.

    Raises `NoSuchLead`, `NoSuchCampaign`.
    """
    desk.require(Permission.CASES_WORK, Verb.CASES_LISTED)
    leads: list[int] = []
    if campaign_id is not None:
        links = CampaignLink.objects.filter(
            campaign=find_campaign(desk, campaign_id), state=LinkState.JOINED
        ).exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
        leads = list(links.order_by("lead").values_list("lead_id", flat=True))
    elif lead_id is not None:
        found = visible(desk).filter(pk=lead_id).exclude(kind=LeadKind.POSSIBLE_VICTIM)
        if not found.exists():
            raise NoSuchLead(lead_id)
        leads = [lead_id]
    similar = _similar(person_at(desk).unit_id, leads)
    desk.record(
        Verb.CASES_LISTED,
        count=len(similar),
        details={"cases": [one.row.id for one in similar], "leads": leads[:100]},
    )
    return Opening(tuple(leads), campaign_id, similar)


def _similar(unit: int, leads: Collection[int]) -> tuple[SimilarCase, ...]:
    if not leads:
        return ()
    places = CaseLead.objects.filter(case__unit=unit, detached_at=None)
    places = places.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    of_lead = _cases(places.filter(lead__in=leads))
    mine = CampaignLink.objects.filter(lead__in=leads, state=LinkState.JOINED)
    beside = CampaignLink.objects.filter(
        campaign__in=mine.values("campaign"), state=LinkState.JOINED
    )
    of_campaign = _cases(places.filter(lead__in=beside.values("lead")))
    of_contact = _cases(places.filter(lead__in=_sharing(unit, leads)))
    scored = sorted(
        {*of_lead, *of_campaign, *of_contact},
        key=lambda one: (-(one in of_lead), -(one in of_campaign), -one),
    )
    cases = Case.objects.select_related("retention").in_bulk(scored[:MOST])
    rows = {row.id: row for row in case_rows(list(cases.values()))}
    return tuple(
        SimilarCase(
            row=rows[one],
            same_leads=of_lead.get(one, 0),
            campaign=one in of_campaign,
            contact=one in of_contact,
        )
        for one in scored[:MOST]
    )


def _cases(places: QuerySet[CaseLead]) -> dict[int, int]:
    """The case that goes on with each, and how many of the leads it has."""
    found: dict[int, set[int]] = {}
    for place in places.select_related("case"):
        found.setdefault(goes_on(place.case), set()).add(place.lead_id)
    return {case: len(leads) for case, leads in found.items()}


def _sharing(unit: int, leads: Collection[int]) -> list[int]:
    """Leads that offer a contact of these."""
    offered = HandleRow.objects.filter(role=HandleRole.OFFERED, sighting__lead__unit=unit)
    offered = offered.exclude(sighting__lead__kind=LeadKind.POSSIBLE_VICTIM)
    tags = set(offered.filter(sighting__lead__in=leads).values_list("tag", flat=True))
    _, others = judged_tags(unit, tags)
    rows = offered.filter(tag__in=tags - others).exclude(sighting__lead__in=leads)
    return list(rows.values_list("sighting__lead_id", flat=True).distinct()[:500])
