"""What officers decided is learned from every night, in a child process: scikit-learn is in no other process of ours."""

import multiprocessing
import os
from datetime import date, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from patrol.search.index import LOCAL
from patrol.settings import Settings

NICE = 19
HOUR = 3
"""In Taipei, when few people work."""


def _teach(home: Path) -> None:
    """In the child: the template it is forked from may have been started for another data directory."""
    os.environ["PATROL_HOME"] = str(home)
    os.nice(NICE)
    from patrol.register.start import start  # noqa: PLC0415  (warm in the template, cold here)

    start()
    from patrol.actions.desk import Desk  # noqa: PLC0415  (tables are imported once the register is open)
    from patrol.actions.triaging import rank  # noqa: PLC0415  (tables are imported once the register is open)

    rank.train_all(Desk.system("clock"))


class Lessons:
    """One lesson a night."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["patrol.schedule.template"])
        self._running: BaseProcess | None = None
        self._held: date | None = None

    def begin_due(self, now: datetime) -> bool:
        """Begin tonight's, once. Whether it was begun."""
        here = now.astimezone(LOCAL)
        if here.hour != HOUR or self._held == here.date():
            return False
        self._held = here.date()
        self.stop()
        self._running = self._context.Process(target=_teach, args=(Settings().home,))
        self._running.start()
        return True

    def join(self, seconds: float) -> None:
        """Wait for the one that goes on."""
        if self._running is not None:
            self._running.join(seconds)

    def stop(self) -> None:
        """End the one that goes on; the next night's learns the same."""
        if self._running is not None and self._running.is_alive():
            self._running.kill()
            self._running.join(5)
        if self._running is not None:
            self._running.close()
            self._running = None
