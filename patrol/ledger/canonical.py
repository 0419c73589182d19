"""Canonical JSON: one document, one spelling.

A subset of RFC 8785 (JCS): objects with plain string keys in order of UTF-16
code units, strings in Unicode's NFC, integers that a double holds, no floats.
What another parser could read in two ways is refused in both directions, so
two different records never have the same bytes and one record never has two.
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

from patrol.errors import BadInput

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8785 section 3.2.2.3)."""
MAX_DEPTH = 16


_KEEPING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_SORTING = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, sort_keys=True
)
"""Sorts by code points, which for ASCII is the order of UTF-16."""


class NotCanonical(BadInput):
    """A document that has no spelling here, or bytes that are not its spelling."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "This is not canonical JSON.",
            why=why,
            do="Write strings in NFC, whole numbers, sorted keys and no spaces; "
            "a record read from the log that says this was changed: run `patrol log verify`.",
        )


def encode(document: object) -> bytes:
    """The one spelling of a document. Raises `NotCanonical` for what has none."""
    if _is_plain(document, 0):
        return _SORTING.encode(document).encode()
    return _KEEPING.encode(_ordered(document, 0)).encode()


def decode(spelling: bytes) -> Any:
    """The document of which these bytes are the one spelling. Raises `NotCanonical`."""
    try:
        document = json.loads(
            spelling.decode(),
            object_pairs_hook=_once,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"It cannot be read: {type(error).__name__}.") from error
    if encode(document) != spelling:
        raise NotCanonical("It is spelled differently: order, spaces, escapes or numbers.")
    return document


def _is_plain(value: object, depth: int) -> bool:
    """Whether all that `_ordered` does to it is to sort its keys: true of nearly all records, and quickly seen."""
    kind = type(value)
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, str):
        return value.isascii()
    if kind is dict:
        keys = all(type(key) is str and key.isascii() for key in value)  # type: ignore[attr-defined]
        return keys and all(_is_plain(item, depth + 1) for item in value.values())  # type: ignore[attr-defined]
    if kind is list:
        return all(_is_plain(item, depth + 1) for item in value)  # type: ignore[attr-defined]
    if kind is int:
        return -MAX_INTEGER <= value <= MAX_INTEGER  # type: ignore[operator]
    return value is None or kind is bool


def _ordered(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise NotCanonical(f"It is nested deeper than {MAX_DEPTH}.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("A number is larger than 2^53 - 1.")
        return int(value)
    if isinstance(value, list | tuple):
        return [_ordered(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {
            key: _ordered(value[key], depth + 1)
            for key in sorted(map(_key, value), key=lambda key: key.encode("utf-16-be"))
        }
    raise NotCanonical(f"A {type(value).__name__} has no place in it.")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise NotCanonical(f"A key is a {type(key).__name__}.")
    return _string(key)


def _string(text: str) -> str:
    if text.isascii():
        return str(text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("A string holds half of a surrogate pair.") from error
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical("A string is not in NFC.")
    return str(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise NotCanonical("A key occurs twice.")
    return document


def _no_float(number: str) -> NoReturn:
    raise NotCanonical(f"`{number[:20]}` is not a whole number.")
