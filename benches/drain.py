"""How long an hour's outbox takes to drain, and the whole index to be built anew from the register, on both back-ends.

An hour of the busiest bureau is 360,000 rows: each post and each lead is told
twice, as when a decision follows. The register holds its words sealed, and
the projector opens and folds them. The peer does that alone: the documents
are read, opened and folded, and told to nobody.

`PATROL_BENCH_LEADS` asks for less.
"""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from patrol.settings import Settings
from tests.elastic.node import FIRST, Node

LEADS = int(os.environ.get("PATROL_BENCH_LEADS", "90000"))
"""Each with a post of its own: two rows a telling."""
TELLINGS = 2
OVER = timedelta(days=60)
"""In which the leads were opened: an hour's rows are about what is new."""
TOGETHER = 500
"""Posts that the peer reads at a time."""


def measure() -> dict[str, Any]:
    """Rows a second, of the slower back-end."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as folder:
        os.environ["PATROL_HOME"] = str(Path(folder) / "home")
        node = Node(FIRST, Path(folder) / "node", heap="1g")
        _made(Path(folder) / "home")
        node.start()
        try:
            sides = {
                "tantivy": Settings(),
                "elasticsearch": Settings(search_url=node.url),
            }
            drained = {name: _drained(settings) for name, settings in sides.items()}
            rebuilt = {name: _rebuilt(settings) for name, settings in sides.items()}
        finally:
            node.stop()
        peer = 2 * LEADS / _seconds(_read)
    rows = 2 * LEADS * TELLINGS
    figure = rows / max(drained.values())
    return {
        "figure": round(figure),
        "unit": "rows of the outbox/s, told to the slower back-end and durable there",
        "peer_name": "the same posts and leads read, opened and folded, and told to nobody",
        "peer": round(peer),
        "ratio": round(figure / peer, 3),
        **{f"drain_seconds_{name}": round(seconds, 1) for name, seconds in drained.items()},
        **{
            f"rebuild_documents_s_{name}": round(2 * LEADS / seconds)
            for name, seconds in rebuilt.items()
        },
        "goal": "drain_seconds_tantivy under 600, drain_seconds_elasticsearch under 600, "
        "rebuild_documents_s_tantivy at least 10000, rebuild_documents_s_elasticsearch at least 10000",
        "settings": {
            "rows": rows,
            "leads": LEADS,
            "documents": 2 * LEADS,
            "server_heap": node.heap,
        },
    }


def _made(home: Path) -> None:
    from patrol.demo.stage import settle

    settings = settle(home, "", "127.0.0.1:1")
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import setup

    setup.create(settings, Desk.command_line())
    from benches._register import fill

    fill(LEADS, 0, OVER)


def _seconds(work: Callable[[], object]) -> float:
    """By the clock: the server's work counts."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _drained(settings: Settings) -> float:
    """Seconds until nothing waits, as the projector does it when it is far behind."""
    from benches._register import tell_index
    from patrol.register.tables import OutboxRow
    from patrol.schedule.projecting import drain

    told = sum(tell_index() for _ in range(TELLINGS))
    assert told == 2 * LEADS * TELLINGS, told
    took = _seconds(lambda: drain(settings))
    assert not OutboxRow.objects.exists(), "rows are left"
    return took


def _rebuilt(settings: Settings) -> float:
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import indexing
    from pipelines.fold import fold_all

    found = []
    took = _seconds(lambda: found.append(indexing.rebuild(Desk.command_line(), settings, fold_all)))
    assert found[0].documents == 2 * LEADS, found
    assert not found[0].dead
    return took


def _read() -> None:
    from patrol.register.tables import Sighting
    from patrol.search.documents import Documents
    from pipelines.fold import fold_all

    maker = Documents(fold_all)
    numbers = Sighting.objects.order_by("pk").values_list("pk", "lead_id")
    every = list(numbers)
    for start in range(0, len(every), TOGETHER):
        some = every[start : start + TOGETHER]
        maker.load([pk for pk, _ in some], [lead for _, lead in some])
