"""What a source's own runs tell of it: how often to read it, what is too little, how long to leave it alone, what was lost.

Everything is counted from the runs anew when one ends, and kept beside the
source; the arithmetic stands in `rhythm`, `quiet`, `drift` and `breaker`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median, median_high

from django.db.models import Max, Min, Q, QuerySet
from django.db.models.aggregates import Count

from dashboards.counting import GREEN, instant, plainly
from dashboards.watch import Watch
from patrol.actions.collecting import breaker, drift, quiet, rhythm
from patrol.actions.collecting.quiet import LEARNED, Silence, weeks_before
from patrol.actions.collecting.rhythm import SEEN, Reading
from patrol.actions.staffing.shifts import settings_now
from patrol.models import Drift, Found, Health, Outcome, Source
from patrol.register.tables import RunRow, SourceRow

_COMPARED = (quiet.WEEKS + 1) * quiet.WEEK
"""How far back readings tell what usually comes at the hours of an outage."""


@dataclass(frozen=True, slots=True)
class Thin:
    """A good run that is too empty to be believed, in a sentence."""

    sentence: str


def interval_of(row: SourceRow, source: Source) -> int:
    """Minutes from one reading to the next, as they are now; what the schedule says where nothing was learned."""
    kept = health_of(row)
    limits = source.revisit
    if kept is None or limits is None:
        return source.every_minutes
    return min(max(kept.every_minutes, limits.fastest_minutes), limits.slowest_minutes)


def health_of(row: SourceRow) -> Health | None:
    """As the last run left it; None before the first one has ended."""
    return Health.model_validate(row.health) if row.health else None


def watch_of(row: SourceRow, source: Source) -> Watch:
    """What its schedule promises now."""
    watch = Watch.of(source)
    every = timedelta(minutes=interval_of(row, source))
    return replace(watch, every=every, grace=min(every, watch.grace))


def thin(row: SourceRow, source: Source, run: RunRow, now: datetime) -> Thin | None:
    """Whether a run that found no fault read far less than this board always has. None where that is not learned."""
    if not source.learns_floor:
        return None
    floor, least, runs = _rows_learned(row, now)
    if run.rows is not None and run.rows < floor:
        return Thin(
            f"{run.rows} rows were read; the last {runs} good runs read {least} at least, and fewer than {floor} are not believed."
        )
    if run.posts_new:
        return None
    found = _silence(row, now)
    if found is None:
        return None
    return Thin(
        f"Nothing new came for {_hours(now - found.since)} hours; at the same hours of each of {found.weeks} weeks before {found.usual} posts came at least."
    )


def examined(
    row: SourceRow, source: Source, run: RunRow, outcome: Outcome, now: datetime
) -> Health:
    """What is known of a source once this run has ended so, which is not written yet."""
    floor, least, runs = _rows_learned(row, now)
    week = _readings(row, now - SEEN - timedelta(days=1))
    if outcome.green:
        week.append(Reading(now, run.posts_new))
    apart = rhythm.UNWATCHED
    if source.revisit:
        apart = max(apart, 2 * timedelta(minutes=source.revisit.slowest_minutes))
    found = rhythm.seen(week, now - SEEN, apart)
    page_rows = _page_rows(row, now) or run.page_rows
    taken = _taken(row, now)
    every, because = rhythm.interval(found, page_rows, source.every_minutes, source.revisit, taken)
    failures = 0 if outcome.green else failures_of(row)[0] + (outcome not in breaker.NO_FAULT)
    alone = breaker.stretched(timedelta(minutes=every), failures, settings_now().failures_told)
    opened = outcome not in breaker.STILL_READ and alone > timedelta(minutes=every)
    before = health_of(row)
    drifts = _drifts(row, run, before, now)
    silent = _silence(row, now) if outcome is Outcome.SUSPICIOUSLY_EMPTY else None
    return Health(
        at=now,
        every_minutes=every,
        because=because,
        posts=found.posts,
        hours=found.watched / timedelta(hours=1),
        page_rows=page_rows,
        failures=failures,
        stretched_minutes=round(alone / timedelta(minutes=1)) if opened else None,
        rows_floor=floor if source.learns_floor else 0,
        rows_least=least,
        rows_runs=runs,
        quiet_since=silent.since if silent else None,
        usual=silent.usual if silent else None,
        drifts=drifts,
        drifted_since=((before and before.drifted_since) or drifts[0].since) if drifts else None,
    )


def lost_in(row: SourceRow, run: RunRow, now: datetime) -> int | None:
    """About how many posts since the good reading before are lost for good; None where nothing tells.

    Only of a run that overran: nothing that it saw had been known before, and the board shows no more. What
    usually comes at those hours, less what came.
    """
    readings = _readings(row, now - _COMPARED)
    if not (run.overran and readings):
        return None
    begin = readings[-1].at
    weeks = weeks_before(readings, begin, now, surely=False)
    if weeks:
        came = float(median(weeks))
    else:
        found = rhythm.seen(readings, now - LEARNED)
        came = found.posts * ((now - begin) / found.watched) if found.watched else 0.0
    return max(0, round(came) - run.posts_new)


def was_read(row: SourceRow) -> bool:
    """Whether a run before was good: what the first one sees was known to nobody."""
    return _good(row, row.created_at).exists()


def failures_of(row: SourceRow) -> tuple[int, int]:
    """How many failures in a row there are at the end, and the number of the last good run before them; 0 for none."""
    ended = _ended(row).exclude(outcome__in=breaker.NO_FAULT)
    last = ended.filter(outcome__in=GREEN).order_by("-pk").values_list("pk", flat=True).first()
    return ended.filter(pk__gt=last or 0).count(), last or 0


def _ended(row: SourceRow) -> QuerySet[RunRow]:
    """Runs that asked the site, and have ended."""
    return RunRow.objects.filter(source=row, brought_as=None).exclude(ended_at=None)


def _good(row: SourceRow, since: datetime) -> QuerySet[RunRow]:
    since = max(since, row.learned_since or since)
    return _ended(row).filter(outcome__in=GREEN, ended_at__gte=since)


def _readings(row: SourceRow, since: datetime) -> list[Reading]:
    return _in_order(_good(row, since))


def _in_order(runs: QuerySet[RunRow]) -> list[Reading]:
    asked = runs.order_by("ended_at").values_list("ended_at", "posts_new")
    return [Reading(instant(at), new) for at, new in plainly(asked)]


def _rows_learned(row: SourceRow, now: datetime) -> tuple[int, int | None, int]:
    """The floor, the fewest rows of the last four weeks, and of how many good runs."""
    told = _good(row, now - LEARNED).aggregate(
        least=Min("rows"), runs=Count("rows"), first=Min("ended_at"), last=Max("ended_at")
    )
    span = told["last"] - told["first"] if told["runs"] else timedelta()
    return quiet.rows_floor(told["least"], told["runs"], span), told["least"], told["runs"]


def _silence(row: SourceRow, now: datetime) -> Silence | None:
    """Since the last new post, or since it could be read again: while a board is down nobody writes on it."""
    good = _good(row, row.created_at)
    failed = _ended(row).exclude(outcome__in=[*GREEN, *breaker.NO_FAULT, *breaker.STILL_READ])
    posted = good.filter(posts_new__gt=0).aggregate(at=Max("ended_at"))["at"]
    if posted is None:
        return None
    since = max(posted, failed.aggregate(at=Max("ended_at"))["at"] or posted)
    spans = Q()
    for begin, end in quiet.compared(since, now):
        spans |= Q(ended_at__gte=begin, ended_at__lt=end)
    return quiet.silence(_in_order(good.filter(spans)), since, now)


def _page_rows(row: SourceRow, now: datetime) -> int | None:
    """What a page of its lists or feeds held in the last week: the middle of what the fullest of each run did."""
    held = _good(row, now - SEEN).exclude(page_rows=None).values_list("page_rows", flat=True)
    rows = [count or 0 for count in held]
    return median_high(rows) if rows else None


def _taken(row: SourceRow, now: datetime) -> timedelta:
    runs = _good(row, now - SEEN).exclude(begun_at=None).values_list("begun_at", "ended_at")
    taken = [ended - begun for begun, ended in runs if begun and ended]
    return median_high(taken) if taken else timedelta()


def _drifts(row: SourceRow, run: RunRow, before: Health | None, now: datetime) -> tuple[Drift, ...]:
    """In what its pages are not what they were, this run's among them."""
    told = [drift.Told(now, Found.model_validate(run.found))] if run.found else []
    since = max(now - LEARNED, row.learned_since or now - LEARNED)
    kept = _ended(row).filter(ended_at__gte=since, found__isnull=False).order_by("-ended_at")
    for at, found in kept.values_list("ended_at", "found")[: drift.MOST_RUNS]:
        if at is not None:
            told.append(drift.Told(at, Found.model_validate(found)))
    known = {one.part: one.since for one in before.drifts} if before else {}
    return tuple(drift.compared(told, known))


def _hours(span: timedelta) -> int:
    return max(1, round(span / timedelta(hours=1)))
