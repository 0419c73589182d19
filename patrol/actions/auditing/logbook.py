"""What is done with the access log itself: a record proven, the log written out, its key changed."""

import os
from pathlib import Path

from patrol.actions.desk import Desk
from patrol.errors import NotFound, PatrolError
from patrol.ledger.checkpoint import VerifierKey
from patrol.models import Permission, Verb
from patrol.register import checkpoints, floor, proofs, stamping
from patrol.register.proofs import Proof
from patrol.register.stamping import Stamp
from patrol.register.tables import LedgerRecord

_ROWS_AT_ONCE = 1_000


class CannotWrite(PatrolError):
    """The place for an export cannot be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} cannot be written.",
            why=f"The machine says: {error.strerror}.",
            do="Name a new file in a folder that is there and that you may write to.",
        )


class NoSuchStamp(NotFound):
    def __init__(self, size: int) -> None:
        super().__init__(
            f"The checkpoint of {size} records has no stamp.",
            why="No authority of time is named, or it stamped another checkpoint.",
            do="Take the stamp from the page of a record that says when it was stamped.",
        )


def prove(desk: Desk, seq: int) -> Proof:
    """The proof of one record, to be taken away. Recorded before it is given."""
    desk.require(Permission.LOG_VERIFY, Verb.LOG_PROVED, f"record:{seq}")
    proof = proofs.prove(seq)
    desk.record(
        Verb.LOG_PROVED,
        subject=f"record:{seq}",
        details={"size": proof.size, "attested": proof.attested},
    )
    return proof


def stamp(desk: Desk, size: int) -> Stamp:
    """What an authority of time said of a checkpoint, to be taken away. Recorded before it is given. Raises `NoSuchStamp`."""
    subject = f"checkpoint:{size}"
    desk.require(Permission.LOG_VERIFY, Verb.LOG_PROVED, subject)
    found = stamping.find(size)
    if found is None:
        raise NoSuchStamp(size)
    desk.record(Verb.LOG_PROVED, subject=subject, details={"size": size, "stamped": True})
    return found


def export(desk: Desk, path: Path) -> int:
    """Write all records into a new file, one a line, as the verifier reads them. Returns how many.

    The export's own record is the last of them. Of a pruned log, the first line says what is kept of the rest.
    """
    desk.require(Permission.LOG_VERIFY, Verb.LOG_EXPORTED)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotWrite(path, error) from error
    last = desk.record(Verb.LOG_EXPORTED)
    bodies = (
        LedgerRecord.objects.filter(seq__lte=last).order_by("seq").values_list("body", flat=True)
    )
    count = 0
    with os.fdopen(descriptor, "wb") as file:
        file.write(floor.first_line())
        for body in bodies.iterator(chunk_size=_ROWS_AT_ONCE):
            file.write(bytes(body) + b"\n")
            count += 1
    return count


def change_key(desk: Desk, reason: str) -> VerifierKey:
    """Sign with a new key from now on: a record that both keys sign leads from one to the other."""

    def write(statement: str) -> None:
        with desk.act(Permission.SYSTEM_OPERATE, Verb.LOG_KEY_ROTATED, reason=reason) as act:
            act.details = {"statement": statement}

    desk.require(Permission.SYSTEM_OPERATE, Verb.LOG_KEY_ROTATED)
    return checkpoints.change_key(write)
