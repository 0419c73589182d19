"""The index in Elasticsearch, 8.19 or 9: any number reading, one process of the data directory writing.

It uses nothing but what the server has without modules, licences and scripts.
Everything that is put has its id from the register, so that sending twice is
harmless: an answer that got lost means sending again.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple, TypeVar

from patrol.search import mapping
from patrol.search.answers import added, checked
from patrol.search.bulk import AT_ONCE, Bulk, Operation, put, take_out
from patrol.search.cluster import WRITE_SECONDS, Cluster
from patrol.search.index import (
    MAX_TOKENS,
    Body,
    Counts,
    IndexAway,
    IndexedPost,
    Page,
    Query,
    Refusal,
    Tally,
    too_long,
)
from patrol.search.months import Months
from patrol.search.place import WritersPlace
from patrol.search.tokens import spaced_all
from patrol.settings import Settings

T = TypeVar("T")
_IDS_AT_ONCE = 4_000
"""That one question names; an answer has 10,000 documents at most."""
_UNKNOWN = {"tokens": [MAX_TOKENS]}
"""Of a document that something else put or changed: whatever replaces it, words of it may stay on disk."""
_CUT_AT_ONCE = 500
"""Texts; more leave the processor's cache."""
_BUILD_ATTEMPTS = 6
"""Of documents that a month in building was too busy to take; about a minute in all."""
_LONGEST_PAUSE_SECONDS = 30.0
_REMEMBERED = 50_000
"""Documents put since the last refresh: so many, and it is time for one."""


class _Held(NamedTuple):
    """A document that is there."""

    id: str
    home: str
    """The index."""
    tokens: int


class ElasticIndex:
    """Keeps the promise of `PostIndex` in a cluster."""

    def __init__(self, settings: Settings, *, writer: bool) -> None:
        self._cluster = Cluster(settings)
        self._months = Months(self._cluster, settings)
        self._place = WritersPlace(settings.index_path)
        self._turn = threading.RLock()
        self._current: dict[str, str] | None = None
        self._written = int(writer)
        self._shown = 0
        """Writings begun or ended, and how many of them searches see. What a killed writer left is not seen yet."""
        self._unsure = True
        """Whether something may have been written that is not in `_fresh`."""
        self._fresh: dict[str, _Held] = {}
        """What was put since the last refresh, which no search would find."""
        if writer:
            self._place.take()
            try:
                self._months.clear()
            except IndexAway:
                self._place.leave()
                raise

    def put(self, posts: Sequence[IndexedPost], *, shown: bool = True) -> list[Refusal]:
        refused: list[Refusal] = []
        together: dict[str, dict[str, IndexedPost]] = {}
        home: dict[str, str] = {}
        for post in posts:
            name, shelf = post.id, post.shelf
            together.setdefault(shelf, {})[name] = post
            home[name] = shelf
        with self._turn:
            self._place.must_be_taken()
            held = self._held(home)
            for shelf, newest in together.items():
                refused += self._put(shelf, newest, held)
            self._take_out([one for one in held if self._months.shelf(one.home) != home[one.id]])
            if shown:
                self.show()
        return refused

    def _put(
        self, shelf: str, posts: Mapping[str, IndexedPost], held: Sequence[_Held]
    ) -> list[Refusal]:
        index = self._index_of(shelf)
        before = {one.id: one.tokens for one in held if one.home == index}
        if before and _any_shorter([each for each in posts.values() if each.id in before], before):
            self._months.mark_stale([index])
        refused: list[Refusal] = []
        lengths: dict[str, int] = {}
        bulk = Bulk(self._cluster, self._months.alias(shelf), alias=True)
        with self._writing():
            outcome = bulk.send(_operations(posts, refused, lengths))
        for refusal in outcome.refused:
            del lengths[refusal.id]
            if not refusal.for_good:
                self._current, self._unsure = None, True
        self._fresh |= {name: _Held(name, index, length) for name, length in lengths.items()}
        return refused + outcome.refused

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Something is written, which a refresh in the meantime may miss. After an exception nobody knows what was."""
        self._written += 1
        try:
            yield
        except BaseException:
            self._unsure = True
            raise
        finally:
            self._written += 1

    def _index_of(self, shelf: str) -> str:
        if self._current is None or shelf not in self._current:
            self._current = self._months.current()  # it may have been made, and the answer lost
        if shelf not in self._current:
            self._current[shelf] = self._months.make(shelf)
        return self._current[shelf]

    def _held(self, ids: Collection[str]) -> list[_Held]:
        """Which of them are there, in whatever month."""
        if self._unsure or len(self._fresh) > _REMEMBERED:
            self.show()
            self._fresh.clear()
            self._unsure = False
        held = [self._fresh[each] for each in ids if each in self._fresh]
        named = [each for each in ids if each not in self._fresh]
        for at in range(0, len(named), _IDS_AT_ONCE):
            answer = self._told(mapping.with_ids(named[at : at + _IDS_AT_ONCE]))
            held += [
                _Held(hit["_id"], hit["_index"], hit.get("fields", _UNKNOWN)["tokens"][0])
                for hit in answer["hits"]["hits"]
            ]
        return held

    def _take_out(self, held: Sequence[_Held]) -> int:
        together: dict[str, list[Operation]] = {}
        for one in held:
            together.setdefault(one.home, []).append(take_out(one.id))
        self._months.mark_stale(together)
        gone = 0
        for index, operations in together.items():
            with self._writing():
                outcome = Bulk(self._cluster, index, alias=False).send(operations)
            gone += outcome.changed
            if outcome.refused:
                raise self._cluster.away(outcome.refused[0].reason)
        return gone

    def show(self) -> None:
        written = self._written
        if written != self._shown:
            self._refresh(self._months.family)
            self._shown = written

    def _refresh(self, index: str) -> None:
        """Let every copy show what it has. One that did not would go on answering without it."""
        with self._cluster.asked(WRITE_SECONDS) as client:
            copies = client.indices.refresh(index=index, ignore_unavailable=True)["_shards"]
            if copies["failed"]:
                raise self._cluster.away(
                    f"Elasticsearch shows what is new in {copies['successful']} copies and not in {copies['failed']}."
                )

    def forget(self, ids: Collection[str]) -> int:
        with self._turn:
            self._place.must_be_taken()
            self._unsure = True
            gone = self._take_out(self._held(ids))
            self._unsure = True
            self.show()
        return gone

    def search(self, query: Query) -> Page:
        found = self._asked(mapping.page_of(query))["hits"]
        items = tuple(mapping.kept(hit["_source"]) for hit in found["hits"])
        page = items[: query.limit]
        return Page(
            items=page,
            total=found["total"]["value"],
            next=page[-1].key if len(items) > query.limit else None,
        )

    def count(self, query: Query, questions: Mapping[str, Body]) -> Counts:
        answer = self._asked(mapping.counts_of(query, checked(questions)))
        whole = [answer["aggregations"]] if "aggregations" in answer else []
        return Counts(total=answer["hits"]["total"]["value"], answers=added(questions, whole))

    def _asked(self, body: mapping.Clause) -> mapping.Clause:
        """The answer of all months, about all that was put."""
        self.show()
        return self._told(body)

    def _told(self, body: mapping.Clause) -> mapping.Clause:
        """The answer of all months, or none: a month that is away must not look empty."""
        with self._cluster.asked() as client:
            answer: mapping.Clause = client.search(
                index=self._months.family,
                ignore_unavailable=True,
                allow_partial_search_results=False,
                body=body,
            ).body
        return answer

    def shelves(self) -> tuple[str, ...]:
        question = {"months": {"terms": {"field": "_index", "size": 10_000}}}
        answer = self._asked({"size": 0, "aggs": question})
        if "aggregations" not in answer:
            return ()
        buckets = answer["aggregations"]["months"]["buckets"]
        return tuple(sorted((self._months.shelf(each["key"]) for each in buckets), reverse=True))

    def stale(self) -> frozenset[str]:
        return self._months.stale()

    def replace(self, shelf: str, posts: Iterable[IndexedPost]) -> list[Refusal]:
        refused: list[Refusal] = []
        put_any = False
        with self._turn:
            self._place.must_be_taken()
            self._current, self._unsure = None, True
            with self._months.building(shelf) as index:
                bulk = Bulk(self._cluster, index, alias=False)
                with ThreadPoolExecutor(1, "building") as hand:  # sends while the next are made
                    under_way: deque[Future[list[Refusal]]] = deque()
                    for some in _some(posts, AT_ONCE):
                        operations = list(_operations({post.id: post for post in some}, refused))
                        put_any |= bool(operations)
                        while len(under_way) > 1:
                            refused += under_way.popleft().result()
                        under_way.append(hand.submit(self._sent, bulk, operations))
                    for each in under_way:
                        refused += each.result()
                self._refresh(index)
            if not put_any:
                self._months.drop(shelf)
        return refused

    def _sent(self, bulk: Bulk, operations: list[Operation]) -> list[Refusal]:
        """Send until each is put or refused for good. Raises `IndexAway` when that takes too long."""
        refused: list[Refusal] = []
        for attempt in range(_BUILD_ATTEMPTS):
            outcome = bulk.send(operations)
            refused += [refusal for refusal in outcome.refused if refusal.for_good]
            again = {refusal.id for refusal in outcome.refused if not refusal.for_good}
            if not again:
                return refused
            operations = [each for each in operations if each.id in again]
            pause = min(_LONGEST_PAUSE_SECONDS, 2.0**attempt)
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (no secret)
        raise self._cluster.away(f"Elasticsearch is too busy for {len(operations)} documents.")

    def tallies(self) -> Mapping[int, Tally]:
        self._refresh(self._months.family)
        answer = self._told(mapping.TALLIES)
        days = answer["aggregations"]["days"]["buckets"] if "aggregations" in answer else ()
        return {day["key"]: Tally(day["doc_count"], int(day["marks"]["value"])) for day in days}

    def marks(self, day: int) -> Mapping[str, int | None]:
        marks: dict[str, int | None] = {}
        before: int | None = None
        while hits := self._told(mapping.marks_of(day, before))["hits"]["hits"]:
            for hit in hits:
                marks[hit["_id"]] = hit.get("fields", {}).get("mark", [None])[0]
            before = hits[-1]["sort"][0]
        return marks

    def described(self) -> str:
        with self._cluster.asked() as client:
            health = client.cluster.health()
            nodes = client.nodes.info(metric="process", filter_path="nodes.*.version")["nodes"]
        versions = ", ".join(sorted({node["version"] for node in nodes.values()}))
        return f"Elasticsearch {versions} at {self._cluster.where}, {health['status']}"

    def close(self) -> None:
        with self._turn:
            self._place.leave()


def _operations(
    posts: Mapping[str, IndexedPost], refused: list[Refusal], lengths: dict[str, int] | None = None
) -> Iterator[Operation]:
    """What to send, made as it is asked for, each document's tokens noted in `lengths`. What is not even sent is added to `refused`."""
    for some in _some(posts.items(), _CUT_AT_ONCE):
        cut = _cut([post for _, post in some])
        for name, post in some:
            document, tokens = mapping.document(post, cut[post.text])
            if tokens > MAX_TOKENS:
                refused.append(too_long(post, tokens))
                continue
            if lengths is not None:
                lengths[name] = tokens
            yield put(name, document)


def _any_shorter(posts: Sequence[IndexedPost], before: Mapping[str, int]) -> bool:
    """Whether any has fewer tokens than it had. What is too long to be put is not."""
    cut = _cut(posts)
    return any(mapping.tokens(cut[post.text]) < before[post.id] for post in posts)


def _cut(posts: Iterable[IndexedPost]) -> dict[str, str]:
    """Tokens of each text; a post and its lead often have the same."""
    texts = list({post.text for post in posts})
    return dict(zip(texts, spaced_all(texts), strict=True))


def _some(things: Iterable[T], at_once: int) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, at_once)):
        yield some
