"""A promise about words without the words: destroying the salt makes it unlinkable.

A plain hash of a short text can be guessed from a dictionary; HMAC-SHA-256
under a random salt of its own cannot, once the salt is gone.
"""

import hashlib
import hmac
import os
import unicodedata

SALT_BYTES = 32


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def commit(salt: bytes, words: str) -> str:
    """The commitment in hex, over the words in NFC."""
    spelled = unicodedata.normalize("NFC", words).encode()
    return hmac.new(salt, spelled, hashlib.sha256).hexdigest()


def keeps(commitment: str, salt: bytes, words: str) -> bool:
    """Whether these are the words that were committed to."""
    return hmac.compare_digest(commitment, commit(salt, words))
