"""Memory, told what this program makes of it.

Reading posts makes many small objects and next to no cycles. Left alone, Python
looks through all that was imported again and again: a tenth of the time.
"""

import ctypes
import gc

GARBAGE = 10_000
"""New objects after which Python looks for cycles among them: some ten pages' worth."""

ARENAS = 4
"""Parts of the heap that threads take in turn. glibc's own limit is eight for each processor."""
_M_ARENA_MAX = -8
"""Of `mallopt(3)`."""


def few_arenas() -> None:
    """Call it where threads come and go: each new one can fill a part of the heap that is not given back."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, ARENAS)


def settle() -> None:
    """What this process holds now stays; what loading it took is given back. Call it once, when all is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc's; elsewhere nothing is lost but some megabytes
        libc.malloc_trim(0)
