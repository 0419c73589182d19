"""Campaigns: leads that the same seller may have made. The machine proposes, officers confirm or take apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.linking.members import CampaignSheet, sheet
from patrol.actions.linking.regrouping import regroup
from patrol.actions.linking.weaving import Met, weave
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.actions.triaging.pieces import Piece
from patrol.actions.triaging.reading import OpenSighting
from patrol.actions.triaging.verdicts import questioned
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import (
    Bond,
    HandleKind,
    HandleRole,
    HandleStanding,
    LeadKind,
    LinkState,
    Permission,
    Verb,
)
from patrol.register.sealing import seal
from patrol.register.tables import (
    Campaign,
    CampaignLink,
    HandleJudgement,
    HandleRow,
    Lead,
    LinkJudgement,
    Sighting,
)
from pipelines.bonds import Common

PAGE = 25
MOST_OFFERING = 1_000
"""Leads that one contact joins by an officer's word."""
LONGEST = 500
"""Characters of a reason."""

ours = ~Q(links__lead__kind=LeadKind.POSSIBLE_VICTIM) & Q(links__state=LinkState.JOINED)
"""Links that count."""


class NoSuchCampaign(NotFound):
    """Not there, or another unit's."""

    def __init__(self, campaign_id: int) -> None:
        super().__init__(
            f"There is no campaign {campaign_id} here.",
            why="Campaigns are made of the leads of their own unit.",
            do="Go back to the list of campaigns.",
        )


class ReasonMissing(BadInput):
    """A judgement says why."""

    def __init__(self) -> None:
        super().__init__(
            "A judgement needs a reason.",
            why="Colleagues and courts read it beside the link.",
            do="Say in a few words why.",
        )


class NotInCampaign(Refused):
    """The lead is not there, or in another campaign meanwhile."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"Lead {lead_id} cannot be moved like this.",
            why="It is in another campaign meanwhile, or was never in this one.",
            do="Read the campaign again.",
        )


class VictimApart(Refused):
    """A possible victim is linked to nobody."""

    def __init__(self) -> None:
        super().__init__(
            "A possible victim is in no campaign and in no case.",
            why="Who may need help is never put beside those who may have harmed them.",
            do="Refer them to help from their own page.",
        )


@dataclass(frozen=True)
class CampaignRow:
    """A campaign in the list."""

    id: int
    leads: int
    waiting: int
    sources: tuple[dict[str, str], ...]
    first_seen_at: datetime
    last_seen_at: datetime
    pieces: tuple[Piece, ...]
    """The neighbourhood of the first mark in its weightiest post."""


@dataclass(frozen=True)
class Campaigns:
    """A page of them, the one that moved last first."""

    rows: tuple[CampaignRow, ...]
    next: str | None


def listing(desk: Desk, after: str = "") -> Campaigns:
    """The unit's campaigns of at least two leads. A look: recorded."""
    desk.require(Permission.LEADS_READ, Verb.CAMPAIGNS_LISTED)
    wanted = Campaign.objects.filter(unit=person_at(desk).unit_id, merged_into=None)
    wanted = wanted.annotate(n=Count("links", filter=ours)).filter(n__gte=2)
    moved_at, _, number = after.partition("_")
    if number.isdecimal():
        at = datetime.fromisoformat(moved_at)
        wanted = wanted.filter(Q(moved_at__lt=at) | Q(moved_at=at, pk__lt=int(number)))
    found = list(wanted.order_by("-moved_at", "-pk")[: PAGE + 1])
    rows = _rows(found[:PAGE])
    desk.record(
        Verb.CAMPAIGNS_LISTED,
        count=len(rows),
        details={"campaigns": [one.id for one in rows]},
    )
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Campaigns(rows, f"{last.moved_at.isoformat()}_{last.pk}" if last else None)


def _rows(campaigns: Sequence[Campaign]) -> tuple[CampaignRow, ...]:
    joined = CampaignLink.objects.filter(campaign__in=campaigns, state=LinkState.JOINED)
    joined = joined.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    counted = {
        one["campaign"]: one
        for one in joined.values("campaign").annotate(
            leads=Count("lead", distinct=True),
            waiting=Count("lead", filter=Q(lead__status="new"), distinct=True),
            first=Min("lead__sightings__first_seen_at"),
            last=Max("lead__sightings__last_seen_at"),
        )
    }
    titles: dict[int, dict[str, dict[str, str]]] = {}
    for number, name, title in joined.values_list(
        "campaign", "lead__source__name", "lead__source__body__title"
    ).distinct():
        titles.setdefault(number, {})[name] = title
    best = _best(joined)
    return tuple(
        CampaignRow(
            id=one.pk,
            leads=counted[one.pk]["leads"],
            waiting=counted[one.pk]["waiting"],
            sources=tuple(titles[one.pk].values()),
            first_seen_at=counted[one.pk]["first"],
            last_seen_at=counted[one.pk]["last"],
            pieces=best[one.pk].snippet(),
        )
        for one in campaigns
    )


def _best(joined: QuerySet[CampaignLink]) -> dict[int, OpenSighting]:
    """The newest lead's weightiest sighting of each campaign."""
    newest = dict(joined.values_list("campaign").annotate(Max("lead")))
    rows = Sighting.objects.filter(lead__in=newest.values()).order_by("score", "pk")
    rows = rows.select_related("unit", "lead").prefetch_related("matches", "handles")
    by_lead = {row.lead_id: OpenSighting(row) for row in rows}
    return {campaign: by_lead[lead] for campaign, lead in newest.items()}


def find_campaign(desk: Desk, campaign_id: int) -> Campaign:
    """That campaign of the unit. Raises `NoSuchCampaign`."""
    unit = person_at(desk).unit_id
    campaign = Campaign.objects.filter(pk=campaign_id, unit=unit).first()
    if campaign is None:
        raise NoSuchCampaign(campaign_id)
    return campaign


def view(desk: Desk, campaign_id: int) -> CampaignSheet:
    """A campaign with its leads and their words. A look: recorded before this returns. Raises `NoSuchCampaign`."""
    subject = f"campaign:{campaign_id}"
    desk.require(Permission.LEADS_READ, Verb.CAMPAIGN_VIEWED, subject)
    try:
        campaign = find_campaign(desk, campaign_id)
    except NoSuchCampaign:
        desk.record(Verb.CAMPAIGN_VIEWED, subject=subject, count=0)
        raise
    found = sheet(campaign)
    desk.record(
        Verb.CAMPAIGN_VIEWED,
        subject=subject,
        count=len(found.members),
        details={"leads": [one.lead_id for one in (*found.members, *found.detached)]},
    )
    return found


def judge(  # noqa: PLR0913  (a judgement has many parts)
    desk: Desk,
    campaign_id: int,
    lead_id: int,
    state: LinkState,
    why: str,
    *,
    keep: bool = False,
) -> None:
    """Confirm a lead's place, take it out, put it back, or put in one that the machine did not find.

    What was said is remembered: a lead that was taken out is never proposed again.
    Raises `ReasonMissing`, `NoteQuestioned`, `VictimApart`, `NotInCampaign`, `NoSuchCampaign`, `NoSuchLead`.
    """
    subject = f"campaign:{campaign_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.CAMPAIGN_JUDGED, subject=subject) as act:
        campaign = find_campaign(desk, campaign_id)
        lead = lead_row(desk, lead_id)
        if lead.kind == LeadKind.POSSIBLE_VICTIM:
            raise VictimApart
        words = said_why(why, keep=keep)
        link = _judged(desk, campaign, lead, state)
        LinkJudgement.objects.create(
            link=link,
            state=state,
            why=seal(lead.retention, words.encode()),
            by=person_at(desk),
            judged_at=desk.now(),
        )
        act.details = {"lead": lead_id, "state": state.value, "bond": str(link.bond)}
        if state is LinkState.DETACHED:
            act.details["left"] = regroup(campaign, desk.now())


def said_why(why: str, *, keep: bool = False) -> str:
    """The reason, cut to its length. Raises `ReasonMissing`, `NoteQuestioned`."""
    words = why.strip()[:LONGEST]
    if not words:
        raise ReasonMissing
    questioned(words, keep=keep)
    return words


def _judged(desk: Desk, campaign: Campaign, lead: Lead, state: LinkState) -> CampaignLink:
    elsewhere = CampaignLink.objects.filter(lead=lead, state=LinkState.JOINED)
    elsewhere = elsewhere.exclude(campaign=campaign)
    link = CampaignLink.objects.filter(campaign=campaign, lead=lead).first()
    if campaign.merged_into_id or (state is LinkState.JOINED and elsewhere.exists()):
        raise NotInCampaign(lead.pk)
    if link is None:
        if state is LinkState.DETACHED:
            raise NotInCampaign(lead.pk)
        link = CampaignLink(campaign=campaign, lead=lead, bond=Bond.BY_HAND, joined_at=desk.now())
    link.state = state
    link.judged = True
    link.save()
    campaign.moved_at = desk.now()
    campaign.save(update_fields=["moved_at"])
    return link


def judge_handle(  # noqa: PLR0913  (a judgement has many parts)
    desk: Desk,
    campaign_id: int,
    tag: str,
    standing: HandleStanding,
    why: str,
    *,
    keep: bool = False,
) -> int:
    """Say whose a contact of a campaign is. Leads that only it joined leave; a seller's own joins them. Returns how many.

    Raises `ReasonMissing`, `NoteQuestioned`, `NoSuchCampaign`, `NotInCampaign` for a contact that is not there.
    """
    subject = f"campaign:{campaign_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.HANDLE_JUDGED, subject=subject) as act:
        campaign = find_campaign(desk, campaign_id)
        words = said_why(why, keep=keep).encode()
        links = CampaignLink.objects.filter(campaign=campaign, state=LinkState.JOINED)
        rows = HandleRow.objects.filter(tag=tag, role=HandleRole.OFFERED)
        rows = rows.filter(sighting__lead__in=links.values("lead"))
        row = rows.select_related("sighting__lead__retention").order_by("pk").first()
        if row is None:
            raise NotInCampaign(0)
        lead = row.sighting.lead
        HandleJudgement.objects.create(
            unit_id=campaign.unit_id,
            kind=HandleKind(row.kind),
            tag=tag,
            standing=standing,
            lead=lead,
            why=seal(lead.retention, words),
            by=person_at(desk),
            judged_at=desk.now(),
        )
        left = follow(campaign.unit_id, tag, standing, desk.now(), campaign)
        act.count = len(left)
        act.details = {"handle": tag[:16], "standing": standing.value, "leads": left}
        return len(left)


def follow(
    unit: int,
    tag: str,
    standing: HandleStanding,
    now: datetime,
    campaign: Campaign | None = None,
) -> list[int]:
    """What a contact's standing means for campaigns. Returns the leads that left theirs, or joined one. Call it inside an act."""
    if standing in {HandleStanding.OWN, HandleStanding.UNJUDGED}:
        rows = HandleRow.objects.filter(tag=tag, role=HandleRole.OFFERED)
        rows = rows.filter(sighting__lead__unit=unit)
        rows = rows.exclude(sighting__lead__kind=LeadKind.POSSIBLE_VICTIM)
        leads = sorted(set(rows.values_list("sighting__lead_id", flat=True)[:MOST_OFFERING]))
        found = Common(Bond.SAME_HANDLE, tag=tag)
        return sorted(weave(unit, [Met(leads[0], other, found) for other in leads[1:]], now))
    held = CampaignLink.objects.filter(tag=tag, state=LinkState.JOINED)
    others = Campaign.objects.filter(unit=unit, links__in=held).distinct()
    every = {one.pk: one for one in ([campaign] if campaign else []) + list(others)}
    return [lead for one in every.values() for lead in regroup(one, now)]
