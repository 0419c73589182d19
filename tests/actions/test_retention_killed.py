"""A purge is killed with -9 where it hurts; it goes on, and ends in one certificate that says what was counted."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.settings import Settings

CHILD = """
import os, signal, sys
from importlib import import_module
from patrol.register.start import start

start()
from patrol.actions.keeping import forgetting, retention
from patrol.actions.desk import Desk
from patrol.settings import Settings

place, name, after, nth = sys.argv[1], sys.argv[2], sys.argv[3] == "after", int(sys.argv[4])
module = import_module(place)
real, calls = getattr(module, name), 0

def deadly(*args, **kwargs):
    global calls
    calls += 1
    if calls == nth and not after:
        os.kill(os.getpid(), signal.SIGKILL)
    found = real(*args, **kwargs)
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

setattr(module, name, deadly)
forgetting.AT_ONCE = 2
retention.run(Desk.command_line(), Settings())
"""
"""Two leads a transaction; dies before or after the nth call of a function."""
KILLS = (
    ("patrol.register.forgotten", "begin", "before", 1),
    ("patrol.register.forgotten", "add", "after", 1),
    ("patrol.actions.keeping.retention", "_part", "after", 2),
    ("patrol.actions.keeping.retention", "_end", "after", 1),
    ("patrol.register.forgotten", "certify", "after", 1),
)


@pytest.fixture
def planted(house: Any, kept: Callable[..., Any]) -> list[int]:
    """Nine leads that are over, three a page, and one that is not."""
    from patrol.register.tables import Lead

    for page in range(3):
        kept(
            *(
                (f"k{page}{at}", f"找援交的加賴 gull{page}{at}77，價格可議 {page}{at}" * (at + 1))
                for at in range(3)
            )
        )
    kept(("k99", "找援交的加賴 heron9977，價格可議"))
    over = sorted(Lead.objects.values_list("pk", flat=True))[:9]
    old = house.desk("mei").now() - timedelta(days=40)
    Lead.objects.filter(pk__in=over).update(status="dismissed", moved_at=old, opened_at=old)
    return over


def test_killed_anywhere_it_ends_in_one_certificate(
    house: Any, planted: list[int], register: Path
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import certificates, retention
    from patrol.actions.keeping.overdue import Kept, Periods, preview
    from patrol.register import forgotten
    from patrol.register.tables import Lead, LedgerIndex, Purge, RetentionUnit, Sighting

    first = preview(house.desk("lin").now(), Periods.of(Settings()))
    assert (first.total.leads, first.total.posts) == (9, 9)
    for kill in KILLS:
        command = [sys.executable, "-c", CHILD, *map(str, kill)]
        child = subprocess.run(command, env=dict(os.environ), capture_output=True, check=False)
        assert child.returncode == -signal.SIGKILL, (kill, child.stderr.decode()[-2000:])
    assert Purge.objects.get().certificate == "", "the last kill came before the register knew"
    assert forgotten.certificate(1)
    ended = retention.forget_expired(Desk.system("clock"))
    assert ended == 9, "the clock ends what was begun"
    (one,) = certificates.listed()
    assert one.holds
    counts = {
        name: first.lines[0].counts()[name] for name in ("leads", "posts", "captures", "units")
    }
    assert one.rows[0][:2] == (Kept.DISMISSED, first.lines[0].month)
    assert counts.items() <= one.rows[0][2].items()
    assert LedgerIndex.objects.filter(verb="purge.ended").count() == 1
    assert Sighting.objects.count() == 1
    gone = RetentionUnit.objects.exclude(destroyed_at=None)
    assert {each.unit for each in forgotten.destroyed(1)} == set(gone.values_list("pk", flat=True))
    kept = Lead.objects.exclude(retention__wrapped_key=None)
    assert not kept.filter(pk__in=planted).exists()
    assert kept.count() == 1


def test_what_was_told_outside_and_held_before_it_was_done_is_taken_back(
    house: Any, planted: list[int], register: Path
) -> None:
    """Killed between telling and committing; then a hold comes. A restore must not forget what is held."""
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import holds, retention
    from patrol.register import forgotten
    from patrol.register.tables import Lead

    command = [sys.executable, "-c", CHILD, "patrol.register.forgotten", "add", "after", "1"]
    child = subprocess.run(command, env=dict(os.environ), capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL
    unit = Lead.objects.get(pk=planted[0]).retention_id
    assert unit in {one.unit for one in forgotten.destroyed(1)}
    made = holds.ask(house.desk("lin"), "lead", str(planted[0]), "地檢署 115 偵 1 號函")
    holds.place(house.desk("wu"), made)
    (purge,) = retention.run(Desk.command_line(), Settings())
    assert sum(counts["leads"] for counts in purge.done.values()) == len(planted) - 1
    assert unit not in {one.unit for one in forgotten.destroyed(1)}
    assert Lead.objects.get(pk=planted[0]).retention.wrapped_key is not None
