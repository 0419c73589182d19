"""The queue: what waits, in which order, and how much there is of each kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Max, Q, QuerySet

from dashboards.period import begin_of
from patrol.actions.desk import Desk
from patrol.actions.searching import history
from patrol.actions.staffing.care import left_out
from patrol.actions.staffing.shifts import settings_now
from patrol.actions.triaging.once import SECONDS, changes, moves, once
from patrol.actions.triaging.rows import QueueRow, rows_of
from patrol.actions.triaging.sifting import engine_of, of_category, of_rule, of_source, parted
from patrol.errors import BadInput
from patrol.models import HandleRole, LeadKind, LeadStatus, Permission, SearchKind, Verb
from patrol.register.ready import Ready
from patrol.register.tables import HandleRow, Lead, LedgerIndex, RunRow, SourceRow

Sort = Literal["score", "newest", "oldest", "cluster"]
WAITING = "waiting"
"""As a status: new, or put off for later."""
ME, NOBODY = "me", "nobody"
"""As an assignee."""
SEARCHABLE = "searchable"
"""As a kind: all but possible victims, as search and figures count them."""


class BadPlace(BadInput):
    """The address names a place in the queue that cannot be read."""

    def __init__(self, after: str) -> None:
        super().__init__(
            f"`{after[:40]}` is no place in the queue.",
            why="A page of the queue begins after a lead, named by its rank and number.",
            do="Open the queue again without `after`.",
        )


@dataclass(frozen=True)
class QueueFilter:
    """Which leads; empty is any. The whole state of the queue's page is in here."""

    status: str = LeadStatus.NEW
    category: str = ""
    """Of these and not of those, such as `fraud,-drugs`; so are source, engine, severity and rule."""
    source: str = ""
    engine: str = ""
    severity: str = ""
    kind: str = ""
    rule: str = ""
    channel: str = ""
    first: str = ""
    last: str = ""
    """Days on which they were opened, such as `2026-11-22`, both included."""
    since: str = ""
    """The instant after which they were opened, such as `2026-11-22T07:00:00+00:00`."""
    assignee: str = ""
    tag: str = ""
    """A word that officers put on them."""
    handle: str = ""
    """Tag of a contact that they offer. One look at a time: no view may be saved with it."""
    sort: Sort = "score"
    after: str = ""
    size: int = 25


@dataclass(frozen=True)
class Queue:
    """One page of the queue."""

    rows: tuple[QueueRow, ...]
    next: str | None
    """`after` of the next page."""
    total: int
    """Some seconds old at most, but for what was decided here."""
    sources: dict[str, dict[str, str]]
    """Titles of the unit's sources by name."""
    engines: frozenset[str]
    """What reads them."""
    last_run_at: datetime | None
    as_of: datetime
    last_id: int
    """Of the unit's newest lead when the page was asked for, whatever the filter; 0 without any."""


def queue(desk: Desk, wanted: QueueFilter, keep: int | None = None) -> Queue:
    """One page of the unit's leads. A look at collected words: recorded before this returns.

    `keep` is a lead just decided on: it is shown at its place although the filter leaves it out now.
    """
    desk.require(Permission.LEADS_READ, Verb.LEADS_LISTED)
    newest = Lead.objects.filter(unit=unit_of(desk)).order_by("-pk").values_list("pk", flat=True)
    last_id = newest.first() or 0  # before the page: what comes meanwhile is told as new
    parts = _parts(desk, wanted)
    found = (lead for part in parts for lead in _sorted(part, wanted)[: wanted.size + 1])
    page = sorted(found, key=_order(wanted.sort))
    more = len(page) > wanted.size
    page = page[: wanted.size]
    place = _place(page[-1], wanted.sort) if more else None
    gone = _gone(desk, wanted, page, keep)
    rows = rows_of(desk, sorted([*page, *gone], key=_order(wanted.sort)), gone)
    sources = _sources(unit_of(desk))
    shown = Queue(
        rows=rows,
        next=place,
        total=_total(desk, wanted, parts),
        sources={name: title for name, (title, _engine) in sources.items()},
        engines=frozenset(engine for _title, engine in sources.values()),
        last_run_at=_last_run_at(unit_of(desk)),
        as_of=desk.now(),
        last_id=last_id,
    )
    _record(desk, wanted, rows, shown.total)
    return shown


def how_many(desk: Desk, wanted: QueueFilter) -> int:
    """How many leads a filter lets through. A number, beside a look that was recorded."""
    return sum(part.count() for part in _parts(desk, wanted))


def _total(desk: Desk, wanted: QueueFilter, parts: Sequence[QuerySet[Lead]]) -> int:
    """How many leads there are on all pages, worked out anew behind each decision."""
    key = f"total:{changes(moves(unit_of(desk)))}:{seen_by(desk, wanted)}"
    return once(key, lambda: sum(part.count() for part in parts), SECONDS)


def seen_by(desk: Desk, wanted: QueueFilter) -> str:
    """A name for the leads that a filter lets through, however they are sorted, for everybody who sees the same ones."""
    wanted = replace(wanted, after="", sort="score", size=0)
    person = desk.actor.person if wanted.assignee else ""
    spared = ",".join(sorted(left_out(desk)))
    return f"{unit_of(desk)}:{desk.may(Permission.VICTIMS_READ)}:{spared}:{person}:{hash(wanted)}"


def _sources(unit: int) -> dict[str, tuple[dict[str, str], str]]:
    """What a unit's sources are called and what reads them, as it was some seconds ago at most."""
    columns = ("name", "body", "detected_engine")
    rows = SourceRow.objects.filter(unit=unit).order_by("name").values_list(*columns)
    return once(
        f"sources:{unit}",
        lambda: {name: (body["title"], engine_of(body, found)) for name, body, found in rows.all()},
        SECONDS,
    )


def _last_run_at(unit: int) -> datetime | None:
    """When a source was last read, as it was some seconds ago at most."""
    runs = RunRow.objects.filter(source__unit=unit)
    at: datetime | None = once(
        f"last-run:{unit}", lambda: runs.aggregate(at=Max("ended_at"))["at"], SECONDS
    )
    return at


def _record(desk: Desk, wanted: QueueFilter, rows: tuple[QueueRow, ...], total: int) -> None:
    """The look; that it followed a contact is counted beside the log, by its tag."""
    with desk.act(Permission.LEADS_READ, Verb.LEADS_LISTED) as act:
        act.count = len(rows)
        act.details = {
            "leads": [row.id for row in rows],
            "status": wanted.status,
            "category": wanted.category,
            "source": wanted.source,
            "engine": wanted.engine or None,
            "severity": wanted.severity or None,
            "handle": wanted.handle or None,
        }
        if wanted.handle and not wanted.after:
            act.details["search"] = history.keep(
                desk,
                SearchKind.CONTACT,
                wanted.handle,
                total,
                words_hmac=wanted.handle,
                tags=[wanted.handle],
            )


def _gone(desk: Desk, wanted: QueueFilter, page: list[Lead], keep: int | None) -> list[Lead]:
    """The lead just decided on, where it left the filter and would stand on this page."""
    if keep is None or any(lead.pk == keep for lead in page):
        return []
    whole = chosen(desk, QueueFilter(status=""))
    found = _sorted(whole, replace(wanted, status="")).filter(pk=keep).first()
    key = _order(wanted.sort)
    if found is None or (len(page) == wanted.size and key(found) > key(page[-1])):
        return []
    return [found]


def last_visit(desk: Desk) -> datetime | None:
    """When this person last read the queue, as the access log has it."""
    listed = LedgerIndex.objects.filter(
        person=desk.actor.person, verb=Verb.LEADS_LISTED, result="allow"
    )
    return listed.order_by("-seq").values_list("at", flat=True).first()


def arrived(desk: Desk, wanted: QueueFilter, since: int, as_of: datetime | None = None) -> int:
    """How many leads came after that one, or came back since that instant.

    A number and no word of any, so it is no look to be recorded.
    """
    desk.require(Permission.LEADS_READ, Verb.LEADS_LISTED)
    back = Q(status=LeadStatus.SNOOZED, snoozed_until__gt=as_of) if as_of else Q(pk=None)
    return sum(
        part.filter(pk__gt=since).count() + part.filter(back, pk__lte=since).count()
        for part in _parts(desk, wanted)
    )


def _parts(desk: Desk, wanted: QueueFilter) -> list[QuerySet[Lead]]:
    """The chosen leads in parts that each stand in an index in their order: those that are back are few, mostly none."""
    if wanted.status != LeadStatus.NEW:
        return [chosen(desk, wanted)]
    leads = chosen(desk, replace(wanted, status=""))
    new = leads.filter(status=LeadStatus.NEW)
    if not _AWAKE.rows(unit=unit_of(desk), now=desk.now()):
        return [new]
    back = leads.filter(awake(desk))
    return [new, *([back] if back.exists() else [])]


_AWAKE = Ready(
    lambda unit, now: (
        Lead.objects.filter(status=LeadStatus.SNOOZED, snoozed_until__lte=now, unit=unit)
        .order_by()
        .values_list("pk")[:1]
    ),
    unit=int,
    now=datetime,
)
"""Whether any lead of a unit was put off and is back, whatever the filter."""


def chosen(desk: Desk, wanted: QueueFilter) -> QuerySet[Lead]:
    """The unit's leads that the filter names, and that this role may see."""
    leads = whatever(desk, wanted)
    if wanted.status == LeadStatus.NEW:
        leads = leads.filter(Q(status=LeadStatus.NEW) | awake(desk))
    elif wanted.status == LeadStatus.SNOOZED:
        leads = leads.filter(status=LeadStatus.SNOOZED).exclude(awake(desk))
    elif wanted.status == WAITING:
        leads = leads.filter(status__in=[LeadStatus.NEW, LeadStatus.SNOOZED])
    elif wanted.status:
        leads = leads.filter(status=wanted.status)
    where = of_source(unit_of(desk), wanted.source, wanted.engine, wanted.severity)
    return _of_kind(desk, leads, wanted).filter(where)


def whatever(desk: Desk, wanted: QueueFilter) -> QuerySet[Lead]:
    """The same whatever their status, category, source, engine, severity and kind."""
    leads = Lead.objects.filter(unit=unit_of(desk))
    if not desk.may(Permission.VICTIMS_READ):
        leads = leads.exclude(kind=LeadKind.POSSIBLE_VICTIM)
    leads = _opened_in(leads, wanted).filter(_of_channel(wanted), of_rule(wanted.rule))
    if wanted.tag:
        leads = leads.filter(tags__name=wanted.tag)
    return _worked_on_by(desk, leads, wanted.assignee).filter(_offering(wanted.handle))


def _of_kind(desk: Desk, leads: QuerySet[Lead], wanted: QueueFilter) -> QuerySet[Lead]:
    leads = leads.filter(of_category(wanted.category))
    named, _without = parted(wanted.category)
    if not named and (spared := left_out(desk)) and wanted.assignee != ME:
        leads = leads.exclude(category__in=spared)
    if wanted.kind == SEARCHABLE:
        return leads.exclude(kind=LeadKind.POSSIBLE_VICTIM)
    return leads.filter(kind=wanted.kind) if wanted.kind else leads


def spared(desk: Desk) -> int:
    """How many leads wait in categories that this person does not read. A number: no look to be recorded."""
    without = left_out(desk)
    if not without:
        return 0
    waiting = Q(status=LeadStatus.NEW) | awake(desk)
    return Lead.objects.filter(waiting, unit=unit_of(desk), category__in=without).count()


def awake(desk: Desk) -> Q:
    """Put off, and back by itself."""
    return Q(status=LeadStatus.SNOOZED, snoozed_until__lte=desk.now())


def _worked_on_by(desk: Desk, leads: QuerySet[Lead], assignee: str) -> QuerySet[Lead]:
    if assignee == ME:
        return leads.filter(assigned_to=desk.person)
    if assignee == NOBODY:
        return leads.filter(assigned_to=None)
    return leads.filter(assigned_to__account=assignee) if assignee else leads


def _offering(tag: str) -> Q:
    """Leads, never a possible victim's, that offer this contact."""
    if not tag:
        return Q()
    offering = HandleRow.objects.filter(tag=tag, role=HandleRole.OFFERED)
    return Q(pk__in=offering.values("sighting__lead_id")) & ~Q(kind=LeadKind.POSSIBLE_VICTIM)


def _of_channel(wanted: QueueFilter) -> Q:
    return Q(source__body__channel=wanted.channel) if wanted.channel else Q()


def _opened_in(leads: QuerySet[Lead], wanted: QueueFilter) -> QuerySet[Lead]:
    if wanted.first:
        leads = leads.filter(opened_at__gte=begin_of(date.fromisoformat(wanted.first)))
    if wanted.last:
        behind = begin_of(date.fromisoformat(wanted.last) + timedelta(days=1))
        leads = leads.filter(opened_at__lt=behind)
    if wanted.since:
        leads = leads.filter(opened_at__gt=datetime.fromisoformat(wanted.since))
    return leads


def after_lead(
    desk: Desk, wanted: QueueFilter, lead: Lead, *, forward: bool = True, lighter: bool = False
) -> int | None:
    """The lead that stands next to this one in the queue, or None at its end; heavy categories left out for a lighter one."""
    sort, order = wanted.sort, ORDERS[wanted.sort]
    heavy = settings_now().care_heavy if lighter else ()
    beside = _beside(sort, _value(lead, sort), lead.pk, forward=forward)
    found = []
    for part in _parts(desk, replace(wanted, after="")):
        leads = part.exclude(category__in=heavy).filter(beside).order_by(*order)
        found.append(leads.first() if forward else leads.last())
    nearest = sorted(filter(None, found), key=_order(sort), reverse=not forward)
    return nearest[0].pk if nearest else None


ORDERS: dict[Sort, tuple[str, ...]] = {
    "score": ("-rank", "-pk"),
    "newest": ("-pk",),
    "oldest": ("pk",),
    "cluster": ("-sightings_count", "-pk"),
}
_COLUMNS: dict[Sort, str] = {"score": "rank", "cluster": "sightings_count"}
"""What comes before the number."""


def _value(lead: Lead, sort: Sort) -> int:
    return int(getattr(lead, _COLUMNS[sort])) if sort in _COLUMNS else 0


def _order(sort: Sort) -> Callable[[Lead], tuple[int, int]]:
    """The same order among leads in hand."""
    return lambda lead: (-_value(lead, sort), lead.pk if sort == "oldest" else -lead.pk)


def _beside(sort: Sort, value: int, pk: int, *, forward: bool = True) -> Q:
    """What comes after that place, or before it. A range of the index that the order stands in."""
    than = "lt" if forward is not (sort == "oldest") else "gt"
    beyond = Q(**{f"pk__{than}": pk})
    if sort not in _COLUMNS:
        return beyond
    column = _COLUMNS[sort]
    return Q(**{f"{column}__{than}e": value}) & (Q(**{f"{column}__{than}": value}) | beyond)


def in_order(leads: QuerySet[Lead], sort: Sort) -> QuerySet[Lead]:
    """Leads as the queue sorts them."""
    return leads.order_by(*ORDERS[sort])


def _sorted(leads: QuerySet[Lead], wanted: QueueFilter) -> QuerySet[Lead]:
    related = ("source", "retention", "held_by", "assigned_to")
    leads = in_order(leads, wanted.sort).select_related(*related)
    if not wanted.after:
        return leads
    try:
        value, pk = (int(part) for part in wanted.after.split("."))
    except ValueError:
        raise BadPlace(wanted.after) from None
    return leads.filter(_beside(wanted.sort, value, pk))


def _place(lead: Lead, sort: Sort) -> str:
    return f"{_value(lead, sort)}.{lead.pk}"


def unit_of(desk: Desk) -> int:
    if desk.person is None:
        raise BadInput(
            "A queue is a unit's.",
            why="The system reads no leads; people do.",
            do="Sign in as an officer.",
        )
    return desk.person.unit_id
