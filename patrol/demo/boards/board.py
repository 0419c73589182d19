"""A board's state: areas, threads, messages, and what befalls it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from patrol.demo.boards.server import Answer, Request
from patrol.errors import NotFound
from patrol.models import Category, LeadKind, Titles

Expected = Category | LeadKind | None
"""What a message was written to be: a category, `LeadKind.POSSIBLE_VICTIM`, or None for chatter."""


class Health(StrEnum):
    """How a board answers."""

    WELL = "well"
    SERVER_ERROR = "server_error"
    SILENT = "silent"
    """Takes the connection and hangs up."""
    LOGIN_WALL = "login_wall"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    CHALLENGE = "challenge"
    """A page that asks whether one is human."""


@dataclass(slots=True)
class Message:
    """One post or listing, in the words that the board shows."""

    author: str
    at: datetime
    text: str
    expected: Expected = None
    pictures: int = 0
    id: int = 0
    edited_at: datetime | None = None


@dataclass(slots=True)
class Thread:
    """A title and its messages, oldest first."""

    area: int
    title: str
    messages: list[Message]
    topic: str = ""
    sticky: bool = False
    id: int = 0

    @property
    def last(self) -> Message:
        return self.messages[-1]

    def words(self, message: Message) -> str:
        """What a reader of the board gets: the title before the first message, as `Post.words`."""
        return f"{self.title}\n{message.text}" if message is self.messages[0] else message.text


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a board with a list of its own."""

    id: int
    title: str
    charset: str = "utf-8"
    charset_in_header: bool = True


class NoSuchPost(NotFound):
    """A message or a thread that the board does not have."""

    def __init__(self, board: str, number: int) -> None:
        super().__init__(
            f"the synthetic board `{board}` has no post or thread {number}",
            why="Only what a board shows can be answered or edited.",
            do="Take a number from `board.threads`.",
        )


Render = Callable[["Board", Request], Answer]


@dataclass
class Board:
    """A synthetic board. Every change is seen by the next request."""

    name: str
    engine: str
    host: str
    title: Titles
    areas: tuple[Area, ...]
    threads: dict[int, Thread]
    render: Render
    health: Health = Health.WELL
    layout_changed: bool = False
    tags: bool = False
    """Whether each answer says its version (`ETag`), and is not sent again to who has it."""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _cache: dict[str, Answer] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._number_by_time()

    @property
    def messages(self) -> list[tuple[Thread, Message]]:
        """Every message with its thread, by number."""
        with self.lock:
            pairs = [(t, message) for t in self.threads.values() for message in t.messages]
        return sorted(pairs, key=lambda pair: pair[1].id)

    def area(self, number: int) -> Area | None:
        """The area of that number, if there is one."""
        return next((area for area in self.areas if area.id == number), None)

    def listed(self, area: int) -> list[Thread]:
        """An area's threads as its list shows them: sticky ones first, then by last activity."""
        threads = [thread for thread in self.threads.values() if thread.area == area]
        return sorted(threads, key=lambda t: (not t.sticky, -t.last.at.timestamp(), -t.id))

    def add_post(  # noqa: PLR0913  (a message has that many parts, all but the text by name)
        self,
        text: str,
        *,
        author: str,
        thread: int | None = None,
        title: str | None = None,
        area: int | None = None,
        expected: Expected = None,
        at: datetime | None = None,
        pictures: int = 0,
    ) -> Message:
        """Answer in a thread, or open a new one with a title. Raises `NoSuchPost`."""
        with self.lock:
            number = max((message.id for _, message in self.messages), default=1000) + 1
            message = Message(author, at or datetime.now(UTC), text, expected, pictures, number)
            if thread is not None:
                self._thread(thread).messages.append(message)
            else:
                new = max(self.threads, default=100) + 1
                where = self.areas[0].id if area is None else area
                self.threads[new] = Thread(where, title or text[:20], [message], id=new)
            self._cache.clear()
            return message

    def edit_post(self, number: int, text: str) -> Message:
        """Give a message other words under the same number. Raises `NoSuchPost`."""
        with self.lock:
            _, message = self._message(number)
            message.text = text
            message.edited_at = datetime.now(UTC)
            self._cache.clear()
            return message

    def remove_post(self, number: int) -> None:
        """Take a message away; a thread without messages goes with it. Raises `NoSuchPost`."""
        with self.lock:
            thread, message = self._message(number)
            thread.messages.remove(message)
            if not thread.messages:
                del self.threads[thread.id]
            self._cache.clear()

    def die(self, health: Health = Health.SERVER_ERROR) -> None:
        """Answer nothing but errors from now on, or hang up without a word (`Health.SILENT`)."""
        self._become(health)

    def wall(self, health: Health = Health.LOGIN_WALL) -> None:
        """Show a wall instead of the board: a sign-in, a 403, a 429 or a challenge."""
        self._become(health)

    def revive(self) -> None:
        """Answer as before."""
        self._become(Health.WELL)

    def change_layout(self, *, changed: bool = True) -> None:
        """Rename what an engine looks for in rows and posts; the board's software stays recognisable."""
        with self.lock:
            self.layout_changed = changed
            self._cache.clear()

    def answer(self, request: Request) -> Answer | None:
        with self.lock:
            if self.health is Health.SILENT:
                return None
            if request.target not in self._cache:
                self._cache[request.target] = self.render(self, request)
            answer = self._cache[request.target]
            return answer.to(request) if self.tags else answer

    def _become(self, health: Health) -> None:
        with self.lock:
            self.health = health
            self._cache.clear()

    def _thread(self, number: int) -> Thread:
        if number not in self.threads:
            raise NoSuchPost(self.name, number)
        return self.threads[number]

    def _message(self, number: int) -> tuple[Thread, Message]:
        for thread, message in self.messages:
            if message.id == number:
                return thread, message
        raise NoSuchPost(self.name, number)

    def _number_by_time(self) -> None:
        """Number threads and messages as a board does: in the order in which they were written."""
        threads = sorted(self.threads.values(), key=lambda thread: thread.messages[0].at)
        for number, thread in enumerate(threads, start=101):
            thread.id = number
        self.threads = {thread.id: thread for thread in threads}
        messages = sorted((m for t in threads for m in t.messages), key=lambda m: m.at)
        for number, message in enumerate(messages, start=1001):
            message.id = number
