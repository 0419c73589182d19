import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.errors import ManyErrors
from patrol.models import (
    Category,
    Examples,
    Flagging,
    Hit,
    LeadKind,
    Level,
    Lexicon,
    Miss,
    Rule,
    Term,
    Word,
)
from pipelines.duplicates import squeezed
from pipelines.flow import NOTHING, Flagger
from pipelines.rules import Ruleset

SLANG = Lexicon(
    name="slang",
    title={"en": "Slang"},
    words=(
        Word(word="援交", meaning="paid dating", origin="press", unless=("救援交", "支援交")),
        Word(word="外約", meaning="a date outside", origin="press"),
        Word(word="約砲", meaning="a date", origin="press"),
    ),
)
INVITE = Term(words=("加賴", "加line", "contact me", "line"))


def rule(name: str = "dating", when: str = "slang and invite", **more: object) -> Rule:
    fields: dict[str, object] = {
        "name": name,
        "title": {"en": name},
        "category": Category.SOLICITATION,
        "level": Level.MEDIUM,
        "why": "A reason to look.",
        "terms": {"slang": Term(lexicon="slang"), "invite": INVITE},
        "when": when,
        "examples": Examples(
            hit=(Hit(text="x", spans=("x",)),), miss=(Miss(text="y", because="z"),)
        ),
        **more,
    }
    return Rule.model_validate(fields)


def flagger(*rules: Rule) -> Flagger:
    return Flagger(Ruleset.build(rules or (rule(),), [SLANG]))


def marked(flagging: Flagging) -> list[list[str]]:
    return [[span.text for span in match.spans] for match in flagging.matches]


def test_the_sentence_is_flagged_and_the_society_is_not() -> None:
    hit, miss, both = flagger().flag(
        ["找援交的加賴", "急難救援交流協會歡迎加賴", "急難救援交流協會，找援交的加賴"]
    )
    assert marked(hit) == [["援交", "加賴"]]
    assert miss.matches == ()
    assert [(span.start, span.text) for span in both.matches[0].spans] == [
        (10, "援交"),
        (13, "加賴"),
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("找援\u200b交的加\u2060賴", ["援\u200b交", "加\u2060賴"]),
        ("找援交的加赖", ["援交", "加赖"]),
        ("找援.交的加　賴 abc", ["援.交", "加　賴"]),
        ("外約 ＣＯＮＴＡＣＴ　ｍｅ", ["外約", "ＣＯＮＴＡＣＴ　ｍｅ"]),
        ("外約 cóntact me\u0301", ["外約", "cóntact me\u0301"]),
        ("外約 c0ntact me", ["外約", "c0ntact me"]),
        ("外約 add l i n e now", ["外約", "l i n e"]),
        ("外約 🅻🅸🅽🅴", ["外約", "🅻🅸🅽🅴"]),
        ("外約 lіnе", ["外約", "lіnе"]),
        ("\ud83d外約 line", ["外約", "line"]),
        ("外約砲 line", ["外約", "約砲", "line"]),
        ("急 難 救 援 交 流 line", None),
        ("援交 online", None),
    ],
)
def test_the_original_s_words_are_marked(text: str, spans: list[str] | None) -> None:
    flagging = flagger().flag([text])[0]
    assert marked(flagging) == ([] if spans is None else [spans])
    for match in flagging.matches:
        for span in match.spans:
            assert text[span.start : span.end] == span.text


def test_within_counts_folded_characters_and_marks_only_what_is_near() -> None:
    near = flagger(rule(within=10))
    far = "援交" + "的" * 20 + "外約加賴"
    assert marked(near.flag([far])[0]) == [["外約", "加賴"]]
    assert near.flag(["援交" + "的" * 7 + "加賴"])[0].matches == ()
    assert near.flag(["援交" + "\u200b" * 50 + "加賴"])[0].matches
    assert near.flag(["援交" + "的" * 6 + "加賴"])[0].matches


def test_what_is_negated_must_be_nowhere() -> None:
    terms = {"slang": Term(lexicon="slang"), "invite": INVITE, "notice": Term(words=("檢舉",))}
    one = flagger(rule(when="slang and invite and not notice", terms=terms, within=20))
    assert one.flag(["援交加賴"])[0].matches
    assert not one.flag(["援交加賴" + "的" * 100 + "檢舉"])[0].matches


def test_regexes_prices_and_handles_are_terms() -> None:
    terms = {
        "removed": Term(regex="磨掉.{0,4}號碼", unless=("沒磨掉號碼",)),
        "price": Term(price=True),
        "contact": Term(handle=("line",)),
    }
    one = flagger(rule(when="all of them", terms=terms))
    text = "自行車磨掉了號碼，賣３千，賴：abc123"
    assert marked(one.flag([text])[0]) == [["磨掉了號碼", "３千", "abc123"]]
    assert not one.flag([text.replace("磨掉了", "沒磨掉")])[0].matches
    assert not one.flag([text + " 小心詐騙帳號"])[0].matches


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("磨.掉.了.號.碼", ["磨.掉.了.號.碼"]),
        ("急 售 磨 掉 號 碼 的 車", ["磨 掉 號 碼"]),
        ("磨*掉\u200b*號*碼", ["磨*掉\u200b*號*碼"]),
        ("磨\n掉\n號\n碼", ["磨\n掉\n號\n碼"]),
        ("磨掉號碼，磨 掉 號 碼", ["磨掉號碼", "磨 掉 號 碼"]),
        ("沒 磨 掉 號 碼", None),
    ],
)
def test_separators_do_not_hide_what_a_regex_looks_for(text: str, spans: list[str] | None) -> None:
    terms = {"removed": Term(regex="磨掉.{0,1}號碼", unless=("沒磨掉號碼",))}
    flagging = flagger(rule(when="removed", terms=terms)).flag([text])[0]
    assert marked(flagging) == ([] if spans is None else [spans])
    for match in flagging.matches:
        assert all(text[span.start : span.end] == span.text for span in match.spans)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("找援/交的加|賴", ["援/交", "加|賴"]),
        ("找援／交的加｜賴啦", ["援／交", "加｜賴"]),
        ("全新國外/約好的 加|賴啦", None),
        ("急難救援/交流協會歡迎加|賴喔", None),
        ("外約 拉保險/員工", None),
        ("外約 拉保/險/員/工", ["外約", "保/險/員/工"]),
    ],
)
def test_strokes_do_not_hide_a_word(text: str, spans: list[str] | None) -> None:
    slang = Lexicon(
        name="slang", title={"en": "Slang"},
        words=(*SLANG.words[:1], SLANG.words[1].model_copy(update={"unless": ("國外約",)})),
    )  # fmt: skip
    terms = {"slang": Term(lexicon="slang"), "invite": Term(words=("加賴", "保險員工"))}
    one = Flagger(Ruleset.build([rule(terms=terms)], [slang]))
    flagging = one.flag([text])[0]
    assert marked(flagging) == ([] if spans is None else [spans])


def test_a_rule_of_a_price_alone_runs() -> None:
    one = flagger(rule(when="price", terms={"price": Term(price=True)}))
    assert marked(one.flag(["售價：３萬５"])[0]) == [["３萬５"]]


def test_categories_and_possible_victims() -> None:
    victim = rule(
        "asks_for_help", "voice", kind=LeadKind.POSSIBLE_VICTIM, category=None, level=Level.HIGH,
        terms={"voice": Term(words=("不敢告訴",))},
    )  # fmt: skip
    both = flagger(rule(), victim)
    text = "他叫我加賴 abc123 援交，我不敢告訴爸媽"
    flagging = both.flag([text], categories=[Category.DRUGS])[0]
    assert [match.rule for match in flagging.matches] == ["asks_for_help"]
    assert (flagging.kind, flagging.category) == (LeadKind.POSSIBLE_VICTIM, None)
    every = both.flag([text], categories=[Category.SOLICITATION])[0]
    assert {match.rule for match in every.matches} == {"asks_for_help", "dating"}
    assert every.kind is LeadKind.POSSIBLE_VICTIM
    assert "handle_offered" not in {part.name for part in every.parts}


def test_the_score_is_the_sum_of_its_parts() -> None:
    two = flagger(rule(), rule("again", level=Level.CRITICAL))
    flagging = two.flag(["援交一次3000，加賴 abc123"])[0]
    assert {part.name: part.points for part in flagging.parts} == {
        "rule:again": 75, "several_rules": 5, "handle_offered": 10, "price": 5,
    }  # fmt: skip
    assert flagging.score == 95
    assert sum(part.points for part in flagging.parts) == flagging.score
    assert two.flag(["加賴 abc123，一次3000"])[0].score == 0
    assert two.flag(["天氣很好"]) == [NOTHING]


def test_the_dearest_post_has_a_hundred_points_and_none_is_cut() -> None:
    many = flagger(*(rule(f"rule_{number}", level=Level.CRITICAL) for number in range(9)))
    flagging = many.flag(["援交一次3000，加賴 abc123"])[0]
    assert len(flagging.matches) == 9
    assert flagging.score == sum(part.points for part in flagging.parts) == 100


def test_all_faults_are_told_at_once() -> None:
    bad = [
        rule("one", terms={"slang": Term(lexicon="slamg"), "invite": INVITE}),
        rule("two", when="slang and invitation"),
        rule("three", terms={"slang": Term(regex="a(?=b)"), "invite": INVITE}),
        rule("four", terms={"slang": Term(handle=("lime",)), "invite": INVITE}),
        rule("five", terms={"slang": Term(words=("\u200b",)), "invite": INVITE}),
        rule("five"),
    ]
    with pytest.raises(ManyErrors) as caught:
        Ruleset.build(bad, [SLANG])
    told = str(caught.value)
    for said in ["Write `slang`", "no term `invitation`", "Write `invite`", "rule `three`, term `slang`", "hyperscan says",
                 "Write `line`", "empty once it is folded", "two rules with the name `five`"]:  # fmt: skip
        assert said in told
    assert len(caught.value.errors) == 6


def test_the_hash_says_which_rules_they_were() -> None:
    one, two = rule("one"), rule("two")
    assert Ruleset.build([one, two], [SLANG]).sha256 == Ruleset.build([two, one], [SLANG]).sha256
    changed = one.model_copy(update={"level": Level.HIGH})
    assert (
        Ruleset.build([changed, two], [SLANG]).sha256 != Ruleset.build([one, two], [SLANG]).sha256
    )


DATING = flagger()


@given(st.lists(st.text("援交加賴外約line .a\u200b３\ud83d", max_size=20), max_size=6))
def test_a_text_is_flagged_alike_alone_and_in_a_batch(texts: list[str]) -> None:
    found = DATING.flag(texts)
    assert found == [DATING.flag([text])[0] for text in texts]
    for text, flagging in zip(texts, found, strict=True):
        for match in flagging.matches:
            places = [(span.start, span.end) for span in match.spans]
            assert places == sorted(set(places))
            assert all(text[span.start : span.end] == span.text for span in match.spans)


def test_the_same_words_are_the_same_however_they_are_spelled() -> None:
    assert squeezed("找援交的　加賴！ＡＢＣ") == squeezed("找援\u200b交的加赖 abc")
    assert squeezed("🎉 🎉") == squeezed("🎉🎉") != squeezed("🎊")
    assert squeezed("") == ""
