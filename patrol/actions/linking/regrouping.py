"""Takes a campaign apart where nothing holds it together any more: a lead was taken out, or a contact is nobody's own.

What officers put or confirmed there stays together; the machine's links are
looked at again, as if the leads had just come.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from patrol.actions.linking.papers import own_contacts, read_each
from patrol.models import LeadKind, LinkState
from patrol.register.tables import Campaign, CampaignLink, Sighting
from pipelines.bonds import Common, Paper, common, groups

MOST = 2_000
"""Sightings that are compared again; a larger campaign is left as it is, lead by lead."""

_Papers = dict[int, list[Paper]]
"""By lead."""


def regroup(campaign: Campaign, now: datetime) -> list[int]:
    """Let leads go that have nothing in common with the others. Returns them; call it inside an act.

    Several that belong together become a campaign of their own.
    """
    links = CampaignLink.objects.filter(campaign=campaign, state=LinkState.JOINED)
    links = links.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    joined = {link.lead_id: link for link in links}
    papers = _papers(campaign.unit_id, list(joined))
    if papers is None:
        return []
    parts = _parts(papers)
    fast = [part for part in parts if any(joined[lead].judged for lead in part)]
    kept = fast or [max(parts, key=lambda part: (len(part), -min(part)), default=[])]
    left: list[int] = []
    for part in parts:
        if part not in kept:
            _leave(campaign, part, now)
            left += part
        for lead in part:
            _anchor(joined[lead], part, papers)
    return sorted(left)


def _papers(unit: int, leads: Sequence[int]) -> _Papers | None:
    """What each lead is compared by; None where there are too many."""
    rows = Sighting.objects.filter(lead__in=leads, unit__destroyed_at=None).order_by("pk")
    found = list(rows.select_related("unit", "lead").prefetch_related("handles")[: MOST + 1])
    if len(found) > MOST:
        return None
    read = read_each(unit, found)
    own = own_contacts(unit, read.values())
    papers: _Papers = defaultdict(list)
    for row in found:
        papers[row.lead_id].append(read[row.pk].paper(own))
    return papers


def _parts(papers: _Papers) -> list[list[int]]:
    """Leads that belong together."""
    leads = [lead for lead, some in papers.items() for _ in some]
    heads = groups([paper for some in papers.values() for paper in some])
    first = {lead: lead for lead in papers}

    def root(lead: int) -> int:
        while first[lead] != lead:
            lead = first[lead]
        return lead

    for lead, head in zip(leads, heads, strict=True):
        one, other = sorted((root(lead), root(leads[head])))
        first[other] = one
    parts: dict[int, list[int]] = defaultdict(list)
    for lead in papers:
        parts[root(lead)].append(lead)
    return list(parts.values())


def _leave(campaign: Campaign, part: Sequence[int], now: datetime) -> None:
    links = CampaignLink.objects.filter(campaign=campaign, lead__in=part)
    if len(part) == 1:
        links.delete()
        return
    links.update(
        campaign=Campaign.objects.create(unit_id=campaign.unit_id, opened_at=now, moved_at=now)
    )


def _anchor(link: CampaignLink, part: Sequence[int], papers: _Papers) -> None:
    """A link names a lead that is still there."""
    if link.judged or link.through_id in part or len(part) < 2:
        return
    for other in part:
        found = _in_common(papers[link.lead_id], papers[other]) if other != link.lead_id else None
        if found:
            CampaignLink.objects.filter(pk=link.pk).update(
                through=other, bond=found.bond, likeness=found.likeness, tag=found.tag
            )
            return


def _in_common(ours: Sequence[Paper], theirs: Sequence[Paper]) -> Common | None:
    return next((met for one in ours for other in theirs if (met := common(one, other))), None)
