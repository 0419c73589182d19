"""What a run reads is flagged and kept by a process of its own, on another core than the one that reads.

It is forked from the run before anything is opened, shares what the run has in
memory, and ends with it: killed together, they lose nothing that was accepted.
"""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import structlog
from pydantic import TypeAdapter

from patrol.errors import PatrolError
from patrol.models import ReadPage
from patrol.parent import die_with_parent

Keep = Callable[[Sequence[ReadPage]], object]

_PAGES = TypeAdapter(list[ReadPage])
"""Pages go over as JSON: what a board's pages made of the process that read them, the one that keeps takes as words alone."""
_KEPT, _FAULT = b"+", b"-"
"""How an answer begins: to a group that is durable, or that is not, with the reason."""
_FORK = multiprocessing.get_context("fork")
_PATIENCE = 10.0
"""Seconds for the process to end when nothing is left to keep."""

_log = structlog.get_logger()


class NotKept(PatrolError):
    """Pages were read and are not kept; the board's next run reads them again."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            why="What is not on the disk was not accepted.",
            do="Look at the machine's health (`patrol doctor`). The next run reads these pages again.",
        )


class KeepingProcess:
    """That process. `keep` is called in one thread, and returns when the pages are durable."""

    def __init__(self, begin: Callable[[], Keep]) -> None:
        """`begin` is called over there, once, and returns what keeps pages."""
        self._pages, theirs = _FORK.Pipe()
        self._process = _FORK.Process(target=_work, args=(theirs, self._pages, begin), name="keep")
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pages.close()
        self._process.join(_PATIENCE)
        if self._process.exitcode is None:
            _log.warning("keeping.killed", after=_PATIENCE)
            self._process.kill()
            self._process.join()

    def keep(self, pages: Sequence[ReadPage]) -> None:
        """Keep them all, or none. Raises `NotKept`."""
        try:
            self._pages.send_bytes(_PAGES.dump_json(list(pages)))
            answer = self._pages.recv_bytes()
        except (EOFError, OSError) as error:
            raise NotKept("the process that keeps them is gone") from error
        if answer != _KEPT:
            raise NotKept(answer.removeprefix(_FAULT).decode())


def _work(pages: Connection, other_end: Connection, begin: Callable[[], Keep]) -> None:
    """Until the run has no more pages, or is no more."""
    other_end.close()
    die_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's to hear
    keep = begin()
    while True:
        try:
            said = pages.recv_bytes()
        except EOFError:
            return
        try:
            keep(_PAGES.validate_json(said))
        except Exception as error:  # noqa: BLE001  (told to the run, which ends as crashed)
            _log.exception("keeping.failed")
            words = error.what if isinstance(error, PatrolError) else type(error).__name__
            pages.send_bytes(_FAULT + words.encode(errors="replace"))
        else:
            pages.send_bytes(_KEPT)
