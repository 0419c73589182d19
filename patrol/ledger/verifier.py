"""Verifies a Patrol access log without trusting Patrol: one file, Python's library and `cryptography`.

    python3 -I verifier.py verify register.sqlite3 --key log.pub --remember last_seen
    python3 -I verifier.py prove register.sqlite3 17 --key log.pub --out 17.tlog-proof
    python3 -I verifier.py report register.sqlite3 --key log.pub --person chen --period 2026-11

Reads a register (SQLite, also while it is written to) or an export (a record a line); `verify` also
reads a proof that `prove` wrote, and an evidence bundle (ZIP), of which it names the file that is not
what was sealed. Every record must be canonical JSON, numbered without a gap, hold
the hash of the one before, and hash to what is stored; the tree over all (RFC 9162) must have the
root of every signed checkpoint (C2SP) and of what this tool saw last time, which is replaced only
after everything held. What came after both can be rewritten unseen by whoever holds the disk: keep
that memory elsewhere, verify often. A key may have been changed by a record that old and new key
signed, and old records may have been pruned by a record that says so: then the log begins after them.

Exit: 0 all holds, 1 tampered, 2 incomplete (no key for the checkpoints, or what was remembered is
pruned), 3 cannot judge.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
import zlib
from binascii import hexlify
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import is_normalized
from urllib.parse import quote

MaybePath = Path | None
OK, TAMPERED, INCOMPLETE, CANNOT_JUDGE = range(4)
COLUMN_LETTERS = 100
MAX_INTEGER = 2**53 - 1
SPELLER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
ESCAPE = re.compile(r"\\(?:u....|.)")
KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")
_SIGNATURES = r"((?:— \S+ [A-Za-z0-9+/=]+\n)+)"
NOTE = re.compile(
    rf"((.+)\n(0|[1-9]\d{{0,15}})\n([A-Za-z0-9+/]{{43}}=)\n)\n{_SIGNATURES}", re.ASCII
)
ROTATION = re.compile(rf"((\S+)\nrotation\n(\S+)\n(\S+)\n)\n{_SIGNATURES}", re.ASCII)
MAX_PROOF_BYTES = 65_536
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MANIFEST, EXPORTED, EXPORT_PROOF = "manifest.json", "export-record.json", "export-record.tlog-proof"
NO_STAMP = "No stamp of an authority of time is in it."
PROOF_HEAD = "c2sp.org/tlog-proof@v1\n"
PROOF = re.compile(
    re.escape(PROOF_HEAD) + r"extra ([A-Za-z0-9+/=]+)\nindex (0|[1-9]\d{0,15})\n"
    r"((?:[A-Za-z0-9+/]{43}=\n){0,63})\n(.*)",
    re.DOTALL | re.ASCII,
)
_C = r'[^"\\\x00-\x1f]*'
_IN = rf'{_C}(?:\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f])){_C})*'
_S = f'"{_IN}"'
_TEXT, _HASH = f"(?:{_S}|null)", r'"[0-9a-f]{64}"'


def record_of(digits: int) -> re.Pattern[bytes]:
    """A record in canonical JSON: exactly these keys, in this order, with numbers of so many digits."""
    number = rf"(?:0|-?[1-9]\d{{0,{digits - 1}}})"
    several = rf"\[(?:{_S}(?:,{_S})*|{number}(?:,{number})*)?\]"
    detail = rf'"[a-z0-9_]+":(?:{_S}|{number}|true|false|null|{several})'
    return re.compile(
        rf'\{{"actor":\{{"account":"({_IN})","origin":{_TEXT},"person":(?:({number})|null),"role":{_TEXT},'
        rf'"session":{_TEXT}\}},"at":"(\d{{4}}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{{6}})Z","boot_id":{_S},'
        rf'"count":(?:{number}|null),"details":\{{((?:{detail}(?:,{detail})*)?)\}},'
        r'"id":"[0-9a-f-]{36}","op":"[a-z]+","prev_hash":"([0-9a-f]{64})",'
        rf'"purpose":{_TEXT},"reason_commitment":(?:{_HASH}|null),"result":"(allow|deny|error)",'
        rf'"seq":({number}),"subject":(?:"({_IN})"|null),"v":1,"verb":"([a-z_]+\.[a-z_]+)"\}}'.encode()
    )


RECORD = record_of(16)
QUICK = record_of(15).fullmatch
"""Without a number of which a part may be above 2^53: what it matches is canonical but for NFC and the order of details."""
DETAIL_KEY = re.compile(rb'"([a-z0-9_]+)":')
BETWEEN = "it stands between two records of which the second names the first"
QUERY = """
SELECT r.seq, r.body, r.hash, i.seq, i.at, CAST(i.person AS TEXT), i.account, i.verb, i.subject,
       i.result, t.salt, t.text
FROM ledger_record r LEFT JOIN ledger_index i ON i.seq = r.seq
LEFT JOIN ledger_reason t ON t.seq = r.seq WHERE r.seq """
ROTATED, PRUNED = "log.key_rotated", "log.pruned"
SAYING = """
SELECT seq, body FROM ledger_record
WHERE substr(body, -25) = ? OR substr(body, -20) = ? ORDER BY seq"""
ENDS = [f'"verb":"{verb}"}}'.encode() for verb in (ROTATED, PRUNED)]
TABLES = """
CREATE TABLE ledger_record (seq INTEGER PRIMARY KEY, body BLOB, hash BLOB);
CREATE TABLE ledger_index (seq INTEGER PRIMARY KEY, at, person, account, verb, subject, result);
CREATE TABLE ledger_checkpoint (size INTEGER PRIMARY KEY, note TEXT);
CREATE TABLE ledger_reason (seq INTEGER PRIMARY KEY, salt, text);"""


class CannotJudge(Exception):
    """What was given says neither that the log holds nor that it does not."""


class Unstamped(Exception):
    """There is nothing here that can judge a stamp."""


class Fault(NamedTuple):
    seq: int
    kind: str
    why: str


class Report(NamedTuple):
    """What came out; `status` is the exit code, `remarks` are what a careful reader should know."""

    status: int
    records: int
    checkpoints: int
    first_bad: int | None
    kind: str | None
    sentence: str
    remarks: tuple[str, ...] = ()


class Key(NamedTuple):
    line: str
    name: str
    id: bytes
    public: bytes


class Note(NamedTuple):
    size: int
    root: bytes
    text: str


class Promise(NamedTuple):
    """What somebody said the root of so many records is."""

    root: bytes
    what: str
    note: str = ""


def leaf(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(edge: list[bytes]) -> bytes:
    """Root of the tree with these full subtrees, largest first."""
    *rest, root = edge or [hashlib.sha256(b"").digest()]
    for left in reversed(rest):
        root = node(left, root)
    return root


def path_to(index: int, edge: list[bytes], size: int, leaves: Iterable[bytes]) -> list[bytes]:
    """The hashes that lead from a leaf to the root (RFC 9162 section 2.1.3.1).

    The tree is that of `size` leaves, of which only the right edge is at hand, and the leaves after them.
    """
    edge, path, place = list(edge), [], -1  # `place` of the subtree that has our leaf

    def join(right: bytes, *, ours: bool) -> tuple[bytes, bool]:
        left = edge.pop()
        if ours:
            path.append(left)
        elif place == len(edge):
            path.append(right)
            ours = True
        return node(left, right), ours

    for number, one in enumerate(leaves, size):
        hash_, ours, rest = one, number == index, number
        while rest & 1:
            (hash_, ours), rest = join(hash_, ours=ours), rest >> 1
        place = len(edge) if ours else place
        edge.append(hash_)
    hash_, ours = edge.pop(), place == len(edge)
    while edge:
        hash_, ours = join(hash_, ours=ours)
    return path


def leads(root: bytes, size: int, index: int, leaf_: bytes, path: list[bytes]) -> bool:
    """Whether the path leads from that leaf to the root (RFC 9162 section 2.1.3.2)."""
    last, found = size - 1, leaf_
    for one in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node(one, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, one)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root and len(root) == 32


def _whole(number: str) -> int:
    if abs(found := int(number)) > MAX_INTEGER:
        raise ValueError("a number that not every reader keeps")
    return found


def strict(body: bytes) -> dict[str, Any]:
    """The record that these bytes spell in canonical JSON. Raises `ValueError` for another spelling."""
    try:
        text = body.decode()
        record = json.loads(text, parse_int=_whole)
        again = SPELLER.encode(record).encode()
    except (RecursionError, AttributeError) as error:
        raise ValueError("not a record") from error
    if again != body or not isinstance(record, dict):
        raise ValueError("another spelling")
    if not composed(ESCAPE.sub("\n", text).encode()):
        raise ValueError("not in NFC")
    return record


def composed(body: bytes) -> bool:
    """Whether bytes without escapes are UTF-8 in NFC."""
    try:
        return is_normalized("NFC", body.decode())
    except UnicodeDecodeError:
        return False


def read_key(line: str, kind: bytes = b"\x01") -> Key:
    """A name and its public key, `name+id+base64` (C2SP signed-note): 1 is a log's Ed25519 key, 4 a witness's."""
    found = KEY.fullmatch(line.strip())
    name, id_, encoded = found.groups() if found else ("", "", "")
    key = base64.b64decode(encoded)
    wanted = hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]
    if key[:1] != kind or wanted.hex() != id_:
        raise CannotJudge("the key is not the public key of a log, `name+id+base64`")
    return Key(line.strip(), name, wanted, key[1:])


def signatures(below: str, key: Key) -> list[bytes]:
    """What that key is said to have signed, among the lines below a note."""
    lines = (line.split(" ") for line in below.splitlines())
    found = [(name, base64.b64decode(encoded)) for _, name, encoded in lines]
    return [made[4:] for name, made in found if (name, made[:4]) == (key.name, key.id)]


def check(key: Key, words: str, below: str) -> None:
    """Raises `ValueError` unless that key signed these words, in the lines below them."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  (absent: a sentence)
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    if not (ours := signatures(below, key)):
        raise ValueError("it is not signed by the key")
    public = ed25519.Ed25519PublicKey.from_public_bytes(key.public)
    try:
        for signature in ours:
            public.verify(signature, words.encode())
    except InvalidSignature as error:
        raise ValueError("its signature is not of its words") from error


def read_note(text: str, key: Key | None) -> Note:
    """Raises `ValueError` for what is no checkpoint (C2SP), or not signed by the key if there is one."""
    if not (note := NOTE.fullmatch(text)):
        raise ValueError("it cannot be read")
    signed, origin, size, root, below = note.groups()
    if key:
        if origin != key.name:
            raise ValueError("it is not signed by the key")
        check(key, signed, below)
    return Note(int(size), base64.b64decode(root), text)


def read_rotation(statement: object) -> tuple[Key, Key]:
    """Old and new key of a statement that both signed. Raises `ValueError`."""
    found = ROTATION.fullmatch(statement) if isinstance(statement, str) else None
    if not found:
        raise ValueError("its statement cannot be read")
    words, origin, *lines, below = found.groups()
    try:
        old, new = map(read_key, lines)
    except CannotJudge as error:
        raise ValueError("it names what is no key") from error
    if not origin == old.name == new.name:
        raise ValueError("it is of another log")
    check(old, words, below)
    check(new, words, below)
    return old, new


def open_log(path: Path) -> tuple[sqlite3.Connection, bool]:
    """One snapshot of a register (then True), whatever is written meanwhile, or of an export."""
    with path.open("rb") as file:
        start = file.read(16)
        file.seek(0)
        if register := start == b"SQLite format 3\0":
            live = os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists()
            address = f"file:{quote(str(path.resolve()))}?mode=ro{'' if live else '&immutable=1'}"
            base = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
        elif start[:1] == b"{":
            base = sqlite3.connect("", isolation_level=None)  # a temporary file, removed by SQLite
            base.executescript(f"{TABLES}BEGIN;")
            begun = begin_pruned(base, file.readline()) if start.startswith(b'{"hash"') else 0
            bodies = enumerate((line.removesuffix(b"\n") for line in file), begun + 1)
            rows = ((seq, body, leaf(body)) for seq, body in bodies)
            base.executemany("INSERT INTO ledger_record VALUES (?, ?, ?)", rows)
        else:
            raise CannotJudge(f"{path} is neither a register nor an export of one")
    base.text_factory = bytearray  # and a blob is bytes: the two are told apart
    if register:
        base.executescript("PRAGMA trusted_schema=OFF; BEGIN")
    if not set(re.findall(r"TABLE (\w+)", TABLES)) <= tables_of(base):
        raise CannotJudge(f"{path} has not the tables of an access log")
    return base, register


def begin_pruned(base: sqlite3.Connection, line: bytes) -> int:
    """What an export's first line says of the records before it. Raises `CannotJudge`."""
    try:
        told = strict(line.removesuffix(b"\n"))
        kept = bytes.fromhex(told["hash"]), bytes.fromhex("".join(told["nodes"]))
        row = (int(told["size"]), *kept, json.dumps(told["said"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CannotJudge("the export's first line cannot be read") from error
    base.execute("CREATE TABLE ledger_pruned (size, hash, nodes, said)")
    base.execute("INSERT INTO ledger_pruned VALUES (?, ?, ?, ?)", row)
    return row[0]


def tables_of(base: sqlite3.Connection) -> set[str]:
    found = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name.decode(errors="replace") for (name,) in found}


class Verifier:
    """Walks a log once; a second `verify` goes on where the first stopped."""

    base: sqlite3.Connection
    key: Key | None = None
    known: Key | None = None  # the key that was remembered
    note: Note | None = None  # the last checkpoint
    doubt: Fault | None = None  # the first disagreement of what derives from records
    indexed = False

    def __init__(self, log: Path, key: MaybePath, notes: MaybePath, memory: MaybePath) -> None:
        self.log, self.key_file, self.notes_file, self.memory_file = log, key, notes, memory
        self.size, self.hash, self.before = 0, bytes(32), bytes(32)
        self.edge: list[bytes] = []
        self.floor = 0  # how many were pruned
        self.floor_edge: list[bytes] = []  # the tree's right edge there
        self.held = 0  # the size up to which roots were as promised
        self.promised: dict[int, Promise] = {}
        self.keys: list[tuple[int, Key]] = []  # each with the first size that it signs
        self.pruned: dict[str, Any] = {}  # the record that says so
        self.proofs: list[str] = []  # notes that contradict each other
        self.copies = ""  # the second copy of the checkpoints

    def verify(self, then: Callable[[Report], Report] = lambda found: found) -> Report:
        """Everything that can be said; `then` sees the same snapshot. Whatever files hold, it does not raise."""
        try:
            # before the snapshot, so that neither knows more than it
            self._remembered()
            self.copies = self.notes_file.read_text("utf-8", "replace") if self.notes_file else ""
            self.base, self.indexed = self.opened()
            with closing(self.base):
                return then(self._verify())
        except Exception as error:  # noqa: BLE001  (whatever it is: neither "ok" nor a traceback)
            return Report(CANNOT_JUDGE, self.size, 0, None, None, f"No judgement: {error}.")

    def opened(self) -> tuple[sqlite3.Connection, bool]:
        """The log as it stands now, and whether it is a register."""
        return open_log(self.log)

    def _verify(self) -> Report:
        faults = [*self._said(), *self._checkpoints(), *self._begun()]
        notes = sum(one.what == "checkpoint" for one in self.promised.values())
        faults = [*(self._walk() or self._tail()), *faults, *filter(None, [self.doubt])]
        (count,) = self.base.execute("SELECT count(*) FROM ledger_record").fetchone()
        if faults:
            first, kind, why = min(faults, key=lambda fault: fault.seq)
            sentence = f"Record {first} is the first that does not hold ({kind}): {why}."
            return Report(TAMPERED, count, notes, first, kind, sentence, tuple(self.proofs))
        return self._holds(count, notes)

    def _holds(self, count: int, notes: int) -> Report:
        """No fault was found: what that is worth."""
        loose = self.size - (self.note.size if self.note else 0)
        remarks = [f"The last {loose} records are under no signed checkpoint yet."] if loose else []
        if self.floor:
            remarks.append(
                f"The first {self.floor} were pruned, as record {self.pruned['seq']} says."
            )
        if self.memory_file and not self.memory_file.exists():
            remarks.append("Nothing was remembered: an end cut off before now is not seen.")
        status, sentence = OK, f"All {count} records and {notes} checkpoints hold."
        lost = [size for size, one in self.promised.items() if one.what == "memory"]
        if lost and lost[0] < self.floor:
            status, sentence = INCOMPLETE, "Records hold; those that were remembered are pruned."
        if self.note and not self.key:
            status, sentence = INCOMPLETE, "Records hold; without a key no signature was checked."
        return Report(status, count, notes, None, None, sentence, tuple(remarks))

    def _remembered(self) -> None:
        """Read the key, and what was seen last time."""
        self.key = read_key(self.key_file.read_text(errors="replace")) if self.key_file else None
        if not self.memory_file or not self.memory_file.exists():
            return
        try:
            memory = json.loads(self.memory_file.read_bytes())
            size, root = int(memory["size"]), base64.b64decode(memory["root"], validate=True)
            self.known = read_key(memory["key"]) if memory["key"] else None
        except (ValueError, KeyError, TypeError, AttributeError, CannotJudge) as error:
            raise CannotJudge(f"{self.memory_file}, the memory, is damaged: use a copy") from error
        self.promised.update({size: Promise(root, "memory")} if size else {})
        if self.key and self.known and self.key.name != self.known.name:
            raise CannotJudge(f"What was remembered is of another log, {self.known.name}")
        self.key = self.key or self.known

    def _said(self) -> Iterator[Fault]:
        """What the log says of itself: which keys sign it, and what was pruned."""
        chain: list[tuple[int, Key]] = []
        for seq, record in self._sayings():
            details = record.get("details", {})
            if record.get("verb") == PRUNED:
                self.pruned = record
                continue
            try:
                old, new = read_rotation(details.get("statement"))
            except ValueError as error:
                yield Fault(seq, "bad_signature", f"the key's change does not hold: {error}")
                break
            chain = chain or [(0, old)]
            if chain[-1][1] != old:
                yield Fault(seq, "bad_signature", "a key was changed that did not sign any more")
                break
            chain.append((seq, new))
        if self.key and self.key not in [key for _, key in chain]:
            if chain and chain[0][1].name == self.key.name:
                yield Fault(chain[1][0], "bad_signature", "the key did not sign its own change")
            chain = [(0, self.key)]
        self.keys = chain if self.key else []
        if self.known and self.known not in [key for _, key in self.keys]:
            yield Fault(1, "bad_signature", "the key is not the one that was remembered")

    def _sayings(self) -> Iterator[tuple[int, dict[str, Any]]]:
        if "ledger_pruned" in tables_of(self.base):
            kept = self.base.execute("SELECT said FROM ledger_pruned ORDER BY size DESC LIMIT 1")
            for (said,) in kept:
                for seq, one in json.loads(said):
                    yield int(seq), {"details": {"statement": one}}
        for seq, body in self.base.execute(SAYING, ENDS):
            try:
                yield seq, strict(body)
            except (ValueError, TypeError, AttributeError):
                continue  # the walk says so

    def _key_at(self, size: int) -> Key | None:
        """The key that signs a checkpoint of that size."""
        return next((key for first, key in reversed(self.keys) if first <= size), None)

    def _checkpoints(self) -> Iterator[Fault]:
        """Read both copies of all checkpoints; gives those that do not hold."""
        rows = self.base.execute("SELECT note FROM ledger_checkpoint ORDER BY size").fetchall()
        texts = [note.decode(errors="replace") if note else "" for (note,) in rows]
        texts += [f"{text}\n" for text in self.copies.split("\n\n\n")[:-1]]
        size, strange = 1, ""
        for text in dict.fromkeys(texts):
            try:
                note = read_note(text, None)
                note = read_note(text, self._key_at(note.size))
            except ValueError as error:
                strange = text.split("\n", maxsplit=1)[0]
                yield Fault(size, "bad_signature", f"a checkpoint at or after {size}: {error}")
                continue
            size = note.size
            known = self.promised.setdefault(size, Promise(note.root, "checkpoint", text))
            if known.root != note.root:
                roots = f"a checkpoint says {note.root.hex()}, the {known.what} {known.root.hex()}"
                yield Fault(size, "forked", f"there are two histories of {size} records: {roots}")
                self.proofs += [known.note, text] if known.note else [text]
            self.note = max(self.note or note, note, key=lambda note: note.size)
        if self.key and strange and strange != self.key.name and not self.note:
            raise CannotJudge(f"the key is of {self.key.name}, the checkpoints are of {strange}")

    def _begun(self) -> Iterator[Fault]:
        """Where the log begins: after what was pruned, if a checkpoint and a record vouch for it."""
        if "ledger_pruned" not in tables_of(self.base):
            return
        query = "SELECT size, hash, nodes FROM ledger_pruned ORDER BY size DESC LIMIT 1"
        for size, hash_, nodes in self.base.execute(query):
            edge = [nodes[at : at + 32] for at in range(0, len(nodes), 32)]
            if len(edge) != size.bit_count() or len(hash_) != 32 or len(nodes) % 32:
                yield Fault(1, "deleted", "what was kept of pruned records cannot be read")
                return
            promise, said = self.promised.get(size), self.pruned.get("details", {})
            if not self.note:
                raise CannotJudge("the log is pruned: give its checkpoints too, with --notes")
            if not promise or promise.root != root_of(edge):
                yield Fault(1, "deleted", f"no checkpoint vouches for the {size} that are gone")
            elif (said.get("through"), said.get("root")) != (size, promise.root.hex()):
                yield Fault(1, "deleted", f"no record says that {size} were pruned")
            if self.size < size:
                self.size, self.hash, self.edge = size, hash_, edge
            self.floor, self.floor_edge, self.held = size, list(edge), max(size, self.held)

    def _walk(self) -> list[Fault]:
        """Record by record, as far as it holds."""
        first = self.size if self.size > self.floor else -(2**63)
        for row in self.base.execute(f"{QUERY} > ? ORDER BY r.seq", (first,)):
            if not self._quick(row) and (fault := self._step(*row)):
                return [fault]
            if promise := self.promised.get(self.size):
                if (here := root_of(self.edge)) != promise.root:
                    first = max(self.held + 1, self.doubt.seq if self.doubt else 0)
                    roots = (
                        f"their root is {here.hex()}, the {promise.what} says {promise.root.hex()}"
                    )
                    self.proofs += [promise.note] if promise.note else []
                    why = f"history up to {self.size} was rewritten: {roots}"
                    return [Fault(first, "forked", why)]
                self.held = self.size
        return []

    def _tail(self) -> list[Fault]:
        (indexed,) = self.base.execute("SELECT max(seq) FROM ledger_index").fetchone()
        known = ((size, one.what) for size, one in self.promised.items())
        size, what = max([(indexed or 0, "index"), *known])
        end = f"the log ends with record {self.size}, the {what} knows of {size}"
        return [Fault(self.size + 1, "truncated", end)] if size > self.size else []

    def _quick(self, row: tuple[Any, ...]) -> bool:
        """Whether the next record holds, said of nearly all of them; of others `_step` says what they are.

        All of this is in `_step` once more, in plain words: what is true here is true there.
        """
        seq, body, stored, *derived = row
        if type(body) is not bytes or seq != self.size + 1 or not (found := QUICK(body)):
            return False
        account, person, day, time, part, details, before, result, own, subject, verb = (
            found.groups()
        )
        hash_ = hashlib.sha256(b"\x00" + body).digest()
        if hash_ != stored or before != hexlify(self.hash) or own != b"%d" % seq:
            return False
        if b"\\" in body or not (body.isascii() or composed(body)):
            return False
        if details.count(b'":') > 1 and (keys := DETAIL_KEY.findall(details)) != sorted(set(keys)):
            return False
        if self.indexed:
            moment = day + b" " + time + (b"" if part == b".000000" else part)
            said = [seq, moment, person, account, verb, subject, result, None, None]
            if derived != said or max(len(account), len(subject or b"")) > COLUMN_LETTERS:
                return False
        self._add(hash_)
        return True

    def _add(self, hash_: bytes) -> None:
        """One record further."""
        size, edge = self.size, self.edge
        self.size, self.before, self.hash = size + 1, self.hash, hash_
        while size & 1:
            hash_, size = hashlib.sha256(b"\x01" + edge.pop() + hash_).digest(), size >> 1
        edge.append(hash_)

    def _step(self, seq: int, body: Any, stored: Any, *derived: Any) -> Fault | None:
        """One record further, or what is wrong with it."""
        at = self.size + 1
        if seq != at:
            kind = "deleted" if seq > at else "inserted"
            return Fault(min(at, seq), kind, f"record {at} should follow, and {seq} does")
        try:
            record, hash_ = strict(body), leaf(body)
        except ValueError:
            return Fault(at, "edited", "it is not spelled as records are")
        agrees = hash_ == stored and type(body) is type(stored) is bytes
        if record.get("seq") != at:
            return self._misplaced(at, record, hash_, agrees=agrees)
        if agrees and record.get("prev_hash") != self.hash.hex():
            return self._unlinked(at, hash_)
        if agrees and (v := record.get("v", 1)) != 1 and self._maybe(at + 1).get("v", v) == v:
            raise CannotJudge(f"record {at} is of a later version: take a newer verifier")
        if not agrees or not RECORD.fullmatch(body):
            why = "it has not the keys of a record" if agrees else "words and hash do not agree"
            return Fault(at, "edited", why)
        self.doubt = self.doubt or (self._derived(at, record, *derived) if self.indexed else None)
        self._add(hash_)
        return None

    def _misplaced(self, at: int, record: dict[str, Any], hash_: bytes, *, agrees: bool) -> Fault:
        own, before = record.get("seq"), record.get("prev_hash")
        if self._maybe(own).get("seq") == at:
            return Fault(at, "swapped", f"it changed places with record {own}")
        if not isinstance(own, int) or not agrees or before == self.hash.hex():
            return Fault(at, "edited", f"it says that it is record {own}")
        if own == at - 1 and before == self.before.hex() and hash_ != self.hash:
            return Fault(own, "inserted", BETWEEN)
        if own < at:
            return Fault(at, "inserted", f"it is record {own} once more")
        return Fault(at, "deleted", f"record {own} stands in its place")

    def _unlinked(self, at: int, hash_: bytes) -> Fault:
        """Whose fault it is that a record does not name the one before: the next record knows."""
        after = self._maybe(at + 1)
        if after.get("seq") == at:
            return Fault(at, "inserted", BETWEEN)
        ours = self.held == at - 1 or (after and after.get("prev_hash") != hash_.hex())
        return Fault(at if ours else at - 1, "edited", "it was changed, and its hash with it")

    def _maybe(self, seq: Any) -> dict[str, Any]:
        """The record in that place; an empty one if there is none that can be read."""
        try:
            row = self.base.execute(f"{QUERY} = ?", (seq,)).fetchone()
            return strict(row[1]) if row else {}
        except (ValueError, OverflowError, sqlite3.Error):
            return {}

    def _derived(self, at: int, record: dict[str, Any], *cells: Any) -> Fault | None:
        """Whether the index and the reason's words say what the record says."""
        *found, salt, words = cells
        if found[0] is None:
            return Fault(at, "inserted", "it is not in the index that is written with each record")
        actor, subject = record["actor"], record["subject"]
        person = None if actor["person"] is None else str(actor["person"])
        place = (person, actor["account"][:COLUMN_LETTERS], record["verb"])
        what = (subject and subject[:COLUMN_LETTERS], record["result"])
        moment = record["at"].replace("T", " ")[:-1].removesuffix(".000000")
        said = [cell.decode() if isinstance(cell, bytes | bytearray) else cell for cell in found]
        said[1] = str(said[1]).removesuffix(".000000")
        if said != [at, moment, *place, *what]:
            return Fault(at, "index_edited", "the index does not say what the record says")
        promised = record["reason_commitment"]
        if salt is not None and hmac.new(salt, words or b"", "sha256").hexdigest() != promised:
            return Fault(at, "reason_edited", "the words kept are not the reason that was given")
        return None

    def keep(self) -> None:
        """Remember what was seen. For after a report that is ok."""
        if self.memory_file:
            root, key = (
                base64.b64encode(root_of(self.edge)).decode(),
                self.keys and self.keys[-1][1],
            )
            kept = {"size": self.size, "root": root, "key": key.line if key else None}
            fresh = self.memory_file.with_name(f".{self.memory_file.name}.new")
            with fresh.open("w") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.memory_file)

    def prove(self, seq: int) -> str:
        """A proof that the record is under the last checkpoint (C2SP tlog-proof), its words included.

        For within `verify`, after a report that is ok. Raises `CannotJudge` when there is none.
        """
        row = self.base.execute(f"{QUERY} = ?", (seq,)).fetchone()
        if not row or not self.note or self.note.size < seq:
            raise CannotJudge(f"record {seq} is not there, or under no signed checkpoint yet")
        query = "SELECT hash FROM ledger_record WHERE seq <= ? ORDER BY seq"
        leaves = (hash_ for (hash_,) in self.base.execute(query, (self.note.size,)))
        path = path_to(seq - 1, self.floor_edge, self.floor, leaves)
        lines = "".join(f"{base64.b64encode(one).decode()}\n" for one in path)
        body = base64.b64encode(row[1]).decode()
        return f"{PROOF_HEAD}extra {body}\nindex {seq - 1}\n{lines}\n{self.note.text}"

    def records(self) -> Iterator[dict[str, Any]]:
        """All records, first to last. For within `verify`."""
        for (body,) in self.base.execute("SELECT body FROM ledger_record ORDER BY seq"):
            yield json.loads(body)


def verify_proof(
    text: str,
    key_line: str | None,
    witness: str | None = None,
    stamp: tuple[bytes, Path] | None = None,
) -> Report:
    """Whether a proof shows that its record is in the log of that key. Does not raise."""
    try:
        key = read_key(key_line) if key_line else None
        if not (found := PROOF.fullmatch(text)):
            raise CannotJudge("it is not whole")  # noqa: TRY301  (said once, below)
        extra, index, lines, below = found.groups()
        body, seq = base64.b64decode(extra, validate=True), int(index) + 1
        note = read_note(below, None)
        path = [base64.b64decode(line, validate=True) for line in lines.splitlines()]
        if (
            key
            and key.name == below.split("\n")[0]
            and not signatures(below.partition("\n\n")[2], key)
        ):
            raise CannotJudge("another key of this log signed it, a newer or an older one")  # noqa: TRY301
    except (CannotJudge, ValueError) as error:
        return Report(CANNOT_JUDGE, 0, 0, None, None, f"No judgement: {error}.")
    try:
        read_note(below, key)
        record = strict(body)
        if not RECORD.fullmatch(body) or record["seq"] != seq:
            raise ValueError("its words are not that record")  # noqa: TRY301
        if not (seq <= note.size and leads(note.root, note.size, seq - 1, leaf(body), path)):
            raise ValueError("its path does not lead to the root that was signed")  # noqa: TRY301
        seen = [attested(below, witness)] if witness else []
        seen += [stamped(below.partition("\n\n")[0] + "\n", *stamp)] if stamp else []
    except Unstamped as error:
        return Report(CANNOT_JUDGE, 0, 0, None, None, f"No judgement: {error}.")
    except (CannotJudge, ValueError) as error:
        sentence = f"The proof of record {seq} does not hold: {error}."
        return Report(TAMPERED, 1, 1, seq, "edited", sentence)
    remarks = (said(record), *(seen or ["Time attested by this log's machine alone."]))
    if not key:
        return Report(
            INCOMPLETE,
            1,
            1,
            None,
            None,
            "The proof leads to a root; without a key no signature was checked.",
            remarks,
        )
    sentence = f"Record {seq} is in the log of {note.size} records that {key.name} signed."
    return Report(OK, 1, 1, None, None, sentence, remarks)


def verify_bundle(
    path: Path,
    key_line: str | None,
    witness: str | None = None,
    proof: str | None = None,
    tsa: MaybePath = None,
) -> Report:
    """Whether every file of an evidence bundle is what was sealed. Does not raise.

    `proof` is that of the export's own record, where it came after the bundle. `tsa` has the certificates to which
    stamps in it must lead.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names, comment = archive.namelist(), archive.comment.decode(errors="replace")
            files = {name: _member(archive, name) for name in names}
    except (ValueError, OSError, NotImplementedError, zipfile.BadZipFile) as error:
        return Report(CANNOT_JUDGE, 0, 0, None, None, f"No judgement: no whole archive ({error}).")
    try:
        manifest = json.loads(files[MANIFEST] or b"")
        listed = dict(manifest["files"])
    except (ValueError, KeyError, TypeError):
        manifest, listed = {}, {MANIFEST: ""}
    wrong = {name for name in listed if _sha256(files.get(name)) != listed[name]}
    wrong |= {name for name in names if names.count(name) > 1}
    wrong |= {name for name in files if name not in {*listed, MANIFEST, EXPORTED, EXPORT_PROOF}}
    told = _record(files.get(EXPORTED))
    if not told or comment != _sha256(files[EXPORTED]):
        wrong.add(EXPORTED)
    elif told["details"].get("manifest") != _sha256(files.get(MANIFEST)):
        wrong.add(MANIFEST)
    if wrong:
        said_ = f"{', '.join(sorted(wrong))}: not what was sealed."
        return Report(TAMPERED, len(files), 0, None, "edited", said_)
    if proof:
        files[EXPORT_PROOF] = proof.encode()
    return _bundle_proofs(manifest, files, told["seq"], key_line, (witness, tsa))


def _bundle_proofs(
    manifest: dict[str, Any],
    files: dict[str, bytes | None],
    exported: int,
    key_line: str | None,
    by: tuple[str | None, MaybePath],
) -> Report:
    """What the log says of a bundle whose files are what its manifest lists."""
    given = key_line or (files.get("log.pub") or b"").decode(errors="replace") or None
    proven, times = _proven(files, given, by)
    if isinstance(times, Report):
        return times
    remarks = times if any(by) and NO_STAMP not in times else [str(manifest.get("time")), *times]
    for name, seq in dict(manifest.get("seals") or {}).items():
        if seq not in proven:
            remarks.append(f"{name}: record {seq}, which names its seal, is not proven here.")
        elif strict(proven[seq])["details"].get("seal") != _sha256(files.get(name)):
            said_ = f"{name}: not what was sealed when it was kept, as record {seq} says."
            return Report(TAMPERED, len(files), 0, seq, "edited", said_)
    status, said_ = OK, f"All {len(files)} files are what was sealed."
    if exported not in proven:
        status = INCOMPLETE
        said_ = f"All files are what their manifest says. Ask the auditor for the proof of record {exported}, which names it."
    elif proven[exported] != files[EXPORTED]:
        said_ = f"{EXPORTED}: not what was sealed."
        return Report(TAMPERED, len(files), 0, exported, "edited", said_)
    if not key_line:
        status = INCOMPLETE
        said_ = "All files agree; the key came with them: compare it with the auditor's."
    return Report(status, len(files), len(proven), None, None, said_, tuple(remarks))


def _proven(
    files: dict[str, bytes | None], key: str | None, by: tuple[str | None, MaybePath]
) -> tuple[dict[int, bytes], list[str] | Report]:
    """The records that a bundle proves, and who else attests the time; a report where a proof does not hold."""
    witness, tsa = by
    proven: dict[int, bytes] = {}
    times: dict[bytes, str] = {}
    for name in sorted(name for name in files if name.endswith(".tlog-proof")):
        text = (files[name] or b"").decode(errors="replace")
        stamp = stamp_beside(text, files)
        unread = (stamp, tsa) if stamp and tsa and stamp not in times else None
        found = verify_proof(text, key, witness, unread)
        if found.status != OK:
            return {}, found._replace(sentence=f"{name}: {found.sentence}")
        body = base64.b64decode(text.split("\n")[1].removeprefix("extra "))
        proven[strict(body)["seq"]] = body
        if witness:
            times[b""] = found.remarks[1]
        if unread:
            times[unread[0]] = found.remarks[-1]
        elif stamp and not tsa:
            times[stamp] = "A stamp of an authority of time is in it: --tsa names its certificates."
    if tsa and not set(times) - {b""}:
        times[b"-"] = NO_STAMP
    return proven, list(times.values())


def _record(body: bytes | None) -> dict[str, Any]:
    """The record that is spelled so; an empty one if none is."""
    try:
        return strict(body) if body and RECORD.fullmatch(body) else {}
    except ValueError:
        return {}


def _member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """None for what is damaged, or too much."""
    try:
        with archive.open(name) as file:
            content = file.read(MAX_MEMBER_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ):
        return None
    return content if len(content) <= MAX_MEMBER_BYTES else None


def _sha256(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""


def attested(note: str, witness: str) -> str:
    """When a witness saw a checkpoint (C2SP tlog-cosignature, Ed25519). Raises `ValueError`, `CannotJudge`."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    key = read_key(witness, b"\x04")
    words, _, below = note.partition("\n\n")
    for made in signatures(below, key):
        when = int.from_bytes(made[:8], "big")
        signed = f"cosignature/v1\ntime {when}\n{words}\n".encode()
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(made[8:], signed)
        except InvalidSignature as error:
            raise ValueError("the witness did not sign it") from error
        return f"{key.name} saw it at {datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M:%S} UTC."
    raise ValueError("the witness did not sign it")


def stamp_beside(proof: str, files: dict[str, bytes | None]) -> bytes | None:
    """The stamp of the checkpoint under which a proof is, if it is among the files."""
    found = PROOF.fullmatch(proof)
    size = found[4].split("\n")[1] if found and found[4].count("\n") > 1 else ""
    return files.get(f"proofs/checkpoint-{size}.tsr")


def stamped(words: str, answer: bytes, authority: Path) -> str:
    """When an authority of time stamped that text (RFC 3161), as OpenSSL reads its answer.

    Its certificate is judged as of the time in the stamp: evidence outlives certificates. Raises `ValueError`
    when the stamp does not hold, `Unstamped` when nothing here can judge it.
    """
    with tempfile.TemporaryDirectory() as folder:
        stamp, text = Path(folder, "stamp.tsr"), Path(folder, "words")
        stamp.write_bytes(answer)
        text.write_text(words, "utf-8")
        read = _openssl("-reply", "-in", str(stamp), "-text")
        found = re.search(
            r"^Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT$", read, re.MULTILINE
        )
        if not found:
            raise ValueError("its stamp tells no time")
        at = datetime.strptime(f"{found[1]} {found[2]}", "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        when = str(int(at.timestamp()))
        given = ("-data", str(text), "-in", str(stamp), "-CAfile", str(authority), "-attime", when)
        if "Verification: OK" not in _openssl("-verify", *given):
            raise ValueError("its stamp is not over it, or not by that authority")
    return f"Time attested by an authority of time (RFC 3161): {at:%Y-%m-%d %H:%M:%S} UTC."


def _openssl(*words: str) -> str:
    try:
        done = subprocess.run(
            ["openssl", "ts", *words], check=False, capture_output=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unstamped("the program `openssl` checks stamps, and is not here") from error
    return done.stdout.decode(errors="replace")


def said(record: dict[str, Any]) -> str:
    """A record in a line."""
    actor, subject = record["actor"], record["subject"] or ""
    return f"{record['seq']} {record['at']} {actor['account']} {record['verb']} {subject} {record['result']}"


def activity(
    records: Iterable[dict[str, Any]], person: str | None, period: str, sample: int, seed: str
) -> list[str]:
    """Who did how much of what, with denials and errors, and consultations drawn for review."""
    acts: dict[str, Counter[str]] = {}
    looks: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        account = record["actor"]["account"]
        if not record["at"].startswith(period) or person not in {None, account}:
            continue
        result = "" if record["result"] == "allow" else f" ({record['result']})"
        acts.setdefault(account, Counter())[f"{record['op']} {record['verb']}{result}"] += 1
        if record["op"] == "consultation":
            looks.setdefault(account, []).append(record)
    lines = []
    for account in sorted(acts):
        lines.append(f"{account}: {acts[account].total()} records")
        lines += [f"  {count:>8} {act}" for act, count in sorted(acts[account].items())]
        chance, seen = random.Random(f"{seed} {account}"), looks.get(account, [])  # noqa: S311
        drawn = chance.sample(seen, min(sample, len(seen)))
        lines += [
            f"  review: {said(one)}" for one in sorted(drawn, key=lambda one: int(one["seq"]))
        ]
    return lines or ["No record of that person in that period."]


def options() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(description="Verify a Patrol access log.")
    does = words.add_subparsers(dest="command", required=True)
    each = argparse.ArgumentParser(add_help=False)
    each.add_argument("log", type=Path, help="register.sqlite3, an export, or (verify) a proof")
    each.add_argument("--key", type=Path, help="the log's public key, log.pub")
    each.add_argument("--notes", type=Path, help="the second copy of checkpoints")
    each.add_argument("--remember", type=Path, help="what was seen last, and is now")
    each.add_argument("--json", action="store_true", help="one JSON object")
    verify = does.add_parser("verify", parents=[each], help="everything")
    verify.add_argument("--witness", help="a witness's key, which must have signed the proof too")
    verify.add_argument("--tsa", type=Path, help="certificates of an authority of time, PEM")
    verify.add_argument("--stamp", type=Path, help="a stamp of a proof's checkpoint, .tsr")
    verify.add_argument("--proof", type=Path, help="of a bundle's export, where it came later")
    prove = does.add_parser("prove", parents=[each], help="that one record is in the log")
    prove.add_argument("seq", type=int)
    prove.add_argument("--out", type=Path, help="SEQ.tlog-proof unless given")
    report = does.add_parser("report", parents=[each], help="who did what")
    report.add_argument("--person", help="an account; everybody unless given")
    report.add_argument("--period", default="", help="how the time begins in UTC: 2026-11")
    report.add_argument("--sample", type=int, default=0, help="consultations of each to review")
    return words


def answer(given: argparse.Namespace) -> tuple[Report, list[str]]:
    """Do what was asked; the report, and lines to print below it."""
    if given.command == "verify" and given.log.is_file():
        with given.log.open("rb") as file:
            text = file.read(MAX_PROOF_BYTES).decode(errors="replace")
        key = given.key.read_text(errors="replace") if given.key else None
        if text.startswith(PROOF_HEAD):
            both = given.stamp and given.tsa
            stamp = (given.stamp.read_bytes(), given.tsa) if both else None
            return verify_proof(text, key, given.witness, stamp), []
        if zipfile.is_zipfile(given.log) or text.startswith("PK"):
            proof = given.proof.read_text(errors="replace") if given.proof else None
            return verify_bundle(given.log, key, given.witness, proof, given.tsa), []
    verifier = Verifier(given.log, given.key, given.notes, given.remember)
    lines: list[str] = []

    def then(found: Report) -> Report:
        if found.status == OK and given.command == "prove":
            out = given.out or Path(f"{given.seq}.tlog-proof")
            out.write_text(verifier.prove(given.seq))
            lines.append(f"Record {given.seq} is proven in {out}.")
        elif found.status in {OK, INCOMPLETE} and given.command == "report":
            seed = root_of(verifier.edge).hex()
            drawn = given.person, given.period, given.sample, seed
            lines.extend(activity(verifier.records(), *drawn))
        return found

    found = verifier.verify(then)
    if found.status == OK:
        verifier.keep()
    return found, lines


def main() -> int:
    """Verify, say it, remember it."""
    words = sys.argv[1:]
    bare = words and words[0] not in {"verify", "prove", "report"} and words[0][0] != "-"
    try:
        given = options().parse_args(["verify", *words] if bare else words)
    except SystemExit as stop:
        return CANNOT_JUDGE if stop.code else OK
    try:
        found, lines = answer(given)
    except (OSError, CannotJudge) as error:
        found, lines = Report(CANNOT_JUDGE, 0, 0, None, None, f"No judgement: {error}."), []
    if given.json:
        sys.stdout.write(json.dumps({**found._asdict(), "lines": lines}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join((found.sentence, *found.remarks, *lines, "")))
    return found.status


if __name__ == "__main__":
    sys.exit(main())
