"""Accepted means durable, once, and with nothing kept that need not be."""

from collections.abc import Callable
from typing import Any

import pytest

OFFER = "找援交的加賴 gull0042，價格可議"
CHATTER = "今天的港口風很大，釣不到魚。"


@pytest.mark.both_databases
def test_the_same_page_twice_is_kept_once(kept: Callable[..., Any]) -> None:
    from patrol.register.tables import SeenPost, Sighting

    assert kept(CHATTER, OFFER).posts_new == 2
    again = kept(CHATTER, OFFER)
    assert (again.posts_new, again.sightings, again.leads) == (0, 0, 0)
    assert (SeenPost.objects.count(), Sighting.objects.count()) == (2, 1)
    sighting = Sighting.objects.get()
    assert sighting.last_seen_at > sighting.first_seen_at


@pytest.mark.both_databases
def test_other_words_under_a_key_are_the_next_version_of_one_lead(
    kept: Callable[..., Any],
) -> None:
    from patrol.register.tables import Lead, Sighting

    kept(("p1", OFFER))
    assert kept(("p1", OFFER + "，今晚有空")).leads == 0
    assert list(Sighting.objects.values_list("version", flat=True)) == [1, 2]
    assert Lead.objects.get().sightings_count == 2


def test_an_edit_that_adds_an_offer_opens_a_lead_at_version_two(kept: Callable[..., Any]) -> None:
    from patrol.register.tables import Sighting

    kept(("p1", CHATTER))
    assert kept(("p1", OFFER)).leads == 1
    assert Sighting.objects.get().version == 2


def test_the_same_words_elsewhere_join_the_lead(kept: Callable[..., Any]) -> None:
    from patrol.register.tables import Lead

    kept(("p1", OFFER))
    kept(("p9", "找援交的 加賴 ｇｕｌｌ００４２ ， 價格可議"), author="someone else")
    assert Lead.objects.get().sightings_count == 2


def test_unflagged_words_are_encrypted_and_expire(kept: Callable[..., Any]) -> None:
    from patrol.register.sealing import unseal
    from patrol.register.tables import BacktestPost

    kept(CHATTER)
    row = BacktestPost.objects.select_related("unit").get()
    assert CHATTER.encode() not in bytes(row.body)
    assert CHATTER.encode() in unseal(row.unit, row.body)
    assert (row.expires_at - row.seen.first_seen_at).days in {6, 7}


def test_a_capture_seals_the_flagged_post_with_five_neighbours(kept: Callable[..., Any]) -> None:
    import json

    from patrol.register.sealing import unseal
    from patrol.register.tables import CaptureRow

    kept(*(f"閒聊第{number}則，風平浪靜。" for number in range(10)), OFFER)
    row = CaptureRow.objects.select_related("unit").get()
    posts = json.loads(unseal(row.unit, row.body))["posts"]
    assert [post["key"] for post in posts] == ["p6", "p7", "p8", "p9", "p10", "p11"]


def test_a_destroyed_key_makes_words_unreadable(kept: Callable[..., Any]) -> None:
    from django.utils import timezone

    from patrol.register.sealing import Forgotten, destroy, unseal
    from patrol.register.tables import Sighting

    kept(OFFER)
    row = Sighting.objects.select_related("unit").get()
    destroy(row.unit, timezone.now())
    with pytest.raises(Forgotten):
        unseal(row.unit, row.body)


def test_no_word_of_a_post_is_in_the_files_of_the_register(
    house: Any, kept: Callable[..., Any], register: Any
) -> None:
    kept(OFFER, CHATTER, author="harbor_gull_77")
    for path in register.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for words in (OFFER[:6], CHATTER[:6], "gull0042", "harbor_gull_77"):
                assert words.encode() not in raw, path


def test_rules_of_other_categories_do_not_run(house: Any) -> None:
    from patrol.models import Category

    house.authorize(categories=(Category.GAMBLING,))
    begun = house.begin()
    assert house.keeper(begun).keep(house.page(OFFER)).sightings == 0


def test_a_record_stands_for_each_page_that_brought_something(kept: Callable[..., Any]) -> None:
    from patrol.register.tables import LedgerIndex

    kept(OFFER)
    kept(OFFER)
    assert LedgerIndex.objects.filter(verb="posts.kept").count() == 1


@pytest.mark.both_databases
def test_marks_move_only_with_a_green_end(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.models import Outcome
    from patrol.register.tables import StopMark

    house.authorize()
    desk = Desk.system()
    begun = house.begin()
    runs.end(desk, begun.run.pk, runs.Ended(Outcome.NETWORK, "gone", marks={"t1": "5"}))
    assert not StopMark.objects.exists()
    begun = house.begin()
    runs.end(desk, begun.run.pk, runs.Ended(Outcome.CRASHED, "gone", marks={"t1": "5"}))
    assert not StopMark.objects.exists()
    begun = house.begin()
    outcome = runs.end(desk, begun.run.pk, runs.Ended(Outcome.OK, "", marks={"t1": "5"}))
    assert outcome is Outcome.NOTHING_NEW
    assert house.begin().marks == {"t1": "5"}


@pytest.mark.both_databases
def test_unflagged_words_are_forgotten_when_their_days_are_over(
    kept: Callable[..., Any], register: Any
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from patrol.actions.desk import Desk
    from patrol.actions.keeping import retention
    from patrol.register.sealing import Forgotten, unseal
    from patrol.register.tables import BacktestPost, LedgerIndex, RetentionUnit, SeenPost

    kept(OFFER, CHATTER)
    desk = Desk.system("clock")
    body = bytes(BacktestPost.objects.get().body)
    assert retention.forget_expired(desk) == 0
    RetentionUnit.objects.filter(kind="unflagged").update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert retention.forget_expired(desk) == 1
    assert retention.forget_expired(desk) == 0
    unit = RetentionUnit.objects.get(kind="unflagged")
    with pytest.raises(Forgotten):
        unseal(unit, body)
    assert not BacktestPost.objects.exists()
    assert SeenPost.objects.count() == 2
    assert LedgerIndex.objects.filter(verb="posts.forgotten").count() == 1


def test_pages_kept_together_are_kept_as_one_after_the_other(house: Any) -> None:
    from patrol.register.tables import LedgerIndex, RunRow, SeenPost, Sighting

    house.authorize()
    begun = house.begin()
    pages = [
        house.page(("p1", OFFER), ("p2", CHATTER)),
        house.page(("p2", CHATTER), ("p3", CHATTER + "再見"), ("p1", OFFER + "，今晚有空")),
        house.page(),
        house.page(("p2", CHATTER)),
        house.page(("p3", OFFER)),
    ]
    kept = house.keeper(begun).keep_all(pages)
    assert [(one.posts, one.posts_new, one.sightings, one.leads) for one in kept] == [
        (2, 2, 1, 1),
        (3, 2, 1, 0),
        (0, 0, 0, 0),
        (1, 0, 0, 0),
        (1, 1, 1, 0),
    ]
    sightings = Sighting.objects.order_by("pk").values_list("key", "version")
    assert list(sightings) == [("p1", 1), ("p1", 2), ("p3", 2)]
    assert SeenPost.objects.count() == 5
    run = RunRow.objects.get(pk=begun.run.pk)
    assert (run.posts, run.posts_new, run.sightings, run.leads) == (7, 5, 3, 1)
    assert LedgerIndex.objects.filter(verb="posts.kept").count() == 3


@pytest.mark.both_databases
def test_pages_are_kept_together_or_not_at_all(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.register.tables import BacktestPost, LedgerIndex, SeenPost, Sighting
    from pipelines.keep import Keeper

    house.authorize()
    keeper = house.keeper(house.begin())
    monkeypatch.setattr(Keeper, "_record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        keeper.keep_all([house.page(("p1", OFFER)), house.page(("p2", CHATTER))])
    assert not SeenPost.objects.exists()
    assert not Sighting.objects.exists()
    assert not BacktestPost.objects.exists()
    assert not LedgerIndex.objects.filter(verb="posts.kept").exists()
