"""A source whose pages are not what they were: told by which hook works and by what posts lack, once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from patrol.actions.collecting.drift import Told, compared
from patrol.models import Found, Lack, NoticeKind
from tests.actions.test_health import (  # noqa: F401  (fixtures)
    HOUR,
    MINUTE,
    NOW,
    health,
    run,
    shipped,
    source,
)
from tests.actions.test_schedule import told

FIRST, LATER = "p.author a.username", ".author"
SINCE = datetime.fromisoformat("2027-01-11T12:02+08:00")


def found(posts: int = 10, hook: str = FIRST, **lacks: int) -> Found:
    return Found(posts=posts, hooks={FIRST: {hook: posts}} if posts else {}, **lacks)


def runs(*counts: tuple[int, Found]) -> list[Told]:
    """So many runs of each, an hour apart, the newest first; the last ones given are the newest."""
    flat = [each for times, each in counts for _ in range(times)]
    return [Told(NOW - place * HOUR, each) for place, each in enumerate(reversed(flat))]


def parts(told: list[Told], known: Mapping[str, datetime] | None = None) -> list[tuple[Any, ...]]:
    return [(one.part, one.before, one.now) for one in compared(told, known or {})]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (runs((20, found())), []),
        (runs((20, found()), (2, found(hook=LATER))), [(FIRST, 100, 0)]),
        (runs((20, found(hook=LATER)), (2, found())), [(FIRST, 100, 0)]),
        (runs((20, found()), (2, found(no_author=10))), [("author", 0, 100)]),
        (runs((20, found()), (2, found(no_date=3))), [("date", 0, 30)]),
        (runs((20, found()), (2, found(no_text=10))), [("text", 0, 100)]),
        # No drift: some always lack it, a few lack it once, or too little was seen.
        (runs((20, found(no_author=9)), (2, found(no_author=10))), []),
        (runs((20, found()), (2, found(no_date=1))), []),
        (runs((20, found()), (1, found(5, no_author=5))), []),
        (runs((4, found(50)), (2, found(no_author=10, hook=LATER))), []),
        (runs((9, found()), (2, found(no_author=10))), []),
        # Boards where both hooks always worked, turn by turn.
        (runs(*[(1, found(hook=hook)) for hook in (FIRST, LATER) * 10], (2, found())), []),
        # Runs without posts, such as unchanged pages, say nothing either way.
        (runs((20, found()), (2, found(hook=LATER)), (30, found(0))), [(FIRST, 100, 0)]),
        ([], []),
    ],
)
def test_the_newest_runs_are_compared_with_the_ones_before(
    told: list[Told], said: list[tuple[Any, ...]]
) -> None:
    assert parts(told) == said


def test_a_drift_that_lasts_stays_told_with_its_beginning_and_ends_when_all_is_as_before() -> None:
    changed, since = found(hook=LATER, no_date=10), NOW - 149 * HOUR
    lasting = runs((20, found()), (150, changed))
    assert [one.since for one in compared(lasting, {"date": since, FIRST: since})] == [since] * 2
    assert parts(runs((20, found()), (150, changed), (2, found())), {FIRST: since}) == []


def past(row: Any, each: Found, times: int, until: datetime) -> None:
    from patrol.register.tables import RunRow

    ends = [until - place * HOUR for place in range(times, 0, -1)]
    RunRow.objects.bulk_create(
        RunRow(
            source=row,
            due_at=at,
            begun_at=at,
            ended_at=at,
            outcome="ok",
            found=each.model_dump(mode="json"),
        )
        for at in ends
    )


def notices(at: datetime) -> list[tuple[str, str, int]]:
    from patrol.actions.notifying import tidings
    from patrol.register.tables import Notice

    tidings.tell_news(at)
    rows = Notice.objects.filter(kind=NoticeKind.SOURCE_DRIFTED).order_by("pk")
    return list(rows.values_list("person__account", "about", "count"))


def test_a_redesign_is_said_on_its_page_and_told_to_supervisors_once(source: Any) -> None:  # noqa: F811
    from patrol.actions.collecting import schedules, sources
    from patrol.actions.desk import Desk

    past(source, found(), 30, NOW)
    run(NOW, found=found(30))
    assert health().drifts == ()
    made = run(NOW + HOUR, found=found(30, LATER, no_date=30))
    assert made.found["hooks"] == {FIRST: {LATER: 30}}, "what was found is kept with the run"
    assert [(one.lack, one.hook) for one in health().drifts] == [(Lack.DATE, ""), (None, LATER)]
    said = sources.viewed(Desk.command_line(), "harbor").sheet.health
    at = "2027-01-11 13:02"
    assert f"Since {at}, 100 of 100 posts have no date; before, 0 of 100 had none." in said
    assert any(
        f"Since {at}, its pages are read by `{LATER}` instead of `{FIRST}`" in one for one in said
    )
    heard = notices(NOW + HOUR + 3 * MINUTE)
    assert {(about, count) for _, about, count in heard} == {("source:harbor", 2)}
    for hour in range(2, 5):
        run(NOW + hour * HOUR, found=found(30, LATER, no_date=30))
        assert len(health().drifts) == 2
        assert notices(NOW + hour * HOUR + 3 * MINUTE) == heard, "one message for all of it"
    with told(NOW + 5 * HOUR):
        schedules.relearn(Desk.command_line(heard_by(heard)), "harbor", "looked: it is whole")
    run(NOW + 6 * HOUR, found=found(30, LATER, no_date=30))
    assert (health().drifts, health().drifted_since) == ((), None)
    assert timedelta() < NOW - health().at + 10 * HOUR


def heard_by(heard: list[tuple[str, str, int]]) -> Any:
    from patrol.actions.staffing import people

    return people.find(heard[0][0])
