"""Words that officers put on leads to find them again. Never a person's."""

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef

from patrol.actions.desk import Desk
from patrol.actions.keeping.holding import refuse_lead
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.actions.triaging.verdicts import BadDecision, questioned
from patrol.models import Permission, Verb
from patrol.register.sealing import keyed_hash
from patrol.register.tables import Lead, LeadTag

LONGEST = 30
"""Characters of a tag."""
MOST = 12
"""Tags of one lead."""


def put(desk: Desk, lead_id: int, name: str) -> None:
    """Put a tag on a lead; the same again changes nothing. Raises `BadDecision`, `NoteQuestioned`, `NoSuchLead`, `UnderHold`."""
    subject = f"lead:{lead_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_TAGGED, subject=subject) as act:
        lead = lead_row(desk, lead_id)
        refuse_lead(lead)
        tag = _name(name)
        questioned(tag, keep=False)
        there = set(lead.tags.values_list("name", flat=True))
        if tag not in there and len(there) >= MOST:
            raise BadDecision("This lead has many tags already.", "Take one off first.")
        if tag not in there:
            LeadTag.objects.create(lead=lead, name=tag, by=person_at(desk), put_at=desk.now())
        act.details = {"tag_hmac": keyed_hash("tag", tag), "put": True}


def take_off(desk: Desk, lead_id: int, name: str) -> None:
    """Take a tag off. Raises `NoSuchLead`, `UnderHold`."""
    subject = f"lead:{lead_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_TAGGED, subject=subject) as act:
        lead = lead_row(desk, lead_id)
        refuse_lead(lead)
        tag = _name(name)
        lead.tags.filter(name=tag).delete()
        act.details = {"tag_hmac": keyed_hash("tag", tag), "put": False}


def _name(name: str) -> str:
    tag = " ".join(name.split()).lstrip("#").strip()
    if not tag or len(tag) > LONGEST:
        raise BadDecision(
            "A tag is a word of at most 30 letters.", "Write a short one, or a note instead."
        )
    return tag


def tags_of(leads: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each lead, by name. Call it inside a look that is recorded."""
    found: dict[int, tuple[str, ...]] = {}
    rows = LeadTag.objects.filter(lead__in=leads).order_by("name")
    for lead, name in rows.values_list("lead_id", "name"):
        found[lead] = (*found.get(lead, ()), name)
    return found


def used_tags(desk: Desk) -> tuple[str, ...]:
    """Those of the unit's leads, the most used first. Words of officers and none of any post: no look to be recorded."""
    own = Lead.objects.filter(pk=OuterRef("lead_id"), unit=person_at(desk).unit_id)
    rows = LeadTag.objects.filter(Exists(own)).values_list("name")
    return tuple(name for name, _ in rows.annotate(n=Count("pk")).order_by("-n", "name")[:30])
