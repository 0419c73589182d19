"""Room that the register's disk keeps for last records: blocks of a file beside it, given back when the disk is full.

Without it the very moment that somebody will ask about, when nothing could be
done any more, would be the one of which nothing was written down. A file
system that promises the same block to many (thin volumes, compression) can
break this promise too.
"""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

BYTES = 16 * 1024 * 1024
"""For records, and for what SQLite writes around them until its journal begins anew."""


class Reserve:
    """The file. That it is there says that acts may be recorded; every process of this directory sees the same."""

    def __init__(self, register: str) -> None:
        self.path = f"{register}.reserve"

    def held(self) -> bool:
        """Whether room is set aside now."""
        try:
            return os.stat(self.path).st_size >= BYTES  # noqa: PTH116 -- a Path takes three times as long
        except OSError:
            return False

    def no_room(self) -> bool:
        """Set it aside unless it is; whether the disk has no room for it, and as much again.

        Where no file may be made for another reason there is no reserve, and acts go on without it.
        """
        if self.held():
            return False
        path = Path(self.path)
        free = os.statvfs(path.parent)
        if free.f_bavail * free.f_frsize < 2 * BYTES:
            return True
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")  # others set it aside too
        try:
            file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            return error.errno == errno.ENOSPC
        try:
            os.posix_fallocate(file, 0, BYTES)
            aside.replace(path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            return error.errno == errno.ENOSPC
        finally:
            os.close(file)
        return False

    def leave(self) -> None:
        """Give it back to whoever writes next. Who may not has none to give; that the disk is full is told either way."""
        with suppress(OSError):
            Path(self.path).unlink(missing_ok=True)
