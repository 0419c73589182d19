"""Ages, numbers, prices and contacts as rules ask for them, joined by `when`, windows and order."""

import pytest

from patrol.models import Bounds, Currency, LeadKind, NumberBounds, PriceBounds, Term
from pipelines import ages, counts
from pipelines.fold import fold_one
from pipelines.match import Matcher, Texts
from pipelines.overlooked import BEFORE
from pipelines.prices import _currencies
from pipelines.regexes import folded_regex
from tests.pipelines.test_rules import flagger, marked, rule

YOUNG = Term(age=Bounds(at_most=17))
CHEAP = Term(price=PriceBounds(at_least=500, at_most=5000))
MANY = Term(number=NumberBounds(at_least=20, of=("顆", "粒", "pcs")))


def hits(term: Term, text: str) -> list[str]:
    found = flagger(
        rule(when="slang and asked", terms={"slang": Term(words=("找", "出")), "asked": term})
    )
    return [
        one for span in marked(found.flag([text])[0]) for one in span if one not in {"找", "出"}
    ]


AGES = {
    "找15歲的": (15, 15), "找十五六歲的": (15, 16), "找14-16歲": (14, 16), "找十三到十五歲": (13, 15), "找國中生": (12, 15),
    "找國二的": (13, 14), "找小六": (11, 12), "找國中小": (6, 15), "找未滿18的": (0, 17), "找未滿十八歲": (0, 17),
    "找16歲以下": (0, 16), "找18歲以上": (18, 120), "找大學生": (18, 22), "找8th graders": (13, 14), "找 aged 15": (15, 15),
    "找 14yo": (14, 14), "找 15 years old": (15, 15), "找 high schoolers": (14, 18), "找 underage": (0, 17), "找 grade 7": (12, 13),
    "找女生，15歲": (15, 15), "找人. 15yo": (15, 15), "找人(16y/o)": (16, 16), "找 1 5 歲": (15, 15), "找１５歲": (15, 15), "找高　中 生": (15, 18),
}  # fmt: skip


@pytest.mark.parametrize("text", AGES)
def test_an_age_is_read_with_its_bounds(text: str) -> None:
    least, most = AGES[text]
    assert hits(Term(age=Bounds()), text)
    assert hits(Term(age=Bounds(at_least=least, at_most=least)), text)
    assert hits(Term(age=Bounds(at_least=most, at_most=most)), text)
    assert not hits(Term(age=Bounds(at_least=most + 1)), text)
    assert least == 0 or not hits(Term(age=Bounds(at_most=least - 1)), text)


@pytest.mark.parametrize(
    "text",
    ["找全國中小企業", "找我國中央", "找身高三公尺", "找最高中獎率", "找大小一樣的", "找韓國小姐", "找中國一直", "找1995歲", "找高一點的",
     "找屋齡15年", "找 the teeny", "找從小一起", "找國三十號", "找15分鐘", "找 x15yo", "找 3.15歲", "找 2,015歲"],
)  # fmt: skip
def test_what_looks_like_an_age_is_none(text: str) -> None:
    assert hits(Term(age=Bounds()), text) == []


PRICES = {
    "出 3500 元": True, "出，售價五百": True, "出 5,000元": True, "出 1.2萬": False, "出 499元": False, "出 NT$5001": False, "出 US$600": False,
    "出 兩千五": True, "出 ３千": True,
}  # fmt: skip


@pytest.mark.parametrize("text", PRICES)
def test_a_price_counts_within_its_bounds_and_in_its_currency(text: str) -> None:
    assert bool(hits(CHEAP, text)) is PRICES[text]
    assert hits(Term(price=PriceBounds()), text), "without bounds any price counts, in any currency"


def test_a_price_in_another_currency() -> None:
    dollars = Term(price=PriceBounds(at_most=700, currency=Currency.USD))
    assert hits(dollars, "出 US$600")
    assert not hits(dollars, "出 600元")


def test_every_currency_that_is_read_can_be_asked_for() -> None:
    assert {*_currencies().values(), "CNY", "JPY"} - {"$", "¥"} == set(Currency)


NUMBERS = {
    "出 20顆": True, "出三十 粒": True, "出 1,200 pcs": True, "出一萬二顆": True, "出兩百顆": True, "出 20顆，9折": True, "出三十顆,9折": True, "出，20顆": True, "出(20顆)": True, "出: 20顆": True, "出19顆": False, "出千萬顆": False,
    "出0920顆": False, "出 a20顆": False, "出 20盒": False, "出 2.0.20顆": False,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_counts_within_its_bounds_and_of_its_thing(text: str) -> None:
    assert bool(hits(MANY, text)) is NUMBERS[text]


def test_a_number_of_anything() -> None:
    ten = Term(number=NumberBounds(at_least=10, at_most=12))
    assert hits(ten, "出 11 組") == ["11"]
    assert not hits(ten, "出 2026-11-11 a11 0911 11:30")


ROLES = {"找 加賴 abc123": "offered", "找 小心詐騙帳號 LINE abc123": "mentioned"}


@pytest.mark.parametrize("text", ROLES)
@pytest.mark.parametrize("role", ["offered", "mentioned", "unknown"])
def test_a_contact_counts_by_its_kind_and_role(text: str, role: str) -> None:
    wanted = Term.model_validate({"handle": ["line"], "role": [role]})
    assert bool(hits(wanted, text)) is (ROLES[text] == role)
    assert not hits(Term.model_validate({"handle": ["telegram"], "role": [role]}), text)
    assert hits(Term.model_validate({"handle": ["any"], "role": ["offered", "mentioned"]}), text)


def test_a_rule_for_possible_victims_may_ask_for_offered_contacts_only() -> None:
    terms = {"slang": Term(words=("找",)), "asked": Term(handle=("any",), role=("offered",))}
    one = flagger(
        rule(when="slang and asked", terms=terms, kind=LeadKind.POSSIBLE_VICTIM, category=None)
    )
    assert [bool(found.matches) for found in one.flag(list(ROLES))] == [True, False]


@pytest.mark.parametrize(
    ("when", "text", "spans"),
    [
        ("young and cheap and many", "找國中 30顆 2000元", ["國中", "30顆", "2000元"]),
        ("young and not cheap and not many", "找國中 10顆 9000元", ["國中"]),
        ("young and not cheap and not many", "找國中 30顆 9000元", None),
        ("young or cheap or many", "賣 20顆", ["20顆"]),
        ("2 of (young, cheap, many)", "找國中 9000元 30顆", ["國中", "30顆"]),
        ("2 of (young, cheap, many)", "找大學生 2000元 3顆", None),
        ("any of (young, many) and cheap", "找高一，2000元", ["高一", "2000元"]),
        ("not (not young or cheap) or many", "找高一，9000元", ["高一"]),
    ],
)
def test_they_stand_in_any_expression(when: str, text: str, spans: list[str] | None) -> None:
    one = flagger(rule(when=when, terms={"young": YOUNG, "cheap": CHEAP, "many": MANY}))
    assert marked(one.flag([text])[0]) == ([spans] if spans else [])


def test_they_stand_within_a_window_and_in_an_order() -> None:
    terms = {"young": YOUNG, "cheap": CHEAP}
    near = flagger(rule(when="young and cheap", terms=terms, within=12))
    assert marked(near.flag(["國中生，一次2000元"])[0]) == [["國中", "2000元"]]
    assert not near.flag(["國中生" + "的" * 20 + "2000元"])[0].matches
    one = flagger(rule(when="young and cheap", terms=terms, sentences=1))
    assert not one.flag(["國中生。一次2000元"])[0].matches
    order = flagger(rule(when="young and cheap", terms=terms, order=["young", "cheap"]))
    assert [bool(found.matches) for found in order.flag(["國中生，2000元", "2000元，國中生"])] == [
        True,
        False,
    ]


@pytest.mark.parametrize("term", [YOUNG, CHEAP, MANY])
def test_a_rule_of_one_of_them_alone_runs(term: Term) -> None:
    one = flagger(rule(when="asked", terms={"asked": term}))
    texts = ["國中生", "售價2000元", "30顆"]
    assert sum(bool(found.matches) for found in one.flag(texts)) == 1


def test_the_scanner_sees_them_behind_other_text() -> None:
    """See docs/decisions/0004: it misses some regexes there."""
    patterns = [ages.PATTERN, counts.pattern(("顆", "pcs")), counts.pattern(())]
    matcher = Matcher((), [folded_regex(one) for one in patterns])
    said = [*AGES, *NUMBERS]
    texts = [fold_one(before + text) for text in said for before in BEFORE]
    for text in texts:
        seen = matcher.may(text)
        for number in range(len(patterns)):
            assert number in seen or not matcher.spans(number, text), text
    scans = matcher.scan(Texts.of(texts))
    plain = {nth for nth, text in enumerate(texts) if matcher.spans(0, text)}
    assert len(plain) >= 2 * (len(AGES) - 1)
    assert all(0 in scans[nth].regexes for nth in plain)


def test_a_rule_of_an_earlier_patrol_is_the_same_words() -> None:
    """Its hash is kept with each match and decides whether an installation ships a new version."""
    assert Term(price=PriceBounds()).model_dump(mode="json") == {
        "lexicon": None, "words": [], "regex": None, "handle": [], "price": True, "unless": [],
    }  # fmt: skip
    assert Term(words=("x",)).model_dump(mode="json")["price"] is False
    for term in (YOUNG, CHEAP, MANY, Term(handle=("line",), role=("offered",))):
        assert Term.model_validate(term.model_dump(mode="json")) == term
