"""That one record is in the log, for somebody who has nothing but the key (C2SP tlog-proof)."""

import base64
from collections.abc import Collection
from typing import NamedTuple

from patrol.errors import NotFound, TryLater
from patrol.ledger.checkpoint import Checkpoint
from patrol.ledger.tree import Grown
from patrol.register import checkpoints, floor, outside, stamping
from patrol.register.tables import LedgerCheckpoint, LedgerRecord


class Proof(NamedTuple):
    """A record, the hashes that lead from it to a root, and the checkpoint that has that root."""

    seq: int
    size: int
    """Of the log in the checkpoint."""
    attested: bool
    """Whether a witness signed the checkpoint too."""
    text: str

    @property
    def name(self) -> str:
        return f"record-{self.seq}.tlog-proof"


class NoSuchRecord(NotFound):
    def __init__(self, seq: int) -> None:
        super().__init__(
            f"There is no record {seq} in the access log.",
            why="The log ends before it, or it was pruned.",
            do="Look its number up in the access log.",
        )


class NotSignedYet(TryLater):
    def __init__(self, seq: int) -> None:
        super().__init__(
            f"Record {seq} is under no signed checkpoint yet.",
            why="A checkpoint is signed every minute while `patrol serve` or `patrol projector` works.",
            do="Try again in a minute.",
        )


def prove(seq: int) -> Proof:
    """The proof of a record: under a checkpoint that a witness signed or an authority of time stamped, else under the last.

    Raises `NoSuchRecord`, `NotSignedYet`.
    """
    body = LedgerRecord.objects.filter(seq=seq).values_list("body", flat=True).first()
    if body is None:
        raise NoSuchRecord(seq)
    seen = outside.attested(seq)
    note = seen.note if seen else _last_note(seq)
    if note is None:
        raise NotSignedYet(seq)
    return _proof(_tree(note), seq, bytes(body), note, attested=seen is not None)


def prove_each(seqs: Collection[int]) -> list[Proof]:
    """Proofs of those records that are there and under a signed checkpoint, in their order: one tree for all.

    They are under the checkpoint that a witness signed, or an authority of time stamped, if it reaches as far as the last of them.
    """
    if not seqs:
        return []
    seen = outside.attested(max(seqs))
    note = seen.note if seen else _last_note(max(seqs)) or _newest()
    if note is None:
        return []
    tree = _tree(note)
    bodies = LedgerRecord.objects.filter(seq__in=seqs, seq__lte=tree.size).order_by("seq")
    return [
        _proof(tree, seq, bytes(body), note, attested=seen is not None)
        for seq, body in bodies.values_list("seq", "body")
    ]


def _last_note(seq: int) -> str | None:
    if (stamped := stamping.reaching(seq)) is not None:
        return LedgerCheckpoint.objects.get(size=stamped).note
    last = LedgerCheckpoint.objects.order_by("-size").first()
    return last.note if last and last.size >= seq else None


def _newest() -> str | None:
    return LedgerCheckpoint.objects.order_by("-size").values_list("note", flat=True).first()


def _tree(note: str) -> Grown:
    size = Checkpoint.parse(note.partition("\n\n")[0] + "\n").size
    _, edge = floor.beginning()
    return Grown(edge, checkpoints.leaves(edge.size, size))


def _proof(tree: Grown, seq: int, body: bytes, note: str, *, attested: bool) -> Proof:
    path = tree.inclusion_proof(seq - 1)
    lines = "".join(f"{base64.b64encode(node).decode()}\n" for node in path)
    words = base64.b64encode(body).decode()
    text = f"c2sp.org/tlog-proof@v1\nextra {words}\nindex {seq - 1}\n{lines}\n{note}"
    return Proof(seq, tree.size, attested, text)
