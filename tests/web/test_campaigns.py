"""The pages of campaigns: what is common, why a lead is there, and what officers said of it."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
OFFER = "[急收帳戶]，一本{1}，當天付款，安全可靠，歡迎詢問，加賴 {0} 詳談，{2}可面交"


def told() -> list[Any]:
    """Three copies of one offer, one with the first's contact in other words, a stranger, and a possible victim."""
    told_by = sys.modules["planting"].Told
    line = ("line", "offered")

    def one(text: str, handle: str, author: str, **more: Any) -> Any:
        return told_by(text, handles=((line[0], handle, line[1]),), author=author, **more)

    return [
        one(OFFER.format("seller901", "三萬", "台北"), "seller901", "first"),
        one(OFFER.format("goods_12", "5萬", "台中"), "goods_12", "second"),
        one(OFFER.format("abc77", "兩萬", "高雄"), "abc77", "=cmd()"),
        one("[高價收購]門號卡，量大可談，請找 seller901", "seller901", "fourth"),
        one("[出租套房]近捷運，附家具，請找 room5566", "room5566", "fifth"),
        one(
            OFFER.format("seller901", "一萬", "台南"), "seller901", "afraid", kind="possible_victim"
        ),
    ]


@pytest.fixture
def garden(register: Any) -> Any:
    from patrol.actions.desk import Desk
    from patrol.actions.linking.joining import gather

    found = sys.modules["planting"].plant(told())
    while gather(Desk.system("clock")):
        pass
    return found


def page(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def test_a_campaign_shows_what_is_common_and_what_changes(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    client = sign_in("mei")
    assert 'href="/campaigns/1/"' in page(client, "/campaigns/")
    words = page(client, "/campaigns/1/")
    assert '<b class="slot">seller901</b>' in words
    assert '<b class="slot">goods_12</b>' in words
    assert '<span class="same">' in words
    assert "急收帳戶" in words.replace("</span>", "")
    assert "afraid" not in words
    assert "room5566" not in words
    seen = records(verb="campaign.viewed", account="mei")
    assert [one.subject for one in seen] == ["campaign:1"]
    assert len(records(verb="campaigns.listed", account="mei")) == 1
