"""Questions that are put into SQL once and asked with other values."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def test_a_ready_question_is_answered_as_it_would_be_anew(register: Path) -> None:
    from patrol.register.ready import Ready
    from patrol.register.tables import Notice, Person, Unit

    people = [
        Person.objects.create(account=name, role="officer", unit=Unit.objects.create(name=name))
        for name in ("mei", "bo")
    ]
    for place in range(6):
        Notice.objects.create(
            person=people[place % 2],
            kind="task_assigned" if place < 4 else "victim_alarm",
            link=f"/leads/{place}/",
            made_at=AT + timedelta(minutes=place),
        )

    def asked(person: int, kind: str, since: datetime) -> object:
        rows = Notice.objects.filter(person=person, kind=kind, made_at__gte=since, read_at=None)
        return rows.order_by("pk").values_list("pk", "link")

    ready = Ready(asked, person=int, kind=str, since=datetime)  # type: ignore[arg-type]
    for person in people:
        for kind in ("task_assigned", "victim_alarm", "\x01mark 2"):
            for minutes in (0, 2, 9):
                since = AT + timedelta(minutes=minutes)
                anew = list(asked(person.pk, kind, since))  # type: ignore[call-overload]
                values = {"person": person.pk, "kind": kind, "since": since}
                assert ready.rows(**values) == anew
                assert ready.count(**values) == len(anew)
    assert ready.count(person=people[0].pk, kind="task_assigned", since=AT) == 2


def test_a_value_that_the_question_drops_is_told(register: Path) -> None:
    from patrol.register.ready import Ready
    from patrol.register.tables import Notice

    ready = Ready(
        lambda person, **_: Notice.objects.filter(person=person).values_list("pk"),
        person=int,
        kind=str,
    )
    with pytest.raises(ValueError, match="kind"):
        ready.rows(person=1, kind="task_assigned")
