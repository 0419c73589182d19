"""The embedded index on disk: one directory a month, replaced whole.

`v1/2026-11.0003` is the third building of November 2026. A directory has its
name once it is complete, and the highest number counts, so a month is swapped
by one rename and a crash at any moment leaves one of the two. A file
`2026-11.stale` says that removed words can still be in that month's files.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patrol.search.place import WritersPlace

_COMPLETE = re.compile(r"(\d{4,5}-\d\d)\.(\d{4,})")
_BUILDING = "building"


class Shelves:
    """The months of one index directory."""

    def __init__(self, root: Path, form: str) -> None:
        self.root = root
        self.path = root / form
        self.place = WritersPlace(root)

    def lock(self) -> None:
        """Become the one writer, and clear away what a killed one left. Raises `IndexBusy`. Ends with the process."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.place.take()
        self._clear()

    def unlock(self) -> None:
        self.place.leave()

    def _clear(self) -> None:
        current = set(self.current().values())
        for path in self.path.iterdir():
            if path.is_dir() and path not in current:
                shutil.rmtree(path)
        for path in self.root.iterdir():
            if path.is_dir() and path != self.path:
                shutil.rmtree(path)

    def current(self) -> dict[str, Path]:
        """The directory of each month, newest month first."""
        newest: dict[str, tuple[int, Path]] = {}
        try:
            names = os.listdir(self.path)  # noqa: PTH208  (names alone, on every search)
        except FileNotFoundError:
            return {}
        for name in names:
            if complete := _COMPLETE.fullmatch(name):
                building = (int(complete[2]), self.path / name)
                newest[complete[1]] = max(newest.get(complete[1], (0, self.path)), building)
        return {shelf: newest[shelf][1] for shelf in sorted(newest, reverse=True)}

    def make(self, shelf: str) -> Path:
        """The directory of a month, made if it is not there."""
        path = self.current().get(shelf) or self.path / f"{shelf}.0001"
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    @contextmanager
    def building(self, shelf: str) -> Iterator[Path]:
        """A directory to build a month in; a clean end swaps it in, an exception drops it."""
        old = self.current().get(shelf)
        number = int(old.name.rpartition(".")[2]) + 1 if old else 1
        path = self.path / f"{_BUILDING}-{shelf}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o700)
        try:
            yield path
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        path.rename(self.path / f"{shelf}.{number:04}")
        self._sync()
        if old:
            shutil.rmtree(old)
        self._stale(shelf).unlink(missing_ok=True)
        self._sync()

    def drop(self, shelf: str) -> None:
        """Take a month away."""
        if old := self.current().get(shelf):
            gone = self.path / f"{_BUILDING}-{shelf}"
            shutil.rmtree(gone, ignore_errors=True)
            old.rename(gone)
            shutil.rmtree(gone)
        self._stale(shelf).unlink(missing_ok=True)
        self._sync()

    def mark_stale(self, shelf: str) -> None:
        """Remember, durably, that a month must be built anew."""
        self._stale(shelf).touch(mode=0o600)
        self._sync()

    def stale(self) -> frozenset[str]:
        return frozenset(path.stem for path in self.path.glob("*.stale"))

    def _stale(self, shelf: str) -> Path:
        return self.path / f"{shelf}.stale"

    def _sync(self) -> None:
        """Make renames and marks survive a power cut."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
