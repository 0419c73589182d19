import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fold import fold_one
from pipelines.letters import leet
from pipelines.match import Found, Matcher, Texts, fault, outermost
from pipelines.regexes import folded_regex, loosened
from pipelines.views import cut, spread


def free(words: list[str], text: str) -> list[str]:
    return [text[word.start : word.end] for word in scanned(words, text) if word.free]


def scanned(words: list[str], text: str) -> list[Found]:
    scan = Matcher(words).scan(Texts.of(["before", text])).get(1)
    return scan.words if scan else []


@pytest.mark.parametrize(
    ("word", "text", "count"),
    [
        ("援交", "找援交的加赖", 1),
        ("援交", "😂援交援交", 2),
        ("line", "online deadline lines liner", 0),
        ("line", "line, 加line我 line777 a line_id", 4),
        ("420", "1420 420ml 420, 4200", 1),
        ("加line", "加lineabc123", 1),
        ("dm me", "dm  me, dm\nme, dmme", 2),
        ("❤", "❤❤", 2),
        ("a.b*c", "a.b*c axbxc", 1),
        ("외약", "외약을", 1),
    ],
)
def test_where_a_word_counts(word: str, text: str, count: int) -> None:
    assert len(free([word], text)) == count


def test_words_that_overlap_are_all_found() -> None:
    assert free(["外约", "约炮"], "外约炮") == ["外约", "约炮"]


@given(
    st.lists(
        st.text("援交加赖ab ", min_size=1, max_size=3).filter(str.strip), min_size=1, max_size=5
    ),
    st.text("援交加赖ab 😂é", max_size=40),
)
def test_words_are_found_wherever_python_finds_them(words: list[str], text: str) -> None:
    words = sorted({word.strip() for word in words})
    got = {(one.number, one.start) for one in scanned(words, text)}
    for number, word in enumerate(words):
        pattern = re.escape(word).replace("\\ ", "[ \n]{1,4}")
        expected = {match.start() for match in re.finditer(f"(?={pattern})", text)}
        assert {start for one, start in got if one == number} == expected


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("磨掉.{0,4}號碼", "磨掉.{0,4}号码"),
        ("（賴）", r"\(赖\)"),
        ("[：:]", r"[\::]"),
        ("…+", r"(?:\.\.\.)+"),
        ("[一-龥]x", "[一-龥]x"),
        ("[０-９]", "[0-9]"),
        (r"\，", r"\,"),
    ],
)
def test_a_regex_is_spelled_as_the_texts_are(written: str, folded: str) -> None:
    assert folded_regex(written) == folded
    assert fault(folded_regex(written)) is None


@pytest.mark.parametrize(
    "regex", ["a(?=b)", r"(a)\1", "a*", "[", "(", r"\p{Foo}", "x{5000}", "a++b("]
)
def test_what_either_engine_refuses_is_told(regex: str) -> None:
    assert "says:" in str(fault(regex))


def test_a_wide_gap_of_ideographs_is_no_trouble() -> None:
    matcher = Matcher([], ["卖.{0,400}赖"])
    text = "卖" + "的" * 300 + "赖"
    assert matcher.scan(Texts.of([text]))[0].regexes == matcher.may(text) == {0}
    assert matcher.spans(0, text) == [(0, 302)]
    longer = "卖" + "的" * 401 + "赖"
    assert matcher.spans(0, longer) == []


@pytest.mark.parametrize(
    ("regex", "loose"),
    [
        ("a[^b]{0,20}c.{3,9}d", "a[^b]{0,}c.{3,}d"),
        (r"\.{0,3}a\]{1,2}", r"\.{0,3}a\]{1,2}"),
        ("[.{0,3}]x{2,4}.{5}", "[.{0,3}]x{2,4}.{5}"),
        ("[a\\]]{0,3}.{", "[a\\]]{0,}.{"),
    ],
)
def test_only_gaps_lose_their_upper_bound(regex: str, loose: str) -> None:
    assert loosened(regex) == loose


def test_outermost_spans() -> None:
    assert outermost([(3, 5), (0, 4), (1, 2), (0, 4), (3, 9)]) == [(0, 4), (3, 9)]


READINGS = [
    ("援.交", "援交"),
    ("加　賴", "加赖"),
    ("找援.交的加*賴", "找援交的加赖"),
    ("援💕交", "援交"),
    ("援\n交\n加\n賴", "援交加赖"),
    ("a l i n e: x", "aline: x"),
    ("add l-i-n-e now", "add line now"),
    ("l1ne", "line"),
    ("te1egram", "telegram"),
    ("w33d", "weed"),
]


@pytest.mark.parametrize(("written", "read"), READINGS)
def test_other_readings(written: str, read: str) -> None:
    text = fold_one(written)
    assert read in [view.text for view in (*spread(text), *leet(text))]


@pytest.mark.parametrize(
    "text",
    [
        "支援 交流协会",
        "急难救援,交流",
        "支援/交通",
        "支援...交通",
        "a b",
        "abc123 mp4a2 5g",
        "援。交",
    ],
)
def test_what_is_punctuation_stays(text: str) -> None:
    assert spread(text) == []
    assert leet(text) == []


@given(st.text("援交加abcl1 3.,/\n🎉-", max_size=20))
def test_a_reading_knows_its_places(text: str) -> None:
    for view in (*spread(text), *cut(text)):
        assert "".join(text[place] for place in view.origins) == view.text
    for view in leet(text):
        assert len(view.text) == len(text)


def test_signs_that_fold_alike_stand_once_in_a_class() -> None:
    """`[::]` would open a named class, which the scanner refuses."""
    assert folded_regex("line[:：]") == "line[:]"
