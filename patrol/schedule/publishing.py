"""Gives checkpoints to their second place, beside the projector: one that is slow or away delays nothing else."""

import threading

import structlog
from django.db import connection

from patrol.register import asking, outside
from patrol.settings import Settings

_log = structlog.get_logger()
EVERY_SECONDS = 5.0
AFTER_FAULT_SECONDS = 30.0


class Publisher(threading.Thread):
    """Copies what is signed until it is told to stop. Without a second place, or an authority of time, it ends at once."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="publisher", daemon=True)
        self.settings = settings
        self._over = threading.Event()

    def run(self) -> None:
        if not outside.has_work(self.settings):
            return
        try:
            while not self._over.is_set():
                self._over.wait(AFTER_FAULT_SECONDS if self._copy() else EVERY_SECONDS)
            self._copy()
        finally:
            connection.close()

    def stop(self) -> None:
        """Give the last checkpoint, then end."""
        self._over.set()
        if self.is_alive():
            self.join(asking.ANSWER_SECONDS / 2)

    def _copy(self) -> bool:
        """Whether something went wrong. Whatever it is, the next try may succeed."""
        try:
            faults = outside.copy_due(self.settings)
        except Exception as error:  # noqa: BLE001  (a fault of the register must not end the copying for good)
            _log.warning("publisher.waits", error=type(error).__name__)
            connection.close()
            return True
        for fault in faults:
            _log.warning("publisher.waits", error=type(fault).__name__, what=fault.what)
        return bool(faults)
