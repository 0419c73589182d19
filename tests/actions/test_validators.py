"""Pages that need not be sent again: how long the register believes that, and what the floors make of it."""

from datetime import timedelta
from typing import Any

import pytest

from patrol.models import Outcome, Rule, Validator
from tests.actions.test_health import HOUR, NOW, past, run, source

__all__ = ["source"]

KEPT = Validator(basis="b", kind="thread", etag='"1"')
URL = "http://harbor.example/t"


@pytest.fixture
def shipped() -> tuple[list[Rule], list[Any]]:
    """No rule is asked here."""
    return [], []


def given(at: Any) -> dict[str, Validator]:
    """What a run that began then could ask by."""
    from patrol.actions.collecting import validators
    from patrol.register.tables import SourceRow

    return validators.of(SourceRow.objects.get(), at)


@pytest.mark.both_databases
def test_they_move_with_the_marks_and_are_given_to_the_next_run(source: Any) -> None:
    from patrol.register.tables import PageValidator

    run(NOW, new=3, validators={URL: KEPT, URL + "2": KEPT, URL + "3": None})
    assert given(NOW + HOUR) == {URL: KEPT, URL + "2": KEPT}
    moved = KEPT.model_copy(update={"etag": '"2"'})
    again = run(NOW + HOUR, validators={URL: moved, URL + "2": None}, unchanged=7, rows=None)
    assert (again.outcome, again.unchanged, again.rows) == ("nothing_new", 7, None)
    assert given(NOW + 2 * HOUR) == {URL: moved}
    source.runs.all().delete()
    source.authorizations.all().delete()
    source.delete()
    assert not PageValidator.objects.exists()


@pytest.mark.parametrize("bad", [Outcome.NETWORK, Outcome.LAYOUT_CHANGED, Outcome.CRASHED])
def test_after_a_run_that_was_not_good_all_is_sent_again(source: Any, bad: Outcome) -> None:
    run(NOW, validators={URL: KEPT})
    run(NOW + HOUR, bad, validators={URL: KEPT}, requests=1)
    assert given(NOW + 2 * HOUR) == {}
    run(NOW + 2 * HOUR, validators={URL: KEPT})
    run(NOW + 3 * HOUR, Outcome.STOPPED, validators={URL + "2": KEPT})
    assert len(given(NOW + 4 * HOUR)) == 2, "a budget that was spent says nothing of pages"


def test_once_a_day_all_is_sent_again(source: Any) -> None:
    run(NOW, validators={URL: KEPT})
    for hour in range(1, 24):
        run(NOW + hour * HOUR, validators={URL + str(hour): KEPT}, unchanged=1, rows=None)
    assert given(NOW + 24 * HOUR)
    assert given(NOW + 24 * HOUR + timedelta(minutes=3)) == {}, "what was kept an hour ago as well"


@pytest.mark.both_databases
def test_only_so_many_are_kept_the_newest(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.actions.collecting import validators

    monkeypatch.setattr(validators, "MOST", 3)
    run(NOW, validators={f"{URL}{number}": KEPT for number in range(3)})
    run(NOW + HOUR, validators={URL: KEPT})
    found = given(NOW + 2 * HOUR)
    assert len(found) == 3
    assert URL in found


def test_the_floor_of_rows_neither_learns_from_what_was_not_sent_nor_judges_it(source: Any) -> None:
    from patrol.actions.collecting.health import health_of
    from patrol.register.tables import SourceRow

    past(source, 2, lambda _: 1)
    before = run(NOW, new=1)
    unchanged = run(NOW + HOUR, unchanged=2, rows=None)
    assert (before.outcome, unchanged.outcome) == ("ok", "nothing_new")
    found = health_of(SourceRow.objects.get())
    assert found is not None
    assert (found.rows_least, found.rows_floor, found.rows_runs) == (60, 30, 337)


def test_a_long_silence_of_unchanged_pages_is_judged_when_they_are_sent_again(source: Any) -> None:
    past(source, 5, lambda at: 17 if at < NOW else 0)
    quiet = run(NOW + 4 * HOUR, unchanged=2, rows=None, validators={URL: KEPT})
    assert quiet.outcome == "nothing_new"
    assert given(NOW + 5 * HOUR) == {}, "the site may say so by mistake"
    assert run(NOW + 5 * HOUR, validators={URL: KEPT}).outcome == "suspiciously_empty"
