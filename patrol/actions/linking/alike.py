"""Leads that are possibly the same seller's, each with what it has in common; an inference, and told as one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db.models import Count, Q, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import visible
from patrol.actions.triaging.reading import HandleShown, OpenSighting
from patrol.models import HandleRole, LeadKind
from patrol.register.tables import HandleRow, Lead, NearBand, Sighting
from pipelines.duplicates import SHORTEST_DUPLICATE
from pipelines.near import ALIKE, likeness, sign, without

COMPARED = 20
"""Texts that share a band with ours and are read to see how alike they are, those with the most bands first."""
MOST = 10
"""Shown on a lead's page; the contact's own list has all."""


@dataclass(frozen=True)
class Alike:
    """Another lead, and why it may be the same seller's."""

    lead_id: int
    status: str
    category: str | None
    source_title: dict[str, str]
    opened_at: datetime
    because: Literal["contact", "words", "near"]
    handle: HandleShown | None
    likeness: int = 0
    """With `near`: how many of 100 pieces of both texts are the same."""


def alike(desk: Desk, lead: Lead, opened: Sequence[OpenSighting]) -> tuple[Alike, ...]:
    """Leads with an offered contact in common, then those with the same words, then with nearly the same; the newest first.

    Never from or to a possible victim: nobody who may need help is linked to anything.
    """
    if lead.kind == LeadKind.POSSIBLE_VICTIM:
        return ()
    others = visible(desk).exclude(pk=lead.pk).exclude(kind=LeadKind.POSSIBLE_VICTIM)
    offered = {handle.tag: handle for one in opened for handle in one.offered()}
    found = [
        *_by_contact(others, offered),
        *_by_words(others, opened),
        *_nearly(others, opened),
    ]
    first = {each.lead_id: each for each in reversed(found)}
    return tuple(each for each in found if first.get(each.lead_id) is each)[:MOST]


def _by_contact(others: QuerySet[Lead], offered: dict[str, HandleShown]) -> list[Alike]:
    rows = HandleRow.objects.filter(tag__in=offered, role=HandleRole.OFFERED)
    pairs = rows.filter(sighting__lead__in=others).order_by("-sighting__lead_id")
    tags = dict(pairs.values_list("sighting__lead_id", "tag")[: MOST * 5])
    leads = others.select_related("source").in_bulk(list(tags)[:MOST])
    return [_alike(leads[pk], offered[tag]) for pk, tag in tags.items() if pk in leads]


def _by_words(others: QuerySet[Lead], opened: Sequence[OpenSighting]) -> list[Alike]:
    said = [one.row.duplicate_hmac for one in opened if len(one.post.words) >= SHORTEST_DUPLICATE]
    same = Sighting.objects.filter(Q(duplicate_hmac__in=said) & ~Q(duplicate_hmac=""))
    leads = others.select_related("source").filter(pk__in=same.values("lead_id"))
    return [_alike(lead, None) for lead in leads.order_by("-pk")[:MOST]]


def _nearly(others: QuerySet[Lead], opened: Sequence[OpenSighting]) -> list[Alike]:
    """Those whose texts share a band with ours, as far as their words really are alike."""
    ours = NearBand.objects.filter(sighting__in=[one.row for one in opened])
    met = NearBand.objects.filter(key__in=ours.values("key"), sighting__lead__in=others)
    counted = met.values_list("sighting_id").annotate(n=Count("pk")).order_by("-n", "-sighting_id")
    numbers = [number for number, _ in counted[:COMPARED]]
    if not numbers:
        return []
    rows = Sighting.objects.filter(pk__in=numbers).exclude(unit__wrapped_key=None)
    rows = rows.select_related("unit", "lead__source").prefetch_related("handles")
    theirs = [OpenSighting(row) for row in rows]
    signed = sign([_bare(one) for one in (*opened, *theirs)], key=0)
    best: dict[int, tuple[float, Lead]] = {}
    for one, signature in zip(theirs, signed[len(opened) :], strict=True):
        share = max(likeness(signature, own) for own in signed[: len(opened)])
        if share >= ALIKE and share > best.get(one.row.lead_id, (0.0, None))[0]:
            best[one.row.lead_id] = (share, one.row.lead)
    pairs = sorted(best.values(), key=lambda pair: (-pair[0], -pair[1].pk))
    return [
        replace(_alike(lead, None), because="near", likeness=int(share * 100))
        for share, lead in pairs
    ]


def _bare(one: OpenSighting) -> str:
    spans = [(handle.span_start, handle.span_end) for handle in one.handle_rows]
    return without(one.post.words, spans)


def _alike(lead: Lead, handle: HandleShown | None) -> Alike:
    return Alike(
        lead_id=lead.pk,
        status=lead.status,
        category=lead.category,
        source_title=lead.source.body["title"],
        opened_at=lead.opened_at,
        because="contact" if handle else "words",
        handle=handle,
    )
