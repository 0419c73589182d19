"""What a source's runs tell of it, in the register: its interval, its floor, its breaker, what is lost for good."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from patrol.models import Because, Outcome, Revisit, Rule, Verb
from tests.actions.test_schedule import told

HOUR, MINUTE, WEEK = timedelta(hours=1), timedelta(minutes=1), timedelta(days=7)
NOW = datetime(2027, 1, 11, 4, tzinfo=UTC)
LIMITS = Revisit(fastest_minutes=30, slowest_minutes=240)


@pytest.fixture
def shipped() -> tuple[list[Rule], list[Any]]:
    """No rule is asked here."""
    return [], []


@pytest.fixture
def source(house: Any) -> Any:
    """Read every hour, under a mandate from five weeks ago on."""
    from patrol.register.tables import AuthorizationRow, SourceRow

    house.authorize()
    AuthorizationRow.objects.update(valid_from=NOW - 6 * WEEK, valid_until=NOW + 12 * WEEK)
    SourceRow.objects.update(created_at=NOW - 6 * WEEK)
    row = SourceRow.objects.get(name="harbor")
    AuthorizationRow.objects.update(config_sha256=_bound())
    return row


def _bound() -> str:
    from patrol.actions.collecting.binding import config_sha256
    from patrol.register.tables import AuthorizationRow

    return config_sha256(AuthorizationRow.objects.get())


def past(
    source: Any, weeks: float, new: Callable[[datetime], int], rows: int = 60, until: Any = NOW
) -> None:
    """Good runs, one an hour, that ended before `until`."""
    from patrol.register.tables import RunRow

    times = [until - hour * HOUR for hour in range(1, round(weeks * 168) + 1)]
    RunRow.objects.bulk_create(
        RunRow(
            source=source,
            due_at=at - 2 * MINUTE,
            begun_at=at - 2 * MINUTE,
            ended_at=at,
            outcome="ok" if new(at) else "nothing_new",
            posts=25,
            posts_new=new(at),
            rows=rows,
            page_rows=25,
            every_minutes=60,
        )
        for at in reversed(times)
    )


def change(source: Any, **changes: Any) -> None:
    source.body |= changes
    source.save()


def run(at: datetime, outcome: Outcome = Outcome.OK, new: int = 0, **ended: Any) -> Any:
    """A run that is due then, and takes two minutes. Returns its row."""
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.register.tables import RunRow, SourceRow

    row = SourceRow.objects.get()
    made = RunRow.objects.create(source=row, due_at=at)
    with told(at):
        assert runs.begin(Desk.system("run"), made.pk) is not None
    RunRow.objects.filter(pk=made.pk).update(posts=max(new, 25) if new else 0, posts_new=new)
    with told(at + 2 * MINUTE):
        runs.end(
            Desk.system("run"),
            made.pk,
            runs.Ended(outcome, "", **{"rows": 60, "page_rows": 25, **ended}),
        )
    made.refresh_from_db()
    return made


def health() -> Any:
    from patrol.actions.collecting.health import health_of
    from patrol.register.tables import SourceRow

    return health_of(SourceRow.objects.get())


def due_in(at: datetime) -> float:
    """Minutes until it is due again, from when the run of that moment ended."""
    from patrol.register.tables import SourceRow

    due = SourceRow.objects.get().next_due_at
    assert due is not None
    return float((due - at - 2 * MINUTE) / MINUTE)


@pytest.mark.both_databases
def test_a_source_is_read_as_often_as_it_is_written_in_within_its_limits(source: Any) -> None:
    past(source, 2, lambda _: 17)
    change(source, revisit=LIMITS.model_dump())
    run(NOW, new=17)
    found = health()
    assert (found.every_minutes, found.because, found.page_rows) == (58, Because.RATE, 25)
    assert (found.posts_an_hour, found.days) == (pytest.approx(17, rel=0.01), 7)
    assert 58 <= due_in(NOW) <= 58 + 5.8
    again = run(NOW + HOUR, new=17)
    assert again.every_minutes == 58, "what is promised is what coverage goes by"
    change(source, revisit={"fastest_minutes": 60, "slowest_minutes": 60})
    run(NOW + 2 * HOUR, new=17)
    assert (health().every_minutes, health().because) == (60, Because.FASTEST)
    change(source, revisit=None)
    run(NOW + 3 * HOUR, new=17)
    assert (health().every_minutes, health().because) == (60, Because.FIXED)


def test_a_new_source_keeps_to_its_schedule_and_calls_nothing_empty(source: Any) -> None:
    change(source, revisit=LIMITS.model_dump())
    first = run(NOW, new=900, rows=975)
    assert first.outcome == "ok"
    assert (first.overran, health().because, health().rows_floor) == (False, Because.LEARNING, 0)
    assert run(NOW + HOUR, rows=3).outcome == "nothing_new"
    assert due_in(NOW + HOUR) >= 60


def test_a_run_of_far_fewer_rows_is_suspiciously_empty_and_moves_no_mark(source: Any) -> None:
    past(source, 2, lambda at: at.hour % 3)
    assert run(NOW, rows=30).outcome == "nothing_new"
    thin = run(NOW + HOUR, new=3, rows=12, marks={"t1": "5"})
    assert (thin.outcome, health().rows_floor) == ("suspiciously_empty", 13)
    assert thin.detail == (
        "12 rows were read; the last 337 good runs read 30 at least, and fewer than 13 are not believed."
    )
    assert not source.stop_marks.exists()
    change(source, learns_floor=False)
    assert run(NOW + 2 * HOUR, new=3, rows=13).outcome == "ok"


def test_nothing_new_where_much_comes_each_week_is_suspiciously_empty(source: Any) -> None:
    past(source, 5, lambda at: 17 if at.hour < 16 else 0)
    quiet = NOW.replace(hour=20)
    after_noon = [run(NOW + hour * HOUR).outcome for hour in range(4)]
    assert after_noon == ["nothing_new", *["suspiciously_empty"] * 3]
    found = health()
    assert (found.quiet_since, found.usual) == (NOW - HOUR, 68)
    assert run(NOW + 4 * HOUR, new=17).outcome == "ok"
    assert health().quiet_since is None
    for hour in range(5, 12):
        run(NOW + hour * HOUR, new=17)
    assert run(quiet + HOUR).outcome == "nothing_new", "its nights are quiet"


def test_a_site_that_was_down_may_be_quiet_when_it_is_back(source: Any) -> None:
    past(source, 5, lambda _: 17)
    for hour in range(6):
        run(NOW + hour * HOUR, Outcome.NETWORK)
    assert run(NOW + 6 * HOUR).outcome == "nothing_new"


def test_what_was_read_differently_before_is_not_compared(source: Any) -> None:
    past(source, 5, lambda _: 17)
    source.learned_since = NOW - MINUTE
    source.save()
    assert run(NOW, rows=4).outcome == "nothing_new"
    assert (health().rows_floor, health().rows_least) == (0, None)


@pytest.mark.both_databases
def test_a_row_of_failures_stretches_the_interval_and_a_good_run_closes_it(source: Any) -> None:
    from patrol.register import log

    past(source, 1, lambda _: 17)
    at, waits = NOW, []
    for _ in range(7):
        run(at, Outcome.RATE_LIMITED)
        waits.append(round(due_in(at) / 60))
        at += timedelta(hours=waits[-1])
    assert waits == [1, 1, 2, 4, 8, 12, 12]
    assert (health().failures, health().stretched_minutes) == (7, 720)
    record = max(log.each(verb=Verb.RUN_ENDED), key=lambda one: one.seq)
    assert record.record.details["left_alone_minutes"] == 720
    run(at, new=17)
    assert 60 <= due_in(at) <= 65
    assert (health().failures, health().stretched_minutes) == (0, None)


def test_ends_that_are_no_fault_and_pages_that_answer_stretch_nothing(source: Any) -> None:
    past(source, 1, lambda _: 17)
    for hour in range(6):
        run(NOW + hour * HOUR, Outcome.STOPPED)
        assert due_in(NOW + hour * HOUR) <= 65
    for hour in range(6, 12):
        run(NOW + hour * HOUR, Outcome.SUSPICIOUSLY_EMPTY)
        assert due_in(NOW + hour * HOUR) <= 65, "it answers, so it is looked at as often"
    assert (health().failures, health().stretched_minutes) == (6, None)


def test_a_stretched_interval_keeps_the_sources_hours_and_what_the_site_asked_for(
    source: Any,
) -> None:
    from patrol.register.tables import SourceRow

    change(source, hours=[8, 14])
    _rebind()
    for hour in range(3):  # from noon to two in Taipei
        run(NOW + hour * HOUR, Outcome.SERVER_ERROR)
    due = SourceRow.objects.get().next_due_at
    opens = datetime(2027, 1, 12, 0, tzinfo=UTC)
    assert due is not None
    assert opens <= due <= opens + 6 * MINUTE
    asked = NOW + 40 * HOUR
    run(NOW + 20 * HOUR, Outcome.RATE_LIMITED, retry_at=asked)
    again = SourceRow.objects.get().next_due_at
    assert again is not None
    assert again >= asked


def _rebind() -> None:
    from patrol.register.tables import AuthorizationRow

    AuthorizationRow.objects.update(config_sha256=_bound())


def test_what_was_not_read_while_the_breaker_was_open_is_a_gap(source: Any) -> None:
    from dashboards.period import Period
    from dashboards.statement import statement

    past(source, 1, lambda _: 17)
    at = NOW
    for wait in (1, 1, 2, 4):
        run(at, Outcome.NETWORK)
        at += wait * HOUR
    run(at, new=17)
    day = date(2027, 1, 11)
    said = statement(source, Period(day, day), at + 10 * MINUTE)
    (gap,) = said.gaps
    begins, ends = NOW + 30 * MINUTE, at + 2 * MINUTE
    assert (gap.begins_at, gap.ends_at) == (begins, ends)
    assert dict(gap.outcomes) == {"network": 3, "ok": 1}


@pytest.mark.parametrize(
    ("feeds", "overran", "new", "lost"),
    [
        (1, False, 25, 162),  # all that the feed shows is new: what came before it is gone
        (0, True, 25, 162),  # the list moved as a whole
        (1, False, 24, None),  # one was known: it reaches what was read before
        (0, False, 25, None),
    ],
)
@pytest.mark.both_databases
def test_what_a_board_showed_no_more_is_lost_for_good_and_told_on_recovery(
    source: Any,
    feeds: int,
    overran: bool,  # noqa: FBT001
    new: int,
    lost: int | None,
) -> None:
    from dashboards.period import Period
    from dashboards.statement import statement
    from patrol.actions.notifying import tidings
    from patrol.register.tables import Notice

    past(source, 5, lambda _: 17)
    at = NOW
    for wait in (1, 1, 2, 4):
        run(at, Outcome.NETWORK)
        at += wait * HOUR
    with told(at):
        tidings.tell_news(at)
    at += 2 * HOUR
    back = run(at, new=new, feeds=feeds, overran=overran)
    assert back.outcome == "ok"
    assert back.lost_posts == (pytest.approx(lost, abs=20) if lost else None)
    with told(at):
        tidings.tell_news(at + MINUTE)
    heard = Notice.objects.filter(kind="source_recovered")
    assert {one.count for one in heard} == {back.lost_posts or 0}
    day = date(2027, 1, 11)
    assert statement(source, Period(day, day), at).lost == (back.lost_posts or 0)


def test_the_first_run_loses_nothing(source: Any) -> None:
    first = run(NOW, new=25, feeds=1, overran=True)
    assert (first.overran, first.lost_posts) == (False, None)
