"""The order in which a board is walked: which page comes next, which is left out, where it ends."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from patrol.models import Post, Source, ThreadLink, Validator
from spiders.job import WholeThread

Role = Literal["start", "list", "thread", "feed"]

DEEPEST = 3
"""Lists of lists that are gone down into: an index, one of indexes, and the lists of that."""

REPEATS = 5
"""Pages in a row with the same body under different addresses after which a walk is pointless."""


@dataclass(slots=True, eq=False)
class Thread:
    """A thread that is being read. Its mark is proposed when every followed page was kept."""

    key: str | None
    state: str | None
    whole: bool = True
    done: bool = False
    seen: set[str] = field(default_factory=set)
    """Keys of its posts."""
    front: str | None = None
    """Its second page, while it is read from its end."""
    entire: bool = True
    """Whether every page of it was sent, and read without leaving anything out."""
    pages: list[str] = field(default_factory=list)


@dataclass(slots=True, frozen=True, eq=False)
class Visit:
    """One page to be asked for."""

    url: str
    role: Role
    page: int = 1
    """Which page of its list or thread it is."""
    thread: Thread | None = None
    back: bool = False
    """Whether its thread is read from its end."""
    settled: bool = False
    """Whether no other form of the same page is asked for."""


class Walk:
    """Where a run has been and where it goes next.

    A thread is read to its end before the next one begins, threads come in the
    order of the list (newest first), then further pages of lists. Threads that
    did not move and are read again for edits come last, so that a budget is
    spent on what is new. Lists that a list of lists names come before all
    threads. Of a thread whose last page is known the first page is read, then the
    last, then back: what is new stands at its end, however long it is.
    """

    def __init__(self, source: Source, marks: Mapping[str, str], now: datetime) -> None:
        self._source = source
        self._marks = marks
        self._settled = now - timedelta(days=source.reread_days)
        self._maps: deque[Visit] = deque()
        self._pages: deque[Visit] = deque()
        self._threads: deque[Visit] = deque()
        self._lists: deque[Visit] = deque()
        self._again: deque[Visit] = deque()
        self._seen: set[str] = set()
        self._listed: set[str] = set()
        self._bodies: set[str] = set()
        self._repeats = 0
        self._read: list[Thread] = []
        self._behind: dict[str, list[tuple[str, str]]] = {}
        """Of each list whose threads all rest: their keys and states."""
        self.budget = source.max_pages
        self.rows = 0
        """Rows that were seen: threads on lists, and posts."""
        self.skipped = 0
        """Threads that did not move since their mark."""
        self.unmapped = 0
        """Lists that a list of lists named, beyond those that are followed."""
        self.page_rows = 0
        """Most rows of one page of a list or a feed."""
        self.overran = False
        """Whether some list moved as a whole, as far as it is followed: what stood there before is out of sight."""
        self.feeds = 0
        """Pages of feeds."""
        self.unchanged = 0
        """Pages that were not sent again, because they had not changed."""

    def begin(self, urls: Sequence[str]) -> None:
        """Start at these addresses."""
        for url in urls:
            self._offer(self._lists, Visit(url, "start"))

    def take(self) -> Visit | None:
        """The next page to ask for; None if there is none, or the budget is spent."""
        if self.budget <= 0:
            return None
        for queue in self._queues:
            if queue:
                self.budget -= 1
                return queue.popleft()
        return None

    @property
    def waiting(self) -> int:
        """Pages that are known and were not asked for."""
        return sum(len(queue) for queue in self._queues)

    def stop(self) -> None:
        """Ask for nothing more."""
        for queue in self._queues:
            queue.clear()

    @property
    def _queues(self) -> tuple[deque[Visit], ...]:
        return (self._pages, self._maps, self._threads, self._lists, self._again)

    def unsent(self, visit: Visit) -> None:
        """A page that was refused before it was asked for costs nothing."""
        self.budget += 1
        self.lost(visit)

    def lost(self, visit: Visit) -> None:
        """A page could not be read: its thread is not whole."""
        if visit.thread is not None:
            visit.thread.whole = False

    def instead(self, visit: Visit, url: str, *, settled: bool) -> bool:
        """Ask for the same page in another form; False if that was asked for, unless it is the last form."""
        other = replace(visit, url=url, settled=settled)
        if settled:
            self._seen.discard(url)
        return self._offer(self._pages, other)

    def mapped(self, visit: Visit, urls: Sequence[str]) -> None:
        """A list of lists was read: go to the first of them, as many as pages of a list are followed."""
        deeper = visit.page < DEEPEST
        for url in urls[: self._source.list_pages] if deeper else ():
            self._offer(self._maps, Visit(url, "list", visit.page + 1))
        self.unmapped += max(0, len(urls) - self._source.list_pages) if deeper else len(urls)

    def listed(self, visit: Visit, threads: Sequence[ThreadLink], next_page: str | None) -> None:
        """A list was read: go to its threads that moved, and to its next page."""
        if all(link.state and self._is_settled(link) for link in threads):
            self._behind[visit.url] = [(link.key, link.state or "") for link in threads]
        new = [link for link in threads if link.key not in self._listed]
        self._listed.update(link.key for link in new)
        self.rows += len(new)
        self.page_rows = max(self.page_rows, len(threads))
        if next_page and visit.page >= self._source.list_pages and self._marks:
            told = [link for link in threads if link.state]
            self.overran |= bool(told) and all(map(self._moved, told))
        for link in new:
            moved = link.state is None or self._moved(link)
            if not moved and self._is_settled(link):
                self.skipped += 1
            else:
                queue = self._threads if moved else self._again
                self._offer(queue, Visit(link.url, "thread", thread=Thread(link.key, link.state)))
        if next_page and new and visit.page < self._source.list_pages:
            self._offer(self._lists, Visit(next_page, "list", visit.page + 1))

    def read(  # noqa: PLR0913  (what a page says of its thread)
        self,
        visit: Visit,
        posts: Sequence[Post],
        next_page: str | None,
        *,
        last_page: str | None = None,
        previous_page: str | None = None,
        entire: bool = False,
    ) -> None:
        """A page of a thread was read and kept: go on in it, if the page said anything new.

        From the first page of a thread whose last is known the walk goes there, and back. Where
        the way back breaks off, it goes on behind the first page: no page is left out unsaid.
        """
        thread = visit.thread or Thread(None, None)
        new = {post.key for post in posts} - thread.seen
        thread.seen |= new
        self.rows += len(new)
        thread.pages.append(visit.url)
        thread.entire &= entire
        self._go_on(visit, thread, (next_page, last_page, previous_page), told=bool(new))

    def _go_on(
        self, visit: Visit, thread: Thread, leads: tuple[str | None, ...], *, told: bool
    ) -> None:
        """To the thread's next page, wherever that is; it is done where there is none."""
        next_page, last_page, previous_page = leads
        onward = previous_page if visit.back else next_page
        jumps = bool(visit.page == 1 and last_page and next_page and last_page != next_page)
        if jumps:
            onward, thread.front = last_page, next_page
        ahead = (onward, thread.front) if told else (thread.front,)
        for url in ahead if visit.page < self._source.thread_pages else ():
            back = (jumps or visit.back) and url != thread.front
            following = Visit(url or "", "thread", visit.page + 1, thread, back=back)
            if url and self._offer(self._pages, following):
                return
        thread.entire &= all(url in self._seen for url in (onward, thread.front) if url)
        thread.done = True
        self._read.append(thread)

    def fed(self, visit: Visit, posts: Sequence[Post], next_page: str | None) -> None:
        """A feed was read and kept."""
        self.rows += len(posts)
        self.page_rows = max(self.page_rows, len(posts))
        self.feeds += 1
        if next_page and posts and visit.page < self._source.list_pages:
            self._offer(self._lists, Visit(next_page, "feed", visit.page + 1))

    def stood(self, visit: Visit, kept: Validator) -> None:
        """A page is as it was when it was kept whole: go where it led then. What a list led to was read."""
        self.unchanged += 1
        if kept.kind == "thread":
            thread = visit.thread or Thread(None, None)
            thread.entire = False  # nobody knows which of its posts are still there
            leads = (kept.next_page, kept.last_page, kept.previous_page)
            self._go_on(visit, thread, leads, told=True)
        elif kept.next_page and visit.page < self._source.list_pages:
            role: Role = "feed" if kept.kind == "feed" else "list"
            self._offer(self._lists, Visit(kept.next_page, role, visit.page + 1))

    def rests(self, url: str) -> bool:
        """Whether all threads of a list were read whole and stay so until the list says something else."""
        known = {**self._marks, **self.marks}
        behind = self._behind.get(url)
        return behind is not None and all(known.get(key) == state for key, state in behind)

    def repeats(self, body_sha256: str) -> bool:
        """Whether this body came before; `hopeless` tells when that happened too often."""
        if body_sha256 in self._bodies:
            self._repeats += 1
            return True
        self._bodies.add(body_sha256)
        self._repeats = 0
        return False

    @property
    def hopeless(self) -> bool:
        """Whether the board gives the same page for every address."""
        return self._repeats >= REPEATS

    @property
    def marks(self) -> dict[str, str]:
        """States of the threads that were read whole."""
        return {
            thread.key: thread.state
            for thread in self._read
            if thread.done and thread.whole and thread.key and thread.state
        }

    @property
    def whole(self) -> tuple[WholeThread, ...]:
        """Threads of which all is known that stands on the board."""
        return tuple(
            WholeThread(mark=thread.key, pages=tuple(thread.pages), keys=frozenset(thread.seen))
            for thread in self._read
            if thread.done and thread.whole and thread.entire
        )

    def _moved(self, link: ThreadLink) -> bool:
        """Whether the list says something else of it than when it was last read whole."""
        return self._marks.get(link.key) != link.state

    def _is_settled(self, link: ThreadLink) -> bool:
        """Whether nobody is expected to edit it any more."""
        return link.active_at is None or link.active_at < self._settled

    def _offer(self, queue: deque[Visit], visit: Visit) -> bool:
        if visit.url in self._seen:
            return False
        self._seen.add(visit.url)
        queue.append(visit)
        return True
