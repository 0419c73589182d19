"""Secrets of this machine, one file each in `keys/`, readable by their owner alone."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from patrol.settings import Settings


def secret_file(path: Path, length: int = 32) -> bytes:
    """The bytes of a secret, made whole on first use, by whichever process comes first. A file that others can read is refused."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path, secrets.token_bytes(length))
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path}: others can read this secret. Run `chmod 600 {path}`.")
    return path.read_bytes()


def _make(path: Path, secret: bytes) -> None:
    """Write aside, then link: no process ever reads half a key, and the first one wins."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink()


def move_secret(before: Path, after: Path) -> None:
    """Take a secret to a place of its own, on whatever disk, and leave none behind. Nothing where there is none."""
    if not before.exists():
        return
    if not after.exists():
        _make(after, secret_file(before))
    if secret_file(after) == secret_file(before):
        before.unlink()


def django_secret(settings: Settings) -> str:
    """Signs sessions and forms."""
    return secret_file(settings.keys_path / "web.key").hex()
