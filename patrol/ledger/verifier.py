"""Verifies a Patrol access log without trusting Patrol: one file, Python's library and `cryptography`.

    python3 -I verifier.py register.sqlite3 --key log.pub --remember last_seen

Reads a register (SQLite, also while it is written to) or an export (a record a line). Every
record must be canonical JSON, numbered without a gap, hold the hash of the one before, and hash to
what is stored; the tree over all (RFC 9162) must have the root of every signed checkpoint (C2SP)
and of what this tool saw last time, which is replaced only after everything held. What came after
both can be rewritten unseen by whoever holds the disk: keep that memory elsewhere, verify often.

Exit: 0 all holds, 1 tampered, 2 incomplete (no key for the checkpoints), 3 cannot judge.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

MaybePath = Path | None
OK, TAMPERED, INCOMPLETE, CANNOT_JUDGE = range(4)
COLUMN_LETTERS = 100
SPELLER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
ESCAPE = re.compile(r"\\(?:u....|.)")
KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")
NOTE = re.compile(
    r"((.+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n((?:— \S+ [A-Za-z0-9+/=]+\n)+)", re.ASCII
)
_S, _N = r'"(?:[^"\\]|\\.)*"', r"-?\d{1,16}"
_TEXT, _NUMBER, _HASH = f"(?:{_S}|null)", f"(?:{_N}|null)", r'"[0-9a-f]{64}"'
_LIST = rf"\[(?:{_S}(?:,{_S})*|{_N}(?:,{_N})*)?\]"
_DETAIL = rf'"[a-z0-9_]+":(?:{_S}|{_N}|true|false|null|{_LIST})'
RECORD = re.compile(
    rf'\{{"actor":\{{"account":{_S},"origin":{_TEXT},"person":{_NUMBER},"role":{_TEXT},'
    rf'"session":{_TEXT}\}},"at":"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}}Z","boot_id":{_S},'
    rf'"count":{_NUMBER},"details":\{{(?:{_DETAIL}(?:,{_DETAIL})*)?\}},"id":"[0-9a-f-]{{36}}",'
    rf'"op":"[a-z]+","prev_hash":{_HASH},"purpose":{_TEXT},"reason_commitment":(?:{_HASH}|null),'
    rf'"result":"(?:allow|deny|error)","seq":{_N},"subject":{_TEXT},"v":1,'
    r'"verb":"[a-z_]+\.[a-z_]+"\}',
    re.ASCII,
)
"""A record has exactly these keys, in the order of canonical JSON."""
BETWEEN = "it stands between two records of which the second names the first"
QUERY = """
SELECT r.seq, r.body, r.hash, typeof(r.body) || typeof(r.hash),
       i.seq, i.at, i.person, i.account, i.verb, i.subject, i.result, t.salt, t.text
FROM ledger_record r LEFT JOIN ledger_index i ON i.seq = r.seq
LEFT JOIN ledger_reason t ON t.seq = r.seq WHERE r.seq """
TABLES = """
CREATE TABLE ledger_record (seq INTEGER PRIMARY KEY, body BLOB, hash BLOB);
CREATE TABLE ledger_index (seq INTEGER PRIMARY KEY, at, person, account, verb, subject, result);
CREATE TABLE ledger_checkpoint (size INTEGER PRIMARY KEY, note TEXT);
CREATE TABLE ledger_reason (seq INTEGER PRIMARY KEY, salt, text);"""


class CannotJudge(Exception):
    """What was given says neither that the log holds nor that it does not."""


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


def leaf(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def strict(body: bytes) -> dict[str, Any]:
    """The record that these bytes spell in canonical JSON. Raises `ValueError` for another spelling."""
    try:
        text = body.decode()
        record = json.loads(text)
        again = SPELLER.encode(record).encode()
    except (RecursionError, AttributeError) as error:
        raise ValueError("not a record") from error
    if again != body or not isinstance(record, dict):
        raise ValueError("another spelling")
    if not (text.isascii() or unicodedata.is_normalized("NFC", ESCAPE.sub("\n", text))):
        raise ValueError("not in NFC")
    return record


def read_key(line: str) -> Key:
    """A log's name and its public key, `name+id+base64` (C2SP signed-note, Ed25519)."""
    found = KEY.fullmatch(line.strip())
    name, id_, encoded = found.groups() if found else ("", "", "")
    key = base64.b64decode(encoded)
    wanted = hashlib.sha256(f"{name}\n".encode() + key).digest()[:4]
    if key[:1] != b"\x01" or wanted.hex() != id_:
        raise CannotJudge("the key is not the public key of a log, `name+id+base64`")
    return Key(line.strip(), name, wanted, key[1:])


def read_note(text: str, key: Key | None) -> Note:
    """Raises `ValueError` for what is no checkpoint (C2SP), or not signed by the key if there is one."""
    if not (note := NOTE.fullmatch(text)):
        raise ValueError("it cannot be read")
    signed, origin, size, root, below = note.groups()
    if key:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  (absent: a sentence)
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

        lines = (line.split(" ") for line in below.splitlines())
        found = [(name, base64.b64decode(encoded)) for _, name, encoded in lines]
        ours = [made[4:] for name, made in found if (name, made[:4]) == (key.name, key.id)]
        if origin != key.name or not ours:
            raise ValueError("it is not signed by the key")
        public = ed25519.Ed25519PublicKey.from_public_bytes(key.public)
        try:
            for signature in ours:
                public.verify(signature, signed.encode())
        except InvalidSignature as error:
            raise ValueError("its signature is not of its words") from error
    return Note(int(size), base64.b64decode(root))


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
            bodies = enumerate((line.removesuffix(b"\n") for line in file), 1)
            rows = ((seq, body, leaf(body)) for seq, body in bodies)
            base.executemany("INSERT INTO ledger_record VALUES (?, ?, ?)", rows)
        else:
            raise CannotJudge(f"{path} is neither a register nor an export of one")
    base.text_factory = bytes
    if register:
        base.executescript("PRAGMA trusted_schema=OFF; BEGIN")
    found = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    if not {(name.encode(),) for name in re.findall(r"TABLE (\w+)", TABLES)} <= set(found):
        raise CannotJudge(f"{path} has not the tables of an access log")
    return base, register


class Verifier:
    """Walks a log once; a second `verify` goes on where the first stopped."""

    key: Key | None = None
    note: Note | None = None
    doubt: Fault | None = None  # the first disagreement of what derives from records

    def __init__(self, log: Path, key: MaybePath, notes: MaybePath, memory: MaybePath) -> None:
        self.log, self.key_file, self.notes_file, self.memory_file = log, key, notes, memory
        self.size, self.hash, self.before = 0, bytes(32), bytes(32)
        self.edge: list[bytes] = []
        self.held = 0  # the size up to which roots were as promised
        self.promised: dict[int, tuple[bytes, str]] = {}

    def verify(self) -> Report:
        """Everything that can be said. Whatever files hold, it does not raise."""
        try:
            self.base, self.indexed = open_log(self.log)
            with closing(self.base):
                return self._verify()
        except Exception as error:  # noqa: BLE001  (whatever it is: neither "ok" nor a traceback)
            return Report(CANNOT_JUDGE, self.size, 0, None, None, f"No judgement: {error}.")

    def _verify(self) -> Report:
        faults = [*self._remembered(), *self._checkpoints()]
        notes = sum(what == "checkpoint" for _, what in self.promised.values())
        faults = [*(self._walk() or self._tail()), *faults, *filter(None, [self.doubt])]
        (count,) = self.base.execute("SELECT count(*) FROM ledger_record").fetchone()
        if faults:
            first, kind, why = min(faults, key=lambda fault: fault.seq)
            sentence = f"Record {first} is the first that does not hold ({kind}): {why}."
            return Report(TAMPERED, count, notes, first, kind, sentence)
        loose = self.size - (self.note.size if self.note else 0)
        remarks = [f"The last {loose} records are under no signed checkpoint yet."] if loose else []
        if self.memory_file and not self.memory_file.exists():
            remarks.append("Nothing was remembered: an end cut off before now is not seen.")
        status, sentence = OK, f"All {count} records and {notes} checkpoints hold."
        if self.note and not self.key:
            status, sentence = INCOMPLETE, "Records hold; without a key no signature was checked."
        return Report(status, count, notes, None, None, sentence, tuple(remarks))

    def _remembered(self) -> Iterator[Fault]:
        """Read the key, and what was seen last time."""
        self.key = read_key(self.key_file.read_text(errors="replace")) if self.key_file else None
        if not self.memory_file or not self.memory_file.exists():
            return
        try:
            memory = json.loads(self.memory_file.read_bytes())
            size, root = int(memory["size"]), base64.b64decode(memory["root"], validate=True)
            known = read_key(memory["key"]) if memory["key"] else None
        except (ValueError, KeyError, TypeError, AttributeError, CannotJudge) as error:
            raise CannotJudge(f"{self.memory_file}, the memory, is damaged: use a copy") from error
        self.promised.update({size: (root, "memory")} if size else {})
        if self.key and known and self.key.name != known.name:
            raise CannotJudge(f"What was remembered is of another log, {known.name}")
        if self.key and known and self.key != known:
            yield Fault(1, "bad_signature", "the key is not the one that was remembered")
        self.key = self.key or known

    def _checkpoints(self) -> Iterator[Fault]:
        """Read both copies of all checkpoints; gives those that do not hold."""
        rows = self.base.execute("SELECT note FROM ledger_checkpoint ORDER BY size").fetchall()
        texts = [note.decode(errors="replace") if note else "" for (note,) in rows]
        if self.notes_file:
            whole = self.notes_file.read_text("utf-8", errors="replace").split("\n\n\n")
            texts += [f"{text}\n" for text in whole[:-1]]
        size, strange = 1, ""
        for text in dict.fromkeys(texts):
            try:
                note = read_note(text, self.key)
            except ValueError as error:
                strange = text.split("\n", maxsplit=1)[0]
                yield Fault(size, "bad_signature", f"a checkpoint at or after {size}: {error}")
                continue
            size = note.size
            root, what = self.promised.setdefault(size, (note.root, "checkpoint"))
            if root != note.root:
                roots = f"a checkpoint says {note.root.hex()}, the {what} {root.hex()}"
                yield Fault(size, "forked", f"there are two histories of {size} records: {roots}")
            self.note = max(self.note or note, note, key=lambda note: note.size)
        if self.key and strange and strange != self.key.name and not self.note:
            raise CannotJudge(f"the key is of {self.key.name}, the checkpoints are of {strange}")

    def _walk(self) -> list[Fault]:
        """Record by record, as far as it holds."""
        for row in self.base.execute(f"{QUERY} > ? ORDER BY r.seq", (self.size or -(2**63),)):
            if fault := self._step(*row):
                return [fault]
            root, what = self.promised.get(self.size, (None, ""))
            if root and (here := self.root()) != root:
                first = max(self.held + 1, self.doubt.seq if self.doubt else 0)
                roots = f"their root is {here.hex()}, the {what} says {root.hex()}"
                return [Fault(first, "forked", f"history up to {self.size} was rewritten: {roots}")]
            self.held = self.size if root else self.held
        return []

    def _tail(self) -> list[Fault]:
        (indexed,) = self.base.execute("SELECT max(seq) FROM ledger_index").fetchone()
        known = ((size, what) for size, (_, what) in self.promised.items())
        size, what = max([(indexed or 0, "index"), *known])
        end = f"the log ends with record {self.size}, the {what} knows of {size}"
        return [Fault(self.size + 1, "truncated", end)] if size > self.size else []

    def _step(self, seq: int, body: Any, stored: Any, kinds: bytes, *derived: Any) -> Fault | None:
        """One record further, or what is wrong with it."""
        at = self.size + 1
        if seq != at:
            kind = "deleted" if seq > at else "inserted"
            return Fault(min(at, seq), kind, f"record {at} should follow, and {seq} does")
        try:
            record, hash_ = strict(body), leaf(body)
        except ValueError:
            return Fault(at, "edited", "it is not spelled as records are")
        agrees = hash_ == stored and kinds == b"blobblob"
        if record.get("seq") != at:
            return self._misplaced(at, record, hash_, agrees=agrees)
        if agrees and record.get("prev_hash") != self.hash.hex():
            return self._unlinked(at, hash_)
        if agrees and (v := record.get("v", 1)) != 1 and self._maybe(at + 1).get("v", v) == v:
            raise CannotJudge(f"record {at} is of a later version: take a newer verifier")
        if not agrees or not RECORD.fullmatch(body.decode()):
            why = "it has not the keys of a record" if agrees else "words and hash do not agree"
            return Fault(at, "edited", why)
        self.doubt = self.doubt or (self._derived(at, record, *derived) if self.indexed else None)
        self.size, self.before, self.hash = at, self.hash, hash_
        size = at - 1
        while size & 1:
            hash_, size = node(self.edge.pop(), hash_), size >> 1
        self.edge.append(hash_)
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
        place = (actor["person"], actor["account"][:COLUMN_LETTERS], record["verb"])
        what = (subject and subject[:COLUMN_LETTERS], record["result"])
        moment = record["at"].replace("T", " ")[:-1].removesuffix(".000000")
        said = [cell.decode() if isinstance(cell, bytes) else cell for cell in found]
        said[1] = str(said[1]).removesuffix(".000000")
        if said != [at, moment, *place, *what]:
            return Fault(at, "index_edited", "the index does not say what the record says")
        promised = record["reason_commitment"]
        if salt is not None and hmac.new(salt, words or b"", "sha256").hexdigest() != promised:
            return Fault(at, "reason_edited", "the words kept are not the reason that was given")
        return None

    def root(self) -> bytes:
        """Root of the tree over all records so far."""
        *rest, root = self.edge or [hashlib.sha256(b"").digest()]
        for left in reversed(rest):
            root = node(left, root)
        return root

    def keep(self) -> None:
        """Remember what was seen. For after a report that is ok."""
        if self.memory_file:
            root, key = base64.b64encode(self.root()).decode(), self.key and self.key.line
            kept = {"size": self.size, "root": root, "key": key}
            fresh = self.memory_file.with_name(f".{self.memory_file.name}.new")
            with fresh.open("w") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.memory_file)


def main() -> int:
    """Verify, say it, remember it."""
    words = argparse.ArgumentParser(description="Verify a Patrol access log.")
    words.add_argument("log", type=Path, help="register.sqlite3, or an export")
    words.add_argument("--key", type=Path, help="the log's public key, log.pub")
    words.add_argument("--notes", type=Path, help="the second copy of checkpoints")
    words.add_argument("--remember", type=Path, help="what was seen last, and is now")
    try:
        given = words.parse_args()
    except SystemExit as stop:
        return CANNOT_JUDGE if stop.code else OK
    verifier = Verifier(given.log, given.key, given.notes, given.remember)
    report = verifier.verify()
    if report.status == OK:
        verifier.keep()
    sys.stdout.write("\n".join((report.sentence, *report.remarks, "")))
    return report.status


if __name__ == "__main__":
    sys.exit(main())
