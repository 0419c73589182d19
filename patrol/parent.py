"""What becomes of a process whose parent is gone."""

import ctypes
import signal

_PR_SET_PDEATHSIG = 1


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """This process is told to end when the one that began it is gone. Linux only.

    A parent of several threads that is killed tells it once for each of them: what cannot bear that is killed itself.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
