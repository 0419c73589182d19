"""The index inside the data directory: tantivy, one process writing, any number reading.

A reader looks at the month's `meta.json` before each search, so that it finds
what another process has put. The text is indexed and not stored.

An open index keeps the name of every file it ever mapped, 1.3 KB a commit
(`MmapCache` of tantivy 0.27 forgets none): it is opened anew from time to time.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import tantivy

from patrol.garbage import few_arenas
from patrol.search import schema
from patrol.search.answers import added, checked
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
    shelf_of_key,
    too_long,
)
from patrol.search.shelves import Shelves

T = TypeVar("T")
HEAP_BYTES = 32_000_000
"""What a writer gathers before it writes a segment; one thread, 15 MB is tantivy's least."""
_BUILDING_THREADS = min(4, os.cpu_count() or 1)
_BUILDING_HEAP_BYTES = _BUILDING_THREADS * 2 * HEAP_BYTES
"""A month that is built anew is written in few large segments by all processors: nobody waits for its first commit."""
_OPEN_WRITERS = 2
"""Months whose writers stay open: this one, and the last around midnight of the first."""
_AT_ONCE = 1_000
"""Ids that one question names."""
RENEWED_AFTER = 1_000
"""Commits that an open index sees: what it keeps of them stays under 1.5 MB."""
IDLE_SECONDS = 60
"""How long a process keeps months open that it does not search."""
_TOTAL = "how many"
"""Asked beside other questions: to search once more for the number alone takes half as long again."""
_ATTEMPTS = 5
"""Of a search whose month is swapped or merged under it; each takes about a millisecond."""


class _Reader:
    """One building of one month, as it was last committed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._meta = path / "meta.json"
        self._lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        self._seen = self._state()
        self._index = tantivy.Index.open(str(self.path))
        self._index.config_reader("manual")
        self._reloads = 0

    def _state(self) -> tuple[int, int]:
        meta = self._meta.stat()
        return meta.st_ino, meta.st_mtime_ns

    def searcher(self) -> tantivy.Searcher:
        """Of the newest commit, whoever made it."""
        with self._lock:
            state = self._state()
            if state != self._seen:
                if self._reloads == RENEWED_AFTER:
                    self._open()
                self._index.reload()
                self._reloads += 1
                self._seen = state
            return self._index.searcher()


class _Open:
    """The readers of this process: to open three years' months takes longer than to search them.

    Of one index directory, and only while it is asked: months that nobody has
    searched for a minute are let go, so that no file outlives its purge by more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None
        self._readers: dict[Path, _Reader] = {}
        self._used_at = 0.0
        self._timer: threading.Timer | None = None

    def of(self, root: Path) -> dict[Path, _Reader]:
        """Those of that directory, to look up and to add to."""
        with self._lock:
            if root != self._root:
                self._root, self._readers = root, {}
            self._used_at = time.monotonic()
            if self._timer is None:
                self._wait(IDLE_SECONDS)
            return self._readers

    def _wait(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._let_go)
        self._timer.daemon = True
        self._timer.start()

    def _let_go(self) -> None:
        with self._lock:
            left = self._used_at + IDLE_SECONDS - time.monotonic()
            if left > 0:
                self._wait(left)
            else:
                self._root, self._readers, self._timer = None, {}, None


_OPEN = _Open()
os.register_at_fork(after_in_child=_OPEN.__init__)  # type: ignore[misc]  # its lock and timer stay behind


class EmbeddedIndex:
    """Keeps the promise of `PostIndex` in a directory."""

    def __init__(self, path: Path, *, writer: bool) -> None:
        self._shelves = Shelves(path, schema.FORMAT)
        self._readers = {} if writer else _OPEN.of(self._shelves.path)
        self._writers: dict[Path, tantivy.IndexWriter] = {}
        self._commits: Counter[Path] = Counter()
        self._turn = threading.RLock()
        if writer:
            few_arenas()
            with self._away("opened for writing"):
                self._shelves.lock()

    def put(
        self,
        posts: Sequence[IndexedPost],
        *,
        shown: bool = True,  # noqa: ARG002  (a commit is seen at once)
    ) -> list[Refusal]:
        refused: list[Refusal] = []
        together: dict[str, dict[str, IndexedPost]] = {}
        for post in posts:
            together.setdefault(post.shelf, {})[post.id] = post
        with self._turn, self._away("written"):
            for shelf, newest in together.items():
                refused += self._put(shelf, newest)
            self._take_out({post.id: post.shelf for post in posts})
        return refused

    def show(self) -> None:
        """Every reader looks for the newest commit."""

    def _put(self, shelf: str, posts: Mapping[str, IndexedPost]) -> list[Refusal]:
        refused = []
        path = self._shelves.make(shelf)
        before = self._kept(path, posts)
        shorter = False
        with self._writing(path) as writer:
            for post, row, tokens in schema.documents(posts.values()):
                if tokens > MAX_TOKENS:
                    refused.append(too_long(post, tokens))
                    continue
                shorter |= tokens < before.get(post.id, 0)
                schema.delete(writer, post.id)
                writer.add_document(row)
            if shorter:
                self._shelves.mark_stale(shelf)
        return refused

    def _kept(self, path: Path, ids: Collection[str]) -> dict[str, int]:
        """Which of them are there, and how many tokens each has."""
        reader = self._reader(path)
        if reader is None:
            return {}
        searcher = reader.searcher()
        found = searcher.search(schema.with_ids(ids), max(1, len(ids)))
        rows = (schema.kept(searcher.doc(address)) for _, address in found.hits)
        return {post.id: tokens for post, tokens in rows}

    def _take_out(self, ids: Mapping[str, str | None]) -> int:
        """Remove documents from every month but the one named with each."""
        gone = 0
        for shelf, path in self._shelves.current().items():
            there = self._kept(path, [each for each, home in ids.items() if home != shelf])
            if there:
                self._shelves.mark_stale(shelf)
                with self._writing(path) as writer:
                    for each in there:
                        schema.delete(writer, each)
                gone += len(there)
        return gone

    def forget(self, ids: Collection[str]) -> int:
        with self._turn, self._away("written"):
            named = list(ids)
            some = (named[at : at + _AT_ONCE] for at in range(0, len(named), _AT_ONCE))
            return sum(self._take_out(dict.fromkeys(each)) for each in some)

    def search(self, query: Query) -> Page:
        return self._steadily(lambda: self._search(query))

    def _search(self, query: Query) -> Page:
        found = schema.found_by(query, victims=False)
        rest = schema.before(found, query.before)
        last_shelf = None if query.before is None else shelf_of_key(query.before)
        total = 0
        items: list[IndexedPost] = []
        for shelf, searcher in self._searchers():
            wanted = query.limit + 1 - len(items)
            if not wanted or rest is not found:
                total += _how_many(searcher, found)
            if wanted and (last_shelf is None or shelf <= last_shelf):
                hits = searcher.search(rest, wanted, count=rest is found, order_by_field=schema.KEY)
                total += _count_of(hits) if rest is found else 0
                items += [schema.kept(searcher.doc(address))[0] for _, address in hits.hits]
        page = tuple(items[: query.limit])
        return Page(
            items=page, total=total, next=page[-1].key if len(items) > query.limit else None
        )

    def count(self, query: Query, questions: Mapping[str, Body]) -> Counts:
        whole = checked(questions)
        return self._steadily(lambda: self._count(query, questions, whole))

    def _count(
        self, query: Query, questions: Mapping[str, Body], whole: Mapping[str, Body]
    ) -> Counts:
        found = schema.found_by(query, victims=True)
        total = 0
        months = []
        for _, searcher in self._searchers():
            if whole:
                months.append(searcher.aggregate(found, {**whole, _TOTAL: schema.HOW_MANY}))
                total += int(months[-1][_TOTAL]["value"])
            else:
                total += _how_many(searcher, found)
        return Counts(total=total, answers=added(questions, months))

    def shelves(self) -> tuple[str, ...]:
        held = self._steadily(
            lambda: [shelf for shelf, searcher in self._searchers() if searcher.num_docs]
        )
        return tuple(held)

    def stale(self) -> frozenset[str]:
        return self._shelves.stale()

    def replace(self, shelf: str, posts: Iterable[IndexedPost]) -> list[Refusal]:
        refused = []
        put: set[str] = set()
        with self._turn, self._away("rebuilt"):
            self._shelves.place.must_be_taken()
            with self._shelves.building(shelf) as path:
                index = tantivy.Index(schema.SCHEMA, path=str(path))
                writer = index.writer(_BUILDING_HEAP_BYTES, _BUILDING_THREADS)
                for post, row, tokens in schema.documents(posts):
                    if tokens > MAX_TOKENS:
                        refused.append(too_long(post, tokens))
                        continue
                    if post.id in put:  # whatever is deleted is looked for in all that was written
                        schema.delete(writer, post.id)
                    writer.add_document(row)
                    put.add(post.id)
                writer.commit()
                writer.wait_merging_threads()
                self._close_writer(self._shelves.current().get(shelf))
            if not put:
                self._shelves.drop(shelf)
        return refused

    def tallies(self) -> Mapping[int, Tally]:
        return self._steadily(self._tallies)

    def _tallies(self) -> Mapping[int, Tally]:
        everything = tantivy.Query.all_query()
        return {
            int(day["key"]): Tally(day["doc_count"], int(day["marks"]["value"]))
            for _, searcher in self._searchers()
            for day in searcher.aggregate(everything, schema.TALLIES)["days"]["buckets"]
        }

    def marks(self, day: int) -> Mapping[str, int | None]:
        return self._steadily(lambda: self._marks(schema.seen_on(day)))

    def _marks(self, chosen: tantivy.Query) -> Mapping[str, int | None]:
        marks: dict[str, int | None] = {}
        for _, searcher in self._searchers():
            hits = searcher.search(chosen, max(1, searcher.num_docs), count=False).hits
            marks |= dict(schema.marked(searcher.doc(address)) for _, address in hits)
        return marks

    def described(self) -> str:
        return f"tantivy in {self._shelves.path}"

    def close(self) -> None:
        with self._turn:
            for path in tuple(self._writers):
                self._close_writer(path)
            self._readers = {}
            self._shelves.unlock()

    def _close_writer(self, path: Path | None) -> None:
        if path in self._writers:
            del self._commits[path]
            self._writers.pop(path).wait_merging_threads()

    @contextmanager
    def _writing(self, path: Path) -> Iterator[tantivy.IndexWriter]:
        """The writer of a month; a clean end commits, an exception leaves the month as it was."""
        self._shelves.place.must_be_taken()
        if self._commits[path] == RENEWED_AFTER:
            self._close_writer(path)
        writer = self._writers.pop(path, None)
        if writer is None:
            writer = tantivy.Index(schema.SCHEMA, path=str(path)).writer(HEAP_BYTES, 1)
            self._commits[path] = 0
        self._writers[path] = writer
        for other in tuple(self._writers)[:-_OPEN_WRITERS]:
            self._close_writer(other)
        try:
            yield writer
            writer.commit()
            self._commits[path] += 1
        except BaseException:
            del self._writers[path]
            raise

    def _reader(self, path: Path) -> _Reader | None:
        """None while a month has no commit yet."""
        reader = self._readers.get(path)
        if reader is None:
            if not (path / "meta.json").exists():
                return None
            reader = self._readers[path] = _Reader(path)
        return reader

    def _searchers(self) -> Iterator[tuple[str, tantivy.Searcher]]:
        """Every month as it is now, newest first. Raises `OSError` when one was swapped meanwhile."""
        current = self._shelves.current()
        live = set(current.values())
        for path in list(self._readers):
            if path not in live:
                self._readers.pop(path, None)
        for shelf, path in current.items():
            reader = self._reader(path)
            if reader is not None:
                yield shelf, reader.searcher()
            elif not path.exists():
                raise FileNotFoundError(path)

    def _steadily(self, read: Callable[[], T]) -> T:
        """Read again when a month was swapped or merged just then."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return read()
            except (ValueError, OSError):
                self._readers.clear()  # of whoever reads beside us too: they open them again
        with self._away("read"):
            return read()

    @contextmanager
    def _away(self, what: str) -> Iterator[None]:
        """Tantivy says everything with a `ValueError`, the disk with an `OSError`."""
        try:
            yield
        except (ValueError, OSError) as error:
            raise IndexAway(
                f"The index cannot be {what}: {type(error).__name__}.",
                why=str(error)[:300],
                do="Look at the disk. If it is well, run `patrol index rebuild`: the register holds everything.",
                where=str(self._shelves.root),
            ) from error


def _how_many(searcher: tantivy.Searcher, found: tantivy.Query) -> int:
    return _count_of(searcher.search(found, 1))


def _count_of(result: Any) -> int:
    """Its stub forgets `count`."""
    return int(result.count)
