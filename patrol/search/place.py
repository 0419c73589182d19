"""The writer's place: one process of a data directory changes the index."""

import fcntl
import os
from pathlib import Path

from patrol.search.index import IndexAway


class IndexBusy(IndexAway):
    """Another process writes the index."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "Another process writes the index.",
            why="One process at a time may write it: usually the projector of `patrol serve`.",
            do="Wait, or stop the other one. What it has yet to hear stays in the outbox.",
            where=str(path),
        )


class WritersPlace:
    """Held by a lock on a file, so that it is free again whenever its process ends."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock: int | None = None

    @property
    def taken(self) -> bool:
        """Whether this object may change the index."""
        return self._lock is not None

    def take(self) -> None:
        """Become the one writer. Raises `IndexBusy`."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.root / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise IndexBusy(self.root) from error
        self._lock = lock

    def leave(self) -> None:
        """Let another process write."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def must_be_taken(self) -> None:
        """Raises `IndexAway` in a reader."""
        if not self.taken:
            raise IndexAway(
                "The index is open for reading only.",
                why="One process writes it, and this is not the one.",
                do="Open it as writer.",
                where=str(self.root),
            )
