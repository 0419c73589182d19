"""How a process of ours is told to end: SIGTERM by the machine, SIGINT by Ctrl-C."""

import ctypes
import signal
import threading

_PR_SET_CHILD_SUBREAPER = 36


def told_to_end() -> threading.Event:
    """An event that either signal sets, from now on. Call it in the main thread."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    return over


def adopt_orphans() -> None:
    """Processes whose parent ends become children of this one, if it stands above them. Linux only."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
