"""Sources: proposing, listing, pausing, running now."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from dashboards.coverage import GREEN
from dashboards.period import begin_of
from patrol.actions.collecting import waiting
from patrol.actions.collecting.binding import configuration
from patrol.actions.collecting.declaring import age_hosts
from patrol.actions.collecting.health import health_of
from patrol.actions.collecting.health_told import told
from patrol.actions.collecting.mandate_sheets import AuthorizationSheet, authorization_sheet
from patrol.actions.collecting.mandates import in_force, source_row
from patrol.actions.collecting.outcomes import SENTENCES
from patrol.actions.desk import Desk
from patrol.actions.keeping.holding import refuse_source
from patrol.errors import BadInput
from patrol.models import Outcome, Permission, Source, Verb
from patrol.register.tables import RunRow, SourceRow, Unit
from patrol.settings import Settings
from spiders.gate.proxy import Proxy, forward_proxy
from spiders.selectors import judge

RUNS_SHOWN = 30
MOST_RUNS = 1_000
"""Of those that somebody asked for by day or outcome."""


@dataclass(frozen=True)
class RunFilter:
    """Which runs; empty is any. Days are those on which they were due, both included."""

    first: str = ""
    last: str = ""
    outcome: str = ""
    """An outcome, or `good`, `bad` (ended, and not good), `refused` (some request was), or nothing."""

    def of(self, row: SourceRow) -> "QuerySet[RunRow]":
        """Newest first."""
        runs = row.runs.order_by("-due_at")
        if self != RunFilter():
            runs = runs.filter(brought_as=None)  # as coverage counts them
        if self.first:
            runs = runs.filter(due_at__gte=begin_of(date.fromisoformat(self.first)))
        if self.last:
            behind = begin_of(date.fromisoformat(self.last) + timedelta(days=1))
            runs = runs.filter(due_at__lt=behind)
        if self.outcome == "refused":
            return runs.filter(requests_refused__gt=0)
        if self.outcome == "bad":
            return runs.exclude(outcome=None).exclude(outcome__in=GREEN)
        if self.outcome:
            return runs.filter(outcome__in=GREEN if self.outcome == "good" else [self.outcome])
        return runs


@dataclass(frozen=True)
class RunSheet:
    """One run as its source's page shows it."""

    id: int
    due_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    sentence: str
    remedy: str
    detail: str
    pages: int
    posts: int
    posts_new: int
    sightings: int
    leads: int
    requests: int
    requests_refused: int
    media_cut: int
    overran: bool = False
    """It saw nothing that was known before: older posts were out of its sight."""
    lost_posts: int | None = None
    """About how many posts are lost for good."""
    brought_as: str | None = None
    """In what shape somebody brought it by hand."""
    encoding_suspect: int = 0
    """Pages of which more than 1 % of the characters outside ASCII could not be read."""


@dataclass(frozen=True)
class SourceSheet:
    """A source in the list."""

    name: str
    title: dict[str, str]
    channel: str
    engine: str | None
    evidence: str | None
    every_minutes: int
    """The interval in force."""
    schedule: Source
    """With the settings that everyday work may change."""
    health: tuple[str, ...]
    """What its runs tell of it, in sentences."""
    open: bool
    """Failures keep it from being tried as often as its schedule says."""
    start: tuple[str, ...]
    browser: str | None
    """Why a browser has to draw its pages."""
    selectors: dict[str, str]
    """How its pages are read where no engine knows them."""
    paused: bool
    next_due_at: datetime | None
    authorization: AuthorizationSheet | None
    """The one in force, or the newest otherwise."""
    last_run: RunSheet | None
    running: bool


@dataclass(frozen=True)
class SourcePage:
    """A source with its runs and its mandates, newest first."""

    sheet: SourceSheet
    runs: tuple[RunSheet, ...]
    runs_total: int
    """Of those asked for; more than `runs` holds where they are cut."""
    authorizations: tuple[AuthorizationSheet, ...]
    proxy: Proxy | None
    """By which all sites are asked from here."""


def source_of(row: SourceRow) -> Source:
    """The row as a noun."""
    return Source.model_validate(row.body)


def propose(desk: Desk, source: Source, unit: str | None = None) -> SourceRow:
    """Add a source, or its next version. It is read only once an authorization is approved.

    Raises `BadSelectors`, `UnderHold`.
    """
    if source.selectors is not None:
        judge(source.selectors)
    with desk.act(
        Permission.SOURCES_PROPOSE, Verb.SOURCE_PROPOSED, subject=f"source:{source.name}"
    ) as act:
        row = SourceRow.objects.filter(name=source.name).first()
        body = source.model_dump(mode="json")
        if row is None:
            owner = desk.person.unit if desk.person else Unit.objects.get_or_create(name=unit)[0]
            row = SourceRow.objects.create(
                name=source.name, unit=owner, body=body, proposed_by=desk.person
            )
        elif source_of(row) != source:
            row = source_row(desk, source.name)
            refuse_source(row)
            if configuration(row.body) != configuration(body):
                row.learned_since = desk.now()
            row.body = body
            row.version += 1
            row.proposed_by = desk.person
            row.detected_engine = row.detected_by = None
            row.save()
        act.details = {"version": row.version, "start": list(source.start)}
        return row


def age_hosts_of(desk: Desk, name: str) -> tuple[str, ...]:
    """Hosts that may be told an age in that source's mandates; none where its software asks for none."""
    row = source_row(desk, name)
    return age_hosts(source_of(row), row.detected_engine)


def looked_before(desk: Desk) -> None:
    """What a look saw is shown once more: a look of its own, recorded."""
    desk.require(Permission.SOURCES_PROPOSE, Verb.SOURCE_LOOKED_AT)
    desk.record(Verb.SOURCE_LOOKED_AT, details={"asked": False})


class NameTaken(BadInput):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is a source `{name}` already.",
            why="A source is known by its name; another one's would be changed.",
            do="Choose another name.",
        )


def propose_new(desk: Desk, source: Source, unit: str | None = None) -> SourceRow:
    """Add a source under a name that no other has. Raises `NameTaken`."""
    if SourceRow.objects.filter(name=source.name).exists():
        raise NameTaken(source.name)
    return propose(desk, source, unit)


def run_now(desk: Desk, name: str) -> RunRow:
    """Ask the clock for a run; it starts within seconds. One that waits already is that one."""
    with desk.act(Permission.SOURCES_RUN, Verb.RUN_QUEUED, subject=f"source:{name}") as act:
        row = source_row(desk, name)
        waiting = row.runs.filter(begun_at=None, ended_at=None).first()
        run = waiting or RunRow.objects.create(source=row, due_at=desk.now(), asked_by=desk.person)
        act.details = {"run": run.pk}
        return run


def stop_run(desk: Desk, name: str, reason: str) -> None:
    """Stop what reads this source now, within seconds; what it kept stays kept."""
    with desk.act(
        Permission.SOURCES_RUN, Verb.SOURCE_PAUSED, subject=f"source:{name}", reason=reason
    ):
        row = source_row(desk, name)
        row.runs.filter(ended_at=None).update(stop_asked_at=desk.now())


def pause(desk: Desk, name: str, reason: str) -> None:
    """No scheduled run from now on, and stop the one that goes on."""
    with desk.act(
        Permission.SOURCES_RUN, Verb.SOURCE_PAUSED, subject=f"source:{name}", reason=reason
    ):
        row = source_row(desk, name)
        row.paused_at = desk.now()
        row.next_due_at = None
        row.save(update_fields=["paused_at", "next_due_at"])
        row.runs.filter(ended_at=None).update(stop_asked_at=desk.now())


def resume(desk: Desk, name: str) -> None:
    """Scheduled runs again, the first one now."""
    with desk.act(Permission.SOURCES_RUN, Verb.SOURCE_RESUMED, subject=f"source:{name}"):
        row = source_row(desk, name)
        row.paused_at = None
        row.next_due_at = desk.now()
        row.save(update_fields=["paused_at", "next_due_at"])


def listed(desk: Desk) -> tuple[SourceSheet, ...]:
    """All sources of the unit, by name. A look: recorded."""
    desk.require(Permission.SOURCES_READ, Verb.SOURCES_LISTED)
    rows = SourceRow.objects.order_by("name")
    if desk.person is not None:
        rows = rows.filter(unit=desk.person.unit_id)
    sheets = tuple(_sheet(row, desk.now()) for row in rows)
    desk.record(Verb.SOURCES_LISTED, count=len(sheets))
    return sheets


def viewed(desk: Desk, name: str, wanted: RunFilter | None = None) -> SourcePage:
    """One source, with its last runs or those wanted. A look: recorded. Raises `NoSuchSource`."""
    desk.require(Permission.SOURCES_READ, Verb.SOURCE_VIEWED, f"source:{name}")
    row = source_row(desk, name)
    now = desk.now()
    mandates = row.authorizations.select_related("requester", "approver").order_by("-pk")
    runs = (wanted or RunFilter()).of(row)
    shown = runs[: MOST_RUNS if wanted else RUNS_SHOWN]
    sheet = _sheet(row, now)
    page = SourcePage(
        sheet=replace(sheet, health=(*waiting.told(row), *sheet.health)),
        runs=tuple(_run_sheet(run) for run in shown),
        runs_total=runs.count(),
        authorizations=tuple(authorization_sheet(mandate, now) for mandate in mandates),
        proxy=forward_proxy(Settings()),
    )
    desk.record(Verb.SOURCE_VIEWED, subject=f"source:{name}")
    return page


def _sheet(row: SourceRow, now: datetime) -> SourceSheet:
    source = source_of(row)
    health = health_of(row)
    mandate = in_force(row, now) or row.authorizations.order_by("-pk").first()
    read = row.runs.filter(brought_as=None).exclude(ended_at=None)
    last = read.order_by("-ended_at").first()
    return SourceSheet(
        name=row.name,
        title=source.title,
        channel=source.channel.value,
        engine=source.engine or row.detected_engine,
        evidence=row.detected_by,
        every_minutes=health.every_minutes if health and source.revisit else source.every_minutes,
        schedule=source,
        health=told(source, health),
        open=health is not None and health.stretched_minutes is not None,
        start=source.start,
        browser=source.browser,
        selectors=source.selectors.model_dump(exclude_none=True) if source.selectors else {},
        paused=row.paused_at is not None,
        next_due_at=row.next_due_at,
        authorization=authorization_sheet(mandate, now) if mandate else None,
        last_run=_run_sheet(last) if last else None,
        running=row.runs.filter(ended_at=None).exclude(begun_at=None).exists(),
    )


def _run_sheet(row: RunRow) -> RunSheet:
    outcome = Outcome(row.outcome) if row.outcome else None
    sentence, remedy = SENTENCES[outcome] if outcome else ("", "")
    return RunSheet(
        id=row.pk,
        due_at=row.due_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        outcome=outcome,
        sentence=sentence,
        remedy=remedy,
        detail=row.detail,
        pages=row.pages,
        posts=row.posts,
        posts_new=row.posts_new,
        sightings=row.sightings,
        leads=row.leads,
        requests=row.requests,
        requests_refused=row.requests_refused,
        media_cut=row.media_cut,
        overran=row.overran,
        lost_posts=row.lost_posts,
        brought_as=row.brought_as,
        encoding_suspect=(row.found or {}).get("encoding_suspect", 0),
    )
