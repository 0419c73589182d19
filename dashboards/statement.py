"""What can be said of a source for a period: how often it was due, read, blocked, without a mandate, and when nobody saw it.

It is made from the runs alone, anew each time. What people brought by hand is
told apart: nobody watched the site for it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from dashboards.counting import GREEN, Good, Run, good_of, runs_of
from dashboards.period import Period
from dashboards.watch import Watch
from patrol.models import Outcome, Source
from patrol.models.hours import Span
from patrol.register.tables import RunRow, SourceRow

BLOCKED = (
    Outcome.POLICY_BLOCKED,
    Outcome.LOGIN_WALL,
    Outcome.RATE_LIMITED,
    Outcome.ROBOTS_DENIED,
)
"""The site did not want to be read."""


@dataclass(frozen=True)
class Gap:
    """A time in which nothing younger than the schedule promises had been read."""

    begins_at: datetime
    ends_at: datetime
    outcomes: tuple[tuple[str, int], ...]
    """How the runs ended that were due in it, and how often; none where no run was due."""

    @property
    def minutes(self) -> int:
        return round((self.ends_at - self.begins_at).total_seconds() / 60)


@dataclass(frozen=True)
class Statement:
    """All numbers are of runs that were due in the period."""

    period: Period
    until: datetime
    """The end of the period, or now."""
    due: int
    read: int
    blocked: int
    expired: int
    """Without an authorization in force."""
    failed: int
    """Ended otherwise: network, server, layout, stopped and the like."""
    open: int
    """Not ended yet."""
    brought: int
    """What people brought by hand."""
    lost: int
    """About how many posts are lost for good: the board showed them no more when it was read again."""
    due_minutes: int
    """For which the schedule wanted it watched."""
    gaps: tuple[Gap, ...]

    @property
    def unseen_minutes(self) -> int:
        return sum(gap.minutes for gap in self.gaps)


def statement(row: SourceRow, period: Period, now: datetime) -> Statement:
    """Of one source, for days of Taipei, as far as they are over."""
    rows = RunRow.objects.filter(source=row)
    runs = runs_of(rows, period).get(row.pk, [])
    before = _good_before(row, period)
    watch = Watch.of(Source.model_validate(row.body))
    since = min([row.created_at, *(run.due_at for run in runs), before.at or row.created_at])
    until = max(since, min(now, period.ends_at))
    good = [(at, watch.promised(minutes)) for at, minutes in good_of(runs)]
    promised = good[0][1] if good and before.at is None else watch.promised(before.minutes)
    unseen = watch.unseen((before.at or since, promised), good, until)
    due = [run for run in runs if period.begins_at <= run.due_at < period.ends_at]
    ended = Counter(run.outcome for run in due)
    groups = (sum(map(ended.__getitem__, group)) for group in (GREEN, BLOCKED))
    read, blocked = groups
    expired = ended[Outcome.AUTHORIZATION_ENDED]
    opened = watch.open(max(since, period.begins_at), until)
    return Statement(
        period=period,
        until=until,
        due=len(due),
        read=read,
        blocked=blocked,
        expired=expired,
        failed=len(due) - read - blocked - expired - ended[None],
        open=ended[None],
        brought=rows.exclude(brought_as=None)
        .filter(due_at__gte=period.begins_at, due_at__lt=period.ends_at)
        .count(),
        lost=rows.filter(due_at__gte=period.begins_at, due_at__lt=period.ends_at).aggregate(
            posts=Sum("lost_posts")
        )["posts"]
        or 0,
        due_minutes=sum(round((end - begin).total_seconds() / 60) for begin, end in opened),
        gaps=tuple(_gaps(unseen, runs, period)),
    )


def _good_before(row: SourceRow, period: Period) -> Good:
    earlier = RunRow.objects.filter(
        source=row, brought_as=None, outcome__in=GREEN, ended_at__lt=period.begins_at
    ).order_by("-ended_at")
    found = earlier.values_list("ended_at", "every_minutes").first()
    return Good(*found) if found else Good()


def _gaps(unseen: Iterable[Span], runs: list[Run], period: Period) -> Iterable[Gap]:
    for begin, end in unseen:
        begins, ends = max(begin, period.begins_at), min(end, period.ends_at)
        if begins < ends:
            due = Counter(str(run.outcome) for run in runs if begins <= run.due_at < ends)
            yield Gap(begins, ends, tuple(sorted(due.items())))
