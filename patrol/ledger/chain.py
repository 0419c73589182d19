"""Records chained: each body holds the hash of the one before, `hash = SHA-256(0x00 || body)`.

That hash is also the record's leaf in the Merkle tree. A body is canonical
JSON (`canonical.py`) with exactly the keys of `Entry`.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, StringConstraints, ValidationError

from patrol.errors import BadInput, Tampered
from patrol.ledger.canonical import NotCanonical, decode, encode
from patrol.ledger.ops import OP_OF, Op
from patrol.ledger.tree import HASH_BYTES, leaf_hash
from patrol.models import Actor, Model, Moment, Record, Result

VERSION = 1
GENESIS = bytes(HASH_BYTES)
"""The hash before the first record."""
MAX_BODY_BYTES = 16_384
_KEY = re.compile("[a-z0-9_]+")
_AT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Head(NamedTuple):
    """Where a chain stands: its last record's number and hash."""

    seq: int = 0
    hash: bytes = GENESIS


class RecordTooLong(BadInput):
    """A record is not a place for texts."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"A record of {size:,} bytes does not go into the access log.",
            why=f"Records hold names, numbers and commitments, at most {MAX_BODY_BYTES:,} bytes.",
            do="Shorten what was typed; keep long texts beside the log and commit to them.",
        )


class ChainBroken(Tampered):
    """A record does not follow the one before."""

    def __init__(self, seq: int, why: str) -> None:
        self.seq = seq
        super().__init__(
            f"Record {seq} of the access log does not follow the one before.",
            why=why,
            do="Run `patrol log verify`, keep a copy of the data directory as it is, and tell the auditor.",
        )


def moment_text(moment: datetime) -> str:
    """UTC with microseconds, always 27 characters: `2026-11-22T08:00:00.000000Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _moment(text: object) -> datetime:
    if not isinstance(text, str) or len(text) != 27:
        raise ValueError("not UTC with microseconds")
    return datetime.strptime(text, _AT).replace(tzinfo=UTC)


class Entry(Model):
    """A record as the log holds it."""

    v: Literal[1]
    seq: int
    id: str
    """UUID version 7."""
    at: Annotated[Moment, BeforeValidator(_moment), PlainSerializer(moment_text)]
    boot_id: str
    """Of the machine's start; clocks of two starts are not compared."""
    actor: Actor
    verb: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]
    """A `Verb` of some version of this program."""
    op: Op
    subject: str | None
    result: Result
    purpose: str | None
    count: int | None
    reason_commitment: str | None
    details: dict[str, str | int | bool | list[str] | list[int] | None]
    prev_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def spell(record: Record, after: Head, *, at: datetime, boot_id: str) -> bytes:
    """The body of the record that follows `after`. Raises `RecordTooLong`, `NotCanonical`."""
    actor = record.actor
    document = {
        "v": VERSION,
        "seq": after.seq + 1,
        "id": uuid7(at),
        "at": moment_text(at),
        "boot_id": boot_id,
        "actor": {
            "person": actor.person,
            "account": nfc(actor.account),
            "role": actor.role,
            "session": nfc(actor.session),
            "origin": nfc(actor.origin),
        },
        "verb": record.verb,
        "op": OP_OF[record.verb],
        "subject": nfc(record.subject),
        "result": record.result,
        "purpose": nfc(record.purpose),
        "count": record.count,
        "reason_commitment": record.reason_commitment,
        "details": {_plain(key): nfc(value) for key, value in record.details.items()},
        "prev_hash": after.hash.hex(),
    }
    body = encode(document)
    if len(body) > MAX_BODY_BYTES:
        raise RecordTooLong(len(body))
    return body


def read(body: bytes) -> Entry:
    """The record that a body spells. Raises `NotCanonical` for other spellings and unknown or missing keys."""
    document = decode(body)
    try:
        entry = Entry.model_validate(document)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise NotCanonical(f"It is not a record: {places}.") from error
    if encode(entry.model_dump()) != body:
        raise NotCanonical("A field is missing, or of another type.")
    return entry


def follow(head: Head, rows: Iterable[tuple[int, bytes, bytes]]) -> Iterator[Head]:
    """Walk rows of (seq, body, hash) that come after `head`; gives each new head. Raises `ChainBroken`."""
    for seq, body, hash_ in rows:
        if seq != head.seq + 1:
            raise ChainBroken(head.seq + 1, f"The next record there is number {seq}.")
        if leaf_hash(body) != hash_:
            raise ChainBroken(seq, "Its words and its hash do not agree.")
        try:
            document = decode(body)
            own, before = document["seq"], document["prev_hash"]
        except (NotCanonical, KeyError, TypeError) as error:
            raise ChainBroken(seq, "Its words are not a record.") from error
        if own != seq or before != head.hash.hex():
            raise ChainBroken(seq, "It names another number, or another record before it.")
        head = Head(seq, hash_)
        yield head


def _plain(key: str) -> str:
    """A key whose place in canonical order every language agrees on."""
    if not _KEY.fullmatch(key):
        raise NotCanonical(f"`{key}` among the details is not lower-case letters, digits and `_`.")
    return key


def uuid7(at: datetime) -> str:
    """A UUID that sorts by time (RFC 9562 section 5.7)."""
    when = f"{int(at.timestamp() * 1000):012x}"
    chance = os.urandom(10).hex()
    variant = "89ab"[int(chance[0], 16) & 3]
    return f"{when[:8]}-{when[8:]}-7{chance[1:4]}-{variant}{chance[4:7]}-{chance[7:19]}"


def nfc(value: Any) -> Any:
    """A string, or the strings of a list, in Unicode's NFC."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [nfc(item) for item in value]
    return value
