"""One document, one spelling; whatever could be read in two ways is refused."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.ledger.canonical import MAX_INTEGER, NotCanonical, decode, encode

WORDS = st.text().map(lambda text: unicodedata.normalize("NFC", text))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_reading_gives_back_what_was_written(document: Any) -> None:
    assert decode(encode(document)) == document


def _typed(value: Any) -> Any:
    """Python holds True == 1; JSON does not."""
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    return (type(value).__name__, value)


@given(DOCUMENTS, DOCUMENTS)
def test_two_documents_never_have_the_same_bytes(one: Any, other: Any) -> None:
    assert (encode(one) == encode(other)) == (_typed(one) == _typed(other))


def test_spelling_is_that_of_rfc_8785() -> None:
    assert encode({"b": [1, True, None], "a": '€$\x0f\nA\'B"\\\\"/'}) == (
        b'{"a":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/","b":[1,true,null]}'
    )
    names = ["\u20ac", "\r", "\U0001f600", "1", "\x80", "\u00f6", "\ufb33"]
    del names[-1]  # U+FB33 is never NFC
    order = ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600"]
    assert list(decode(encode(dict.fromkeys(names, 0)))) == order


def test_the_quick_way_spells_as_the_careful_one() -> None:
    from patrol.ledger import canonical

    @given(DOCUMENTS)
    def same(document: Any) -> None:
        assert (
            encode(document) == canonical._KEEPING.encode(canonical._ordered(document, 0)).encode()
        )

    same()
    deep: Any = 0
    for _ in range(17):
        deep = {"a": deep}
    with pytest.raises(NotCanonical):
        encode(deep)
    assert encode(deep["a"])


def test_keys_are_ordered_by_utf_16() -> None:
    assert encode({"\uff5e": 0, "\U0001f600": 0}) == '{"\U0001f600":0,"\uff5e":0}'.encode()


@pytest.mark.parametrize(
    "spelling",
    [
        b'{"a":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":1e400}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0041"}',
        b'{"a":"e\xcc\x81"}',
        b'{"a":"\\/"}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}\n',
        b'{"a":1}{}',
        b'{"a":01}',
        b'{"a":"\n"}',
        b"[" * 100_000,
        b"[" * 40 + b"]" * 40,
        b"",
    ],
    ids=lambda spelling: spelling[:24].decode(errors="replace"),
)
def test_other_spellings_are_refused(spelling: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(spelling)


@pytest.mark.parametrize(
    "document",
    [1.0, float("nan"), 2**53, -(2**53), "\ud800", "e\u0301", b"a", {1: 2}, {"e\u0301": 1}, {1, 2}],
    ids=repr,
)
def test_what_has_no_spelling_is_refused(document: object) -> None:
    with pytest.raises(NotCanonical):
        encode(document)


def test_twins_in_unicode_are_not_two_records() -> None:
    composed, decomposed = "é", "e\u0301"
    assert encode(composed) == '"é"'.encode()
    with pytest.raises(NotCanonical, match="canonical"):
        encode(decomposed)
