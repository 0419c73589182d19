"""Reading what an officer types."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.search import BadQuery, Query, read_query
from patrol.search.index import Facet


def read(text: str) -> Query:
    return read_query(text, str.casefold)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  \u3000 ", Query()),
        ("援交 Bike", Query(words=("援交", "bike"))),
        ('"Filed OFF" -sold', Query(words=("filed off",), without=("sold",))),
        ('-"bike shop"', Query(without=("bike shop",))),
        ("0900-000-123", Query(words=("0900-000-123",))),
        ("https://t.example/x", Query(words=("https://t.example/x",))),
        ("賴:abc", Query(words=("賴:abc",))),
        ("12:30", Query(words=("12:30",))),
        ('"line:abc123"', Query(words=("line:abc123",))),
        ('red"blue sky"', Query(words=("red", "blue sky"))),
        ("source:moto_forum", Query(filters={Facet.SOURCE: ("moto_forum",)})),
        ("SOURCE:moto_forum", Query(filters={Facet.SOURCE: ("moto_forum",)})),
        ("status:new,relevant", Query(filters={Facet.STATUS: ("new", "relevant")})),
        ("status:new status:new", Query(filters={Facet.STATUS: ("new",)})),
        ("-status:dismissed", Query(excluded={Facet.STATUS: ("dismissed",)})),
        ("document:lead hour:09", Query(filters={Facet.DOCUMENT: ("lead",), Facet.HOUR: ("09",)})),
        ("month:2026-11", Query(filters={Facet.MONTH: ("2026-11",)})),
        ('category:"drugs"', Query(filters={Facet.CATEGORY: ("drugs",)})),
        (
            "day:2026-11-01",
            Query(first_day=date(2026, 11, 1), last_day=date(2026, 11, 1)),
        ),
        ("day:2026-11-01..", Query(first_day=date(2026, 11, 1))),
        ("day:..2026-11-22", Query(last_day=date(2026, 11, 22))),
        ("score:60..80", Query(least_score=60, most_score=80)),
        ("score:60..", Query(least_score=60)),
    ],
)
def test_reads(text: str, query: Query) -> None:
    assert read(text) == query


MESSAGES = {
    "sorce:moto_forum": """\
query:1: There is no field `sorce`.
  sorce:moto_forum
  ^^^^^^^^^^^^^^^^
  why: Fields are document, channel, kind, category, status, source, rule, month, hour, day, score.
  do:  Write `source:`, or put quotation marks around it to search for the words.""",
    "援交 line:abc123": """\
query:4: There is no field `line`.
  援交 line:abc123
  \u3000\u3000 ^^^^^^^^^^^
  why: Fields are document, channel, kind, category, status, source, rule, month, hour, day, score.
  do:  Put quotation marks around it to search for the words.""",
    'red "blue sky': """\
query:5: A quotation mark is not closed.
  red "blue sky
      ^^^^^^^^^
  why: Everything behind it would be one phrase.
  do:  Write the second `"`, or take the first away.""",
    "status:": """\
query:1: Nothing stands behind `status:`.
  status:
  ^^^^^^^
  why: A field needs a value.
  do:  Write a value without a space, or put quotation marks around `status:`.""",
    "status:dismised": """\
query:1: `status` is never `dismised`.
  status:dismised
  ^^^^^^^^^^^^^^^
  why: It is one of new, relevant, escalated, referred, dismissed, snoozed.
  do:  Write `status:dismissed`.""",
    "kind:possible_victim": """\
query:1: Possible victims are not searched.
  kind:possible_victim
  ^^^^^^^^^^^^^^^^^^^^
  why: Whoever asks for help is no suspect, and is read only by those who help.
  do:  Open the queue: they stand first.""",
    "handle:line_abc": """\
query:1: One contact cannot be followed from here.
  handle:line_abc
  ^^^^^^^^^^^^^^^
  why: Following a person needs an authorization that names them.
  do:  Open a lead: the same contact elsewhere is linked there.""",
    "a ！": """\
query:3: There is no letter, digit or character to search for.
  a ！
    ＾
  why: Punctuation and spaces are not indexed.
  do:  Write a word, or take this piece away.""",
    "month:november": """\
query:1: `november` is no month.
  month:november
  ^^^^^^^^^^^^^^
  why: A month looks like `2026-11`.
  do:  Write `month:2026-11`.""",
    "day:2026-13-01": """\
query:1: `2026-13-01` is no day, and no range of them.
  day:2026-13-01
  ^^^^^^^^^^^^^^
  why: A day stands once, alone or as a range with `..`; one end may be left out.
  do:  Write it like `day:2026-11-01..2026-11-22`.""",
    "score:80..60": """\
query:1: `80..60` ends before it begins.
  score:80..60
  ^^^^^^^^^^^^
  why: A score stands once, alone or as a range with `..`; one end may be left out.
  do:  Write it like `score:60..80`.""",
    "score:1 score:2": """\
query:9: There are two ranges of scores.
  score:1 score:2
          ^^^^^^^
  why: A score stands once, alone or as a range with `..`; one end may be left out.
  do:  Write it like `score:60..80`.""",
    "-day:2026-11-01": """\
query:1: A day cannot be excluded.
  -day:2026-11-01
  ^^^^^^^^^^^^^^^
  why: A day stands once, alone or as a range with `..`; one end may be left out.
  do:  Write it like `day:2026-11-01..2026-11-22`.""",
}


@pytest.mark.parametrize("text", MESSAGES)
def test_says_where_and_what_next(text: str) -> None:
    with pytest.raises(BadQuery) as told:
        read(text)
    assert str(told.value) == MESSAGES[text]
    assert told.value.exit_code == 2


def test_long_query_is_refused() -> None:
    with pytest.raises(BadQuery, match="501 characters"):
        read("a" * 501)


@given(st.text(max_size=60) | st.text('abc:"-援 .score:day:status', max_size=60))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        query = read(text)
    except BadQuery as told:
        refused = told
    else:
        assert all(query.words)
        return
    start, end = refused.place
    assert 0 <= start < end <= len(text)
    assert refused.do
