"""One round of the demo: every source read once, and the sums."""

import time
from collections import Counter
from typing import Any

from django.db.models import Sum

from patrol.actions.auditing import audit
from patrol.actions.collecting import runs, sources
from patrol.actions.desk import Desk
from patrol.demo.cast import PEOPLE
from patrol.demo.media_scan import scan
from patrol.demo.stage import Stage
from patrol.models import Role
from patrol.register import checkpoints
from patrol.register.sealing import unseal
from patrol.register.tables import (
    BacktestPost,
    CaptureRow,
    Lead,
    LedgerRecord,
    Person,
    RunRow,
    Sighting,
)
from patrol.schedule.children import Children
from patrol.schedule.projecting import drain

ROUND_SECONDS = 600


def one_round(stage: Stage, begun: float) -> dict[str, Any]:
    """Read every source once, in child processes as always, and count what came of it."""
    desk = Desk.system("demo")
    for name in stage.sources:
        sources.run_now(Desk.command_line(), name)
    children = Children()
    deadline = time.monotonic() + ROUND_SECONDS
    try:
        while (children.begin_waiting() or len(children)) and time.monotonic() < deadline:
            children.join(0.05)
            children.reap(desk)
    finally:
        children.stop()
    children.reap(desk)
    runs.end_silent(desk)
    drain(stage.settings)
    checkpoints.sign_now()
    return _sums(stage, begun)


def _sums(stage: Stage, begun: float) -> dict[str, Any]:
    done = RunRow.objects.exclude(ended_at=None)
    total = done.aggregate(pages=Sum("pages"), posts=Sum("posts"), refused=Sum("requests_refused"))
    auditor = Desk.command_line(Person.objects.get(account=_auditor()))
    verdict = audit.verify(auditor)
    found = scan(stage.settings.home, opened_bodies())
    categories = Counter(
        category or str(kind) for category, kind in Lead.objects.values_list("category", "kind")
    )
    return {
        "sources": len(stage.sources),
        "runs": done.count(),
        "outcomes": dict(Counter(done.values_list("outcome", flat=True))),
        "pages": total["pages"] or 0,
        "posts": total["posts"] or 0,
        "sightings": Sighting.objects.count(),
        "leads": Lead.objects.count(),
        "by_category": dict(sorted(categories.items())),
        "image_bytes_kept": found.bytes,
        "requests_refused": total["refused"] or 0,
        "log_records": LedgerRecord.objects.count(),
        "log_verified": verdict.ok,
        "seconds": round(time.monotonic() - begun, 2),
    }


def _auditor() -> str:
    return next(account for account, role in PEOPLE if role is Role.AUDITOR)


def opened_bodies() -> "list[tuple[str, bytes]]":
    """Every collected word, decrypted: a scan of ciphertext would find nothing and prove nothing."""
    return [
        (f"{table.__name__} {row.pk}", unseal(row.unit, row.body))
        for table in (Sighting, CaptureRow, BacktestPost)
        for row in table.objects.select_related("unit")
    ]
