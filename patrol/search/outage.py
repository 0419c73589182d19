"""Since when the index has not answered, for every process of this data directory."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path


class Outage:
    """A file that is there while the index is away: made by whoever misses it first, removed by whoever finds it back."""

    def __init__(self, root: Path) -> None:
        self._mark = root / "away"

    def since(self) -> datetime:
        """Note that the index is away now, and tell since when."""
        try:
            self._mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), self._mark.open("x"):
                pass
            return datetime.fromtimestamp(self._mark.stat().st_mtime, UTC)
        except OSError:
            return datetime.now(UTC)

    def over(self) -> None:
        """The index has answered."""
        if self._mark.exists():
            with contextlib.suppress(OSError):
                self._mark.unlink()
