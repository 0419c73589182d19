"""The questions of the dashboards, on every back-end, beside counting by hand."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from dashboards import questions
from dashboards.period import Period
from dashboards.questions import Tally
from patrol.models import Category, Channel, LeadKind, LeadStatus
from patrol.search import DocumentKind, IndexedPost, PostIndex
from patrol.search.answers import checked
from patrol.search.index import Facet
from tests.search.conftest import NOON, MakePost

PERIOD = Period(date(2026, 10, 25), date(2026, 11, 20))
"""Over two months, so that two shelves are added up."""


@pytest.fixture
def leads(index: PostIndex, post: MakePost) -> list[IndexedPost]:
    """Three hundred of all kinds, some outside the period, of another unit, posts, or possible victims."""
    chance = Random(7)
    made = []
    for number in range(1, 301):
        at = NOON - timedelta(hours=chance.randrange(24 * 45))
        victim = chance.random() < 0.1
        kind = LeadKind.POSSIBLE_VICTIM if victim else chance.choice([LeadKind.LEAD, LeadKind.TIP])
        changes: dict[str, Any] = {
            "document": chance.choices(list(DocumentKind), [1, 5])[0],
            "unit": chance.choices([1, 2], [9, 1])[0],
            "kind": kind,
            "status": chance.choice(list(LeadStatus)),
            "source": chance.choice(["one_board", "two_board", "three_board"]),
            "channel": chance.choice(list(Channel)),
            "category": chance.choice(list(Category)) if kind is LeadKind.LEAD else None,
            "text": "",
            "at": at,
            "seen_at": at,
        }
        made.append(post(number, **changes))
    index.put(made)
    return made


def counted(leads: list[IndexedPost]) -> list[IndexedPost]:
    return [
        lead
        for lead in leads
        if lead.document is DocumentKind.LEAD
        and lead.unit == 1
        and lead.kind is not LeadKind.POSSIBLE_VICTIM
        and PERIOD.first.isoformat() <= (lead.day or "") <= PERIOD.last.isoformat()
    ]


def by_hand(leads: list[IndexedPost], name: str) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for lead in counted(leads):
        key = getattr(lead, name)
        if key is not None:
            found.setdefault(str(key), Counter())[str(lead.status)] += 1
    return {key: dict(statuses) for key, statuses in found.items()}


def told(tallies: Any) -> dict[str, dict[str, int]]:
    return {str(key): dict(tally.by_status) for key, tally in tallies.items() if tally.total}


def test_every_question_counts_as_a_person_would(
    index: PostIndex, leads: list[IndexedPost]
) -> None:
    found = questions.ask(index, 1, PERIOD)
    assert found.all.total == len(counted(leads)) > 100
    assert told(found.by_day) == by_hand(leads, "day")
    assert told(found.by_category) == by_hand(leads, "category")
    assert told(found.by_channel) == by_hand(leads, "channel")
    assert told(found.by_source) == by_hand(leads, "source")
    tips = [lead for lead in counted(leads) if lead.category is None]
    assert found.without_category.total == len(tips) > 10


def test_possible_victims_are_in_no_answer(index: PostIndex, post: MakePost) -> None:
    victim: dict[str, Any] = {"kind": LeadKind.POSSIBLE_VICTIM, "category": None, "text": ""}
    index.put([post(1, document=DocumentKind.LEAD, **victim)])
    found = questions.ask(index, 1, PERIOD)
    assert (found.all.total, told(found.by_day), told(found.by_source)) == (0, {}, {})


def test_days_categories_and_channels_without_any_are_zero(index: PostIndex) -> None:
    found = questions.ask(index, 1, PERIOD)
    assert list(found.by_day) == list(PERIOD.days)
    assert list(found.by_category) == list(Category)
    assert list(found.by_channel) == list(Channel)
    assert found.by_source == {}
    assert found.all.total == 0


def test_an_index_away_is_said(index: PostIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.search import IndexAway

    def away(*_: object) -> None:
        raise IndexAway("gone", why="gone", do="wait")

    monkeypatch.setattr(type(index), "count", away)
    with pytest.raises(IndexAway):
        questions.ask(index, 1, PERIOD)


def test_questions_are_those_that_every_backend_answers_alike() -> None:
    asked = questions.questions()
    assert checked(asked).keys() == {"status", "day", "category", "channel", "source"}
    for name in ("day", "category", "channel", "source"):
        assert asked[name]["terms"]["field"] == Facet(name).value
        assert asked[name]["aggs"]["status"]["terms"]["field"] == "status"


def test_the_parts_of_a_tally_are_its_whole() -> None:
    tally = Tally({status.value: 1 + place for place, status in enumerate(LeadStatus)})
    assert tally.waiting + tally.followed + tally.dismissed == tally.total
    assert tally.precision.whole == tally.followed + tally.dismissed
