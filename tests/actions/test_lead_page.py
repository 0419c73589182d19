"""What stands beside a lead's words: its neighbours, its versions, its captures, leads that are nearly the same, tags."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

AD = "找援交的加賴 {}，價格可議，週末也可以，名額有限，先到先得，有意者私訊詳談，非誠勿擾"
CHAT = tuple((f"q{number}", f"今天天氣不錯，第{number}則閒聊") for number in range(8))
HELP = "我好害怕，有人威脅我要散布我的照片，我才國中，請問可以找誰幫忙，我的賴 help_demo"


def _leads() -> list[Any]:
    from patrol.register.tables import Lead

    return list(Lead.objects.order_by("pk"))


def _sighting(lead: Any) -> int:
    found: int = lead.sightings.order_by("-score", "-pk").values_list("pk", flat=True)[0]
    return found


def _records(verb: str) -> list[Any]:
    from patrol.register.tables import LedgerIndex

    return list(LedgerIndex.objects.filter(verb=verb).order_by("seq"))


def test_neighbours_are_shown_as_they_were_sealed_and_the_look_is_on_record(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.actions.triaging.around import NoSuchSighting, around
    from patrol.actions.triaging.leads import NoSuchLead

    kept(*CHAT[:4], ("ad", AD.format("abc123")), *CHAT[4:])
    lead = _leads()[0]
    found = around(house.desk("mei"), lead.pk, _sighting(lead))
    assert [post.here for post in found.posts] == [False, False, False, True, False, False]
    assert found.posts[0].words == "今天天氣不錯，第1則閒聊"
    told = _records("thread.viewed")
    assert [(one.subject, one.account) for one in told] == [(f"lead:{lead.pk}", "mei")]
    with pytest.raises(NoSuchSighting):
        around(house.desk("mei"), lead.pk, _sighting(lead) + 100)
    with pytest.raises(NoSuchLead):
        around(house.desk("other"), lead.pk, _sighting(lead))


def test_media_of_neighbours_are_counted_and_nothing_else_of_them_is_told(house: Any) -> None:
    from django.test import Client

    from patrol.actions.triaging.around import around
    from patrol.register.tables import Person

    house.authorize()
    page = house.page(("ad", AD.format("abc123")), *CHAT)
    pictured = page.posts[1].model_copy(
        update={"media": 3, "images": ("http://harbor.example/a.jpg",)}
    )
    posts = (page.posts[0], pictured, *page.posts[2:])
    house.keeper(house.begin()).keep(page.model_copy(update={"posts": posts}))
    found = around(house.desk("mei"), _leads()[0].pk, _sighting(_leads()[0]))
    assert [post.media for post in found.posts] == [0, 3, 0, 0, 0, 0]
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(account="mei"))
    shown = client.get(f"/leads/{_leads()[0].pk}/around/{_sighting(_leads()[0])}/").content.decode()
    assert shown.count("〔圖片或影片 3 個，未擷取〕") == shown.count("未擷取") == 1
    assert ".jpg" not in repr(found) + shown


def test_next_to_a_possible_victim_nothing_reads_like_a_contact(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.actions.triaging.around import around
    from patrol.models import LeadKind

    kept(("help", HELP), ("reply", "加我的賴 fake_friend99 我幫你"), *CHAT)
    victim = next(lead for lead in _leads() if lead.kind == LeadKind.POSSIBLE_VICTIM)
    words = " ".join(
        post.words for post in around(house.desk("mei"), victim.pk, _sighting(victim)).posts
    )
    assert "我好害怕" in words
    assert "加我的賴" in words
    for contact in ("help_demo", "fake_friend99"):
        assert contact not in words


def test_who_reads_no_victims_reads_none_beside_a_lead(
    house: Any, kept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions import desk as desks
    from patrol.actions.triaging.around import around
    from patrol.models import LeadKind, Permission

    kept(("help", HELP), ("ad", AD.format("abc123")), *CHAT)
    lead = next(lead for lead in _leads() if lead.kind == LeadKind.LEAD)
    less = frozenset(desks.permissions(house.desk("mei").actor.role)) - {Permission.VICTIMS_READ}
    monkeypatch.setattr(desks, "permissions", lambda _role: less)
    found = around(house.desk("mei"), lead.pk, _sighting(lead))
    assert found.left_out == 1
    assert not any("我好害怕" in post.words for post in found.posts)


def test_an_edited_post_shows_what_was_changed(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage

    kept(("ad", AD.format("abc123")))
    kept(("ad", AD.format("xyz789")))
    sheet = triage.look(house.desk("mei"), _leads()[0].pk)
    (one,) = sheet.versions
    assert (one.older, one.newer) == (1, 2)
    assert {(change.kind, change.text) for change in one.changes if change.kind != "same"} == {
        ("gone", "abc123"),
        ("new", "xyz789"),
    }
    assert len(sheet.captures) == 2
    assert {capture.sha256 for capture in sheet.captures} == {"0" * 64}


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(older=st.text(max_size=80), newer=st.text(max_size=80))
def test_a_difference_holds_both_texts(house: Any, older: str, newer: str) -> None:
    del house
    from patrol.actions.disclosing.provenance import changes

    found = changes(older, newer)
    assert "".join(one.text for one in found if one.kind != "new") == older
    assert "".join(one.text for one in found if one.kind != "gone") == newer


def test_nearly_the_same_words_are_told_as_such(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.linking.joining import gather
    from patrol.actions.triaging import triage

    kept(("one", AD.format("abc123")))
    kept(("two", "急！" + AD.format("other456").replace("名額有限，", "") + "，限女"))
    one, two = _leads()
    desk = house.desk("mei")
    assert triage.look(desk, one.pk).alike == ()
    gather(Desk.system())
    (found,) = triage.look(desk, one.pk).alike
    assert (found.lead_id, found.because) == (two.pk, "near")
    assert 50 <= found.likeness < 100


def test_tags_find_leads_again_and_name_nobody(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import tags, triage
    from patrol.actions.triaging.triage import BadDecision, QueueFilter

    kept(("one", AD.format("abc123")), ("two", "兜售磨掉號碼的自行車，電話 0900-000-321，面交"))
    first = _leads()[0].pk
    desk = house.desk("mei")
    tags.put(desk, first, "  #夜市  一帶 ")
    tags.put(desk, first, "夜市 一帶")
    assert triage.look(desk, first).tags == ("夜市 一帶",)
    queue = triage.queue(desk, QueueFilter(tag="夜市 一帶"))
    assert [(row.id, row.tags) for row in queue.rows] == [(first, ("夜市 一帶",))]
    assert tags.used_tags(desk) == ("夜市 一帶",)
    for name in ("", "  # ", "長" * 31, "A123456789"):
        with pytest.raises(BadDecision):
            tags.put(desk, first, name)
    tags.take_off(desk, first, "夜市 一帶")
    assert triage.look(desk, first).tags == ()
    assert [one.result for one in _records("lead.tagged")] == [
        "allow", "allow", "error", "error", "error", "error", "allow",
    ]  # fmt: skip
