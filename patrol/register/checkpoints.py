"""Signed checkpoints of the access log, kept twice: in the register and in a file beside it.

One signer at a time, by a lock file. A checkpoint is signed only if the log
still begins with everything that was signed before: the tree's right edge is
kept from the last checkpoint on, and only rows that follow it are added. A
register older than its last checkpoint is refused.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.utils import timezone

from patrol.errors import PatrolError, Tampered
from patrol.ledger.chain import Head, follow
from patrol.ledger.checkpoint import BadCheckpoint, Checkpoint, Signer, VerifierKey
from patrol.ledger.tree import EMPTY_ROOT, Frontier
from patrol.register import log
from patrol.register.secrets import secret_file
from patrol.register.tables import LedgerCheckpoint, LedgerRecord
from patrol.settings import Settings

EVERY_RECORDS = 1_000
EVERY = timedelta(seconds=60)
_SEED_BYTES = 32
_MAX_LINE_BYTES = 4_096


class LogRolledBack(Tampered):
    """The register is older than what was signed about it."""

    def __init__(self, size: int, signed: int) -> None:
        super().__init__(
            f"The access log has {size:,} records; {signed:,} were signed.",
            why="Records are missing at its end: the register was restored from an older copy, or records were removed.",
            do="Keep a copy of the data directory as it is, tell the auditor, and restore the newest backup.",
        )


class LogForked(Tampered):
    """The log's beginning is not what was signed."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The first {size:,} records of the access log are not those that were signed.",
            why="The root of their tree differs from the signed checkpoint's: history was rewritten.",
            do="Keep a copy of the data directory as it is, run `patrol log verify`, and tell the auditor.",
        )


class KeyUnusable(PatrolError):
    """The signing key is not a key."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Checkpoints of the access log cannot be signed.",
            why=why,
            do="Put keys/log.key and keys/log.pub back from the safe; a new key would begin a new log.",
        )


class Places(NamedTuple):
    """Where checkpoints and keys stand in a data directory."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "checkpoints"

    @property
    def notes(self) -> Path:
        """The second copy: one JSON line a checkpoint, only ever added to."""
        return self.folder / "notes.jsonl"

    @property
    def frontier(self) -> Path:
        """The tree's right edge at the last checkpoint. A cache: it must give the signed root."""
        return self.folder / "frontier.json"

    @property
    def remembered(self) -> Path:
        """What `patrol log verify` saw last."""
        return self.folder / "remembered"

    @property
    def seed(self) -> Path:
        return self.home / "keys" / "log.key"

    @property
    def public(self) -> Path:
        return self.home / "keys" / "log.pub"


def places() -> Places:
    return Places(Settings().home)


def sign_due(now: datetime) -> bool:
    """Sign if 1,000 records or 60 s have passed since the last checkpoint and the log has moved. Returns whether it did.

    Raises `LogRolledBack`, `LogForked`, `ChainBroken` when there is nothing honest to sign.
    """
    with _told():
        size = log.head().seq
        last = LedgerCheckpoint.objects.order_by("-size").first()
    if last is not None:
        waited = now - last.signed_at
        if size == last.size or (
            size - last.size < EVERY_RECORDS and timedelta(0) <= waited < EVERY
        ):
            return False
    return sign_now() is not None


def sign_now() -> Checkpoint | None:
    """Sign the log as it stands; None if it has not moved. Raises like `sign_due`."""
    with _turn():
        signer = _signer()
        last, edge = _last_signed(signer.verifier)
        rows = LedgerRecord.objects.filter(seq__gt=edge.size).order_by("seq")
        before = LedgerRecord.objects.filter(seq=edge.size).values_list("hash", flat=True).first()
        signed = Head(edge.size, bytes(before)) if before is not None else Head()
        for head in follow(signed, _plain(rows)):
            edge.append(head.hash)
        if edge.size == last.size:
            return None
        checkpoint = Checkpoint(signer.verifier.name, edge.size, edge.root())
        note, at = signer.sign(checkpoint), timezone.now()
        _add_line(note, at)
        _keep(checkpoint.size, note, at)
        _save(edge)
        return checkpoint


def refuse_rolled_back() -> None:
    """Raise unless the log still holds everything that was signed: asked at start.

    Raises `LogRolledBack` or `LogForked`; `BadCheckpoint` for one that the key did not sign.
    """
    with _turn():
        if places().notes.exists() or LedgerCheckpoint.objects.exists():
            key = _signer().verifier
            _agree(key)
            _last_signed(key)


def public_key() -> VerifierKey:
    """What checkpoints are verified with. Made on first use."""
    with _turn():
        return _signer().verifier


def _last_signed(key: VerifierKey) -> tuple[Checkpoint, Frontier]:
    """The last checkpoint, the same in both copies, and the tree's right edge there."""
    row = LedgerCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()
    if row != _last_line():
        _agree(key)
        row = LedgerCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()
    if row is None:
        return Checkpoint(key.name, 0, EMPTY_ROOT), Frontier()
    last = key.open(row)
    if (here := log.head().seq) < last.size:
        raise LogRolledBack(here, last.size)
    return last, _edge(last)


def _agree(key: VerifierKey) -> None:
    """Copy to each side what only the other has. Raises `LogForked` if they contradict each other."""
    kept = dict(LedgerCheckpoint.objects.order_by("size").values_list("size", "note"))
    filed = dict(_lines())
    for size in kept.keys() & filed.keys():
        if kept[size] != filed[size]:
            raise LogForked(size)
    here = log.head().seq
    for size in sorted(filed.keys() - kept.keys()):
        key.open(filed[size])
        if size > here:
            raise LogRolledBack(here, size)
        _keep(size, filed[size], timezone.now())
    for size in sorted(kept.keys() - filed.keys()):
        key.open(kept[size])
        _add_line(kept[size], timezone.now())


def _edge(last: Checkpoint) -> Frontier:
    """The right edge at that checkpoint: from the cache, or from all records. Raises `LogForked`."""
    try:
        saved = json.loads(places().frontier.read_text())
        edge = Frontier(saved["size"], map(bytes.fromhex, saved["nodes"]))
        if (edge.size, edge.root()) == (last.size, last.root):
            return edge
    except (OSError, ValueError, KeyError, TypeError):
        pass  # a cache: all records say the same
    edge = Frontier()
    for head in follow(
        Head(), _plain(LedgerRecord.objects.filter(seq__lte=last.size).order_by("seq"))
    ):
        edge.append(head.hash)
    if (edge.size, edge.root()) != (last.size, last.root):
        raise LogForked(last.size)
    _save(edge)
    return edge


def _plain(rows: Any) -> Iterator[tuple[int, bytes, bytes]]:
    for seq, body, hash_ in rows.values_list("seq", "body", "hash").iterator(chunk_size=1_000):
        yield seq, bytes(body), bytes(hash_)


def _keep(size: int, note: str, at: datetime) -> None:
    with log.durably():
        LedgerCheckpoint.objects.update_or_create(
            size=size, defaults={"note": note, "signed_at": at}
        )


def _lines() -> Iterator[tuple[int, str]]:
    """Size and note of each line of the second copy. A line torn by a crash was never acknowledged: it is cut off."""
    path = places().notes
    if not path.exists():
        return
    written = path.read_bytes()
    whole = written.rfind(b"\n") + 1
    if whole < len(written):
        os.truncate(path, whole)
    for number, line in enumerate(written[:whole].splitlines(), 1):
        note = _note(line)
        if note is None:
            raise BadCheckpoint(f"Line {number} of {path} cannot be read.")
        yield Checkpoint.parse(note.partition("\n\n")[0] + "\n").size, note


def _last_line() -> str | None:
    """The note in the last line, None if it is torn or not there."""
    path = places().notes
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MAX_LINE_BYTES))
        end = file.read()
    return _note(end.splitlines()[-1]) if end.endswith(b"\n") else None


def _note(line: bytes) -> str | None:
    try:
        note = json.loads(line)["note"]
    except (ValueError, KeyError, TypeError):
        return None
    return note if isinstance(note, str) else None


def _add_line(note: str, at: datetime) -> None:
    path = places().notes
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        line = json.dumps({"note": note, "signed_at": at.isoformat()}, ensure_ascii=False)
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if new:
        _sync_folder(path.parent)


def _save(edge: Frontier) -> None:
    _replace(
        places().frontier,
        json.dumps({"size": edge.size, "nodes": [node.hex() for node in edge.nodes]}),
    )


def _replace(path: Path, text: str) -> None:
    """Write a file whole: old or new after a crash, never torn."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _turn() -> Iterator[None]:
    """One signer at a time on this machine."""
    with _told():
        folder = places().folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _told() -> Iterator[None]:
    """A full disk or a locked register comes out as a sentence."""
    try:
        yield
    except (OSError, DatabaseError) as error:
        raise log.LogUnwritable(error) from error


def _signer() -> Signer:
    """The key pair; made on first use, and only then."""
    at = places()
    if at.public.exists() and not at.seed.exists():
        raise KeyUnusable(f"{at.seed} is gone, {at.public} is there.")
    try:
        seed = secret_file(at.seed)
    except PermissionError as error:
        raise KeyUnusable(str(error)) from error
    if len(seed) != _SEED_BYTES:
        raise KeyUnusable(f"{at.seed} has {len(seed)} bytes instead of {_SEED_BYTES}.")
    if not at.public.exists():
        _replace(at.public, f"{Signer(seed).verifier}\n")
    named = VerifierKey.parse(at.public.read_text(errors="replace"))
    signer = Signer(seed, named.name)
    if signer.verifier != named:
        raise KeyUnusable(f"{at.public} is not the public half of {at.seed}.")
    return signer
