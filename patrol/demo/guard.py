"""Runs a demo in a process of its own, and leaves nothing of it behind.

Python can lose the interruption of Ctrl-C: raised in a finalizer it is printed
and forgotten, raised in a function that SQLite calls it is an error of SQL. So
nobody interrupts the demo. Its guard is told to end, ends it, takes in the
processes that it leaves, and ends them too.
"""

import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from patrol.parent import die_with_parent
from patrol.schedule.ending import adopt_orphans

_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def guarded(work: Callable[[Path], int]) -> int:
    """Carry out `work` in a child, and end it when told to: told twice, it is killed. Returns an exit code.

    That is what `work` returned, or 128 and the signal's number. `work` gets an empty directory, where its
    temporary files are too: that is gone afterwards, and so is every process that the child began. Linux only.
    """
    adopt_orphans()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    room = Path(tempfile.mkdtemp(prefix="patrol-demo-"))
    try:
        return _watched(room, work)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _watched(room: Path, work: Callable[[Path], int]) -> int:
    child = os.fork()
    if not child:
        _carry_out(room, work)
    told: list[int] = []

    def tell(number: int, _frame: FrameType | None) -> None:
        os.kill(child, signal.SIGKILL if told else signal.SIGTERM)
        told.append(number)

    for number in _SIGNALS:
        signal.signal(number, tell)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    _, status = os.waitpid(child, 0)  # its number may be another's from here on: nobody is told
    _end_the_rest()
    code = os.waitstatus_to_exitcode(status)
    return 128 + (told[0] if told else -code) if code < 0 else code


def _carry_out(room: Path, work: Callable[[Path], int]) -> None:
    """In the child: ends with what `work` returned, and with none of what the guard has open."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C comes to the guard alone
        die_with_parent()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.environ["TMPDIR"] = tempfile.tempdir = str(room)
        code = work(room)
    except BaseException:  # noqa: BLE001  (there is nobody above to tell)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_the_rest() -> None:
    """Kill what the child left, and what that leaves, until there is nothing."""
    while left := children(os.getpid()):
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def children(parent: int) -> list[int]:
    """The processes that one has begun, or taken in; ended ones too until somebody asked for their code."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it is gone
            _, _, fields = stat.read_text().rpartition(")")
            if int(fields.split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
