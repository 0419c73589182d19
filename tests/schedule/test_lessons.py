"""What officers decided is learned from once a night, in a process of its own."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

LOADED = """
import sys
from patrol.register.start import start
start()
import {0}
print(sorted({{"sklearn", "scipy"}} & sys.modules.keys()))
"""


def test_runs_and_pages_do_without_scikit_learn(register: Path) -> None:
    """It takes 75 MB: in the template of runs, the clock, and pages nothing imports it."""
    everything = "patrol.schedule.template, patrol.schedule.clock, patrol.actions.triaging.rank, pipelines.rank, patrol.web.wsgi, patrol.web.urls"
    told = subprocess.run(
        [sys.executable, "-c", LOADED.format(everything)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip().splitlines()[-1] == "[]"


def test_one_lesson_a_night(register: Path) -> None:
    from patrol.actions.triaging import rank
    from patrol.register.tables import Unit
    from patrol.schedule.lessons import Lessons

    Unit.objects.create(name="巡查一隊")
    lessons = Lessons()
    at_three = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    assert not lessons.begin_due(at_three.replace(hour=4))
    assert lessons.begin_due(at_three)
    assert not lessons.begin_due(at_three.replace(minute=31))
    lessons.join(120)
    assert lessons._running is not None
    assert lessons._running.exitcode == 0
    assert lessons.begin_due(at_three.replace(day=21))
    lessons.stop()
    assert rank.standing(Unit.objects.get()).newest is None
