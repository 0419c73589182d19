"""How many leads there are of each kind, beside the queue's filters."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from django.db.models import Count, Q, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.staffing.care import left_out
from patrol.actions.triaging.once import SECONDS, once
from patrol.actions.triaging.queue import (
    ME,
    SEARCHABLE,
    WAITING,
    QueueFilter,
    awake,
    chosen,
    seen_by,
    whatever,
)
from patrol.actions.triaging.sifting import (
    NO_CATEGORY,
    SEVERITIES,
    engine_of,
    lets_in,
    parted,
)
from patrol.models import LeadKind, LeadStatus, Permission, Verb
from patrol.register.tables import Lead, MatchRow, SourceRow

COLUMNS = ("status", "category", "source", "kind", "engine", "severity")
"""Filters of which each lead has one value."""


def counts(desk: Desk, wanted: QueueFilter) -> dict[str, dict[str, int]]:
    """How many leads of each status, category, source, kind, engine, severity and rule, each scoped to the other filters.

    Numbers and no word of any lead: no look to be recorded. At most `SECONDS` old.
    """
    desk.require(Permission.LEADS_READ, Verb.LEADS_LISTED)
    return once(f"counts:{seen_by(desk, wanted)}", lambda: _facets(desk, wanted), SECONDS)


def _facets(desk: Desk, wanted: QueueFilter) -> dict[str, dict[str, int]]:
    """One pass over an index; each facet is added up from its groups, scoped to the other facets. Rules are many to a lead, and counted by themselves."""
    leads = whatever(desk, wanted)
    groups: Counter[tuple[str, ...]] = Counter(_groups(leads))
    for (_status, *rest), n in _groups(leads.filter(awake(desk))).items():
        groups[LeadStatus.SNOOZED.value, *rest] -= n
        groups[LeadStatus.NEW.value, *rest] += n
    facets: dict[str, dict[str, int]] = {}
    for place, name in enumerate(COLUMNS):
        scope = _within(desk, QueueFilter(**{**vars(wanted), name: ""}))
        counted: Counter[str] = Counter()
        for group, n in groups.items():
            if n and all(passes(value) for passes, value in zip(scope, group, strict=True)):
                counted[group[place]] += n
        facets[name] = {value: n for value, n in counted.most_common() if value}
    return {**facets, "rule": _by_rule(chosen(desk, replace(wanted, rule="")))}


def _groups(leads: QuerySet[Lead]) -> dict[tuple[str, ...], int]:
    """How many there are of each status, category, source, kind, engine and severity."""
    columns = ("status", "category", "source_id", "kind")
    bands = {
        f"{name}_scores": Count("pk", filter=Q(score__gte=scores.start, score__lt=scores.stop))
        for name, scores in SEVERITIES.items()
    }
    rows = list(leads.order_by().values_list(*columns).annotate(**bands))
    sources = SourceRow.objects.filter(pk__in={row[2] for row in rows})
    known = {
        pk: (name, engine_of(body, found))
        for pk, name, body, found in sources.values_list("pk", "name", "body", "detected_engine")
    }
    return {
        (status, category or "", known[source][0], kind, known[source][1], severity): n
        for status, category, source, kind, *numbers in rows
        for severity, n in zip(SEVERITIES, numbers, strict=True)
        if n
    }


def _by_rule(leads: QuerySet[Lead]) -> dict[str, int]:
    """How many of these leads each rule flagged, the most first."""
    flagged = MatchRow.objects.filter(sighting__lead__in=leads.order_by().values("pk"))
    counted = flagged.values_list("rule").annotate(n=Count("sighting__lead", distinct=True))
    return dict(counted.order_by("-n", "rule"))


def _within(desk: Desk, wanted: QueueFilter) -> tuple[Callable[[str], bool], ...]:
    """What `chosen` asks of each facet's value."""
    named, _without = parted(wanted.category)
    spared = left_out(desk) if wanted.assignee != ME and not named else ()
    status = {WAITING: (LeadStatus.NEW, LeadStatus.SNOOZED)}.get(wanted.status, (wanted.status,))
    return (
        lambda value: not wanted.status or value in status,
        lambda value: value not in spared and lets_in(wanted.category, value or NO_CATEGORY),
        lambda value: lets_in(wanted.source, value),
        lambda value: (
            value != LeadKind.POSSIBLE_VICTIM
            if wanted.kind == SEARCHABLE
            else wanted.kind in {"", value}
        ),
        lambda value: lets_in(wanted.engine, value),
        lambda value: lets_in(wanted.severity, value),
    )
