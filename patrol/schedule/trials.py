"""Comparisons with kept posts, one at a time, each in a child process that lets everybody else go first."""

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path

from patrol.settings import Settings

NICE = 19


def _carry(number: int, home: Path) -> None:
    """In the child: the template it is forked from may have been started for another data directory."""
    os.environ["PATROL_HOME"] = str(home)
    os.nice(NICE)
    from patrol.register.start import start  # noqa: PLC0415  (warm in the template, cold here)

    start()
    from patrol.actions.rulemaking import trials  # noqa: PLC0415  (tables are imported once the register is open)

    trials.carry_out(number)


class Trials:
    """What was asked for on the rules' pages."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["patrol.schedule.template"])
        self._running: BaseProcess | None = None

    def begin_waiting(self) -> bool:
        """Start the oldest that waits, unless one goes on. Whether one was started."""
        if self._running is not None and self._running.is_alive():
            return False
        self._end()
        from patrol.actions.rulemaking import trials  # noqa: PLC0415  (tables are imported once the register is open)

        number = next(iter(trials.waiting()), None)
        if number is None:
            return False
        self._running = self._context.Process(target=_carry, args=(number, Settings().home))
        self._running.start()
        return True

    def join(self, seconds: float) -> None:
        """Wait for the one that goes on."""
        if self._running is not None:
            self._running.join(seconds)

    def stop(self) -> None:
        """End the one that goes on; its result is asked for anew."""
        if self._running is not None and self._running.is_alive():
            self._running.kill()
            self._running.join(5)
        self._end()

    def _end(self) -> None:
        if self._running is not None and not self._running.is_alive():
            self._running.close()
            self._running = None
