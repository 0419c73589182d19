"""Encrypts collected words per retention unit, and keys the hashes of short texts.

AES-256-GCM; a unit's key is wrapped by the machine's master key
(`keys/text.key`, kept apart from backups of the register). Destroying the
wrapped key makes every word of the unit unreadable; a backup from before has
it still, and opens together with the master key until it is destroyed too.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from patrol.errors import NotFound, Tampered
from patrol.register.inserts import Insert
from patrol.register.secrets import secret_file
from patrol.register.tables import RetentionUnit
from patrol.settings import Settings

_NONCE_BYTES = 12
_UNITS = Insert(RetentionUnit, "kind", "of", "wrapped_key")


class Wrapped(NamedTuple):
    """What opening words takes of a `RetentionUnit`: for those who read thousands."""

    pk: int
    kind: str
    of: str
    wrapped_key: bytes | memoryview | None
    destroyed_at: datetime | None


class Forgotten(NotFound):
    """The words were here, and their key was destroyed on purpose."""

    def __init__(self, unit: RetentionUnit | Wrapped) -> None:
        super().__init__(
            f"The words of retention unit {unit.pk} are gone.",
            why=f"Their key was destroyed at {unit.destroyed_at}, as their retention demands.",
            do="The access log says who forgot them and why.",
        )


class SealBroken(Tampered):
    """Encrypted words do not open with their unit's key."""

    def __init__(self, unit: RetentionUnit | Wrapped) -> None:
        super().__init__(
            f"Words of retention unit {unit.pk} do not open.",
            why="They were changed after they were kept, or keys/text.key is another machine's.",
            do="Run `patrol log verify`, and compare keys/text.key with its copy in the safe.",
        )


@cache
def _key(path: Path) -> bytes:
    return secret_file(path)


@cache
def _key_of(_home: str | None, name: str) -> bytes:
    """To read all settings for each post takes longer than to read the post."""
    return _key(Settings().keys_path / name)


def _key_named(name: str) -> bytes:
    return _key_of(os.environ.get("PATROL_HOME"), name)


def _master() -> AESGCM:
    return _opener(_key_named("text.key"))


@cache
def _opener(key: bytes) -> AESGCM:
    return AESGCM(key)


def new_unit(kind: str, of: str, expires_at: datetime | None = None) -> RetentionUnit:
    """A unit with a fresh key, saved in the transaction at hand."""
    _, wrapped = _fresh_key(kind, of)
    return RetentionUnit.objects.create(
        kind=kind, of=of, wrapped_key=wrapped, expires_at=expires_at
    )


def _fresh_key(kind: str, of: str) -> tuple[bytes, bytes]:
    """A key, and the same wrapped."""
    key = AESGCM.generate_key(256)
    nonce = os.urandom(_NONCE_BYTES)
    return key, nonce + _master().encrypt(nonce, key, f"{kind}:{of}".encode())


class Seal:
    """The key of one unit, open, for who seals words for many units at once."""

    def __init__(self, cipher: AESGCM, row: tuple[str, str, bytes] | None, pk: int | None) -> None:
        """Made by `fresh` and `of`."""
        self._cipher = cipher
        self._row = row
        self.pk = pk
        """The unit's number; None until it is saved."""

    @classmethod
    def fresh(cls, kind: str, of: str) -> Self:
        """For a new unit, which `save` has yet to write: nothing can be sealed before."""
        key, wrapped = _fresh_key(kind, of)
        return cls(AESGCM(key), (kind, of, wrapped), None)

    @classmethod
    def of(cls, unit: RetentionUnit | Wrapped) -> Self:
        """For a unit that is there. Raises `Forgotten`, `SealBroken`."""
        return cls(_unit_key(unit), None, unit.pk)

    @staticmethod
    def save(seals: Sequence["Seal"]) -> None:
        """Write the units of these, which are fresh, in the transaction at hand."""
        rows = [seal._row or () for seal in seals]  # noqa: SLF001  (its own)
        for seal, number in zip(seals, _UNITS.numbered(rows), strict=True):
            seal.pk = number

    def seal(self, words: bytes) -> bytes:
        """Encrypt for that unit alone."""
        if self.pk is None:
            raise ValueError("a unit seals nothing before it has a number")
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, words, str(self.pk).encode())


def _unit_key(unit: RetentionUnit | Wrapped) -> AESGCM:
    if unit.wrapped_key is None:
        raise Forgotten(unit)
    wrapped = bytes(unit.wrapped_key)
    try:
        key = _master().decrypt(
            wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], f"{unit.kind}:{unit.of}".encode()
        )
    except InvalidTag as error:
        raise SealBroken(unit) from error
    return AESGCM(key)


def seal(unit: RetentionUnit, words: bytes) -> bytes:
    """Encrypt for that unit alone."""
    return next(seal_each(unit, [words]))


def seal_each(unit: RetentionUnit, words: Iterable[bytes]) -> Iterator[bytes]:
    """The same for many, each with a nonce of its own; the unit's key is unwrapped once."""
    return map(Seal.of(unit).seal, words)


def unseal(unit: RetentionUnit | Wrapped, sealed: bytes | memoryview) -> bytes:
    """Decrypt. Raises `Forgotten` when the key was destroyed, `SealBroken` when the words were changed."""
    sealed = bytes(sealed)
    try:
        return _unit_key(unit).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], str(unit.pk).encode()
        )
    except InvalidTag as error:
        raise SealBroken(unit) from error


def destroy(unit: RetentionUnit, at: datetime) -> None:
    """Make the unit's words unreadable for good."""
    unit.wrapped_key = None
    unit.destroyed_at = at
    unit.save(update_fields=["wrapped_key", "destroyed_at"])


def keyed_hash(purpose: str, text: str) -> str:
    """HMAC-SHA-256 in hex under this machine's `keys/tag.key`: equal texts are found, short ones not guessed."""
    key = _key_named("tag.key")
    message = f"{purpose}\0{text}".encode(errors="surrogatepass")
    return hmac.digest(key, message, hashlib.sha256).hex()
