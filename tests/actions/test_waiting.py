"""What waits for a free place says so: since when, and behind how many."""

from datetime import timedelta
from typing import Any

import pytest

from patrol.models import Rule


@pytest.fixture
def shipped() -> tuple[list[Rule], list[Any]]:
    """No rule is asked here."""
    return [], []


def said(name: str) -> list[str]:
    from patrol.actions.collecting import sources
    from patrol.actions.desk import Desk

    page = sources.viewed(Desk.command_line(), name)
    return [one for one in page.sheet.health if "waits" in one]


def test_a_source_that_waits_says_since_when_and_behind_how_many(house: Any) -> None:
    from patrol.actions.collecting import runs, waiting
    from patrol.register import clock
    from patrol.register.tables import RunRow, SourceRow

    assert (said("harbor"), waiting.line()) == ([], waiting.Line(0, None))
    row = SourceRow.objects.get(name="harbor")
    others = []
    for name in ("quay", "pier", "dock"):
        others.append(SourceRow.objects.get(pk=row.pk))
        others[-1].pk, others[-1].name = None, name
        others[-1].body = row.body | {"name": name, "start": [f"https://{name}.example/"]}
        others[-1].save()
    now = clock.now().replace(second=0)
    ages = zip([others[0], row, others[1], others[2]], (9, 5, 7, 3), strict=True)
    made = {
        source.name: RunRow.objects.create(source=source, due_at=now - timedelta(minutes=age))
        for source, age in ages
    }
    assert waiting.line() == waiting.Line(4, made["quay"].due_at)
    in_turn = [made[name].pk for name in ("quay", "pier", "harbor", "dock")]
    assert runs.waiting() == in_turn, "the oldest first"
    (sentence,) = said("harbor")
    assert "; 2 that were due earlier wait before it." in sentence
    here = made["harbor"].due_at + timedelta(hours=8)
    assert f"since {here:%Y-%m-%d %H:%M};" in sentence
    RunRow.objects.filter(source=row).update(begun_at=now)
    assert said("harbor") == []
