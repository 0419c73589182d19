"""A victim's contact is masked everywhere, joins nothing, leaves in no export, and what left is told for recall."""

from collections.abc import Callable
from typing import Any

import pytest

WORDS = "急收人頭帳戶，一本三萬，加賴 Shop9001 詳談，別忘了 shop9001"
OTHER = "出售毒品咖啡包，量大優惠，歡迎詢問，加賴 shop9001"
WHY = "查證後為賣家本人"


def _gather() -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.linking import joining

    while joining.gather(Desk.system("clock")):
        pass


def _tag() -> str:
    from patrol.register.tables import HandleRow

    return str(HandleRow.objects.filter(kind="line").values_list("tag", flat=True)[0])


def _joined() -> list[int]:
    """Leads that are in a campaign with others."""
    from patrol.register.tables import CampaignLink

    links = list(CampaignLink.objects.filter(state="joined").values_list("campaign", "lead_id"))
    beside = [campaign for campaign, _ in links]
    return sorted(lead for campaign, lead in links if beside.count(campaign) > 1)


def _index_words(lead: int) -> str:
    from patrol.register.tables import Sighting
    from patrol.search.documents import Documents

    numbers = list(Sighting.objects.filter(lead=lead).values_list("pk", flat=True))
    loaded = Documents(list).load(numbers, [lead])
    assert not loaded.faults
    return " ".join(str(post.model_dump()) for post in loaded.posts)


@pytest.fixture
def trade(house: Any, kept: Callable[..., Any]) -> Any:
    """Two leads with the same contact, joined, the first in a case; gives the officer's desk."""
    from patrol.actions.casework import cases

    kept(WORDS, OTHER, author="shop9001")
    _gather()
    assert _joined() == [1, 2]
    mei = house.desk("mei")
    cases.open_case(mei, "帳戶", "", leads=[1])
    return mei


def _everywhere(mei: Any) -> dict[str, str]:
    """All that officers read, by the page."""
    from patrol.actions.casework import casefile
    from patrol.actions.linking import campaigns
    from patrol.actions.triaging import around, queue, triage
    from patrol.register.tables import Campaign, Sighting

    sighting = Sighting.objects.get(lead=1)
    shown = {
        "queue": queue.queue(mei, queue.QueueFilter()),
        "lead": triage.look(mei, 1),
        "around": around.around(mei, 1, sighting.pk),
        "case": casefile.view(mei, 1),
        "campaigns": campaigns.listing(mei),
        **{f"campaign {one.pk}": campaigns.view(mei, one.pk) for one in Campaign.objects.all()},
    }
    return {place: str(told).lower() for place, told in shown.items()} | {
        f"index {lead}": _index_words(lead).lower() for lead in (1, 2)
    }


def test_a_victims_contact_is_masked_everywhere_and_shown_again(trade: Any) -> None:
    from patrol.actions.triaging import sparing

    before = _everywhere(trade)
    assert all("shop9001" in told for told in before.values())
    assert sparing.spare(trade, 1, _tag()) == 2
    assert not [place for place, told in _everywhere(trade).items() if "shop9001" in told]
    assert sparing.unspare(trade, 1, _tag(), WHY) == 2
    after = _everywhere(trade)
    assert after.keys() == before.keys()
    assert all("shop9001" in told for told in after.values())


def test_it_joins_nothing_until_it_is_taken_back(trade: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import queue, sparing
    from patrol.register.tables import HandleRow

    tag = _tag()
    sparing.spare(trade, 2, tag)
    assert _joined() == []
    assert queue.queue(trade, queue.QueueFilter(status="", handle=tag)).rows == ()
    kept(("p7", "高價收購提款卡，現金結清，請加賴 SHOP9001"))
    _gather()
    assert _joined() == []
    assert set(HandleRow.objects.filter(tag=tag).values_list("role", "role_before")) == {
        ("spared", "offered")
    }
    sparing.unspare(trade, 1, tag, WHY)
    assert _joined() == [1, 2, 3]
    assert set(HandleRow.objects.filter(tag=tag).values_list("role", "role_before")) == {
        ("offered", None)
    }


def test_it_leaves_in_no_export_and_those_before_are_told(trade: Any) -> None:
    from patrol.actions.disclosing import case_export, evidence, sharing
    from patrol.actions.triaging import sparing, triage
    from patrol.exports.handles import Format
    from patrol.models import Verb

    def files() -> dict[str, bytes]:
        return {
            "evidence": evidence.export(trade, 1, "移送").content,
            "case": case_export.export(trade, 1, "移送", lambda found: str(found).encode()),
            **{one: sharing.share(trade, 1, one, "通報").content for one in Format},
        }

    def plainly(content: bytes) -> bytes:
        import io
        import zipfile

        if not content.startswith(b"PK"):
            return content.lower()
        archive = zipfile.ZipFile(io.BytesIO(content))
        return b"".join(map(archive.read, archive.namelist())).lower()

    assert all(b"shop9001" in plainly(content) for content in files().values())
    assert triage.look(trade, 1).spared == ()
    sparing.spare(trade, 1, _tag())
    assert not [name for name, content in files().items() if b"shop9001" in plainly(content)]
    (told,) = triage.look(trade, 1).spared
    assert (told.kind, told.account, told.why) == ("line", "mei", "")
    expected = [*[("lead:1", Verb.HANDLES_EXPORTED)] * 3, ("case:1", Verb.CASE_EXPORTED), ("lead:1", Verb.EVIDENCE_EXPORTED)]  # fmt: skip
    assert [(one.subject, one.verb) for one in told.recalls] == expected
    assert all(len(one.sha256) == 64 for one in told.recalls)
    assert triage.look(trade, 2).spared[0].recalls == told.recalls


def test_it_is_one_recorded_act_and_its_reversal_needs_a_reason(trade: Any) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.linking import campaigns
    from patrol.actions.linking.campaigns import ReasonMissing
    from patrol.actions.linking.standing import judged
    from patrol.actions.triaging import sparing
    from patrol.actions.triaging.leads import NoSuchLead
    from patrol.models import HandleStanding, Verb
    from patrol.register.tables import LedgerIndex

    def records() -> list[tuple[str, str]]:
        acts = (Verb.HANDLE_SPARED, Verb.HANDLE_UNSPARED)
        rows = LedgerIndex.objects.filter(verb__in=acts).order_by("seq")
        return list(rows.values_list("verb", "result"))

    tag = _tag()
    campaigns.judge_handle(trade, 1, tag, HandleStanding.BORROWED, "店家的帳號")
    sparing.spare(trade, 1, tag)
    assert sparing.spare(trade, 1, tag) == 0
    assert judged(1, [tag]) == {tag: HandleStanding.VICTIM}
    with pytest.raises(ReasonMissing):
        sparing.unspare(trade, 1, tag, " ")
    sparing.unspare(trade, 1, tag, WHY)
    assert judged(1, [tag]) == {tag: HandleStanding.BORROWED}
    with pytest.raises(sparing.NoSuchContact):
        sparing.unspare(trade, 1, tag, WHY)
    assert records() == [
        (Verb.HANDLE_SPARED, "allow"), (Verb.HANDLE_SPARED, "allow"), (Verb.HANDLE_UNSPARED, "error"),
        (Verb.HANDLE_UNSPARED, "allow"), (Verb.HANDLE_UNSPARED, "error"),
    ]  # fmt: skip
    with pytest.raises(sparing.NoSuchContact):
        sparing.spare(trade, 1, "0" * 64)
    house_other = type(trade).of
    from patrol.actions.staffing import people

    for account, error in (("audit", NotPermitted), ("other", NoSuchLead)):
        with pytest.raises(error):
            sparing.spare(house_other(people.find(account), origin="127.0.0.1"), 1, tag)
