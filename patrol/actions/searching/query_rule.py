"""The draft of a rule that a standing query becomes: the same words, with examples that follow from them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from patrol.actions.desk import Desk
from patrol.actions.searching import queries
from patrol.actions.searching.finding import written
from patrol.models import Category, Channel, Level, Permission, Verb
from patrol.search.index import Facet, Query

_KEPT = {Facet.CATEGORY, Facet.SOURCE, Facet.CHANNEL}
"""Fields that a rule has too."""


def draft_of(desk: Desk, query_id: int) -> tuple[str, str]:
    """A rule's name and its YAML, made of a query of the unit, to be thought over in the editor. A look: recorded.

    Raises `NoSuchQuery`, and `BadQuery` for a query that cannot be read any more.
    """
    subject = f"query:{query_id}"
    desk.require(Permission.RULES_PROPOSE, Verb.QUERY_VIEWED, subject)
    row = queries.unit_row(desk, query_id)
    words = queries.words_of(row)
    desk.record(Verb.QUERY_VIEWED, subject=subject, count=1, details={"draft": True})
    name = re.sub(r"[^a-z0-9]+", "_", words["name"].lower()).strip("_")
    name = name if re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name) else f"query_{query_id}"
    query = _joined(written(words["text"]))
    body = yaml.safe_dump(_body(query, words), allow_unicode=True, sort_keys=False, width=120)
    return name, "".join(_remarks(query)) + body


def _joined(query: Query) -> Query:
    """Its phrases as a post writes them: no blank stands between ideographs."""

    def join(word: str) -> str:
        return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", word)

    return query.model_copy(
        update={
            "words": tuple(map(join, query.words)),
            "without": tuple(map(join, query.without)),
        }
    )


def _body(query: Query, words: Mapping[str, str]) -> dict[str, Any]:
    terms = {f"word_{place}": {"words": [word]} for place, word in enumerate(query.words, 1)}
    without = {f"not_{place}": {"words": [word]} for place, word in enumerate(query.without, 1)}
    when = " and ".join(terms) or "..."
    if without:
        when += f" and not ({' or '.join(without)})"
    category = next(iter(query.filters.get(Facet.CATEGORY, ())), Category.FRAUD.value)
    body: dict[str, Any] = {
        "title": {"en": words["name"], "zh-Hant": words["name"]},
        "category": category,
        "level": Level.MEDIUM.value,
        "why": words["purpose"],
        "terms": {**terms, **without},
        "when": when,
    }
    if scope := _scope(query):
        body["scope"] = scope
    return {**body, "examples": {"hit": [_hit(query)], "miss": [_miss(query)]}}


def _scope(query: Query) -> dict[str, list[str]]:
    known = {
        "sources": query.filters.get(Facet.SOURCE, ()),
        "channels": [one for one in query.filters.get(Facet.CHANNEL, ()) if one in list(Channel)],
    }
    return {name: list(values) for name, values in known.items() if values}


def _hit(query: Query) -> dict[str, Any]:
    return {"text": "，".join(query.words), "spans": list(query.words)}


def _miss(query: Query) -> dict[str, str]:
    if query.without:
        text = "，".join((*query.words, query.without[0]))
        return {"text": text, "because": f"The query leaves out {query.without[0]}."}
    text = query.words[0] if len(query.words) > 1 else "..."
    return {"text": text, "because": "One of its words alone says little."}


def _remarks(query: Query) -> Iterator[str]:
    """What the query asked and no rule can."""
    for facet in sorted((query.filters.keys() | query.excluded.keys()) - {Facet.UNIT}):
        if facet not in _KEPT or facet in query.excluded:
            yield f"# The query also narrowed by {facet}: a rule cannot.\n"
    if query.first_day or query.last_day or query.least_score is not None:
        yield "# The query also narrowed by day or score: a rule cannot.\n"
