"""The files beside the register: the second copy of all checkpoints, and where keys and memory stand."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from patrol.ledger.checkpoint import Checkpoint
from patrol.settings import Settings

_BETWEEN = b"\n\n\n"
"""A note ends with one newline and never holds three."""
SEPARATOR = _BETWEEN[1:]
"""What follows a note in a file of notes."""
_MAX_NOTE_BYTES = 4_096


class Places(NamedTuple):
    """Where checkpoints and keys stand in a data directory."""

    home: Path
    signer: Path | None = None
    """Where the signing key stands apart from the others."""

    @property
    def folder(self) -> Path:
        return self.home / "checkpoints"

    @property
    def notes(self) -> Path:
        """The second copy: signed notes with two empty lines between, only ever added to."""
        return self.folder / "notes"

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
        return (self.signer or self.home / "keys") / "log.key"

    @property
    def next_seed(self) -> Path:
        """A new key while the old one is changed for it."""
        return self.seed.with_name("log.key.next")

    @property
    def public(self) -> Path:
        return self.home / "keys" / "log.pub"

    @property
    def signs(self) -> bool:
        """Whether this account reaches the signing key; where it stands apart, the projector's alone does."""
        return self.signer is None or os.access(self.signer, os.R_OK | os.W_OK | os.X_OK)


def places() -> Places:
    settings = Settings()
    return Places(settings.home, settings.signer)


def filed() -> Iterator[tuple[int, str]]:
    """Size and note of the second copy. A note torn by a crash was never acknowledged: it is cut off."""
    path = places().notes
    if not path.exists():
        return
    written = path.read_bytes()
    whole = written.rfind(_BETWEEN) + len(_BETWEEN) if _BETWEEN in written else 0
    if whole < len(written):
        os.truncate(path, whole)
    for text in written[:whole].decode(errors="replace").split(_BETWEEN.decode())[:-1]:
        yield Checkpoint.parse(text.partition("\n\n")[0] + "\n").size, f"{text}\n"


def hold_just(kept: Iterable[tuple[int, str]], last: str | None) -> bool:
    """Whether the second copy holds these sizes and notes and nothing else, of which `last` is the last."""
    path = places().notes
    if not path.exists():
        return False
    note = None
    with path.open("rb") as file:
        for size, note in kept:
            written = note.encode() + SEPARATOR
            if note.split("\n", 2)[1:2] != [str(size)] or file.read(len(written)) != written:
                return False
        return note == last and not file.read(1)


def last_filed() -> str | None:
    """The last note of the second copy; None if it is torn or not there."""
    path = places().notes
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MAX_NOTE_BYTES))
        *_, note, end = (b"", b"", *file.read().split(_BETWEEN))
    return None if end else f"{note.decode(errors='replace')}\n"


def add(note: str) -> None:
    """Add to the second copy, durable when this returns."""
    path = places().notes
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(note.encode() + SEPARATOR)
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def replace(path: Path, text: str) -> None:
    """Write a file whole: old or new after a crash, never torn."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
