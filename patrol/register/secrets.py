"""Secrets of this machine, one file each in `keys/`, readable by their owner alone."""

import os
import secrets
from pathlib import Path

from patrol.settings import Settings


def secret_file(path: Path, length: int = 32) -> bytes:
    """The bytes of a secret, made on first use. A file that others can read is refused."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise PermissionError(
                f"{path}: others can read this secret. Run `chmod 600 {path}`."
            ) from None
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(length))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def django_secret(settings: Settings) -> str:
    """Signs sessions and forms."""
    return secret_file(settings.keys_path / "web.key").hex()


def master_key(settings: Settings) -> bytes:
    """Wraps the keys of retention units."""
    return secret_file(settings.keys_path / "text.key")


def tag_key(settings: Settings) -> bytes:
    """Keys the hashes of short texts and of handles, which could be guessed from plain ones."""
    return secret_file(settings.keys_path / "tag.key")
