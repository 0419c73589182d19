"""What an officer reads of a campaign: its wordings, its leads and why each is there, its contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from patrol.actions.linking.linked import Graph, graph
from patrol.actions.linking.standing import judged
from patrol.actions.triaging.reading import HandleShown, OpenSighting
from patrol.models import HandleRole, HandleStanding, LeadKind, LinkState
from patrol.register.sealing import unseal
from patrol.register.tables import (
    Campaign,
    CampaignLink,
    CaseLead,
    HandleRow,
    LinkJudgement,
    Sighting,
)
from pipelines.bonds import MOST_AUTHORS, everybodys
from pipelines.wording import Part, wordings

MOST = 60
"""Leads whose words are shown; the weightiest first."""
MOST_SIGHTINGS = 400


@dataclass(frozen=True)
class Judgement:
    """What an officer said of a link."""

    state: str
    account: str
    at: datetime
    why: str


@dataclass(frozen=True)
class Member:
    """A lead in the campaign, or one that was taken out."""

    lead_id: int
    status: str
    category: str | None
    source_title: dict[str, str]
    author: str | None
    first_seen_at: datetime
    bond: str
    through: int | None
    likeness: int | None
    """Per cent."""
    contact: str | None
    """The contact that it has in common."""
    judged: bool
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class Copy:
    """A text of a wording."""

    lead_id: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class WordingShown:
    """Texts that are copies of one another."""

    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class HandleUse:
    """A contact of the campaign, and what it means for it."""

    shown: HandleShown
    leads: int
    authors: int
    """Of the whole unit that offer it."""
    standing: str
    """Whose it is."""
    by_officer: bool
    """Whether an officer said so; if not, its looks and its use do."""


@dataclass(frozen=True)
class CampaignSheet:
    """A campaign as an officer reads it."""

    id: int
    merged_into: int | None
    members: tuple[Member, ...]
    detached: tuple[Member, ...]
    total: int
    wordings: tuple[WordingShown, ...]
    handles: tuple[HandleUse, ...]
    sources: tuple[tuple[dict[str, str], int], ...]
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    cases: tuple[tuple[int, int], ...]
    """Id and number of cases with one of its leads."""
    graph: Graph


def sheet(campaign: Campaign) -> CampaignSheet:
    """All that is read of a campaign. Call it inside a look that is recorded."""
    links = CampaignLink.objects.filter(campaign=campaign)
    links = links.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    links = links.exclude(lead__retention__wrapped_key=None)
    links = links.select_related("lead__source", "lead__retention")
    ranked = links.order_by("-lead__score", "lead_id")
    joined = list(ranked.filter(state=LinkState.JOINED)[:MOST])
    left = list(ranked.filter(state=LinkState.DETACHED)[:MOST])
    every_one = opened_of([link.lead_id for link in (*joined, *left)])
    opened = {one.row.lead_id: one for one in every_one}
    values = {handle.tag: handle.value for one in every_one for handle in one.offered()}
    members = {link.lead_id for link in joined}
    inside = [one for one in every_one if one.row.lead_id in members]
    every = links.filter(state=LinkState.JOINED)
    seen = every.aggregate(
        first=Min("lead__sightings__first_seen_at"), last=Max("lead__sightings__last_seen_at")
    )
    return CampaignSheet(
        id=campaign.pk,
        merged_into=campaign.merged_into_id,
        members=tuple(_member(link, opened, values) for link in joined),
        detached=tuple(_member(link, opened, values) for link in left),
        total=every.count(),
        wordings=_wordings([opened[link.lead_id] for link in joined]),
        handles=_handles(campaign.unit_id, inside),
        sources=_sources(every),
        first_seen_at=seen["first"],
        last_seen_at=seen["last"],
        cases=_cases([link.lead_id for link in joined]),
        graph=graph(inside),
    )


def opened_of(leads: Sequence[int]) -> list[OpenSighting]:
    """Their sightings, the weightiest and newest of each lead last; never a possible victim's."""
    rows = Sighting.objects.filter(lead__in=leads).exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    rows = rows.select_related("unit", "lead", "source", "capture", "authorization")
    rows = rows.prefetch_related("matches", "handles").order_by("-score", "-pk")
    return [OpenSighting(row) for row in reversed(rows[:MOST_SIGHTINGS])]


def _member(link: CampaignLink, opened: dict[int, OpenSighting], values: dict[str, str]) -> Member:
    one = opened[link.lead_id]
    return Member(
        lead_id=link.lead_id,
        status=link.lead.status,
        category=link.lead.category,
        source_title=link.lead.source.body["title"],
        author=one.author,
        first_seen_at=one.row.first_seen_at,
        bond=link.bond,
        through=link.through_id,
        likeness=round(link.likeness * 100) if link.likeness is not None else None,
        contact=values.get(link.tag or ""),
        judged=link.judged,
        judgements=judgements(link),
    )


def judgements(link: CampaignLink) -> tuple[Judgement, ...]:
    """What officers said of a link, the newest first."""
    rows = LinkJudgement.objects.filter(link=link).select_related("by").order_by("-pk")
    return tuple(
        Judgement(
            row.state, row.by.account, row.judged_at, unseal(link.lead.retention, row.why).decode()
        )
        for row in rows
    )


def _wordings(opened: Sequence[OpenSighting]) -> tuple[WordingShown, ...]:
    found = wordings([one.words for one in opened])
    return tuple(
        WordingShown(
            tuple(
                Copy(opened[nth].row.lead_id, parts)
                for nth, parts in zip(one.copies, one.parts, strict=True)
            )
        )
        for one in found
    )


def _handles(unit: int, opened: Sequence[OpenSighting]) -> tuple[HandleUse, ...]:
    """Offered contacts, the one with the most leads first; those that join nothing among them."""
    shown = {handle.tag: handle for one in opened for handle in one.offered()}
    rows = HandleRow.objects.filter(tag__in=shown, role=HandleRole.OFFERED)
    rows = rows.filter(sighting__lead__unit=unit)
    rows = rows.exclude(sighting__lead__kind=LeadKind.POSSIBLE_VICTIM)
    counted = rows.values("tag").annotate(
        leads=Count("sighting__lead_id", distinct=True),
        authors=Count("sighting__mark__author_tag", distinct=True),
    )
    said = judged(unit, list(shown))
    found = [
        HandleUse(
            shown=shown[one["tag"]],
            leads=one["leads"],
            authors=one["authors"],
            standing=said.get(one["tag"]) or _standing(shown[one["tag"]], one["authors"]),
            by_officer=one["tag"] in said,
        )
        for one in counted
    ]
    return tuple(sorted(found, key=lambda one: (-one.leads, one.shown.tag)))


def _standing(shown: HandleShown, authors: int) -> HandleStanding:
    """What its looks and its use say."""
    if authors > MOST_AUTHORS or everybodys(shown.kind, shown.value):
        return HandleStanding.GENERIC
    return HandleStanding.OWN


def _sources(links: QuerySet[CampaignLink]) -> tuple[tuple[dict[str, str], int], ...]:
    counted = links.values_list("lead__source__name", "lead__source__body__title")
    found: dict[str, tuple[dict[str, str], int]] = {}
    for name, title in counted:
        found[name] = (title, found.get(name, (title, 0))[1] + 1)
    return tuple(sorted(found.values(), key=lambda one: -one[1]))


def _cases(leads: Sequence[int]) -> tuple[tuple[int, int], ...]:
    rows = CaseLead.objects.filter(lead__in=leads, detached_at=None, case__merged_into=None)
    return tuple(rows.order_by("case__number").values_list("case_id", "case__number").distinct())
