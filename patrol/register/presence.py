"""Which runs have a living process on this machine: each holds a lock on a file of its own until it dies.

Nobody has to wait for a sign of life that will not come.
"""

from patrol.register.lock import Lock
from patrol.settings import Settings


def _lock(run_id: int) -> Lock:
    return Lock(Settings().home / "running" / f"{run_id}.lock")


def hold(run_id: int) -> Lock:
    """Hold that run's lock until this process ends; give it back with `leave`. Waits for a process that has it."""
    lock = _lock(run_id)
    lock.take(wait=True)
    return lock


def leave(lock: Lock) -> None:
    """The run has ended: its outcome is in the register."""
    lock.path.unlink(missing_ok=True)
    lock.leave()


def gone(run_id: int) -> bool:
    """Whether the run was begun on this machine by a process that is no more. False when nothing is known of it."""
    return _lock(run_id).taken() is False


def forget(run_id: int) -> None:
    """Remove what a dead process left."""
    _lock(run_id).path.unlink(missing_ok=True)
