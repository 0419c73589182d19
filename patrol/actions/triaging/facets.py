"""How many leads there are of each kind, beside the queue's filters."""

from collections import Counter
from collections.abc import Callable

from django.db.models import Count, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.staffing.care import left_out
from patrol.actions.triaging.once import SECONDS, once
from patrol.actions.triaging.queue import (
    ME,
    NO_CATEGORY,
    SEARCHABLE,
    WAITING,
    QueueFilter,
    awake,
    seen_by,
    whatever,
)
from patrol.models import LeadKind, LeadStatus, Permission, Verb
from patrol.register.tables import Lead, SourceRow


def counts(desk: Desk, wanted: QueueFilter) -> dict[str, dict[str, int]]:
    """How many leads of each status, kind, category and source, each scoped to the other filters.

    Numbers and no word of any lead: no look to be recorded. At most `SECONDS` old.
    """
    desk.require(Permission.LEADS_READ, Verb.LEADS_LISTED)
    return once(f"counts:{seen_by(desk, wanted)}", lambda: _facets(desk, wanted), SECONDS)


def _facets(desk: Desk, wanted: QueueFilter) -> dict[str, dict[str, int]]:
    """One pass over an index; each facet is added up from its groups, scoped to the other facets."""
    leads = whatever(desk, wanted)
    groups: Counter[tuple[str, ...]] = Counter(_groups(leads))
    for (_status, *rest), n in _groups(leads.filter(awake(desk))).items():
        groups[LeadStatus.SNOOZED.value, *rest] -= n
        groups[LeadStatus.NEW.value, *rest] += n
    facets: dict[str, dict[str, int]] = {}
    for place, name in enumerate(("status", "category", "source", "kind")):
        scope = _within(desk, QueueFilter(**{**vars(wanted), name: ""}))
        counted: Counter[str] = Counter()
        for group, n in groups.items():
            if n and all(passes(value) for passes, value in zip(scope, group, strict=True)):
                counted[group[place]] += n
        facets[name] = {value: n for value, n in counted.most_common() if value}
    return facets


def _groups(leads: QuerySet[Lead]) -> dict[tuple[str, ...], int]:
    """How many there are of each status, category, source and kind."""
    columns = ("status", "category", "source_id", "kind")
    rows = list(leads.order_by().values_list(*columns).annotate(n=Count("pk")))
    names = dict(
        SourceRow.objects.filter(pk__in={row[2] for row in rows}).values_list("pk", "name")
    )
    return {
        (status, category or "", names[source], kind): n
        for status, category, source, kind, n in rows
    }


def _within(desk: Desk, wanted: QueueFilter) -> tuple[Callable[[str], bool], ...]:
    """What `chosen` asks of each facet's value."""
    spared = left_out(desk) if wanted.assignee != ME else ()
    named = "" if wanted.category == NO_CATEGORY else wanted.category
    status = {WAITING: (LeadStatus.NEW, LeadStatus.SNOOZED)}.get(wanted.status, (wanted.status,))
    return (
        lambda value: not wanted.status or value in status,
        lambda value: value == named if wanted.category else value not in spared,
        lambda value: wanted.source in {"", value},
        lambda value: (
            value != LeadKind.POSSIBLE_VICTIM
            if wanted.kind == SEARCHABLE
            else wanted.kind in {"", value}
        ),
    )
