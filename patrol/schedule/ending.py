"""How a process of ours is told to end: SIGTERM by the machine, SIGINT by Ctrl-C."""

import signal
import threading


def told_to_end() -> threading.Event:
    """An event that either signal sets, from now on. Call it in the main thread."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    return over
