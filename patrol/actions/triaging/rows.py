"""Leads as a list shows them: the queue's, the search's."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count

from patrol.actions.casework.merged import goes_on
from patrol.actions.desk import Desk
from patrol.actions.rulemaking.rulebook import titles
from patrol.actions.triaging.heads import LeadHead, head_of
from patrol.actions.triaging.later import PutOff, put_offs
from patrol.actions.triaging.leads import person_at
from patrol.actions.triaging.leases import Lease, lease
from patrol.actions.triaging.once import SECONDS, once
from patrol.actions.triaging.pieces import Piece
from patrol.actions.triaging.reading import SIGHTINGS_SHOWN, HandleShown, OpenSighting
from patrol.actions.triaging.tags import tags_of
from patrol.models import HandleRole, LeadKind, Permission
from patrol.register.tables import Case, CaseLead, HandleRow, Lead, RetentionUnit, Sighting


@dataclass(frozen=True)
class QueueRow(LeadHead):
    """A lead as the list shows it; one whose words were destroyed has none of its own."""

    sightings: int
    pieces: tuple[Piece, ...] = ()
    rules: tuple[dict[str, str], ...] = ()
    """Titles of the rules that hit, weightiest first."""
    handles: tuple[HandleShown, ...] = ()
    author: str | None = None
    posted_at: datetime | None = None
    posted_precision: str | None = None
    assigned_to: str | None = None
    lease: Lease | None = None
    seen_elsewhere: dict[str, int] = field(default_factory=dict)
    """Of each offered contact, by its tag: how many other leads offer it."""
    in_cases: int = 0
    """Cases that hold a lead with one of its offered contacts, or by its author; for those who may read cases."""
    put_off: PutOff | None = None
    tags: tuple[str, ...] = ()
    gone: bool = False
    """It no longer passes the filter: shown once more, so that nobody wonders where it went."""


def rows_of(
    desk: Desk, leads: list[Lead], gone: Sequence[Lead] = (), words: Sequence[str] = ()
) -> tuple[QueueRow, ...]:
    """Leads as a list shows them; with folded words that were searched, by the post that holds most of them.

    Call it inside a look that is recorded.
    """
    opened = {
        pk: OpenSighting(one)
        for pk, one in _best_sightings(leads).items()
        if one.lead.retention.wrapped_key is not None
    }
    if words:
        opened |= _sought(opened, words)
    names = titles_of({match.rule for one in opened.values() for match in one.matches})
    offered = {pk: {handle.tag for handle in one.offered()} for pk, one in opened.items()}
    authors = {pk: one.row.author_hmac for pk, one in opened.items() if not one.victim}
    seen, filed = _elsewhere(desk, set().union(*offered.values()), {*authors.values()} - {None})
    tags = tags_of([lead.pk for lead in leads])
    later = put_offs(leads, desk.now())
    rows = []
    for lead in leads:
        found = opened.get(lead.pk)
        row = _row(lead, found, names, words) if found else _forgotten(lead)
        mine = offered.get(lead.pk, set())
        elsewhere = {tag: seen[tag] - 1 for tag in mine if seen.get(tag, 0) > 1}
        known = [filed[tag] for tag in (*mine, authors.get(lead.pk)) if tag in filed]
        rows.append(
            replace(
                row,
                lease=lease(desk, lead),
                seen_elsewhere=elsewhere,
                in_cases=len(frozenset().union(*known)),
                put_off=later.get(lead.pk),
                tags=tags.get(lead.pk, ()),
                gone=lead in gone,
            )
        )
    return tuple(rows)


def titles_of(rules: set[str]) -> dict[str, dict[str, str]]:
    """What those rules are called, as it was some seconds ago at most."""
    return once(f"titles:{','.join(sorted(rules))}", lambda: titles(rules), SECONDS)


def offered_elsewhere(unit: int, tags: Collection[str]) -> dict[str, int]:
    """Of each contact, how many of the unit's leads offer it; possible victims are not counted."""
    if not tags:
        return {}
    rows = (
        HandleRow.objects.filter(tag__in=set(tags), role=HandleRole.OFFERED)
        .filter(sighting__lead__unit=unit)
        .exclude(sighting__lead__kind=LeadKind.POSSIBLE_VICTIM)
        .values_list("tag")
        .annotate(n=Count("sighting__lead_id", distinct=True))
    )
    return dict(rows)


def _elsewhere(
    desk: Desk, tags: set[str], authors: set[str | None]
) -> tuple[dict[str, int], dict[str, frozenset[int]]]:
    """`offered_elsewhere`, and `known_in_cases` for whoever may read cases, as they were some seconds ago at most."""
    unit, may = person_at(desk).unit_id, desk.may(Permission.CASES_READ)

    def asked() -> tuple[dict[str, int], dict[str, frozenset[int]]]:
        known = known_in_cases(unit, tags, authors) if may and tags | authors else {}
        return offered_elsewhere(unit, tags), known

    key = (
        f"elsewhere:{unit}:{may}:{','.join(sorted(tags))}:{','.join(sorted(filter(None, authors)))}"
    )
    return once(key, asked, SECONDS)


def known_in_cases(
    unit: int, tags: Collection[str], authors: Collection[str | None]
) -> dict[str, frozenset[int]]:
    """Of each offered contact and author, by their tags: the unit's cases that hold a lead of theirs; possible victims are not counted."""
    places = CaseLead.objects.filter(case__unit=unit, detached_at=None)
    places = places.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    case = ("case_id", "case__merged_into_id")
    offered = "lead__sightings__handles__"
    rows = (
        places.filter(**{f"{offered}tag__in": tags, f"{offered}role": HandleRole.OFFERED})
        .values_list(f"{offered}tag", *case)
        .union(
            places.filter(lead__sightings__author_hmac__in=authors).values_list(
                "lead__sightings__author_hmac", *case
            )
        )
    )
    found: dict[str, set[int]] = {}
    for tag, number, into in rows:
        found.setdefault(tag, set()).add(
            number if into is None else goes_on(Case.objects.get(pk=into))
        )
    return {tag: frozenset(cases) for tag, cases in found.items()}


def _best_sightings(leads: list[Lead]) -> dict[int, Sighting]:
    """Of each lead the sighting that weighs most, the newest of equals."""
    by_weight = Sighting.objects.filter(lead__in=leads).order_by("score", "pk")
    heaviest = dict(by_weight.values_list("lead_id", "pk"))
    sightings = Sighting.objects.filter(pk__in=heaviest.values()).defer("parts")
    best = {one.lead_id: one for one in sightings.prefetch_related("matches", "handles")}
    units = {lead.retention_id: lead.retention for lead in leads}
    units |= RetentionUnit.objects.in_bulk({one.unit_id for one in best.values()} - units.keys())
    for lead in leads:
        if lead.pk in best:  # both are in hand: not to be asked for again
            best[lead.pk].lead = lead
            best[lead.pk].unit = units[best[lead.pk].unit_id]
    return best


def _sought(
    opened: dict[int, OpenSighting], words: Sequence[str]
) -> Iterator[tuple[int, OpenSighting]]:
    """Of each lead whose weightiest post lacks some of the words the one that holds most, the weightiest of equals."""

    def holds(one: OpenSighting) -> int:
        return len({word for _, _, word in one.sought(words)})

    lacking = {pk for pk, one in opened.items() if not one.victim and holds(one) < len(set(words))}
    if not lacking:
        return
    others = Sighting.objects.filter(lead__in=lacking).select_related("unit").defer("parts")
    by_lead: dict[int, list[OpenSighting]] = {}
    for row in others.prefetch_related("matches", "handles").order_by("-score", "-pk"):
        row.lead = opened[row.lead_id].row.lead
        some = by_lead.setdefault(row.lead_id, [])
        if len(some) < SIGHTINGS_SHOWN:
            some.append(OpenSighting(row))
    for pk, some in by_lead.items():
        yield pk, max(some, key=holds)


def _forgotten(lead: Lead) -> QueueRow:
    """A lead whose words were destroyed."""
    return QueueRow(**head_of(lead), sightings=lead.sightings_count)


def _row(
    lead: Lead, sighting: OpenSighting, names: dict[str, dict[str, str]], words: Sequence[str]
) -> QueueRow:
    matches = sorted(sighting.matches, key=lambda match: -match.weight)
    return QueueRow(
        **head_of(lead),
        sightings=lead.sightings_count,
        pieces=sighting.snippet(sighting.sought(words)),
        rules=tuple(names.get(match.rule, {"en": match.rule}) for match in matches),
        handles=sighting.handles(),
        author=sighting.author,
        posted_at=sighting.row.posted_at,
        posted_precision=sighting.row.posted_precision,
        assigned_to=lead.assigned_to.account if lead.assigned_to else None,
    )
