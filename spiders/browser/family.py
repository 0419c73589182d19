"""The processes that this one started, and theirs: what they hold, and their end. Linux only; elsewhere nobody is seen."""

import os
import signal
from collections.abc import Collection
from pathlib import Path

_PROC = Path("/proc")


def children() -> set[int]:
    """Ids of the processes that this one started."""
    return set(_below().get(os.getpid(), []))


def with_descendants(roots: Collection[int]) -> list[int]:
    """These processes and all below them, parents first."""
    below = _below()
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        pid = waiting.pop(0)
        found.append(pid)
        waiting += below.get(pid, [])
    return found


def _below() -> dict[int, list[int]]:
    below: dict[int, list[int]] = {}
    for entry in _PROC.glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # it ended meanwhile
        below.setdefault(parent, []).append(int(entry.name))
    return below


def held_mb(roots: Collection[int]) -> float:
    """Memory that they have written, in MB. What they share with files does not count."""
    return sum(_written_kb(pid) for pid in with_descendants(roots)) / 1024


def _written_kb(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssShmem")))


def kill(roots: Collection[int]) -> None:
    """End them all at once."""
    for pid in with_descendants(roots):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
