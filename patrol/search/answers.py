"""Questions to count by, in Elasticsearch's words, cut down to what every back-end answers alike.

`terms` (with questions inside), `stats`, `value_count` and `histogram` with a
fixed interval. A month is one index, so the answers of several months are
added up here; everything is asked for whole and cut to size afterwards, so
that the sums are exact.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from patrol.errors import BadInput
from patrol.search.index import Body, Facet

WHOLE = 20_000
"""Distinct values of a field that one answer holds; far more than sources, rules or days exist."""
DEFAULT_SIZE = 10
"""Buckets of a `terms` answer when the body names no size: Elasticsearch's own."""
_NUMBERS = {"score"}
_OPTIONS = {
    "terms": {"field", "size", "order"},
    "stats": {"field"},
    "value_count": {"field"},
    "histogram": {"field", "interval", "offset"},
}
Answer = dict[str, Any]


class BadQuestion(BadInput):
    """A question whose answer would differ between the back-ends."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(
            f"The question `{name}` cannot be asked: {what}.",
            why="Both kinds of index must give the same answer.",
            do=f"Use {', '.join(_OPTIONS)} over {', '.join([*Facet, *_NUMBERS])}.",
        )


def checked(questions: Mapping[str, Body]) -> dict[str, Answer]:
    """The same questions, asked for whole: every bucket of every month. Raises `BadQuestion`."""
    return {name: _checked(name, body) for name, body in questions.items()}


def _checked(name: str, body: Body) -> Answer:
    inside = body.get("aggs", {})
    kinds = [kind for kind in body if kind != "aggs"]
    if len(kinds) != 1 or kinds[0] not in _OPTIONS:
        raise BadQuestion(name, f"it is {' and '.join(kinds) or 'empty'}")
    kind, options = kinds[0], dict(body[kinds[0]])
    if unknown := set(options) - _OPTIONS[kind]:
        raise BadQuestion(name, f"{kind} has no {', '.join(sorted(unknown))}")
    fields: set[str] = _NUMBERS if kind in {"stats", "histogram"} else {*Facet, *_NUMBERS}
    if kind == "terms":
        fields = set(Facet)
        order = options.pop("order", None)
        if order not in ({"_key": "asc"}, {"_key": "desc"}, {"_count": "desc"}, None):
            raise BadQuestion(name, "its order is neither by _key nor by falling _count")
        options["size"] = WHOLE
    if options.get("field") not in fields:
        raise BadQuestion(name, f"{kind} cannot use the field {options.get('field')}")
    if inside and kind not in {"terms", "histogram"}:
        raise BadQuestion(name, f"{kind} has no questions inside")
    whole: Answer = {kind: options}
    if inside:
        whole["aggs"] = checked(inside)
    return whole


def added(questions: Mapping[str, Body], months: Iterable[Answer]) -> Answer:
    """One answer from those of every month, in the order and size asked for."""
    given = list(months)
    return {
        name: _KINDS[_kind(body)](body, [month[name] for month in given])
        for name, body in questions.items()
    }


def _kind(body: Body) -> str:
    return next(kind for kind in body if kind != "aggs")


def _add_terms(body: Body, months: list[Answer]) -> Answer:
    options = body["terms"]
    buckets = _add_buckets(body, months)
    order = options.get("order") or {"_count": "desc"}
    buckets.sort(key=lambda bucket: str(bucket["key"]), reverse=order.get("_key") == "desc")
    if "_count" in order:
        buckets.sort(key=lambda bucket: -bucket["doc_count"])
    size = options.get("size", DEFAULT_SIZE)
    return {
        "doc_count_error_upper_bound": 0,
        "sum_other_doc_count": sum(bucket["doc_count"] for bucket in buckets[size:]),
        "buckets": buckets[:size],
    }


def _add_histogram(body: Body, months: list[Answer]) -> Answer:
    """Buckets from the first to the last that holds something, the empty ones between them included."""
    buckets = {bucket["key"]: bucket for bucket in _add_buckets(body, months)}
    full = [key for key, bucket in buckets.items() if bucket["doc_count"]]
    if not full:
        return {"buckets": []}
    interval = float(body["histogram"]["interval"])
    steps = round((max(full) - min(full)) / interval) + 1
    keys = [min(full) + step * interval for step in range(steps)]
    nothing = {"doc_count": 0, **added(body.get("aggs", {}), [])}
    return {"buckets": [buckets.get(key, {"key": key, **nothing}) for key in keys]}


def _add_buckets(body: Body, months: list[Answer]) -> list[Answer]:
    together: dict[Any, list[Answer]] = {}
    for month in months:
        for bucket in month["buckets"]:
            together.setdefault(bucket["key"], []).append(bucket)
    return [
        {
            "key": key,
            "doc_count": sum(bucket["doc_count"] for bucket in same),
            **added(body.get("aggs", {}), same),
        }
        for key, same in together.items()
    ]


def _add_stats(_body: Body, months: list[Answer]) -> Answer:
    full = [month for month in months if month["count"]]
    count = sum(month["count"] for month in full)
    total = sum(month["sum"] for month in full)

    def extreme(name: str, choose: Callable[[Any, Any], Any]) -> float | None:
        return reduce(choose, (month[name] for month in full)) if full else None

    return {
        "count": count,
        "min": extreme("min", min),
        "max": extreme("max", max),
        "avg": total / count if count else None,
        "sum": total,
    }


def _add_values(_body: Body, months: list[Answer]) -> Answer:
    return {"value": int(sum(month["value"] for month in months))}


_KINDS: dict[str, Callable[[Body, list[Answer]], Answer]] = {
    "terms": _add_terms,
    "stats": _add_stats,
    "value_count": _add_values,
    "histogram": _add_histogram,
}


def by(facet: Facet, size: int = DEFAULT_SIZE, **inside: Body) -> Body:
    """How many there are of each value, the most frequent first."""
    body: Answer = {"terms": {"field": facet.value, "size": size}}
    return {**body, "aggs": inside} if inside else body


def by_day(size: int = 400) -> Body:
    """How many there are on each day, in the order of days. A day without any has no bucket."""
    return {"terms": {"field": Facet.DAY.value, "size": size, "order": {"_key": "asc"}}}
