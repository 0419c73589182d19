"""What is read of a case: its leads, what speaks against it, members, tasks, and what was done when."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from patrol.actions.casework.cases import NoSuchCase, find_case
from patrol.actions.desk import Desk
from patrol.actions.linking.linked import Graph, graph
from patrol.actions.linking.members import opened_of
from patrol.actions.triaging.leads import person_at
from patrol.actions.triaging.pieces import Piece
from patrol.actions.triaging.reading import OpenSighting
from patrol.models import LeadKind, LeadStatus, Permission, Verb
from patrol.register.sealing import unseal
from patrol.register.tables import (
    Case,
    CaseEvent,
    CaseLead,
    CaseMember,
    CaseTask,
    Decision,
    LinkJudgement,
)

PAGE = 50


@dataclass(frozen=True)
class CaseRow:
    """A case in a list."""

    id: int
    number: int
    title: str
    status: str
    leads: int
    tasks: int
    """That wait."""
    members: tuple[str, ...]
    moved_at: datetime


@dataclass(frozen=True)
class Cases:
    """A page of them, the one that moved last first."""

    rows: tuple[CaseRow, ...]
    next: str | None


@dataclass(frozen=True)
class FiledLead:
    """A lead in a case."""

    lead_id: int
    status: str
    category: str | None
    source_title: dict[str, str]
    author: str | None
    pieces: tuple[Piece, ...]
    added_by: str
    added_at: datetime
    case_number: int
    """Of the case it was put into, which may have been merged into this one."""


@dataclass(frozen=True)
class Against:
    """Something that speaks against the case, or against a lead's place in it."""

    lead_id: int
    what: str
    """`dismissed`, `detached`, `changed` (its verdict) or `unlinked` (from a campaign)."""
    account: str
    at: datetime
    words: str
    """The reason, or the verdicts in their order."""


@dataclass(frozen=True)
class Task:
    """Something to be done."""

    id: int
    what: str
    account: str | None
    due_on: date | None
    late: bool
    done_by: str | None
    done_at: datetime | None


@dataclass(frozen=True)
class Line:
    """A line of the timeline."""

    at: datetime
    account: str
    what: str
    """A verb of the log, or a verdict on one of the leads."""
    about: str
    note: str


@dataclass(frozen=True)
class CaseSheet:
    """A case as an officer reads it."""

    id: int
    number: int
    version: int
    title: str
    summary: str
    status: str
    merged_into: tuple[int, int] | None
    """Id and number of the case that goes on with it."""
    merged: tuple[tuple[int, int], ...]
    """Those that were merged into it."""
    campaign_id: int | None
    opened_by: str
    opened_at: datetime
    leads: tuple[FiledLead, ...]
    hidden: int
    """Leads that were put into it and turned out to be possible victims': nobody reads them here."""
    against: tuple[Against, ...]
    members: tuple[str, ...]
    tasks: tuple[Task, ...]
    timeline: tuple[Line, ...]
    graph: Graph


def listing(desk: Desk, after: str = "", *, status: str = "") -> Cases:
    """Cases of the unit that were not merged into others. A look: recorded."""
    desk.require(Permission.CASES_READ, Verb.CASES_LISTED)
    wanted = Case.objects.filter(
        unit=person_at(desk).unit_id, merged_into=None, retention__wrapped_key__isnull=False
    )
    wanted = wanted.filter(status=status) if status else wanted
    moved_at, _, number = after.partition("_")
    if number.isdecimal():
        at = datetime.fromisoformat(moved_at)
        wanted = wanted.filter(Q(moved_at__lt=at) | Q(moved_at=at, pk__lt=int(number)))
    found = list(wanted.select_related("retention").order_by("-moved_at", "-pk")[: PAGE + 1])
    rows = case_rows(found[:PAGE])
    desk.record(Verb.CASES_LISTED, count=len(rows), details={"cases": [one.id for one in rows]})
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Cases(rows, f"{last.moved_at.isoformat()}_{last.pk}" if last else None)


def case_rows(cases: Sequence[Case]) -> tuple[CaseRow, ...]:
    """Cases as a list shows them. Call it inside a look that is recorded."""
    places = CaseLead.objects.filter(case__in=cases, detached_at=None)
    places = places.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    leads = dict(places.values_list("case").annotate(Count("pk")))
    waiting = CaseTask.objects.filter(case__in=cases, done_at=None)
    tasks = dict(waiting.values_list("case").annotate(Count("pk")))
    return tuple(
        CaseRow(
            id=case.pk,
            number=case.number,
            title=words_of(case)["title"],
            status=case.status,
            leads=leads.get(case.pk, 0),
            tasks=tasks.get(case.pk, 0),
            members=_members([case.pk]),
            moved_at=case.moved_at,
        )
        for case in cases
    )


def words_of(case: Case) -> dict[str, str]:
    """Title and summary."""
    body: dict[str, str] = json.loads(unseal(case.retention, case.body))
    return body


def view(desk: Desk, case_id: int) -> CaseSheet:
    """A case in full. A look: recorded before this returns. Raises `NoSuchCase`."""
    subject = f"case:{case_id}"
    desk.require(Permission.CASES_READ, Verb.CASE_VIEWED, subject)
    try:
        found = sheet(desk, find_case(desk, case_id))
    except NoSuchCase:
        desk.record(Verb.CASE_VIEWED, subject=subject, count=0)
        raise
    desk.record(
        Verb.CASE_VIEWED,
        subject=subject,
        purpose=f"case:{found.number}",
        count=len(found.leads),
        details={"leads": [one.lead_id for one in found.leads]},
    )
    return found


def files_of(case: Case) -> list[int]:
    """The case and all that were merged into it, and into those."""
    found = [case.pk]
    while more := list(
        Case.objects.filter(merged_into__in=found)
        .exclude(pk__in=found)
        .values_list("pk", flat=True)
    ):
        found += more
    return found


def places_of(files: Sequence[int]) -> QuerySet[CaseLead]:
    """Leads of those cases, taken out or not; a possible victim's is none of them."""
    places = CaseLead.objects.filter(case__in=files).exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    places = places.exclude(lead__retention__wrapped_key=None)
    related = ("lead__source", "lead__retention", "case__retention", "added_by", "detached_by")
    return places.select_related(*related).order_by("lead_id", "pk")


def sheet(desk: Desk, case: Case) -> CaseSheet:
    """All that is read of a case. Call it inside a look that is recorded."""
    files = files_of(case)
    places = list(places_of(files))
    places.sort(key=lambda place: (place.lead_id, place.case_id == case.pk, place.pk))
    inside = {place.lead_id: place for place in places if place.detached_at is None}
    sightings = opened_of(list(inside))
    opened = {one.row.lead_id: one for one in sightings}
    hidden = CaseLead.objects.filter(case__in=files, lead__kind=LeadKind.POSSIBLE_VICTIM)
    words = words_of(case)
    merged = Case.objects.filter(pk__in=files).exclude(pk=case.pk).order_by("number")
    return CaseSheet(
        id=case.pk,
        number=case.number,
        version=case.version,
        title=words["title"],
        summary=words["summary"],
        status=case.status,
        merged_into=(case.merged_into.pk, case.merged_into.number) if case.merged_into else None,
        merged=tuple(merged.values_list("pk", "number")),
        campaign_id=case.campaign_id,
        opened_by=case.opened_by.account,
        opened_at=case.opened_at,
        leads=tuple(
            _filed(inside[lead], opened[lead]) for lead in sorted(inside) if lead in opened
        ),
        hidden=hidden.count(),
        against=against(places),
        members=_members([case.pk]),
        tasks=_tasks(case, desk.now().date()),
        timeline=timeline(files, list(inside)),
        graph=graph(sightings),
    )


def _filed(place: CaseLead, one: OpenSighting) -> FiledLead:
    return FiledLead(
        lead_id=place.lead_id,
        status=place.lead.status,
        category=place.lead.category,
        source_title=place.lead.source.body["title"],
        author=one.author,
        pieces=one.snippet(),
        added_by=place.added_by.account,
        added_at=place.added_at,
        case_number=place.case.number,
    )


def against(places: Sequence[CaseLead]) -> tuple[Against, ...]:
    """Leads that were dismissed or taken out, verdicts that changed, links that officers undid; by lead."""
    found: list[Against] = []
    for place in places:
        if place.detached_at is not None and place.detached_by is not None:
            why = unseal(place.case.retention, place.why).decode() if place.why else ""
            found.append(
                Against(
                    place.lead_id, "detached", place.detached_by.account, place.detached_at, why
                )
            )
    leads = {place.lead_id: place.lead for place in places}
    decisions: dict[int, list[Decision]] = {}
    for row in Decision.objects.filter(lead__in=leads).select_related("by").order_by("pk"):
        decisions.setdefault(row.lead_id, []).append(row)
    for lead_id, rows in decisions.items():
        last = rows[-1]
        if leads[lead_id].status == LeadStatus.DISMISSED:
            reason = str(last.dismiss_reason or "")
            found.append(Against(lead_id, "dismissed", last.by.account, last.decided_at, reason))
        verdicts = [str(row.verdict) for row in rows]
        if len(set(verdicts)) > 1:
            told = " → ".join(verdicts)
            found.append(Against(lead_id, "changed", last.by.account, last.decided_at, told))
    unlinked = LinkJudgement.objects.filter(
        link__lead__in=leads, link__state="detached", state="detached"
    ).select_related("by", "link")
    for judgement in unlinked:
        retention = leads[judgement.link.lead_id].retention
        why = unseal(retention, judgement.why).decode()
        found.append(
            Against(
                judgement.link.lead_id, "unlinked", judgement.by.account, judgement.judged_at, why
            )
        )
    return tuple(sorted(found, key=lambda one: (one.lead_id, one.at)))


def _members(files: Sequence[int]) -> tuple[str, ...]:
    rows = CaseMember.objects.filter(case__in=files, until=None).order_by("since", "pk")
    return tuple(rows.values_list("person__account", flat=True))


def _tasks(case: Case, today: date) -> tuple[Task, ...]:
    """Those that wait first, by their day."""
    rows = CaseTask.objects.filter(case=case).select_related("assigned_to", "done_by")
    found = [
        Task(
            id=row.pk,
            what=unseal(case.retention, row.body).decode(),
            account=row.assigned_to.account if row.assigned_to else None,
            due_on=row.due_on,
            late=row.done_at is None and row.due_on is not None and row.due_on < today,
            done_by=row.done_by.account if row.done_by else None,
            done_at=row.done_at,
        )
        for row in rows.order_by("pk")
    ]
    return tuple(sorted(found, key=lambda one: (one.done_at is not None, one.due_on or date.max)))


def timeline(files: Sequence[int], leads: Sequence[int]) -> tuple[Line, ...]:
    """What was done in those cases, and the verdicts on their leads; the newest first."""
    victims = CaseLead.objects.filter(case__in=files, lead__kind=LeadKind.POSSIBLE_VICTIM)
    events = CaseEvent.objects.filter(case__in=files).select_related("by", "case__retention")
    events = events.exclude(
        verb__in=(Verb.CASE_LEADS_ADDED, Verb.CASE_LEAD_DETACHED),
        about__in=[str(lead) for lead in victims.values_list("lead_id", flat=True)],
    )
    lines = [
        Line(
            at=event.at,
            account=event.by.account,
            what=event.verb,
            about=event.about,
            note=unseal(event.case.retention, event.note).decode() if event.note else "",
        )
        for event in events.order_by("pk")
    ]
    lines += [
        Line(row.decided_at, row.by.account, str(row.verdict), str(row.lead_id), "")
        for row in Decision.objects.filter(lead__in=leads).select_related("by").order_by("pk")
    ]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))
