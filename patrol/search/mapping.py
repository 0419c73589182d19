"""What Elasticsearch holds of a document, and a query in its terms. Tokens come cut: nothing is analysed but spaces."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from patrol.models import LeadKind
from patrol.search.answers import WHOLE
from patrol.search.index import Body, Facet, IndexedPost, Query, kept_json, mark
from patrol.search.tokens import cut

FORM = "v2"
"""Part of every index's name. Another mapping takes another form, and is filled from the register."""
Clause = dict[str, Any]

_KEYWORD: Clause = {"type": "keyword", "norms": False}
_KEPT: Clause = {"type": "keyword", "index": False, "doc_values": False}
"""Comes out as it was put, and is neither searched nor counted."""
_INTEGER: Clause = {"type": "integer"}
MARKS_AT_ONCE = 10_000
"""What one answer holds."""
_HIGHEST = 1 << 63
"""Keys go up to 2**64, a `long` to 2**63."""

MAPPING: Clause = {
    "dynamic": "strict",
    "_source": {"includes": [name for name in IndexedPost.model_fields if name != "text"]},
    "properties": {
        "text": {"type": "text", "analyzer": "whitespace", "norms": False},
        **{facet.value: _KEYWORD for facet in Facet},
        "rules": _KEYWORD,
        "handles": _KEYWORD,
        "rule": {"type": "alias", "path": "rules"},
        "handle": {"type": "alias", "path": "handles"},
        "number": _KEPT,
        "at": _KEPT,
        "precision": _KEPT,
        "seen_at": _KEPT,
        "score": _INTEGER,
        "date": _INTEGER,
        "key": {"type": "long"},
        "tokens": {"type": "integer", "index": False},
        "seen_on": _INTEGER,
        "mark": {"type": "long", "index": False},
    },
}
"""The words are searched and not in `_source`: nothing that Elasticsearch answers holds them.

Nor are keys and marks, so that a document that Elasticsearch changes by itself loses its mark.
"""


def settings_of(shards: int, replicas: str) -> Clause:
    """Of an index. Refreshed by whoever writes, once a batch; acknowledged means on disk."""
    copies: Clause = (
        {"number_of_replicas": int(replicas), "auto_expand_replicas": False}
        if replicas.isdecimal()
        else {"auto_expand_replicas": replicas}
    )
    return {
        "number_of_shards": shards,
        **copies,
        "refresh_interval": "-1",
        "translog": {"durability": "request"},
    }


def document(post: IndexedPost, text: str) -> tuple[bytes, int]:
    """The document as JSON, and how many tokens it has. `text` is its text, spaced: tokens hold nothing that JSON escapes."""
    length = tokens(text)
    body = kept_json(post)
    more = f'"key":{post.key - _HIGHEST},"tokens":{length},"seen_on":{post.seen_on},"mark":{mark(body, post.text)}'
    more += _printed(post.day, post.month, post.hour)
    return b'%b,%b,"text":"%b"}' % (body[:-1], more.encode(), text.encode()), length


@lru_cache(maxsize=8_192)
def _printed(day: str | None, month: str | None, hour: str | None) -> str:
    """What a board printed of the time, as fields. A document's neighbours often say the same."""
    found = f',"day":"{day}","date":{day.replace("-", "")}' if day else ""
    found += f',"hour":"{hour}"' if hour else ""
    return found + (f',"month":"{month}"' if month else "")


def tokens(text: str) -> int:
    """Of a text, spaced."""
    return text.count(" ") + 1 if text else 0


def kept(source: Mapping[str, Any]) -> IndexedPost:
    """The post as it was put, without its text."""
    return IndexedPost.model_validate(source)


def found_by(query: Query, *, victims: bool) -> Clause:
    """All that the query finds; `before` and `limit` are left to the page."""
    must: list[Clause] = [_words(words) for words in query.words]
    must += [_any_of(facet, of) for facet, of in query.filters.items()]
    without = [_words(words) for words in query.without]
    without += [_any_of(facet, of) for facet, of in query.excluded.items()]
    if query.first_day or query.last_day:
        must.append(_between("date", _number(query.first_day), _number(query.last_day)))
    if query.least_score is not None or query.most_score is not None:
        must.append(_between("score", query.least_score, query.most_score))
    if not victims:
        without.append(_any_of(Facet.KIND, (LeadKind.POSSIBLE_VICTIM,)))
    return {"bool": {"filter": must, "must_not": without}}


def page_of(query: Query) -> Clause:
    """The request for one page, and for one document more, which tells whether another page follows."""
    asked: Clause = {
        "query": found_by(query, victims=False),
        "sort": [{"key": "desc"}],
        "size": query.limit + 1,
        "track_total_hits": True,
    }
    if query.before is not None:
        asked["search_after"] = [query.before - _HIGHEST]
    return asked


def counts_of(query: Query, questions: Mapping[str, Body]) -> Clause:
    """The request for answers alone. A field that the query narrows is counted without looking at all its values."""
    asked: Clause = {
        "query": found_by(query, victims=True),
        "size": 0,
        "track_total_hits": True,
    }
    if questions:
        asked["aggs"] = {
            name: _hinted(body, set(query.filters)) for name, body in questions.items()
        }
    return asked


def _hinted(body: Body, narrowed: Collection[str]) -> Body:
    terms = body.get("terms")
    if terms and terms["field"] in narrowed:
        return {**body, "terms": {**terms, "execution_hint": "map"}}
    return body


def with_ids(ids: Collection[str]) -> Clause:
    """The request for where documents are, and how many tokens each has."""
    return {
        "query": {"ids": {"values": list(ids)}},
        "sort": ["_doc"],
        "size": 2 * len(ids),
        "_source": False,
        "docvalue_fields": ["tokens"],
        "track_total_hits": False,
    }


TALLIES: Clause = {
    "size": 0,
    "aggs": {
        "days": {
            "terms": {"field": "seen_on", "missing": 0, "size": WHOLE},
            "aggs": {"marks": {"sum": {"field": "mark"}}},
        }
    },
}
"""The request for the tally of each day."""


def marks_of(day: int, before: int | None) -> Clause:
    """The request for ids and marks of a day, those behind the key `before`; day 0 for those without one."""
    there: Clause = {"exists": {"field": "seen_on"}}
    asked: Clause = {
        "query": {
            "bool": {"filter": [{"term": {"seen_on": day}}]} if day else {"must_not": [there]}
        },
        "sort": [{"key": "desc"}],
        "size": MARKS_AT_ONCE,
        "_source": False,
        "docvalue_fields": ["mark"],
        "track_total_hits": False,
    }
    if before is not None:
        asked["search_after"] = [before]
    return asked


def _words(words: str) -> Clause:
    tokens = cut(words)
    if not tokens:
        return {"match_none": {}}
    if len(tokens) == 1:
        return {"term": {"text": tokens[0]}}
    return {"match_phrase": {"text": " ".join(tokens)}}


def _any_of(facet: Facet, values: Iterable[str]) -> Clause:
    return {"terms": {facet.value: [str(value) for value in values]}}


def _between(name: str, low: int | None, high: int | None) -> Clause:
    ends = {"gte": low, "lte": high}
    return {"range": {name: {end: bound for end, bound in ends.items() if bound is not None}}}


def _number(day: date | None) -> int | None:
    return int(f"{day:%Y%m%d}") if day else None
