"""SQLite for many processes: WAL and FULL asserted, and every transaction takes its turn by one lock file.

SQLite's own lock is not fair: beside one crawler that commits back to back a
log append took 2.6 s (p95). Queueing on one `flock` file, with batch writers
resting as long as their commit took (`patrol.register.turn.rest`), it takes
milliseconds.
"""

import fcntl
import os
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

TURN_WAIT_SECONDS = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions are durable and take turns."""

    _turn: int | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open, and refuse a database that would acknowledge without writing. The PRAGMA's row is fetched: a failed switch to WAL is silent otherwise."""
        connection = super().get_new_connection(conn_params)
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
        descriptor = os.open(
            f"{self.settings_dict['NAME']}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        deadline = time.monotonic() + TURN_WAIT_SECONDS
        pause = 0.0005
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    raise OperationalError(
                        "database is locked: no turn to write within 10 s"
                    ) from None
                time.sleep(pause)
                pause = min(pause * 2, 0.01)
            else:
                self._turn = descriptor
                return

    def _end_turn(self) -> None:
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None
