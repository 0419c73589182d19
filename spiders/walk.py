"""The order in which a board is walked: which page comes next, which is left out, where it ends."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from patrol.models import Post, Source, ThreadLink

Role = Literal["start", "list", "thread", "feed"]

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


@dataclass(slots=True, frozen=True, eq=False)
class Visit:
    """One page to be asked for."""

    url: str
    role: Role
    page: int = 1
    """Which page of its list or thread it is."""
    thread: Thread | None = None


class Walk:
    """Where a run has been and where it goes next.

    A thread is read to its end before the next one begins, threads come in the
    order of the list (newest first), then further pages of lists. Threads that
    did not move and are read again for edits come last, so that a budget is
    spent on what is new.
    """

    def __init__(self, source: Source, marks: Mapping[str, str], now: datetime) -> None:
        self._source = source
        self._marks = marks
        self._settled = now - timedelta(days=source.reread_days)
        self._pages: deque[Visit] = deque()
        self._threads: deque[Visit] = deque()
        self._lists: deque[Visit] = deque()
        self._again: deque[Visit] = deque()
        self._seen: set[str] = set()
        self._listed: set[str] = set()
        self._bodies: set[str] = set()
        self._repeats = 0
        self._read: list[Thread] = []
        self.budget = source.max_pages
        self.rows = 0
        """Rows that were seen: threads on lists, and posts."""
        self.skipped = 0
        """Threads that did not move since their mark."""

    def begin(self, urls: Sequence[str]) -> None:
        """Start at these addresses."""
        for url in urls:
            self._offer(self._lists, Visit(url, "start"))

    def take(self) -> Visit | None:
        """The next page to ask for; None if there is none, or the budget is spent."""
        if self.budget <= 0:
            return None
        for queue in (self._pages, self._threads, self._lists, self._again):
            if queue:
                self.budget -= 1
                return queue.popleft()
        return None

    @property
    def waiting(self) -> int:
        """Pages that are known and were not asked for."""
        return len(self._pages) + len(self._threads) + len(self._lists) + len(self._again)

    def stop(self) -> None:
        """Ask for nothing more."""
        self._pages.clear()
        self._threads.clear()
        self._lists.clear()
        self._again.clear()

    def unsent(self, visit: Visit) -> None:
        """A page that was refused before it was asked for costs nothing."""
        self.budget += 1
        self.lost(visit)

    def lost(self, visit: Visit) -> None:
        """A page could not be read: its thread is not whole."""
        if visit.thread is not None:
            visit.thread.whole = False

    def listed(self, visit: Visit, threads: Sequence[ThreadLink], next_page: str | None) -> None:
        """A list was read: go to its threads that moved, and to its next page."""
        new = [link for link in threads if link.key not in self._listed]
        self._listed.update(link.key for link in new)
        self.rows += len(new)
        for link in new:
            moved = link.state is None or self._marks.get(link.key) != link.state
            if not moved and self._is_settled(link):
                self.skipped += 1
            else:
                queue = self._threads if moved else self._again
                self._offer(queue, Visit(link.url, "thread", thread=Thread(link.key, link.state)))
        if next_page and new and visit.page < self._source.list_pages:
            self._offer(self._lists, Visit(next_page, "list", visit.page + 1))

    def read(self, visit: Visit, posts: Sequence[Post], next_page: str | None) -> None:
        """A page of a thread was read and kept: go to its next page, if it said anything new."""
        thread = visit.thread or Thread(None, None)
        new = {post.key for post in posts} - thread.seen
        thread.seen |= new
        self.rows += len(new)
        if next_page and new and visit.page < self._source.thread_pages:
            following = Visit(next_page, "thread", visit.page + 1, thread)
            if self._offer(self._pages, following):
                return
        thread.done = True
        self._read.append(thread)

    def fed(self, visit: Visit, posts: Sequence[Post], next_page: str | None) -> None:
        """A feed was read and kept."""
        self.rows += len(posts)
        if next_page and posts and visit.page < self._source.list_pages:
            self._offer(self._lists, Visit(next_page, "feed", visit.page + 1))

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

    def _is_settled(self, link: ThreadLink) -> bool:
        """Whether nobody is expected to edit it any more."""
        return link.active_at is None or link.active_at < self._settled

    def _offer(self, queue: deque[Visit], visit: Visit) -> bool:
        if visit.url in self._seen:
            return False
        self._seen.add(visit.url)
        queue.append(visit)
        return True
