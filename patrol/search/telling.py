"""Rows of the outbox on their way to the index: a batch is told while the next one is read, opened and folded."""

import random
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple, Self

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from patrol.register.tables import OutboxRow
from patrol.register.turn import batch
from patrol.search.answers import by
from patrol.search.documents import Documents, numbers_by_lead
from patrol.search.index import DocumentKind, Facet, IndexAway, IndexedPost, PostIndex, Query

LONGEST_WAIT_SECONDS = 60.0
_RUN = 20
"""Rows in a row that are worth a statement of their own."""
_UNDER_WAY = 2
"""Batches: one that the index is busy with, and one that waits for it."""


@dataclass(frozen=True)
class Projected:
    """What became of the rows that were due; their sum is what was taken."""

    done: int = 0
    retried: int = 0
    dead: int = 0
    wait_seconds: float = 0.0
    """How long to leave an index alone that is away."""

    def __add__(self, other: "Projected") -> "Projected":
        return Projected(
            self.done + other.done,
            self.retried + other.retried,
            self.dead + other.dead,
            max(self.wait_seconds, other.wait_seconds),
        )


class Row(NamedTuple):
    """A row of the outbox."""

    pk: int
    kind: str
    subject: int
    op: str
    attempts: int

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.subject}"


@dataclass
class _Batch:
    """Rows, and what the index is to be told because of them."""

    rows: Sequence[Row]
    gone: set[str]
    posts: list[IndexedPost]
    dead: dict[str, str]
    """Ids that the index will not hold, each with the reason."""
    again: set[str] = field(default_factory=set)

    def tell(self, index: PostIndex) -> None:
        """Raises `IndexAway`."""
        if self.gone:
            index.forget(self.gone)
        for refusal in index.put(self.posts, shown=False) if self.posts else ():
            if refusal.for_good:
                self.dead[refusal.id] = refusal.reason
            else:
                self.again.add(refusal.id)


class Telling:
    """Tells an index batch after batch, in their order. Leaving it waits for the last one, and lets all be found."""

    def __init__(self, index: PostIndex, documents: Documents) -> None:
        self.sums = Projected()
        self._index = index
        self._documents = documents
        self._hand = ThreadPoolExecutor(1, "index")
        self._under_way: deque[tuple[_Batch, Future[None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, _error: object, _trace: object) -> None:
        try:
            while self._under_way and kind is None:
                self._settle_first()
            if self.sums.done and kind is None:
                self._show()
        finally:
            self._hand.shutdown()

    def add(self, rows: Sequence[Row]) -> None:
        """Tell these rows next. With the index away they come later, and `sums` says how much later."""
        try:
            prepared = self._prepared(rows)
        except IndexAway as error:
            self.sums += _away(rows, error)
            return
        self._under_way.append((prepared, self._hand.submit(prepared.tell, self._index)))
        if len(self._under_way) == _UNDER_WAY:
            self._settle_first()

    def _prepared(self, rows: Sequence[Row]) -> _Batch:
        newest = {(row.kind, row.subject): row.op for row in rows}
        forgotten = {(kind, number) for (kind, number), op in newest.items() if op == "forget"}
        posts = {number for (kind, number), op in newest.items() if (kind, op) == ("post", "put")}
        leads = {number for (kind, number), op in newest.items() if (kind, op) == ("lead", "put")}
        loaded = self._documents.load(posts, leads)
        outdated = self._outdated(
            [
                post
                for post in loaded.posts
                if post.document == DocumentKind.LEAD and post.number not in loaded.whole
            ]
        )
        outdated -= posts | {number for kind, number in forgotten if kind == DocumentKind.POST}
        if outdated:
            more = self._documents.load(outdated, ())
            loaded.posts += more.posts
            loaded.gone |= more.gone
            loaded.faults |= more.faults
        gone = {f"{kind}:{number}" for kind, number in forgotten} | loaded.gone
        return _Batch(rows, gone, loaded.posts, loaded.faults)

    def _outdated(self, leads: Sequence[IndexedPost]) -> set[int]:
        """Sightings whose posts still say the status or kind that their lead had before, in the index or on the way."""
        if not leads:
            return set()
        now = {lead.number: (lead.status, lead.kind) for lead in leads}
        moved = {
            post.lead
            for told, _ in self._under_way
            for post in told.posts
            if post.lead in now and now[post.lead] != (post.status, post.kind)
        }
        numbers = tuple(str(lead.number) for lead in leads)
        question = by(Facet.LEAD, len(leads), status=by(Facet.STATUS), kind=by(Facet.KIND))
        query = Query(filters={Facet.LEAD: numbers, Facet.DOCUMENT: (DocumentKind.POST,)})
        for bucket in self._index.count(query, {"leads": question}).answers["leads"]["buckets"]:
            status, kind = now[int(bucket["key"])]
            if any(other["key"] != status for other in bucket["status"]["buckets"]) or any(
                other["key"] != kind for other in bucket["kind"]["buckets"]
            ):
                moved.add(int(bucket["key"]))
        return {number for some in numbers_by_lead(moved).values() for number in some}

    def _show(self) -> None:
        """What was told is durable already: an index that is away now shows it later."""
        try:
            self._index.show()
        except IndexAway as error:
            self.sums += Projected(wait_seconds=_wait((), error.again_after_seconds))

    def _settle_first(self) -> None:
        told, end = self._under_way.popleft()
        try:
            end.result()
        except IndexAway as error:
            self.sums += _away(told.rows, error)
        else:
            self.sums += _settled(told)


def _settled(told: _Batch) -> Projected:
    """Take out what was heard, in one short transaction. An index that takes nothing at all is left alone for a while."""
    unheard = [row for row in told.rows if told.dead or told.again]
    dead = [row for row in unheard if row.id in told.dead]
    again = [row for row in unheard if row.id in told.again and row.id not in told.dead]
    left = {row.pk for row in (*dead, *again)}
    done = [row.pk for row in told.rows if row.pk not in left]
    with batch():
        _take_out(done)
        for row in dead:
            OutboxRow.objects.filter(pk=row.pk).update(
                dead_because=told.dead[row.id][:500], attempts=F("attempts") + 1
            )
        seconds = _wait(again, 0.0)
        _later(again, seconds)
    blocked = again and not done and not dead
    return Projected(len(done), len(again), len(dead), seconds if blocked else 0.0)


def _take_out(rows: Sequence[int]) -> None:
    """Those without a gap by their ends: thousands of parameters take longer than the rows."""
    single: list[int] = []
    for _, run in groupby(enumerate(rows), lambda each: each[1] - each[0]):
        some = [row for _, row in run]
        if len(some) < _RUN:
            single += some
        else:
            OutboxRow.objects.filter(pk__range=(some[0], some[-1])).delete()
    if single:
        OutboxRow.objects.filter(pk__in=single).delete()


def _away(rows: Sequence[Row], error: IndexAway) -> Projected:
    seconds = _wait(rows, error.again_after_seconds)
    _later(rows, seconds)
    return Projected(retried=len(rows), wait_seconds=seconds)


def _wait(rows: Iterable[Row], at_least: float) -> float:
    """1, 2, 4 ... 60 s, with jitter, so that many do not come back at once; never less than the index asked for."""
    attempts = max((row.attempts for row in rows), default=0)
    seconds = min(LONGEST_WAIT_SECONDS, 2.0 ** min(attempts, 10))
    jittered = seconds * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)
    return max(jittered, at_least)


def _later(rows: Collection[Row], seconds: float) -> None:
    if rows:
        with transaction.atomic():
            OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(
                attempts=F("attempts") + 1, next_at=timezone.now() + timedelta(seconds=seconds)
            )
