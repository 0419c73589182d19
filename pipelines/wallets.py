"""Wallet addresses of Bitcoin, Ethereum and TRON, each proved by its checksum.

Base58Check: Bitcoin wiki; bech32 and bech32m: BIP 173 and BIP 350; mixed case
of Ethereum: EIP 55. An address whose checksum fails is no address.
"""

import re
from collections.abc import Callable
from hashlib import sha256

from pipelines.keccak import keccak256

SIGN = r"[a-z0-9]{25}"

SHAPES = re.compile(
    r"(?<![a-z0-9])(?:bc1[a-z0-9]{11,71}|0x[0-9a-f]{40}|[13t][a-z0-9]{24,34})(?![a-z0-9])",
    re.IGNORECASE,
)
"""What may be an address."""

_BASE58 = {
    char: place
    for place, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
}
_BECH32 = {char: place for place, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}


def address(text: str) -> str | None:
    """The address as it is compared, or None if the text is none.

    Case carries meaning in base58 and is kept there; the others are lower case.
    """
    found: Callable[[str], str | None]
    if text[:3].lower() == "bc1":
        found = _segwit
    elif text[:2].lower() == "0x":
        found = _ethereum
    else:
        found = _base58
    return found(text)


def _base58(text: str) -> str | None:
    number = 0
    for char in text:
        if char not in _BASE58:
            return None
        number = number * 58 + _BASE58[char]
    if number >> 200:
        return None
    raw = number.to_bytes(25, "big")
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    if len(text) - len(text.lstrip("1")) != zeros:
        return None
    proof = sha256(sha256(raw[:21]).digest()).digest()[:4]
    known = raw[0] in {0x00, 0x05, 0x41}  # Bitcoin to a key, to a script; TRON
    return text if known and proof == raw[21:] else None


def _segwit(text: str) -> str | None:
    if text not in {text.lower(), text.upper()}:
        return None
    lower = text.lower()
    if any(char not in _BECH32 for char in lower[3:]):
        return None
    digits = [_BECH32[char] for char in lower[3:]]
    version, words = digits[0], digits[1:-6]
    proof = 1 if version == 0 else 0x2BC830A3
    if _polymod([3, 3, 0, 2, 3, *digits]) != proof:
        return None
    size, left = divmod(len(words) * 5, 8)
    last = words[-1] if words else 0
    if left > 4 or last & ((1 << left) - 1):
        return None
    return lower if (version, size) in {(0, 20), (0, 32), (1, 32)} else None


def _polymod(values: list[int]) -> int:
    """The checksum of BIP 173, which is 1 or the constant of BIP 350 over a whole address."""
    generator = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate(generator):
            check ^= part if top >> place & 1 else 0
    return check


def _ethereum(text: str) -> str | None:
    digits = text[2:]
    lower = digits.lower()
    if len(lower) != 40 or not re.fullmatch(r"[0-9a-f]+", lower):
        return None
    if digits not in {lower, digits.upper()}:
        proof = keccak256(lower.encode()).hex()
        spelled = (c.upper() if p >= "8" else c for c, p in zip(lower, proof, strict=False))
        if "".join(spelled) != digits:
            return None
    return "0x" + lower
