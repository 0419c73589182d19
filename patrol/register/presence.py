"""Which runs have a living process on this machine: each holds a lock on a file of its own until it dies.

The kernel lets go of the lock when a process ends, kill -9 included, so
nobody has to wait for a sign of life that will not come.
"""

import fcntl
import os
from pathlib import Path

from patrol.settings import Settings


def _file(run_id: int) -> Path:
    return Settings().home / "running" / f"{run_id}.lock"


def hold(run_id: int) -> int:
    """Hold that run's lock until this process ends. Gives the descriptor; the run's file is removed by `leave`."""
    path = _file(run_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def leave(run_id: int, descriptor: int) -> None:
    """The run has ended: its outcome is in the register."""
    _file(run_id).unlink(missing_ok=True)
    os.close(descriptor)


def gone(run_id: int) -> bool:
    """Whether the run was begun on this machine by a process that is no more. False when nothing is known of it."""
    try:
        descriptor = os.open(_file(run_id), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def forget(run_id: int) -> None:
    """Remove what a dead process left."""
    _file(run_id).unlink(missing_ok=True)
