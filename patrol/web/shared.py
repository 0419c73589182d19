"""What all processes that serve pages must know alike: how often somebody tried a password, which codes were used.

A folder of the data directory, each entry JSON and encrypted, so that a
preview of a board kept for minutes never lies in clear on the disk. Counting
is done in turn: `add` and `incr` are one step for all processes, or a code of
a second factor could be used twice at once. What may differ between processes
for a few seconds, such as counts, is in the cache `near`.
"""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

SWEPT_EVERY = 64
"""One write in so many takes away what is over: entries are few, and each is small."""
_SUFFIX = ".kept"


class SharedCache(BaseCache):
    """A cache of Django's in files, encrypted and counted in turn. Keeps what JSON can say."""

    def __init__(self, folder: str | Path, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._folder = Path(folder)

    @cached_property
    def _vault(self) -> Fernet:
        key = salted_hmac("patrol.web.shared", "cache", algorithm="sha256").digest()
        return Fernet(base64.urlsafe_b64encode(key))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Neither another process nor another thread is within meanwhile."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        turn = self._folder / "turn"
        descriptor = os.open(turn, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _file(self, key: str, version: int | None) -> Path:
        named = self.make_and_validate_key(key, version=version)
        return self._folder / f"{hashlib.sha256(named.encode()).hexdigest()}{_SUFFIX}"

    def _read(self, file: Path) -> tuple[float | None, Any] | None:
        """When it is over, and what it is; None where nothing is, it is over, or what lies there is not ours."""
        try:
            over_at, value = json.loads(self._vault.decrypt(file.read_bytes()))
        except (FileNotFoundError, InvalidToken):
            return None
        return None if over_at is not None and over_at <= time.time() else (over_at, value)

    def _write(self, file: Path, over_at: float | None, value: Any) -> None:
        """Whole or not at all. Within a turn."""
        new = file.with_suffix(".new")
        new.write_bytes(self._vault.encrypt(json.dumps([over_at, value]).encode()))
        new.replace(file)
        if not secrets.randbelow(SWEPT_EVERY):
            self._sweep()

    def _sweep(self) -> None:
        """Take away what is over; never what is not: tries that are forgotten early are no limit."""
        for file in self._folder.glob(f"*{_SUFFIX}"):
            if self._read(file) is None:
                file.unlink(missing_ok=True)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep it unless it is there. One step for everybody: whoever comes second is told False."""
        file = self._file(key, version)
        with self._alone():
            if self._read(file) is not None:
                return False
            self._write(file, self.get_backend_timeout(timeout), value)
            return True

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """One more; when it is forgotten stays as it was. Raises `ValueError` for what is not there."""
        file = self._file(key, version)
        with self._alone():
            kept = self._read(file)
            if kept is None:
                raise ValueError(f"Key '{key}' not found")
            self._write(file, kept[0], kept[1] + delta)
            return int(kept[1] + delta)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What was kept, or the default."""
        kept = self._read(self._file(key, version))
        return default if kept is None else kept[1]

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep it, encrypted."""
        with self._alone():
            self._write(self._file(key, version), self.get_backend_timeout(timeout), value)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep it longer. Whether it is there."""
        file = self._file(key, version)
        with self._alone():
            kept = self._read(file)
            if kept is not None:
                self._write(file, self.get_backend_timeout(timeout), kept[1])
            return kept is not None

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget it. Whether it was there."""
        with self._alone():
            file = self._file(key, version)
            there = file.exists()
            file.unlink(missing_ok=True)
            return there

    def clear(self) -> None:
        """Forget everything."""
        with self._alone():
            for file in self._folder.glob(f"*{_SUFFIX}"):
                file.unlink(missing_ok=True)
