"""Image addresses of a lead: sealed apart, and read by four eyes for an hour."""

import json
from datetime import timedelta
from typing import Any

import pytest

TEXT = "找援交的加賴 gull0099，看圖 https://i.pics.example/A/b.jpg?x=1 議價"
WHY = "to the centre for sexual images"


@pytest.fixture
def pictured(house: Any) -> int:
    """The number of a lead whose words held an address, as the spider gives it."""
    from patrol.register.tables import Lead
    from spiders.capture import clean_posts

    page = house.page(("p9", TEXT))
    posts, _ = clean_posts(page.posts)
    house.keeper(house.begin()).keep(page.model_copy(update={"posts": posts}))
    return int(Lead.objects.latest("pk").pk)


def last_record() -> dict[str, Any]:
    from patrol.register.tables import LedgerRecord

    found: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.latest("seq").body))
    return found


def test_it_is_written_in_no_words_and_no_capture(house: Any, pictured: int) -> None:
    from patrol.register.sealing import unseal
    from patrol.register.tables import CaptureRow, ImageAddress, Sighting
    from pipelines.images import tag

    sighting = Sighting.objects.select_related("unit").get(lead=pictured)
    capture = CaptureRow.objects.select_related("unit").get(pk=sighting.capture_id)
    for unit, body in ((sighting.unit, sighting.body), (capture.unit, capture.body)):
        told = unseal(unit, body).decode()
        assert "pics.example" not in told
        assert "[image]" in told
    row = ImageAddress.objects.get(sighting=sighting)
    assert b"pics" not in bytes(row.address)
    assert unseal(sighting.unit, row.address) == b"https://i.pics.example/A/b.jpg?x=1"
    assert row.tag == tag("hxxp://I.PICS.example/A/b.jpg?x=1#top")
    assert row.tag != tag("https://i.pics.example/a/b.jpg?x=1")


def test_one_asks_another_allows_and_an_hour_later_it_is_over(
    house: Any, pictured: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions.disclosing import images
    from patrol.register import clock

    mei, wu = house.desk("mei"), house.desk("wu")
    with pytest.raises(images.NotRevealed):
        images.read(mei, pictured)
    with pytest.raises(images.NoImageReason):
        images.ask(mei, pictured, "  ")
    images.ask(mei, pictured, WHY)
    record = last_record()
    assert (record["verb"], bool(record["reason_commitment"])) == ("images.asked", True)
    (asked,) = images.view(mei, pictured).asked
    assert (asked.reason, asked.answered_by, asked.in_force) == (WHY, None, False)
    with pytest.raises(images.NotRevealed):
        images.read(mei, pictured)
    assert images.answer(wu, asked.id, allow=True) == pictured
    assert last_record()["details"] == {
        "request": asked.id, "allowed": True, "requester": mei.person.pk,
    }  # fmt: skip
    assert images.read(mei, pictured) == ("hxxps://i[.]pics[.]example/A/b.jpg?x=1",)
    assert (last_record()["verb"], last_record()["count"]) == ("images.viewed", 1)
    with pytest.raises(images.NotRevealed):
        images.read(wu, pictured)
    with pytest.raises(images.NoSuchReveal):
        images.answer(wu, asked.id, allow=True)
    later = clock.now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(images.NotRevealed):
        images.read(mei, pictured)
    assert (last_record()["verb"], last_record()["result"]) == ("images.viewed", "deny")


def test_nobody_allows_their_own_and_officers_allow_nothing(house: Any, pictured: int) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.disclosing import images

    wu = house.desk("wu")
    images.ask(wu, pictured, WHY)
    (asked,) = images.view(wu, pictured).asked
    with pytest.raises(images.OwnReveal):
        images.answer(wu, asked.id, allow=True)
    with pytest.raises(NotPermitted):
        images.answer(house.desk("mei"), asked.id, allow=True)
    assert images.view(wu, pictured).asked[0].answered_by is None


def test_a_refused_request_shows_nothing(house: Any, pictured: int) -> None:
    from patrol.actions.disclosing import images

    mei = house.desk("mei")
    images.ask(mei, pictured, WHY)
    images.answer(house.desk("wu"), images.view(mei, pictured).asked[0].id, allow=False)
    with pytest.raises(images.NotRevealed):
        images.read(mei, pictured)
    assert images.view(mei, pictured).readable is False


@pytest.mark.parametrize(
    ("receiver", "gets"), [("image_centre", True), ("platform_operator", True), ("iwin", False)]
)
def test_a_notice_has_them_only_while_they_are_allowed(
    house: Any, pictured: int, receiver: str, *, gets: bool
) -> None:
    from patrol.actions.disclosing import handoff, images
    from patrol.models import Receiver

    mei = house.desk("mei")
    order = handoff.Order(Receiver(receiver), WHY, platform="forum.example")

    def told() -> bool:
        import io
        import zipfile

        made = handoff.hand_over(mei, handoff.About(lead=pictured), order)
        with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
            assert b"https://i.pics" not in archive.read("notice.json")
            return "hxxps://i[.]pics[.]example" in archive.read("notice.en.txt").decode()

    assert told() is False
    images.ask(mei, pictured, WHY)
    images.answer(house.desk("wu"), images.view(mei, pictured).asked[0].id, allow=True)
    assert told() is gets


def test_other_units_and_leads_without_one(house: Any, lead: int, pictured: int) -> None:
    from patrol.actions.disclosing import images
    from patrol.actions.triaging.leads import NoSuchLead

    with pytest.raises(NoSuchLead):
        images.ask(house.desk("other"), pictured, WHY)
    with pytest.raises(images.NoImages):
        images.ask(house.desk("mei"), lead, WHY)
