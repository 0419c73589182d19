"""The writer's place: one process of a data directory changes the index."""

from pathlib import Path

from patrol.register.lock import Lock
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
        self._lock = Lock(root / "writer.lock")

    def take(self) -> None:
        """Become the one writer. Raises `IndexBusy`, also when this object is it already."""
        if self._lock.held or not self._lock.take():
            raise IndexBusy(self.root)

    def leave(self) -> None:
        """Let another process write."""
        self._lock.leave()

    def must_be_taken(self) -> None:
        """Raises `IndexAway` in a reader."""
        if not self._lock.held:
            raise IndexAway(
                "The index is open for reading only.",
                why="One process writes it, and this is not the one.",
                do="Open it as writer.",
                where=str(self.root),
            )
