"""What speaks against a lead: readings that failed, hours nobody watched, how often its rules were wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboards import coverage
from dashboards.coverage import GREEN
from dashboards.period import MOST_DAYS, Period, begin_of, local_day
from dashboards.precision import Share
from patrol.exports.exhibit import GapFact, PrecisionFact
from patrol.models import Verdict
from patrol.register.tables import Decision, RunRow, Sighting

BEFORE = timedelta(days=2)
"""So long before the first sighting begins what is told of failures and gaps."""
MOST_FAILED = 200
_RIGHT = {Verdict.RELEVANT, Verdict.ESCALATED, Verdict.REFERRED}
_JUDGED = {*_RIGHT, Verdict.DISMISSED}


def failed(rows: Sequence[Sighting], now: datetime) -> list[RunRow]:
    """Readings of the lead's sources that did not go as they should, the oldest first."""
    since = min((row.first_seen_at for row in rows), default=now) - BEFORE
    ended = RunRow.objects.filter(source__in={row.source_id for row in rows}, due_at__gte=since)
    bad = ended.exclude(outcome=None).exclude(outcome__in=GREEN).select_related("source")
    return list(bad.order_by("due_at")[:MOST_FAILED])


def gaps(rows: Sequence[Sighting], now: datetime) -> tuple[GapFact, ...]:
    """Days on which one of its sources was not watched as its schedule promised."""
    if not rows:
        return ()
    last = local_day(now)
    first = local_day(min(row.first_seen_at for row in rows) - BEFORE)
    period = Period(max(first, last - timedelta(days=MOST_DAYS - 1)), last)
    names = {row.source.name for row in rows}
    return tuple(
        GapFact(
            source=one.name,
            day=day.day.isoformat(),
            unseen_hours=round(day.unseen_hours, 1),
            due_hours=round(day.due_hours, 1),
        )
        for one in coverage.ask(rows[0].source.unit_id, period, now)
        if one.name in names
        for day in one.days
        if day.unseen_hours >= 0.1
    )


def precision(rows: Sequence[Sighting]) -> tuple[PrecisionFact, ...]:
    """Of each rule that hit: how often people had found it right by the end of the first such day."""
    hit: dict[tuple[str, int], datetime] = {}
    for row in sorted(rows, key=lambda row: row.first_seen_at, reverse=True):
        for match in row.matches.all():
            hit[match.rule, match.version] = row.first_seen_at
    return tuple(
        _precision(rule, version, begin_of(local_day(at) + timedelta(days=1)))
        for (rule, version), at in sorted(hit.items())
    )


def _precision(rule: str, version: int, until: datetime) -> PrecisionFact:
    decided = Decision.objects.filter(decided_at__lt=until, lead__sightings__matches__rule=rule)
    last = dict(decided.order_by("pk").values_list("lead", "verdict"))
    judged = [verdict for verdict in last.values() if verdict in _JUDGED]
    share = Share(sum(verdict in _RIGHT for verdict in judged), len(judged))
    low, high = share.interval
    return PrecisionFact(
        rule=rule,
        version=version,
        until=until,
        right=share.part,
        decided=share.whole,
        low=round(low, 3),
        high=round(high, 3),
    )
