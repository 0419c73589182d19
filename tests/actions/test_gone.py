"""A post is called gone when its page was read whole without it twice; one that is back is not gone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from patrol.models import Outcome, Validator

OFFER = "找援交的加賴 gull0042，價格可議"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Thread:
    """A thread that was read whole."""

    pages: tuple[str, ...]
    keys: frozenset[str] = frozenset()
    mark: str | None = "t1"


def read(house: Any, *threads: Thread, outcome: Outcome = Outcome.OK, **ended: Any) -> Any:
    """A run that read these threads whole, and kept nothing. Returns the sighting of the offer."""
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.register.tables import Sighting

    begun = house.begin()
    runs.end(Desk.system("run"), begun.run.pk, runs.Ended(outcome, "", whole=threads, **ended))
    return Sighting.objects.get()


def later(minutes: int = 6) -> None:
    """As if the post had been missed that much earlier."""
    from django.db.models import F

    from patrol.register.tables import Sighting

    Sighting.objects.update(missed_at=F("missed_at") - minutes * MINUTE)


@pytest.fixture
def held(house: Any) -> Any:
    """The page that holds the offer, kept. Its address."""
    house.authorize()
    page = house.page(OFFER)
    house.keeper(house.begin()).keep(page)
    from patrol.register.tables import RunRow

    RunRow.objects.update(outcome="ok", ended_at=RunRow.objects.get().begun_at)
    return page.capture.requested_url


@pytest.mark.both_databases
def test_a_post_is_gone_after_the_second_whole_reading_without_it(house: Any, held: str) -> None:
    from patrol.register.tables import LedgerIndex

    first = read(house, Thread((held,)))
    assert first.missed_at is not None
    assert first.removed_seen_at is None
    too_soon = read(house, Thread((held,)))
    assert (too_soon.missed_at, too_soon.removed_seen_at) == (first.missed_at, None)
    later()
    gone = read(house, Thread((held, held + "&start=10"), frozenset({"p9"})))
    assert gone.removed_seen_at > gone.missed_at
    assert LedgerIndex.objects.filter(verb="run.ended").count() == 3


@pytest.mark.parametrize(
    ("thread", "ended"),
    [
        (Thread(("http://harbor.example/other",)), {}),
        (Thread(("{held}",), frozenset({"p1"})), {}),
        (Thread(("{held}",)), {"outcome": Outcome.LOGIN_WALL}),
        (Thread(("{held}",)), {"outcome": Outcome.LAYOUT_CHANGED}),
        (Thread(("{held}",)), {"outcome": Outcome.NETWORK}),
    ],
    ids=["another page", "still there", "walled", "changed", "cut"],
)
def test_other_readings_say_nothing(
    house: Any, held: str, thread: Thread, ended: dict[str, Any]
) -> None:
    there = Thread(tuple(page.format(held=held) for page in thread.pages), thread.keys)
    for _ in range(3):
        assert read(house, there, **ended).missed_at is None
    assert read(house).missed_at is None


@pytest.mark.both_databases
def test_a_post_that_is_back_is_not_gone_and_its_lead_tells_so(house: Any, held: str) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import Sighting

    read(house, Thread((held,)))
    later()
    lead = read(house, Thread((held,))).lead_id
    shown = triage.look(house.desk("lin"), lead)
    assert shown.sightings[0].gone_at is not None
    assert "post.gone" in [line.what for line in shown.history]
    house.keeper(house.begin()).keep(house.page(OFFER))
    back = Sighting.objects.get()
    assert (back.missed_at, back.removed_seen_at) == (None, None)
    assert back.back_at is not None
    shown = triage.look(house.desk("lin"), lead)
    assert shown.sightings[0].gone_at is None
    assert "post.back" in [line.what for line in shown.history]


def test_a_post_that_was_missed_once_and_is_there_was_never_gone(house: Any, held: str) -> None:
    from patrol.register.tables import Sighting

    read(house, Thread((held,)))
    house.keeper(house.begin()).keep(house.page(("p1", OFFER + "，今晚有空")))
    assert set(Sighting.objects.values_list("missed_at", "back_at")) == {(None, None)}


def test_a_thread_in_which_a_post_was_missed_is_read_whole_again(house: Any, held: str) -> None:
    from patrol.register.tables import PageValidator, SourceRow, StopMark

    kept = {
        url: Validator(basis="b", kind=kind, etag='"1"')
        for url, kind in {"/list": "list", held: "thread", "/else": "thread"}.items()
    }
    marks = {"t1": "5", "t2": "7"}
    read(house, Thread((held,)), marks=marks, validators=kept)
    assert set(StopMark.objects.values_list("key", flat=True)) == {"t2"}
    source = SourceRow.objects.get()
    assert set(source.validators.values_list("url", flat=True)) == {"/else"}
    later()
    read(house, Thread((held,)), marks=marks, validators=kept)
    assert StopMark.objects.count() == 2
    assert PageValidator.objects.count() == 3
