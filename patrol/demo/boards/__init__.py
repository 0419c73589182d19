"""Synthetic boards, served on loopback. Nothing in them was written by a real person."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Self

from patrol.demo.boards import feed, flarum
from patrol.demo.boards.board import Board, Health, Message, Thread
from patrol.demo.boards.compose import compose_all
from patrol.demo.boards.server import Server
from patrol.demo.boards.texts import board_text
from patrol.models import Scope, Source
from spiders.browser.chromium import find

__all__ = ["Board", "Boards", "Health", "Message", "Thread"]


class Boards:
    """All synthetic boards on ports that the system chose, from `with` to the end of it.

    The same seed and time give the same boards; every board changes when told
    to (`boards["harbor_forum"].add_post(...)`), and the next request sees it.
    """

    def __init__(self, seed: int = 7, now: datetime | None = None, *, story: bool = False) -> None:
        self._boards = compose_all(seed, now or datetime.now(UTC), story=story)
        self._server = Server(list(self._boards.values()))

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def __getitem__(self, name: str) -> Board:
        return self._boards[name]

    def __iter__(self) -> Iterator[Board]:
        return iter(self._boards.values())

    def __len__(self) -> int:
        return len(self._boards)

    @property
    def requests(self) -> Counter[tuple[str, str]]:
        """How often each (host, path with query) was asked for since the start."""
        return self._server.requests

    def asked(self, host: str, beginning: str = "/") -> int:
        """How many requests a host got for paths that begin so."""
        return sum(
            count
            for (asked, path), count in self.requests.copy().items()
            if asked == host and path.startswith(beginning)
        )

    @property
    def laboratory(self) -> str:
        """The boards' `host:port` pairs, as `PATROL_LABORATORY` wants them."""
        return ",".join(self.location(board) for board in self)

    def location(self, board: Board) -> str:
        """`host:port` of one board."""
        return f"{board.host}:{self._server.ports[board.host]}"

    def address(self, board: Board, path: str = "/") -> str:
        """An address on one board."""
        return f"http://{self.location(board)}{path}"

    def scope(self, name: str) -> Scope:
        """What an authorization for that source must cover."""
        return Scope(hosts=(self.location(self[name]),))

    def sources(self) -> list[Source]:
        """The boards as sources, to be registered under an authorization."""
        return [self._source(board) for board in self if board.name not in self.left_out]

    @property
    def left_out(self) -> list[str]:
        """Boards that this machine cannot read: without Chromium, those that draw themselves."""
        return [] if find() else [board.name for board in self if board.engine == "flarum"]

    def _source(self, board: Board) -> Source:
        return Source(
            name=board.name,
            title=board.title,
            channel=board_text(board.name).channel,
            engine=None if board.engine == "phpbb" else board.engine,
            start=tuple(self.address(board, path) for path in _starts(board)),
            every_minutes=1,
            list_pages=10,
            seconds_between_requests=0.02,
            floor=10,
            deadline_minutes=5,
            browser=flarum.WHY if board.engine == "flarum" else None,
        )


def _starts(board: Board) -> list[str]:
    paths = {
        "phpbb": "/viewforum.php?f={}",
        "discuz": "/forum-{}-1.html",
        "flarum": "/t/{}",
    }
    return [
        feed.address(area) if board.engine == "feed" else paths[board.engine].format(area.id)
        for area in board.areas
    ]
