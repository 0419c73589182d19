"""Whose contact it is: who warns of one or tells what happened does not offer it; who sells and talks like that does."""

import pytest

from pipelines.fold import fold
from pipelines.handles import READERS, Read, Reading, handles

WARNED = (
    "我弟收到訊息說中獎，要加賴 maple_22 領獎，這是真的嗎",
    "FB 看到打工廣告叫人加 LINE maple_22，結果要我交存摺",
    "苦主+1，匯款帳號 822-123456789012，名字是王先生",
    "賣家失聯了，他留的微信是 maple_wx9",
    "群裡那個叫小美的，line: maple_22，專門騙點數卡",
    "想請教律師，對方只給我一支電話 0900-000-123，能告嗎",
    "網友說加 LINE maple_22 可以貸款，結果被收手續費",
    "買到假貨，賣家賴 maple_22，大家注意",
    "聽說 telegram 的 @maple_air 在賣學生個資，好可怕",
    "匯款到 822-123456789012 之後就聯絡不上人了",
    "有誰被 t.me/maple_air 盜圖過",
    "那個 telegram @maple_air 的人又來煩我了",
    "I lost 20k to the wechat account maple_wx9",
    "my daughter was contacted by telegram @maple_air, please help",
)
SOLD = (
    "大家注意！新品到貨，加賴 maple_22",
    "缺錢怎麼辦？加 LINE：maple_22 馬上放款",
    "賣家提供一年保固，賴 maple_22",
    "怕被騙可面交，LINE maple_22",
    "不騙人，先看貨再付款，賴 maple_22",
    "不要錯過！加賴 maple_22",
    "別再猶豫，私訊 telegram @maple_air",
    "專業律師協助，免費諮詢 LINE ID：maple_22",
    "結果公布：中獎者請加賴 maple_22",
)


def roles(text: str) -> set[str]:
    batch = fold([text])
    read = Read(batch, 0, [Reading(batch.texts[0], None, None, frozenset(range(len(READERS))))])
    return {one.handle.role.value for one in handles([read])[0]}


@pytest.mark.parametrize("text", WARNED)
def test_who_warns_of_a_contact_does_not_offer_it(text: str) -> None:
    assert roles(text) == {"mentioned"}


@pytest.mark.parametrize("text", SOLD)
def test_who_sells_offers_it_whatever_words_of_warnings_are_used(text: str) -> None:
    assert roles(text) == {"offered"}
