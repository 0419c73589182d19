"""PostgreSQL for many machines: durability asserted, and every transaction takes its turn by one advisory lock.

So a transaction sees what SQLite's `BEGIN IMMEDIATE` lets it see: everything
before it, and nothing beside it. The access log is one chain, whose next
record waits for the last one's commit anyway; PostgreSQL queues those who wait
in their order.
"""

from contextlib import suppress
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from patrol.register.postgres.faults import unfit
from patrol.register.postgres.place import ASK, ASKED

TURN = int.from_bytes(b"patrol-w")
"""Advisory lock of whoever writes."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions are durable and take turns."""

    turn_wait_seconds: float | None = None
    """Where it is not the server's usual `lock_timeout`, which connections are opened with."""
    reserve = None
    """No client can set anything aside on its server's disk."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open, and refuse a server that would acknowledge without writing."""
        connection = super().get_new_connection(conn_params)
        connection.autocommit = True
        asked = dict(zip(ASKED, connection.execute(ASK).fetchone(), strict=True))
        if wrong := unfit(connection.info.server_version, asked):
            connection.close()
            raise OperationalError(" ".join(wrong))
        if self.turn_wait_seconds is not None:
            connection.execute(f"SET lock_timeout = '{self.turn_wait_seconds:.0f}s'")
        return connection

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001  (Django's signature)
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # Django has it, its stubs do not
        if not autocommit:
            self._take_turn()

    def _take_turn(self) -> None:
        """The first statement of a transaction; the commit or rollback ends the turn, the server's end of the connection too."""
        try:
            with self.wrap_database_errors:
                self.connection.execute("SELECT pg_advisory_xact_lock(%s)", (TURN,))
        except BaseException:
            with suppress(Exception):  # a broken connection is found so by Django
                self.connection.rollback()
                self.connection.autocommit = True
            raise

    def others_wait(self) -> bool:
        """Never worth a rest: whoever waits is served before us, because PostgreSQL queues turns in their order."""
        return False
