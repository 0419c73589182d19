"""Signed checkpoints of the access log, kept twice: in the register and in a file beside it.

One signer at a time: on this machine by a lock file, on several by a row that
the signer must change from what it knows (`one_signer`). A checkpoint is signed only if the log
still begins with everything that was signed before: the tree's right edge is
kept from the last checkpoint on, and only rows that follow it are added. A
register older than its last checkpoint is refused.
"""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.utils import timezone

from patrol.errors import PatrolError, Tampered
from patrol.ledger.chain import Head, follow
from patrol.ledger.checkpoint import Checkpoint, Signer, VerifierKey
from patrol.ledger.rotation import Ring, Rotation, rotate
from patrol.ledger.tree import EMPTY_ROOT, Frontier
from patrol.register import disputes, floor, log, notes, one_signer
from patrol.register.secrets import move_secret, secret_file
from patrol.register.tables import LedgerCheckpoint, LedgerRecord
from patrol.register.watch import LogVerdict, Watch

__all__ = [
    "LogVerdict",
    "edge_at",
    "leaves",
    "public_key",
    "refuse_rolled_back",
    "sign_due",
    "sign_now",
    "verdict",
]

EVERY_RECORDS = 1_000
EVERY = timedelta(seconds=60)
_SEED_BYTES = 32


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


def sign_due(now: datetime) -> bool:
    """Sign if 1,000 records or 60 s have passed since the last checkpoint and the log has moved. Returns whether it did.

    Raises `LogRolledBack`, `LogForked`, `ChainBroken` when there is nothing honest to sign: that is kept as a dispute
    until something is signed again. Raises `SignerElsewhere` when another signer was faster.
    """
    try:
        signed = _sign_due(now)
    except Tampered as error:
        disputes.dispute(disputes.SIGNER, error)
        raise
    if signed:
        disputes.settle(disputes.SIGNER)
    return signed


def _sign_due(now: datetime) -> bool:
    with _told():
        size = log.head().seq
        last = LedgerCheckpoint.objects.order_by("-size").first()
    if size == 0 and last is None:
        return False
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
        return _sign(_signer())


def _sign(signer: Signer) -> Checkpoint | None:
    drafted = _draft(signer)
    return _publish(*drafted) if drafted else None


class _Draft(NamedTuple):
    """A checkpoint that is signed, and that nobody has seen yet."""

    before: str | None
    """The note that it follows."""
    note: str
    checkpoint: Checkpoint
    edge: Frontier


def _draft(signer: Signer) -> _Draft | None:
    keys = floor.ring(signer.verifier)
    last, edge = _last_signed(keys)
    before = one_signer.last()
    if before is not None and keys.open(before) != last:
        raise one_signer.SignerElsewhere
    rows = LedgerRecord.objects.filter(seq__gt=edge.size).order_by("seq")
    leaf = LedgerRecord.objects.filter(seq=edge.size).values_list("hash", flat=True).first()
    signed = Head(edge.size, bytes(leaf)) if leaf is not None else floor.beginning()[0]
    for head in follow(signed, _plain(rows)):
        edge.append(head.hash)
    if edge.size == last.size:
        return None
    checkpoint = Checkpoint(signer.verifier.name, edge.size, edge.root())
    return _Draft(before, signer.sign(checkpoint), checkpoint, edge)


def _publish(before: str | None, note: str, checkpoint: Checkpoint, edge: Frontier) -> Checkpoint:
    """Raises `SignerElsewhere` when another note followed `before` meanwhile: then this one is never seen."""
    one_signer.take(before, note)
    notes.add(note)
    _keep(checkpoint.size, note, timezone.now())
    _save(edge)
    return checkpoint


def change_key(write: Callable[[str], object]) -> VerifierKey:
    """Sign all there is with the old key, have `write` put both keys' statement into the log, and go on with a new one.

    Killed at any moment, the log has one key: the new one from its record on. The old one's private
    half is gone then.
    """
    with _turn():
        old = _signer()
        _sign(old)
        new = Signer(secret_file(notes.places().next_seed), old.verifier.name)
        write(rotate(old, new))
        _sign(_signer())
        return new.verifier


def _settle() -> None:
    """Finish a change of keys that the log records, or forget one that it does not."""
    at = notes.places()
    if not at.next_seed.exists() or not at.public.exists():
        return
    name = VerifierKey.parse(at.public.read_text(errors="replace")).name
    new = Signer(secret_file(at.next_seed), name).verifier
    changes = floor.statements()
    if changes and Rotation.parse(changes[-1][1]).new == new:
        notes.replace(at.public, f"{new}\n")
        at.next_seed.replace(at.seed)
        notes.sync_folder(at.seed.parent)
    else:
        at.next_seed.unlink()


def sign_words(write: Callable[[str], str]) -> str:
    """A signed note of a text that is no checkpoint. `write` gets the log's name, and gives whole lines."""
    with _turn():
        signer = _signer()
        text = write(signer.verifier.name)
        return f"{text}\n{signer.line(text)}"


def refuse_rolled_back(*, signs: bool = True) -> None:
    """Raise unless the log still holds everything that was signed: asked at start.

    A machine that never signs needs the public half of the key only, and makes none.
    Raises `LogRolledBack` or `LogForked`; `BadCheckpoint` for one that the key did not sign.
    """
    with _turn():
        if notes.places().notes.exists() or LedgerCheckpoint.objects.exists():
            keys = floor.ring(_signer().verifier if signs and signs_here() else _given())
            _agree(keys)
            _last_signed(keys)


def public_key() -> VerifierKey:
    """What checkpoints are verified with. Made on first use."""
    with _turn():
        return _signer().verifier if signs_here() else _given()


def signs_here() -> bool:
    """Whether this account reaches the signing key. Others make do with its public half."""
    return notes.places().signs


def require_key() -> None:
    """Raise `KeyUnusable` unless this account can sign: asked where a projector starts."""
    with _turn():
        _signer()


def _last_signed(keys: Ring) -> tuple[Checkpoint, Frontier]:
    """The last checkpoint, the same in both copies, and the tree's right edge there."""
    row = LedgerCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()
    if row != notes.last_filed() or row != one_signer.last():
        _agree(keys)
        row = LedgerCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()
    if row is None:
        return Checkpoint(keys.at(0).name, 0, EMPTY_ROOT), Frontier()
    last = keys.open(row)
    if (here := log.head().seq) < last.size:
        raise LogRolledBack(here, last.size)
    return last, _edge(last)


def _agree(keys: Ring) -> None:
    """Copy to each place what only another has: register, file, and the row of the one signer.

    Whoever signed the note in that row may have been killed right then. Raises `LogForked` if they contradict each other.
    """
    taken = one_signer.last()
    rows = LedgerCheckpoint.objects.order_by("size").values_list("size", "note")
    if notes.hold_just(rows.iterator(chunk_size=5_000), taken):
        return  # as nearly always: one a minute of years is not gathered in memory
    kept = dict(rows)
    filed = dict(notes.filed())
    signed = {keys.open(taken).size: taken} if taken else {}
    known: dict[int, str] = {}
    for size, note in (*kept.items(), *filed.items(), *signed.items()):
        if known.setdefault(size, note) != note:
            raise LogForked(size)
    here = log.head().seq
    for size in sorted(known):
        if size not in kept or size not in filed:
            keys.open(known[size])
        if size not in kept:
            if size > here:
                raise LogRolledBack(here, size)
            _keep(size, known[size], timezone.now())
        if size not in filed:
            notes.add(known[size])
    if known and (newest := known[max(known)]) != taken:
        one_signer.take(taken, newest)


def _edge(last: Checkpoint) -> Frontier:
    """The right edge at that checkpoint: from the cache, or from all records. Raises `LogForked`."""
    try:
        saved = json.loads(notes.places().frontier.read_text())
        edge = Frontier(saved["size"], map(bytes.fromhex, saved["nodes"]))
        if (edge.size, edge.root()) == (last.size, last.root):
            return edge
    except (OSError, ValueError, KeyError, TypeError):
        pass  # a cache: all records say the same
    edge = edge_at(last.size)
    if (edge.size, edge.root()) != (last.size, last.root):
        raise LogForked(last.size)
    _save(edge)
    return edge


def edge_at(size: int) -> Frontier:
    """The tree's right edge at a size, from all records up to there. Raises `ChainBroken`; `IndexError` when that is pruned."""
    head, edge = floor.beginning()
    if size < edge.size:
        raise IndexError(f"records up to {edge.size} are pruned")
    rows = LedgerRecord.objects.filter(seq__gt=edge.size, seq__lte=size).order_by("seq")
    for each in follow(head, _plain(rows)):
        edge.append(each.hash)
    return edge


def signed_edge(size: int) -> Frontier:
    """The tree's right edge at a checkpoint, which all records up to there must have. Raises `LogForked`, `ChainBroken`."""
    note = LedgerCheckpoint.objects.get(size=size).note
    key = VerifierKey.parse(notes.places().public.read_text(errors="replace"))
    edge = edge_at(size)
    if floor.ring(key).open(note).root != edge.root():
        raise LogForked(size)
    return edge


def leaves(after: int, through: int) -> list[bytes]:
    """The leaves of the tree between two sizes."""
    rows = LedgerRecord.objects.filter(seq__gt=after, seq__lte=through).order_by("seq")
    return [bytes(hash_) for hash_ in rows.values_list("hash", flat=True)]


def _plain(rows: Any) -> Iterator[tuple[int, bytes, bytes]]:
    for seq, body, hash_ in rows.values_list("seq", "body", "hash").iterator(chunk_size=1_000):
        yield seq, bytes(body), bytes(hash_)


def _keep(size: int, note: str, at: datetime) -> None:
    with log.durably():
        LedgerCheckpoint.objects.update_or_create(
            size=size, defaults={"note": note, "signed_at": at}
        )


def _save(edge: Frontier) -> None:
    notes.replace(
        notes.places().frontier,
        json.dumps({"size": edge.size, "nodes": [node.hex() for node in edge.nodes]}),
    )


@contextmanager
def _turn() -> Iterator[None]:
    """One signer at a time on this machine."""
    with _told():
        folder = notes.places().folder
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
    at = notes.places()
    if not at.signs:
        raise KeyUnusable(f"This account cannot read {at.signer}, where the signing key stands.")
    if at.signer is not None:
        move_secret(notes.Places(at.home).seed, at.seed)
    _settle()
    if at.public.exists() and not at.seed.exists():
        raise KeyUnusable(f"{at.seed} is gone, {at.public} is there.")
    try:
        seed = secret_file(at.seed)
    except PermissionError as error:
        raise KeyUnusable(str(error)) from error
    if len(seed) != _SEED_BYTES:
        raise KeyUnusable(f"{at.seed} has {len(seed)} bytes instead of {_SEED_BYTES}.")
    if not at.public.exists():
        notes.replace(at.public, f"{Signer(seed).verifier}\n")
    named = VerifierKey.parse(at.public.read_text(errors="replace"))
    signer = Signer(seed, named.name)
    if signer.verifier != named:
        raise KeyUnusable(f"{at.public} is not the public half of {at.seed}.")
    return signer


def _given() -> VerifierKey:
    """The public half, as it was copied here."""
    public = notes.places().public
    try:
        return VerifierKey.parse(public.read_text(errors="replace"))
    except OSError as error:
        raise KeyUnusable(f"{public} cannot be read: {error.strerror}.") from error


def verdict() -> LogVerdict:
    """Verify this register's log; a log that holds is remembered."""
    watch = Watch()
    found = watch.look()
    if found.ok:
        with _turn():
            watch.remember()
    return found
