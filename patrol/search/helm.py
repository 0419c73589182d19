"""The helm: one process at a time tells the index what the register has, whichever index it is.

Two that told at once could put an older state of a lead over a newer one. The
lock is on a file of the data directory, so every process on this machine that
shares the directory sees it, containers on one volume included; the kernel
lets go of it when its holder ends, kill -9 included.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patrol.errors import TryLater
from patrol.register.lock import Lock

BEAT_SECONDS = 120.0
"""A helm untouched for so long is in the hands of a process that hangs. A large batch, or a month built anew, takes less."""


class HelmTaken(TryLater):
    """Another process feeds the index."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "Another process feeds the index.",
            why="One process at a time may: usually `patrol serve` or `patrol projector`.",
            do="Wait, or stop the other one. What the index has yet to hear stays in the outbox.",
            where=str(path),
        )


class Helm:
    """The place of the one projector of a data directory."""

    def __init__(self, home: Path) -> None:
        self.path = home / "running" / "projector.lock"
        self._lock = Lock(self.path)

    def take(self) -> bool:
        """Whether this object has the helm now; never waits."""
        taken = self._lock.take()
        self.beat()
        return taken

    def beat(self) -> None:
        """Show that whoever has the helm is awake."""
        self._lock.touch()

    def leave(self) -> None:
        """Let the next one have it."""
        self._lock.leave()

    @property
    def taken(self) -> bool:
        """Whether any living process has it. Makes nothing."""
        return self._lock.taken() is True

    @property
    def beaten_seconds_ago(self) -> float:
        """Since the last sign of life, whoever gave it. Infinite when there was none."""
        try:
            return max(0.0, time.time() - self.path.stat().st_mtime)
        except FileNotFoundError:
            return float("inf")


@contextmanager
def at_the_helm(home: Path) -> Iterator[Helm]:
    """The helm of that data directory, or `HelmTaken`."""
    helm = Helm(home)
    if not helm.take():
        raise HelmTaken(helm.path)
    try:
        yield helm
    finally:
        helm.leave()
