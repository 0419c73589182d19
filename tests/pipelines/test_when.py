import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.when import BadWhen, Node, parse

TERMS = ("trade", "price", "contact", "notice")


def true(text: str, *there: str) -> bool:
    present = frozenset(there)
    return parse("r", text, TERMS_IN(text)).support(present, present) is not None


def TERMS_IN(text: str) -> list[str]:  # noqa: N802
    return [term for term in TERMS if term in text] if "them" not in text else list(TERMS)


@pytest.mark.parametrize(
    ("text", "there", "answer"),
    [
        ("trade and price or contact", {"contact"}, True),
        ("trade and (price or contact)", {"contact"}, False),
        ("trade and not notice", {"trade", "notice"}, False),
        ("trade and not notice", {"trade"}, True),
        ("2 of (trade, price, contact)", {"trade", "contact"}, True),
        ("2 of (trade, price, contact)", {"trade"}, False),
        ("any of (trade, price)", {"price"}, True),
        ("all of (trade, price)", {"price"}, False),
        ("2 of (trade and price, contact)", {"trade", "contact"}, False),
        ("3 of them", {"trade", "price", "notice"}, True),
        ("ANY OF them", {"notice"}, True),
        ("not (not trade or notice)", {"trade"}, True),
        ("not (not trade or notice)", {"trade", "notice"}, False),
        ("not not trade", {"trade"}, True),
    ],
)
def test_expressions(text: str, there: set[str], answer: bool) -> None:  # noqa: FBT001
    assert true(text, *there) is answer


BAD = {
    "trade and prize": (11, "no term `prize`", "Write `price`"),
    "trade and": (10, "missing at the end", "Name a term"),
    "(trade or price": (16, "never closed", "Write `)`"),
    "3 of (trade, price)": (1, "3 of 2 terms", "from 1 to 2"),
    "0 of (trade, price)": (1, "always true", "from 1"),
    "trade price": (7, "`price` stands where", "`and` or `or`"),
    "trade & price": (7, "`&` stands where", "`and` or `or`"),
    "not trade": (1, "every post would be flagged", "at least one term"),
    "trade or not price": (1, "every post would be flagged", "at least one term"),
    "2 of trade": (6, "list in brackets", "2 of (a, b, c)"),
    "2 trade": (3, "comes `of`", "2 of (a, b, c)"),
    "and trade": (1, "stands where a term should", "Name one"),
    "": (1, "missing at the end", "Name a term"),
    "trade)": (6, "`)` stands where", "brackets in pairs"),
    "any of (trade price)": (15, "list is not closed", "commas"),
    "(" * 60 + "trade": (51, "deeper than 50", "two rules"),
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_expression_is_told_with_its_place_and_a_remedy(text: str) -> None:
    column, what, do = BAD[text]
    with pytest.raises(BadWhen) as caught:
        parse("r", text, ["trade", "price"])
    assert what in caught.value.what
    assert do in caught.value.do
    said = caught.value.what.split("\n")
    assert f"column {column}:" in said[0]
    assert said[2].index("^") - 4 == column - 1


def test_a_term_that_is_never_used_is_told() -> None:
    with pytest.raises(BadWhen, match="does not use the term `price`"):
        parse("r", "trade", ["trade", "price"])


EXPRESSIONS = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map(lambda one: f"(not {one})"),
        st.tuples(inner, inner, inner).map(lambda three: "2 of (" + ", ".join(three) + ")"),
    ),
    max_leaves=8,
)


def asked(text: str, there: set[str]) -> bool:
    """Python's own reading of the expression, as an oracle."""
    words = {term: term in there for term in TERMS}
    spoken = text.replace("2 of (", "two(")
    return bool(eval(spoken, {"two": lambda *parts: sum(parts) >= 2}, words))  # noqa: S307


@given(EXPRESSIONS, st.sets(st.sampled_from(TERMS)), st.sets(st.sampled_from(TERMS)))
def test_an_expression_means_what_python_means_by_it(
    text: str, there: set[str], far: set[str]
) -> None:
    try:
        node: Node = parse("r", text, [term for term in TERMS if term in text])
    except BadWhen:
        assert asked(text, set())
        return
    assert node.holds(there, there | far) == (node.support(there, there | far) is not None)
    support = node.support(there, there)
    assert (support is not None) == asked(text, there)
    if support is not None:
        assert support <= there
        assert there & node.wanted()
        anchors = node.anchors(lambda term: 100 if term in {"price", "contact"} else 1)
        assert anchors is None or anchors & there


def test_the_anchors_of_a_rule_are_words_where_words_will_do() -> None:
    def anchors(text: str) -> set[str]:
        node = parse("r", text, [term for term in TERMS if term in text])
        return set(node.anchors(lambda term: 100 if term in {"price", "contact"} else 1) or ())

    assert anchors("trade and (price or contact) and not notice") == {"trade"}
    assert anchors("price and contact") in ({"price"}, {"contact"})
    assert anchors("2 of (trade, price, notice)") == {"trade", "notice"}
    assert anchors("trade or price") == {"trade", "price"}
