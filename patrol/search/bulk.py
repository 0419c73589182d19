"""Documents sent to Elasticsearch many at a time, each accounted for: done, refused for good, or to be tried again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from elastic_transport import ApiError

from patrol.search.cluster import WRITE_SECONDS, Cluster
from patrol.search.index import Refusal

AT_ONCE = 1_000
"""Operations of one request: more is not faster."""
BYTES_AT_ONCE = 8_000_000
"""Elasticsearch takes 100 MB; a proxy before it may take less, and then the request is halved."""
_TOO_LARGE = 413
_NOT_FOUND = 404
_AGAIN = {408, 429, 502, 503, 504, _NOT_FOUND}
"""Busy, or without its index for a moment."""
_BUSY = {"es_rejected_execution_exception", "cluster_block_exception"}
"""Under whatever status: a disk above its flood stage answered 403 before it answered 429."""
_PLACE = re.compile(r'field ?=? ?[\["](\w+)[\]"]|introduction of \[(\w+)\]')
_ANSWER = "items.*.status,items.*.result,items.*.error.type,items.*.error.reason"


class Operation(NamedTuple):
    """One document to be put, or taken out."""

    id: str
    lines: bytes
    """As the bulk interface reads it: what to do, and with `put` the document below."""


class Outcome(NamedTuple):
    """What became of operations."""

    changed: int
    """Put, or found and taken out."""
    refused: list[Refusal]


def put(post_id: str, document: bytes) -> Operation:
    """Keep this document under this id, instead of what was there."""
    return Operation(post_id, b'{"index":{"_id":"%b"}}\n%b' % (post_id.encode(), document))


def take_out(post_id: str) -> Operation:
    """Have nothing under this id."""
    return Operation(post_id, b'{"delete":{"_id":"%b"}}' % post_id.encode())


class Bulk:
    """Sends operations to one index or alias."""

    def __init__(self, cluster: Cluster, target: str, *, alias: bool) -> None:
        self._cluster = cluster
        self._target = target
        self._alias = alias

    def send(self, operations: Iterable[Operation]) -> Outcome:
        """All of them, in as many requests as it takes: one is on its way while the next one's operations are made.

        Raises `IndexAway` when a whole request fails.
        """
        changed = 0
        refused: list[Refusal] = []
        with ThreadPoolExecutor(1, "bulk") as hand:
            for sent in _one_behind(hand.submit(self._send, some) for some in _pieces(operations)):
                outcome = sent.result()
                changed += outcome.changed
                refused += outcome.refused
        return Outcome(changed, refused)

    def _send(self, some: Sequence[Operation]) -> Outcome:
        try:
            items = self._asked(some)
        except _TooLarge:
            if len(some) == 1:
                reason = "its document is larger than Elasticsearch, or a proxy before it, takes"
                return Outcome(0, [Refusal(id=some[0].id, reason=reason)])
            half = len(some) // 2
            first, second = self._send(some[:half]), self._send(some[half:])
            return Outcome(first.changed + second.changed, first.refused + second.refused)
        refused = [
            _refusal(operation.id, item)
            for operation, item in zip(some, items, strict=True)
            if "error" in item
        ]
        changed = sum(item.get("result") in {"created", "updated", "deleted"} for item in items)
        return Outcome(changed, refused)

    def _asked(self, some: Sequence[Operation]) -> list[dict[str, Any]]:
        body: Any = [operation.lines for operation in some]
        with self._cluster.asked(WRITE_SECONDS) as client:
            try:
                answer = client.bulk(
                    operations=body,
                    index=self._target,
                    require_alias=self._alias,
                    filter_path=_ANSWER,
                )
            except ApiError as error:
                if error.meta.status == _TOO_LARGE:
                    raise _TooLarge from error
                raise
        items = [next(iter(item.values())) for item in answer.get("items", ())]
        if len(items) != len(some):
            raise self._cluster.away(
                f"Elasticsearch answered {len(items)} of {len(some)} documents."
            )
        return items


class _TooLarge(Exception):
    """A request that something on the way does not take."""


def _pieces(operations: Iterable[Operation]) -> Iterator[Sequence[Operation]]:
    some: list[Operation] = []
    size = 0
    for operation in operations:
        if some and (len(some) == AT_ONCE or size + len(operation.lines) > BYTES_AT_ONCE):
            yield some
            some, size = [], 0
        some.append(operation)
        size += len(operation.lines)
    if some:
        yield some


def _one_behind(sent: Iterator[Future[Outcome]]) -> Iterator[Future[Outcome]]:
    """Each, after the next one was begun; the last one at the end."""
    last = next(sent, None)
    while last is not None:
        following = next(sent, None)
        yield last
        last = following


def _refusal(post_id: str, item: dict[str, Any]) -> Refusal:
    """Its type and field alone: the reason that Elasticsearch gives may quote the document."""
    kind = item["error"]["type"]
    again = item["status"] in _AGAIN or kind in _BUSY
    place = _PLACE.search(item["error"].get("reason") or "")
    where = f" in the field {place[1] or place[2]}" if place else ""
    return Refusal(
        id=post_id,
        reason=f"Elasticsearch refused it: {kind}{where} (status {item['status']})",
        for_good=not again,
    )
