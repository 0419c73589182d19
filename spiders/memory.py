"""Ends a run that holds too much memory now.

Scrapy asks the kernel for the peak (`ru_maxrss`), which a process inherits
from the one that started it: a run begun by a large program would be over
before its first request. What counts is what the run holds.
"""

import os
from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATM = Path("/proc/self/statm")


class Memory(MemoryUsage):
    """Scrapy's own extension, with another scale."""

    def get_virtual_size(self) -> int:
        """Bytes of this process that are in memory; the peak where /proc is not there."""
        try:
            pages = int(_STATM.read_text().split()[1])
        except OSError:
            return int(super().get_virtual_size())
        return pages * os.sysconf("SC_PAGE_SIZE")
