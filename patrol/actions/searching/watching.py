"""Runs standing queries over what was newly flagged. One that can run no longer tells its owner and stops, never silently."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from patrol.actions.desk import Desk, permissions
from patrol.actions.notifying.notices import tell
from patrol.actions.searching import following
from patrol.actions.searching.finding import BadQuery, asked_of, reading, written_words
from patrol.actions.searching.queries import FollowsOne, allowed, gone_from, stop, words_of
from patrol.models import LeadKind, NoticeKind, Permission, QueryEnd, Role, Verb
from patrol.register.tables import Lead, OutboxRow, StandingHit, StandingQuery
from patrol.search.index import DocumentKind, Facet, IndexAway, PostIndex, Query

OVERLAP = timedelta(hours=1)
"""Looked through again: what was flagged in one order may be put into the index in another."""
_AT_ONCE = 500


class CannotRun(Exception):
    """Why a query stops by itself. Nobody is shown it: the owner's notice and the query's page say it."""

    def __init__(self, because: QueryEnd) -> None:
        super().__init__(because)
        self.because = because


def run_due(desk: Desk) -> int:
    """Run every standing query once over what was flagged since. Returns how many new hits there are.

    With the index away nothing is lost: each goes on from where it was.
    """
    rows = StandingQuery.objects.filter(stopped_at=None).select_related(
        "owner", "unit", "retention", "authorization"
    )
    waiting = list(rows.order_by("pk"))
    if not waiting:
        return 0
    through = _through(desk.now())
    try:
        with reading() as index:
            return sum(_run(desk, index, row, through) for row in waiting)
    except IndexAway:
        return 0


def _through(now: datetime) -> datetime:
    """Until when the index has heard of everything: what waits in the outbox was flagged later."""
    oldest = OutboxRow.objects.filter(dead_because=None, kind=DocumentKind.POST).order_by(
        "written_at"
    )
    waits = oldest.values_list("written_at", flat=True).first()
    return min(now, waits) if waits else now


def _run(desk: Desk, index: PostIndex, row: StandingQuery, through: datetime) -> int:
    try:
        query = runnable(row, desk.now())
    except CannotRun as error:
        _stop(desk, row, error.because)
        return 0
    known = set(StandingHit.objects.filter(query=row).values_list("lead_id", flat=True))
    met = set(_leads(index, query, max(row.made_at, row.through_at - OVERLAP))) - known
    now = desk.now()
    if not _new(row, met):
        StandingQuery.objects.filter(pk=row.pk).update(through_at=through, ran_at=now)
        return 0
    with desk.act(Permission.SYSTEM_OPERATE, Verb.QUERY_HIT, subject=f"query:{row.pk}") as act:
        StandingQuery.objects.select_for_update().get(pk=row.pk)  # one scheduler at a time
        told = StandingHit.objects.filter(query=row).values_list("lead_id", flat=True)
        fresh = _new(row, met - set(told))
        StandingHit.objects.bulk_create(
            [StandingHit(query=row, lead_id=lead, found_at=now) for lead in fresh],
            ignore_conflicts=True,
        )
        StandingQuery.objects.filter(pk=row.pk).update(through_at=through, ran_at=now)
        about = f"query:{row.pk}"
        if fresh:
            tell([row.owner], NoticeKind.QUERY_HIT, address(row), about=about, count=len(fresh))
        act.count = len(fresh)
        act.purpose = f"authorization:{row.authorization_id}" if row.authorization_id else None
        act.details = {"leads": fresh, "owner": row.owner.account}
    return len(fresh)


def address(row: StandingQuery) -> str:
    """Of its page."""
    return f"/search/queries/{row.pk}/"


def _new(row: StandingQuery, leads: set[int]) -> list[int]:
    """Leads opened or seen again since the query was kept; never a possible victim's, never another unit's."""
    rows = Lead.objects.filter(pk__in=leads, unit=row.unit_id)
    return sorted(rows.exclude(kind=LeadKind.POSSIBLE_VICTIM).values_list("pk", flat=True))


def _leads(index: PostIndex, query: Query, since: datetime) -> Iterator[int]:
    """Leads of the posts first seen after that instant, the newest first."""
    before: int | None = None
    while True:
        page = index.search(query.model_copy(update={"before": before, "limit": _AT_ONCE}))
        for item in page.items:
            if item.seen_at < since:
                return
            yield item.lead
        if page.next is None:
            return
        before = page.next


def runnable(row: StandingQuery, now: datetime) -> Query:
    """What it asks of posts now. Raises `CannotRun` with the reason why it stops."""
    owner = row.owner
    if row.expires_at <= now:
        raise CannotRun(QueryEnd.EXPIRED)
    if not owner.is_active or Permission.POSTS_SEARCH not in permissions(Role(owner.role)):
        raise CannotRun(QueryEnd.OWNER_GONE)
    text = words_of(row)["text"]
    try:
        query = asked_of(row.unit_id, text, DocumentKind.POST)
        if gone_from(row.unit_id, query):
            raise CannotRun(QueryEnd.NAMES_GONE)
        named = following.somebody(row.unit_id, written_words(text))
        mandates = allowed(row.unit_id, named, now)
    except BadQuery as error:
        raise CannotRun(QueryEnd.BROKEN) from error
    except FollowsOne as error:
        ended = row.authorization_id is not None
        raise CannotRun(QueryEnd.MANDATE_ENDED if ended else QueryEnd.FOLLOWS) from error
    if not mandates:
        return query
    named_sources = tuple(dict.fromkeys(mandate.source.name for mandate in mandates))
    chosen = query.filters.get(Facet.SOURCE)
    sources = tuple(one for one in named_sources if chosen is None or one in chosen)
    if not sources:
        raise CannotRun(QueryEnd.MANDATE_ENDED)
    return query.model_copy(update={"filters": {**query.filters, Facet.SOURCE: sources}})


def _stop(desk: Desk, row: StandingQuery, because: QueryEnd) -> None:
    """It tells its owner and stops."""
    subject = f"query:{row.pk}"
    with desk.act(Permission.SYSTEM_OPERATE, Verb.QUERY_STOPPED, subject=subject) as act:
        stop(row, because, desk.now())
        tell([row.owner], NoticeKind.QUERY_BROKEN, address(row), about=subject, once=_once(row))
        act.details = {"because": because.value, "owner": row.owner.account}


def _once(row: StandingQuery) -> str:
    """One notice for each time that it stops."""
    return f"query:{row.pk}:{row.stopped_at:%Y%m%d%H%M%S}"
