"""What all processes that serve pages must know alike: how often somebody tried a password, which codes were used.

A folder of the data directory, each entry encrypted, so that a preview of a
board kept for minutes never lies in clear on the disk. Counting is done in
turn: `add` and `incr` are one step for all processes, or a code of a second
factor could be used twice at once. What may differ between processes for a
few seconds, such as counts, is in the cache `near`.
"""

import base64
import fcntl
import os
import pickle
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from cryptography.fernet import Fernet, InvalidToken
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

SWEPT_EVERY = 64
"""One write in so many looks for what is over: entries are few, and each is small."""


class SharedCache(FileBasedCache):
    """Django's cache in files, encrypted and counted in turn."""

    _dir: str
    _key_to_file: Callable[..., str]
    _list_cache_files: Callable[[], list[str]]
    _is_expired: Callable[[IO[bytes]], bool]
    """Django has these, its stubs do not."""

    @cached_property
    def _vault(self) -> Fernet:
        key = salted_hmac("patrol.web.shared", "cache", algorithm="sha256").digest()
        return Fernet(base64.urlsafe_b64encode(key))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Neither another process nor another thread is within meanwhile."""
        folder = Path(self._dir)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep it unless it is there. One step for everybody: whoever comes second is told False."""
        with self._alone():
            if self.has_key(key, version):
                return False
            self.set(key, value, timeout, version)
            return True

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """One more, and when it is forgotten stays as it was. Raises `ValueError` for what is not there."""
        with self._alone():
            counted = self.get(key, self, version)
            if counted is self:
                raise ValueError(f"Key '{key}' not found")
            over = self._over_at(key, version)
            self.set(key, counted + delta, over, version)
            return int(counted + delta)

    def _over_at(self, key: Any, version: int | None) -> float | None:
        """Seconds until it is over."""
        with open(self._key_to_file(key, version), "rb") as file:  # noqa: PTH123
            at = pickle.load(file)  # noqa: S301  (we wrote it, in our own folder)
        return None if at is None else max(at - time.time(), 0)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep it, encrypted."""
        super().set(key, self._vault.encrypt(pickle.dumps(value)), timeout, version)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What was kept; the default where nothing was, or what lies there is not ours."""
        kept = super().get(key, None, version)
        if kept is None:
            return default
        with suppress(InvalidToken, TypeError):
            return pickle.loads(self._vault.decrypt(kept))  # noqa: S301  (authenticated by our key)
        return default

    def _cull(self) -> None:
        """Take away what is over; never what is not: a count of tries that is forgotten early is no limit."""
        if secrets.randbelow(SWEPT_EVERY):
            return
        for path in self._list_cache_files():
            with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123
                self._is_expired(file)
