"""What tantivy holds of a document, and a query in its terms."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

import tantivy
from tantivy import FieldType, Occur

from patrol.models import MOST_POINTS, LeadKind
from patrol.search.answers import WHOLE
from patrol.search.index import Facet, IndexedPost, Query, kept_json, mark
from patrol.search.tokens import cut, spaced_all

FORMAT = "v2"
"""Names the directory of this schema. Another schema takes another name, and is filled from the register."""
KEY = "key"
_ID, _TEXT, _BODY, _SCORE, _DATE = "id", "text", "body", "score", "date"
_SEEN_ON, _MARK = "seen_on", "mark"
_Clause = tuple[Occur, tantivy.Query]
_CUT_AT_ONCE = 500
"""Texts; more leave the processor's cache."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_ID, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_TEXT, tokenizer_name="whitespace", index_option="position")
    for facet in Facet:
        builder.add_text_field(facet.value, tokenizer_name="raw", index_option="basic", fast=True)
    for number in (KEY, _SCORE, _DATE, _SEEN_ON, _MARK):
        builder.add_unsigned_field(number, indexed=True, fast=True)
    builder.add_bytes_field(_BODY, stored=True)
    return builder.build()


SCHEMA = _schema()


def documents(
    posts: Iterable[IndexedPost],
) -> Iterator[tuple[IndexedPost, tantivy.Document, int]]:
    """Each with its document, and how many tokens its text was cut into. The text itself is not stored."""
    rest = iter(posts)
    while some := list(islice(rest, _CUT_AT_ONCE)):
        texts = list({post.text for post in some})
        cut_up = dict(zip(texts, spaced_all(texts), strict=True))
        for post in some:
            yield post, *_document(post, cut_up[post.text])


def _document(post: IndexedPost, text: str) -> tuple[tantivy.Document, int]:
    row = tantivy.Document()
    tokens = text.count(" ") + 1 if text else 0
    row.add_text(_ID, post.id)
    row.add_text(_TEXT, text)
    for facet, value in _keywords(post):
        row.add_text(facet.value, value)
    row.add_unsigned(KEY, post.key)
    row.add_unsigned(_SCORE, post.score)
    if post.day:
        row.add_unsigned(_DATE, int(post.day.replace("-", "")))
    body = kept_json(post)
    row.add_unsigned(_SEEN_ON, post.seen_on)
    row.add_unsigned(_MARK, marked := mark(body, post.text))
    row.add_bytes(_BODY, b"%d %d %s" % (tokens, marked, body))
    return row, tokens


def _keywords(post: IndexedPost) -> Iterable[tuple[Facet, str]]:
    single: dict[Facet, Any] = {
        Facet.DOCUMENT: post.document,
        Facet.UNIT: post.unit,
        Facet.LEAD: post.lead,
        Facet.SOURCE: post.source,
        Facet.CHANNEL: post.channel,
        Facet.KIND: post.kind,
        Facet.CATEGORY: post.category,
        Facet.STATUS: post.status,
        Facet.DAY: post.day,
        Facet.MONTH: post.month,
        Facet.HOUR: post.hour,
    }
    yield from ((facet, str(value)) for facet, value in single.items() if value is not None)
    yield from ((Facet.RULE, rule) for rule in dict.fromkeys(post.rules))
    yield from ((Facet.HANDLE, tag) for tag in dict.fromkeys(post.handles))


def kept(row: tantivy.Document) -> tuple[IndexedPost, int]:
    """The post as it was put, without its text, and how many tokens that had."""
    stored: bytes = row[_BODY][0]
    tokens, _, body = stored.split(b" ", 2)
    return IndexedPost.model_validate_json(body), int(tokens)


def marked(row: tantivy.Document) -> tuple[str, int]:
    """Its id and mark."""
    stored: bytes = row[_BODY][0]
    _, marked, body = stored.split(b" ", 2)
    return IndexedPost.model_validate_json(body).id, int(marked)


TALLIES: dict[str, Any] = {
    "days": {
        "terms": {"field": _SEEN_ON, "size": WHOLE},
        "aggs": {"marks": {"sum": {"field": _MARK}}},
    }
}
"""The question for the tally of each day."""


HOW_MANY: dict[str, Any] = {"value_count": {"field": KEY}}
"""The question for the number of documents: each has one key."""


def seen_on(day: int) -> tantivy.Query:
    """All of that day."""
    return _between(_SEEN_ON, day, day)


def with_ids(ids: Collection[str]) -> tantivy.Query:
    """Whatever has one of these ids."""
    return tantivy.Query.term_set_query(SCHEMA, _ID, list(ids))


def delete(writer: tantivy.IndexWriter, post_id: str) -> None:
    """Take a document out with the next commit."""
    writer.delete_documents_by_term(_ID, post_id)


def found_by(query: Query, *, victims: bool) -> tantivy.Query:
    """All that the query finds; `before` and `limit` are left to the page."""
    clauses: list[_Clause] = [(Occur.Must, _words(words)) for words in query.words]
    clauses += [(Occur.Must, _any_of(facet, of)) for facet, of in query.filters.items()]
    if not clauses:
        clauses.append((Occur.Must, tantivy.Query.all_query()))  # to leave out of
    clauses += [(Occur.MustNot, _words(words)) for words in query.without]
    clauses += [(Occur.MustNot, _any_of(facet, of)) for facet, of in query.excluded.items()]
    if query.first_day or query.last_day:
        low, high = _number(query.first_day, 0), _number(query.last_day, 99_999_999)
        clauses.append((Occur.Must, _between(_DATE, low, high)))
    if query.least_score is not None or query.most_score is not None:
        most = MOST_POINTS if query.most_score is None else query.most_score
        clauses.append((Occur.Must, _between(_SCORE, query.least_score or 0, most)))
    if not victims:
        clauses.append((Occur.MustNot, _any_of(Facet.KIND, (LeadKind.POSSIBLE_VICTIM,))))
    return tantivy.Query.boolean_query(clauses)


def before(query: tantivy.Query, key: int | None) -> tantivy.Query:
    """The part of it that the pages up to `key` have not shown."""
    if key is None:
        return query
    if key == 0:
        return tantivy.Query.empty_query()
    return tantivy.Query.boolean_query(
        [(Occur.Must, query), (Occur.Must, _between(KEY, 0, key - 1))]
    )


def _words(words: str) -> tantivy.Query:
    tokens = cut(words)
    if not tokens:
        return tantivy.Query.empty_query()
    if len(tokens) == 1:
        return tantivy.Query.term_query(SCHEMA, _TEXT, tokens[0])
    return tantivy.Query.phrase_query(SCHEMA, _TEXT, list(tokens))


def _any_of(facet: Facet, values: Iterable[str]) -> tantivy.Query:
    """A set of terms gathers all its documents before anything is compared; the list of one term is skipped through."""
    named = [str(value) for value in values]
    if len(named) == 1:
        return tantivy.Query.term_query(SCHEMA, facet.value, named[0], index_option="basic")
    return tantivy.Query.term_set_query(SCHEMA, facet.value, named)


def _between(name: str, low: int, high: int) -> tantivy.Query:
    return tantivy.Query.range_query(SCHEMA, name, FieldType.Unsigned, low, high)


def _number(day: date | None, otherwise: int) -> int:
    return int(f"{day:%Y%m%d}") if day else otherwise
