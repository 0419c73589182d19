"""Told before a heavy lead: what kind it is and how long, and no word of it."""

from dataclasses import dataclass

from patrol.actions.desk import Desk
from patrol.actions.staffing.care import Wait, care_of, heavy_among, is_heavy, wait
from patrol.actions.triaging.leads import find_lead, visible
from patrol.actions.triaging.queue import QueueFilter, after_lead
from patrol.actions.triaging.reading import OpenSighting
from patrol.models import Permission, Verb
from patrol.register.tables import Sighting


@dataclass(frozen=True)
class Forewarning:
    """What is told of a lead before it is shown."""

    lead_id: int
    kind: str
    category: str | None
    score: int
    source_title: dict[str, str]
    letters: int
    sightings: int
    wait: Wait | None
    lighter_id: int | None
    """The next lead of the queue that is not heavy by its category."""


def due(desk: Desk, *numbers: int | None) -> frozenset[int]:
    """Which of those leads this person is to be told of before. Numbers and no word of any: no look to be recorded."""
    wanted = [number for number in numbers if number is not None]
    if not wanted or not care_of(desk.person).forewarn:
        return frozenset()
    return heavy_among(list(visible(desk).filter(pk__in=wanted)))


def forewarn(desk: Desk, lead_id: int, wanted: QueueFilter) -> Forewarning | None:
    """What to tell this person before that lead; None where nothing is to be told. Recorded, as it tells something of it."""
    desk.require(Permission.LEADS_READ, Verb.LEAD_FOREWARNED, f"lead:{lead_id}")
    lead = find_lead(desk, lead_id)
    if lead is None or not care_of(desk.person).forewarn or not is_heavy(lead):
        return None
    best = (
        Sighting.objects.filter(lead=lead)
        .select_related("unit", "lead")
        .prefetch_related("handles")
        .order_by("-score", "-pk")
        .first()
    )
    told = Forewarning(
        lead_id=lead.pk,
        kind=lead.kind,
        category=lead.category,
        score=lead.score,
        source_title=lead.source.body["title"],
        letters=len(OpenSighting(best).words) if best and lead.retention.wrapped_key else 0,
        sightings=lead.sightings_count,
        wait=wait(desk, lead),
        lighter_id=after_lead(desk, wanted, lead, lighter=True),
    )
    desk.record(Verb.LEAD_FOREWARNED, subject=f"lead:{lead_id}")
    return told
