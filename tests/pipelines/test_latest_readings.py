"""Contacts, prices and disguises that were missed when somebody who had not read the readers wrote them."""

import time
from decimal import Decimal

import pytest

from benches._found import WordFinder
from pipelines.flow import Flagger
from pipelines.fold import fold_one
from pipelines.prices import prices
from pipelines.rules import Ruleset


@pytest.fixture(scope="module")
def reader() -> Flagger:
    return Flagger(Ruleset.build([], []))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("加賴送好禮 ▶ maple168", "line:maple168:offered"),
        ("tg@ maple_01", "telegram:maple_01:offered"),
        ("加我v，maple1990", "wechat:maple1990:offered"),
        ("詳情加 maple_74", "line:maple_74:offered"),
        ("IG加 maple_74", "instagram:maple_74:offered"),
        ("洞九洞洞 洞洞洞 一二三 call我", "phone:+886900000123:offered"),
        ("text (415) 555-2671 for the list", "phone:+14155552671:offered"),
        ("order 415-555-2671 shipped", ""),
        ("手机 139 0013 9194", "phone:+8613900139194:offered"),
        ("信箱 maple#mail.example（#換@）", "mail:maple@mail.example:offered"),
        ("警示帳戶 822-987654321098 大家注意", "bank:822-987654321098:mentioned"),
        ("騙人的飛機號：maple_air 已被抓", "telegram:maple_air:mentioned"),
        ("0900-000-611 這支電話有人知道嗎", "phone:+886900000611:unknown"),
        ("情緒勒索好煩，請加 line maple_74", "line:maple_74:offered"),
    ],
)
def test_a_contact_and_its_role(reader: Flagger, text: str, told: str) -> None:
    found = reader.flag([text])[0].handles
    assert " ".join(f"{one.kind}:{one.value}:{one.role}" for one in found) == told


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("一次兩張", "2000"),
        ("照片一次兩張", ""),
        ("25O0元", "2500"),
        ("兩嚿水", "200"),
        ("一律4500", "4500"),
        ("190～220/時", "190 220"),
        ("押金三十五萬", "350000"),
        ("一千零一夜", ""),
    ],
)
def test_a_price(text: str, amounts: str) -> None:
    assert [one.amount for one in prices(fold_one(text))] == list(map(Decimal, amounts.split()))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("telegram", "tellegram"),
        ("telegram", "telgram"),
        ("passport", "pasport"),
        ("whatsapp", "whats app"),
        ("lottery", "Iottery"),
        ("deposit", "d€posit"),
        ("加賴", "+ 賴"),
        ("加賴", "加<br>賴"),
        ("日領3000", "日領3ooo"),
        ("鋼琴", "🎹"),
        ("旅館", "旅ぃ館"),
    ],
)
def test_a_word_in_disguise(word: str, text: str) -> None:
    assert [one for one, _ in WordFinder([word]).find([f"看 {text} 吧"])[0]] == [word]


@pytest.mark.parametrize("piece", ["<b>加</b>", "&#21152;", "\\u52a0", "ǝuıl ", "加🇹🇼", "one two "])
def test_a_megabyte_of_it_is_read_in_a_fraction_of_a_second(reader: Flagger, piece: str) -> None:
    text = piece * (1_000_000 // len(piece.encode()))
    took = []
    for _ in range(3):
        begun = time.process_time()
        reader.flag([text])
        took.append(time.process_time() - begun)
    assert min(took) < 0.4
