"""What was read of each source, and what was not seen. From the register: the index knows nothing of failed runs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from django.db.models import Max, OuterRef, Subquery

from dashboards.period import Period, begin_of, local_day
from dashboards.watch import Span, Watch, hours_in
from patrol.models import Outcome, Source
from patrol.register.tables import AuthorizationRow, RunRow, SourceRow

GREEN = tuple(outcome.value for outcome in Outcome if outcome.green)
_LONGEST_RUN = timedelta(hours=12)
"""A run due before the period can end so long after."""


class DayState(StrEnum):
    """How a source fared on a day. Nothing new, not read and no run are never the same."""

    READ = "read"
    """Every run was good, and there were new posts."""
    QUIET = "quiet"
    """Every run was good; nothing new was posted."""
    PARTLY = "partly"
    """Some runs were good, some were not."""
    BROKEN = "broken"
    """There were runs, and none was good."""
    GOING = "going"
    """A run waits or reads, and none has ended."""
    UNREAD = "unread"
    """No run, although the schedule wanted one."""
    NOT_DUE = "not_due"
    """No run, and none was due."""
    BEFORE = "before"
    """The source was not there yet, or the day has not come."""


@dataclass
class DayCount:
    """Runs that were due on a day."""

    day: date
    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    posts: int = 0
    posts_new: int = 0
    refused: int = 0
    """Requests that the gate or the site refused."""
    refusing: int = 0
    """Runs that had one."""
    unseen_hours: float = 0.0
    known: bool = True
    """False before the source was there, and on days to come."""

    @property
    def good(self) -> int:
        return sum(self.outcomes[outcome] for outcome in GREEN)

    @property
    def bad(self) -> int:
        return sum(self.outcomes.values()) - self.good

    @property
    def state(self) -> DayState:
        if self.runs == 0:
            if not self.known:
                return DayState.BEFORE
            return DayState.UNREAD if self.unseen_hours > 0 else DayState.NOT_DUE
        if self.good and self.bad:
            return DayState.PARTLY
        if self.bad:
            return DayState.BROKEN
        if not self.good:
            return DayState.GOING
        return DayState.READ if self.posts_new else DayState.QUIET


@dataclass(frozen=True)
class SourceCoverage:
    """A source over a period."""

    name: str
    title: dict[str, str]
    channel: str
    paused: bool
    authorized: bool
    """Whether a mandate is in force now."""
    every_minutes: int
    last_good_at: datetime | None
    """Ever, not only in the period."""
    due_hours: float
    """For which the schedule wanted it watched: since it is there, in its hours, until now."""
    days: tuple[DayCount, ...]

    def sum(self, count: str) -> int:
        """Over all days: runs, good, bad, pages, posts, posts_new, refused, refusing."""
        return sum(getattr(day, count) for day in self.days)

    def ended(self, outcome: Outcome) -> int:
        """Runs that ended so."""
        return sum(day.outcomes[outcome.value] for day in self.days)

    @property
    def unseen_hours(self) -> float:
        return sum(day.unseen_hours for day in self.days)

    @property
    def unseen(self) -> float:
        """The part of `due_hours`, 0 to 1."""
        return min(1.0, self.unseen_hours / self.due_hours) if self.due_hours else 0.0


def ask(unit: int, period: Period, now: datetime) -> tuple[SourceCoverage, ...]:
    """Every source of the unit, the least watched first."""
    sources = SourceRow.objects.filter(unit=unit)
    ended = RunRow.objects.filter(source__unit=unit, outcome__in=GREEN)
    last = dict(ended.values_list("source").annotate(at=Max("ended_at")))
    earlier = ended.filter(source=OuterRef("pk"), ended_at__lt=period.begins_at)
    newest = earlier.order_by("-ended_at").values("ended_at", "every_minutes")
    before = {
        row.pk: (row.at, row.minutes)
        for row in sources.annotate(
            at=Subquery(newest.values("ended_at")[:1]),
            minutes=Subquery(newest.values("every_minutes")[:1]),
        )
    }
    authorized = AuthorizationRow.objects.filter(
        source__unit=unit,
        approved_at__isnull=False,
        revoked_at=None,
        valid_from__lte=now,
        valid_until__gt=now,
    )
    mandated = set(authorized.values_list("source", flat=True))
    runs = _runs(unit, period)
    found = [
        _covered(
            row,
            runs.get(row.pk, []),
            period,
            now,
            last_good_at=last.get(row.pk),
            good_before=before[row.pk],
            authorized=row.pk in mandated,
        )
        for row in sources
    ]
    return tuple(sorted(found, key=lambda one: (-one.unseen, -one.sum("bad"), one.name)))


Run = tuple[datetime, datetime | None, str | None, int, int, int, int, int | None]


def _runs(unit: int, period: Period) -> Mapping[int, list[Run]]:
    """By source, in the order in which they were due; those due shortly before the period are among them."""
    rows = RunRow.objects.filter(
        source__unit=unit,
        due_at__gte=period.begins_at - _LONGEST_RUN,
        due_at__lt=period.ends_at,
    ).order_by("due_at")
    counts = ("pages", "posts", "posts_new", "requests_refused", "every_minutes")
    found: dict[int, list[Run]] = {}
    for source, *run in rows.values_list("source", "due_at", "ended_at", "outcome", *counts):
        found.setdefault(source, []).append(cast("Run", tuple(run)))
    return found


def _covered(
    row: SourceRow,
    runs: list[Run],
    period: Period,
    now: datetime,
    *,
    good_before: tuple[datetime | None, int | None],
    **known: Any,
) -> SourceCoverage:
    source = Source.model_validate(row.body)
    watch = Watch.of(source)
    read_at, minutes = good_before
    since = min([row.created_at, *(run[0] for run in runs), read_at or row.created_at])
    until = max(since, min(now, period.ends_at))
    good = sorted(
        (run[1], watch.promised(run[7])) for run in runs if run[1] is not None and run[2] in GREEN
    )
    promised = good[0][1] if good and read_at is None else watch.promised(minutes)
    spans = list(watch.unseen((read_at or since, promised), good, until))
    wanted = list(watch.open(max(since, period.begins_at), until))
    return SourceCoverage(
        name=row.name,
        title=row.body["title"],
        channel=source.channel.value,
        paused=row.paused_at is not None,
        every_minutes=source.every_minutes,
        due_hours=hours_in(wanted, period.begins_at, period.ends_at),
        days=_days(period, runs, spans, since, now),
        **known,
    )


def _days(
    period: Period, runs: Iterable[Run], spans: list[Span], since: datetime, now: datetime
) -> tuple[DayCount, ...]:
    first, today = local_day(since), local_day(now)
    days = {day: DayCount(day, known=first <= day <= today) for day in period.days}
    for due_at, _, outcome, pages, posts, posts_new, refused, _ in runs:
        count = days.get(local_day(due_at))
        if count is None:
            continue
        count.runs += 1
        count.pages += pages
        count.posts += posts
        count.posts_new += posts_new
        count.refused += refused
        count.refusing += refused > 0
        if outcome is not None:
            count.outcomes[outcome] += 1
    for opens, closes in spans:
        _spread(days, opens, closes)
    return tuple(days.values())


def _spread(days: Mapping[date, DayCount], opens: datetime, closes: datetime) -> None:
    """Add a span to each day that it touches."""
    day = max(local_day(opens), min(days))
    while day <= max(days) and begin_of(day) < closes:
        ends = begin_of(day + timedelta(days=1))
        days[day].unseen_hours += hours_in([(opens, closes)], begin_of(day), ends)
        day += timedelta(days=1)
