"""All that is to be read on the synthetic boards, now and in the month before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patrol.demo.boards import Board
from patrol.demo.bygone import Bygone, bygone
from patrol.demo.reread import Reread, reread
from patrol.models import Source

DAYS = 30
LEADS = 250
"""Posts that are gone by now; what the boards still show comes on top."""


@dataclass(frozen=True)
class Read:
    """A source with all that was ever to be read there."""

    source: Source
    shown: Reread
    gone: Sequence[Bygone]

    def is_known(self) -> bool:
        """Whether anything of it can be read without a browser; what cannot has no past."""
        return self.shown.engine is not None


def read_all(
    boards: Mapping[str, Board], wanted: Sequence[Source], seed: int, now: datetime
) -> list[Read]:
    """What stands on the boards and what stood there. Needs no register: done while it is being made."""
    shown = {source.name: reread(boards[source.name], source, now) for source in wanted}
    known = {name: boards[name] for name, board in shown.items() if board.engine}
    since = now - timedelta(days=DAYS)
    gone: dict[str, list[Bygone]] = defaultdict(list)
    for each in bygone(known, seed, since, now - timedelta(minutes=20), LEADS):
        gone[each.post.source].append(each)
    return [Read(source, shown[source.name], gone[source.name]) for source in wanted]
