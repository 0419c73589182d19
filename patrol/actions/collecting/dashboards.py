"""The figures of a unit: leads by day, category, channel and source, and what was not seen. Every look is recorded."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.cache import caches

from dashboards import coverage, questions
from dashboards.coverage import SourceCoverage
from dashboards.period import Period
from dashboards.questions import LeadCounts
from patrol.actions.desk import Desk, Details
from patrol.actions.disclosing.soundness import LogUnsound, refuse_unsound
from patrol.actions.triaging.queue import WAITING, QueueFilter, chosen
from patrol.errors import BadInput, NotFound
from patrol.models import LeadKind, LeadStatus, Permission, Result, Verb
from patrol.register.tables import OutboxRow, SourceRow
from patrol.search import IndexAway, Outage, open_index
from patrol.settings import Settings

FRESH_SECONDS = 5
"""So long an answer serves whoever asks the same; the page says as of when it is."""
LEAD_FIGURES = ("days", "categories", "channels", "sources")
COVERAGE_FIGURES = ("coverage", "coverage_days")


class NoFigures(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such table of figures.",
            why="It has another name, or your role does not see it.",
            do="Open the dashboards and choose one there.",
        )


class NotCounted(IndexAway):
    def __init__(self) -> None:
        super().__init__(
            "The leads cannot be counted now.",
            why="The index does not answer. Nothing is lost: the register holds everything.",
            do="Try again in a moment. If it lasts, tell the administrator: `patrol doctor`.",
        )


@dataclass(frozen=True)
class Victims:
    """Possible victims of the whole unit over the whole period: never by day, source or channel."""

    total: int
    waiting: int
    referred: int


@dataclass(frozen=True)
class Dashboard:
    """What a person may see of a period's figures. None: not theirs to see, or the index is away."""

    period: Period
    as_of: datetime
    titles: Mapping[str, dict[str, str]]
    """Of the unit's sources, by name."""
    leads: LeadCounts | None = None
    away_since: datetime | None = None
    """Since when the index cannot be asked."""
    unheard: int = 0
    """Changes that the index has yet to hear; the counts of leads lack them."""
    victims: Victims | None = None
    coverage: tuple[SourceCoverage, ...] | None = None


def view(desk: Desk, period: Period) -> Dashboard:
    """All figures of a period. A look: recorded. The index away is no fault: the rest is shown."""
    desk.require(Permission.DASHBOARDS_READ, Verb.DASHBOARD_VIEWED)
    shown = _figures(desk, period, leads=True, sources=True)
    desk.record(Verb.DASHBOARD_VIEWED, details=_days(period))
    return shown


def export(
    desk: Desk, period: Period, name: str, write: Callable[[Dashboard], tuple[bytes, int]]
) -> bytes:
    """One table of figures as a file: built, recorded with its hash and its number of rows, then given away.

    Raises `NoFigures`, `LogUnsound`; `NotCounted` for counts of leads while the index cannot be asked.
    """
    subject = f"figures:{name}" if name in (*LEAD_FIGURES, *COVERAGE_FIGURES) else None
    desk.require(Permission.DASHBOARDS_READ, Verb.DASHBOARD_EXPORTED, subject)
    if subject is None:
        raise NoFigures
    of_leads = name in LEAD_FIGURES
    needs = Permission.LEADS_READ if of_leads else Permission.SOURCES_READ
    desk.require(needs, Verb.DASHBOARD_EXPORTED, subject)
    try:
        refuse_unsound()
    except LogUnsound as error:
        details: Details = {"error": type(error).__name__}
        desk.record(Verb.DASHBOARD_EXPORTED, subject=subject, result=Result.ERROR, details=details)
        raise
    shown = _figures(desk, period, leads=of_leads, sources=not of_leads)
    if of_leads and shown.leads is None:
        raise NotCounted
    content, rows = write(shown)
    digest = hashlib.sha256(content).hexdigest()
    desk.record(
        Verb.DASHBOARD_EXPORTED,
        subject=subject,
        count=rows,
        details={**_days(period), "sha256": digest},
    )
    return content


def _days(period: Period) -> Details:
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _figures(desk: Desk, period: Period, *, leads: bool, sources: bool) -> Dashboard:
    if desk.person is None:
        raise BadInput(
            "Figures are a unit's.",
            why="The system reads none; people do.",
            do="Sign in as a supervisor.",
        )
    unit = desk.person.unit_id
    shown = Dashboard(period, desk.now(), _titles(unit))
    if sources and desk.may(Permission.SOURCES_READ):
        shown = _with_coverage(shown, unit)
    if leads and desk.may(Permission.LEADS_READ):
        shown = _with_leads(shown, unit)
        if desk.may(Permission.VICTIMS_READ):
            shown = replace(shown, victims=_victims(desk, period))
    return shown


def _titles(unit: int) -> dict[str, dict[str, str]]:
    rows = SourceRow.objects.filter(unit=unit).values_list("name", "body__title")
    return dict(rows)


def _with_coverage(shown: Dashboard, unit: int) -> Dashboard:
    key = _key("coverage", unit, shown.period)
    asked = caches["near"].get(key)
    if asked is None:
        asked = shown.as_of, coverage.ask(unit, shown.period, shown.as_of)
        caches["near"].set(key, asked, FRESH_SECONDS)
    return replace(shown, as_of=asked[0], coverage=asked[1])


def _with_leads(shown: Dashboard, unit: int) -> Dashboard:
    key = _key("leads", unit, shown.period)
    asked = caches["near"].get(key)
    if asked is None:
        outage = Outage(Settings().index_path)
        try:
            asked = shown.as_of, _count(unit, shown.period)
        except IndexAway:
            return replace(shown, away_since=outage.since())
        outage.over()
        caches["near"].set(key, asked, FRESH_SECONDS)
    waiting = OutboxRow.objects.filter(dead_because=None).count()
    return replace(shown, as_of=min(shown.as_of, asked[0]), leads=asked[1], unheard=waiting)


def _count(unit: int, period: Period) -> LeadCounts:
    index = open_index(Settings())
    try:
        return questions.ask(index, unit, period)
    finally:
        index.close()


def _key(what: str, unit: int, period: Period) -> str:
    return f"dashboards:{what}:{unit}:{period.first}:{period.last}"


def _victims(desk: Desk, period: Period) -> Victims:
    """From the register, through the queue's own filter: the lists that these numbers link to are of the same making."""
    wanted = QueueFilter(
        status="",
        kind=LeadKind.POSSIBLE_VICTIM,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
    )
    return Victims(
        total=chosen(desk, wanted).count(),
        waiting=chosen(desk, replace(wanted, status=WAITING)).count(),
        referred=chosen(desk, replace(wanted, status=LeadStatus.REFERRED)).count(),
    )
