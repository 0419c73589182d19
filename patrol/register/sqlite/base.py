"""SQLite for many processes: WAL and FULL asserted, and every transaction takes its turn by one lock file.

SQLite's own lock is not fair: beside one crawler that commits back to back a
log append took 2.6 s (p95). Queueing on one `flock` file, with batch writers
resting as long as their commit took (`patrol.register.turn`), it takes
milliseconds. Who waits holds a second file meanwhile, so that a batch writer
knows whether there is anybody to rest for.
"""

import fcntl
import os
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from patrol.register.reserve import Reserve

TURN_WAIT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 0.005
"""Between two looks whether the turn is free."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions are durable and take turns."""

    turn_wait_seconds = TURN_WAIT_SECONDS
    _turn: int | None = None

    @property
    def reserve(self) -> Reserve:
        """What the disk of this register keeps for last records."""
        return Reserve(self.settings_dict["NAME"])

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open, and refuse a database that would acknowledge without writing. The PRAGMA's row is fetched: a failed switch to WAL is silent otherwise."""
        patient = {**conn_params, "timeout": self.turn_wait_seconds / 2}
        connection = super().get_new_connection(patient)
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous=FULL")
        level = connection.execute("PRAGMA synchronous").fetchone()[0]
        if (mode, level) != ("wal", 2):
            raise OperationalError(
                f"The register cannot promise durability: journal_mode={mode}, synchronous={level}. "
                "Move the data directory to a local disk that SQLite can lock."
            )
        connection.execute("PRAGMA secure_delete=ON")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # Django has it, its stubs do not
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # Django has it, its stubs do not
        finally:
            self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # Django has it, its stubs do not
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # Django has it, its stubs do not
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._turn is not None:
            return
        descriptor = self._open("turn")
        try:
            if not _taken(descriptor, fcntl.LOCK_EX):
                self._wait(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._turn = descriptor

    def _wait(self, descriptor: int) -> None:
        """Until the turn is ours, with a hand up. Raises `OperationalError` when it takes too long."""
        deadline = time.monotonic() + self.turn_wait_seconds
        pause = 0.0005
        hand = self._open("waiting")
        try:
            _taken(hand, fcntl.LOCK_SH)
            while not _taken(descriptor, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise OperationalError(
                        f"database is locked: no turn to write within {self.turn_wait_seconds:.0f} s"
                    )
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                _taken(hand, fcntl.LOCK_SH)
        finally:
            os.close(hand)

    def others_wait(self) -> bool:
        """Whether anybody, in whatever process, waits for a turn now."""
        hand = self._open("waiting")
        try:
            return not _taken(hand, fcntl.LOCK_EX)
        finally:
            os.close(hand)

    def _open(self, which: str) -> int:
        name = f"{self.settings_dict['NAME']}.{which}"
        return os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _end_turn(self) -> None:
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None


def _taken(descriptor: int, how: int) -> bool:
    """Whether the file is ours now, alone or with others; never waits."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
