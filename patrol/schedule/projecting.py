"""The projector: tells the index what the register has, and signs the log's checkpoints."""

import threading
import time
from collections.abc import Callable

import structlog
from django.db import connection
from django.utils import timezone

from patrol.actions.keeping.certificates import certify_waiting
from patrol.errors import PatrolError, Tampered, TryLater
from patrol.register import checkpoints
from patrol.schedule.ending import told_to_end
from patrol.schedule.messenger import Messenger
from patrol.schedule.publishing import Publisher
from patrol.search import open_index
from patrol.search.helm import Helm, at_the_helm
from patrol.search.outbox import LIMIT, project
from patrol.search.reconcile import Daily
from patrol.settings import Settings
from pipelines.fold import fold_all

_log = structlog.get_logger()
TURN_SECONDS = 0.5
"""How often one that waits asks whether the helm is free."""
AFTER_FAULT_SECONDS = 5.0
MAX_REST_SECONDS = 1.0
"""It rests as long as it worked, unless it is far behind: officers wait for the same processors, and their decisions are told together."""
COMPARE_SECONDS = 0.2
"""How long what is new waits for the daily comparison."""
STOP_SECONDS = 8.0
"""How long a batch may take to its end: a container is killed after ten."""


class ProjectorDied(PatrolError):
    """The projector's thread ended by itself."""

    def __init__(self) -> None:
        super().__init__(
            "The projector ended by itself.",
            why="Nothing feeds the index any more; the outbox keeps what it has yet to hear.",
            do="Look at the log above, then start it again: nothing is lost.",
        )


def drain(settings: Settings) -> int:
    """Tell the index everything that waits, once. 0 when another process is at it: it will do it."""
    try:
        with at_the_helm(settings.home):
            index = open_index(settings, writer=True)
            try:
                told = 0
                while (done := project(index, fold_all).done) > 0:
                    told += done
                return told
            finally:
                index.close()
    except TryLater:
        return 0


class Projector(threading.Thread):
    """Feeds the index until it is told to stop. The index away means later, never lost.

    One process at a time does it; another waits, calls `waits` once, and takes
    over within a second of the first one's end, however that ended.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        seconds: float = TURN_SECONDS,
        waits: Callable[[], None] = lambda: None,
        works: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="projector", daemon=True)
        self.settings = settings
        self.seconds = seconds
        self.tampered: Tampered | None = None
        """Set when the access log is not what was signed: nothing honest can be signed any more."""
        self._waits = waits
        self._works = works
        self._helm = Helm(settings.home)
        self._over = threading.Event()

    def run(self) -> None:
        publisher = Publisher(self.settings)
        messenger = Messenger(self.settings)
        try:
            self._stand_by()
            publisher.start()
            messenger.start()
            while not self._over.is_set():
                self._try()
        finally:
            messenger.stop()
            publisher.stop()
            self._helm.leave()
            connection.close()

    def stop(self, *, wait: bool = True) -> None:
        """End after the batch in hand, which is waited for unless `wait` is false."""
        self._over.set()
        if wait and self.is_alive():
            self.join(STOP_SECONDS)

    def _stand_by(self) -> None:
        """Wait for the helm."""
        if not self._helm.take():
            self._waits()
            while not self._over.wait(TURN_SECONDS) and not self._helm.take():
                pass
        if not self._over.is_set():
            self._works()

    def _try(self) -> None:
        """Work until something fails, tell it, and rest: whatever it is, the next try may succeed."""
        try:
            self._sign()  # whatever the index does
            self._work()
        except Exception as error:  # noqa: BLE001  (one batch's fault must not end the feeding for good)
            told = error.what if isinstance(error, PatrolError) else None
            _log.warning("projector.waits", error=type(error).__name__, what=told)
            self.tampered = error if isinstance(error, Tampered) else None
            connection.close()
            self._helm.beat()
            self._over.wait(AFTER_FAULT_SECONDS)

    def _sign(self) -> None:
        if checkpoints.sign_due(timezone.now()):
            certify_waiting(self.settings)

    def _work(self) -> None:
        index = open_index(self.settings, writer=True)
        daily = Daily(index, fold_all, self.settings.index_path)
        try:
            while not self._over.is_set():
                self._helm.beat()
                self._sign()
                begun = time.monotonic()
                told = project(index, fold_all)
                busy = bool(told.done) or self._compare(daily)
                took = time.monotonic() - begun
                behind = told.done >= LIMIT
                rest = 0 if behind else min(took, MAX_REST_SECONDS) if busy else self.seconds
                self._over.wait(max(rest, told.wait_seconds))
        finally:
            index.close()

    def _compare(self, daily: Daily) -> bool:
        """With nothing to tell, compare a little of the index with the register. Returns whether there is more."""
        until = time.monotonic() + COMPARE_SECONDS
        while more := daily.step(timezone.now()):
            if time.monotonic() > until or self._over.is_set():
                break
        return more


def feed(
    settings: Settings,
    *,
    works: Callable[[], None] = lambda: None,
    waits: Callable[[], None] = lambda: None,
) -> None:
    """Project until SIGINT or SIGTERM. Raises `Tampered` when the log is not what was signed, `ProjectorDied`, `KeyUnusable`."""
    checkpoints.require_key()
    over = told_to_end()
    projector = Projector(settings, works=works, waits=waits)
    projector.start()
    try:
        while not over.wait(0.2):
            if projector.tampered is not None:
                raise projector.tampered
            if not projector.is_alive():
                raise ProjectorDied
    finally:
        projector.stop()
    checkpoints.sign_now()
