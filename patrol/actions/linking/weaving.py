"""Puts leads that have met into campaigns, and never where an officer took one out."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from patrol.models import Bond, LinkState
from patrol.register.tables import Campaign, CampaignLink
from pipelines.bonds import Common


class Met(NamedTuple):
    """Two leads, and what they have in common."""

    lead: int
    other: int
    found: Common


_STRENGTH = (Bond.SAME_WORDS, Bond.SAME_HANDLE, Bond.NEAR_WORDS)


def weave(unit: int, met: Iterable[Met], now: datetime) -> set[int]:
    """Join them, the strongest first, inside the caller's transaction. Returns the leads that joined."""
    pairs = [one for one in met if one.lead != one.other and one.other]
    pairs.sort(key=lambda one: (_STRENGTH.index(one.found.bond), -(one.found.likeness or 0)))
    loom = _Loom(unit, {lead for one in pairs for lead in (one.lead, one.other)}, now)
    for one in pairs:
        loom.join(one)
    return loom.joined


class _Loom:
    """Where each lead is, and where it must not go."""

    def __init__(self, unit: int, leads: set[int], now: datetime) -> None:
        self.unit = unit
        self.now = now
        self.joined: set[int] = set()
        self._of: dict[int, int] = {}
        self._out: set[tuple[int, int]] = set()
        rows = CampaignLink.objects.filter(lead__in=leads)
        for campaign, lead, state in rows.values_list("campaign_id", "lead_id", "state"):
            if state == LinkState.JOINED:
                self._of[lead] = campaign
            else:
                self._out.add((campaign, lead))

    def join(self, one: Met) -> None:
        """Put both into one campaign, if nobody has said that one of them does not belong there."""
        mine, theirs = self._of.get(one.lead), self._of.get(one.other)
        if mine is None and theirs is None:
            if not self._apart(one):
                self._open(one)
        elif mine is None and theirs is not None:
            self._enter(theirs, one.lead, one.other, one.found)
        elif theirs is None and mine is not None:
            self._enter(mine, one.other, one.lead, one.found)
        elif mine is not None and theirs is not None and mine != theirs:
            self._merge(min(mine, theirs), max(mine, theirs))

    def _apart(self, one: Met) -> bool:
        """Whether an officer took one of them out of a campaign in which the other was."""
        return any(
            CampaignLink.objects.filter(campaign=campaign, lead__in=(one.lead, one.other)).count()
            == 2
            for campaign, lead in self._out
            if lead in {one.lead, one.other}
        )

    def _open(self, one: Met) -> None:
        campaign = Campaign.objects.create(
            unit_id=self.unit, opened_at=self.now, moved_at=self.now
        ).pk
        self._enter(campaign, one.other, one.lead, one.found)
        self._enter(campaign, one.lead, one.other, one.found)

    def _enter(self, campaign: int, lead: int, through: int, found: Common) -> None:
        if (campaign, lead) in self._out:
            return
        CampaignLink.objects.create(
            campaign_id=campaign,
            lead_id=lead,
            bond=found.bond,
            through_id=through,
            likeness=found.likeness if found.bond is Bond.NEAR_WORDS else None,
            tag=found.tag,
            joined_at=self.now,
        )
        Campaign.objects.filter(pk=campaign).update(moved_at=self.now)
        self._of[lead] = campaign
        self.joined.add(lead)

    def _merge(self, into: int, merged: int) -> None:
        """All links move to the older campaign, unless an officer keeps a lead of one out of the other."""
        links = list(CampaignLink.objects.filter(campaign__in=(into, merged)))
        inside = {(one.campaign_id, one.lead_id) for one in links if one.state == LinkState.JOINED}
        both = [one.lead_id for one in links]
        if len(both) != len(set(both)):
            return
        CampaignLink.objects.filter(campaign=merged).update(campaign=into)
        Campaign.objects.filter(merged_into=merged).update(merged_into=into)
        Campaign.objects.filter(pk=merged).update(merged_into=into)
        Campaign.objects.filter(pk=into).update(moved_at=self.now)
        for campaign, lead in inside:
            if campaign == merged:
                self._of[lead] = into
        self._out |= {(into, lead) for campaign, lead in self._out if campaign == merged}
