"""A lock that a process holds on a file until it lets go or ends: the kernel sees to it, kill -9 included."""

import fcntl
import os
from pathlib import Path


class Lock:
    """One holder at a time among all processes that share the file, containers on one volume included."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object has it."""
        return self._held is not None

    def take(self, *, wait: bool = False) -> bool:
        """Whether this object has it now; waits for it only when asked to."""
        if self._held is not None:
            return True
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._held = file
        return True

    def leave(self) -> None:
        """Let the next one have it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def touch(self) -> None:
        """Show that its holder is awake."""
        if self._held is not None:
            os.utime(self._held)

    def taken(self) -> bool | None:
        """Whether any living process has it; None when nobody ever had. Makes nothing."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(file)
