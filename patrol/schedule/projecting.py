"""The projector: tells the index what the register has, and signs the log's checkpoints."""

import threading

import structlog
from django.utils import timezone

from patrol.errors import PatrolError, TryLater
from patrol.register import checkpoints
from patrol.search import open_index
from patrol.search.outbox import project
from patrol.settings import Settings
from pipelines.fold import fold_one

_log = structlog.get_logger()


def drain(settings: Settings) -> int:
    """Tell the index everything that waits, once. 0 when another process holds the writer: it will do it."""
    try:
        index = open_index(settings, writer=True)
    except TryLater:
        return 0
    try:
        told = 0
        while (done := project(index, fold_one).done) > 0:
            told += done
        return told
    finally:
        index.close()


class Projector(threading.Thread):
    """Feeds the index until it is told to stop. The index away means later, never lost."""

    def __init__(self, settings: Settings, *, seconds: float = 0.5) -> None:
        super().__init__(name="projector", daemon=True)
        self.settings = settings
        self.seconds = seconds
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._work()
            except PatrolError as error:
                _log.warning("projector.waits", error=type(error).__name__, what=error.what)
                self._over.wait(5)

    def stop(self) -> None:
        self._over.set()
        self.join(10)

    def _work(self) -> None:
        index = open_index(self.settings, writer=True)
        try:
            while not self._over.is_set():
                told = project(index, fold_one)
                checkpoints.sign_due(timezone.now())
                if not told.done:
                    self._over.wait(self.seconds)
        finally:
            index.close()
