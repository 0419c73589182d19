"""Several clocks and carriers at the same moment: each run is made, begun and ended once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from patrol.models import Verb

pytestmark = pytest.mark.both_databases
AT_ONCE = 6


def _together(act: Callable[[], Any]) -> list[Any]:
    """What it says to several threads that ask at the same moment."""
    barrier = Barrier(AT_ONCE, timeout=60)

    def one(_: int) -> Any:
        from django.db import connection

        try:
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_a_run_is_made_begun_and_ended_once(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.register.tables import LedgerIndex, RunRow, SourceRow

    house.authorize()
    desk = Desk.system("clock")
    SourceRow.objects.update(next_due_at=desk.now())
    assert sum(_together(lambda: runs.enqueue_due(desk))) == 1
    (run_id,) = runs.waiting()
    assert sum(begun is not None for begun in _together(lambda: runs.begin(desk, run_id))) == 1
    RunRow.objects.update(beat_at=desk.now() - 2 * runs.SILENT_AFTER)
    _together(lambda: runs.end_silent(desk))
    assert RunRow.objects.get().outcome == "crashed"
    assert LedgerIndex.objects.filter(verb=Verb.RUN_ENDED).count() == 1


def test_a_crash_is_read_again_at_once_but_not_for_ever(house: Any) -> None:
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.models import Outcome
    from patrol.register.tables import SourceRow

    house.authorize()
    desk = Desk.system("clock")
    for crash, again in enumerate((True, False)):
        SourceRow.objects.update(next_due_at=desk.now())
        assert runs.enqueue_due(desk) == 1, crash
        (run_id,) = runs.waiting()
        assert runs.not_begun(run_id)
        assert runs.begin(desk, run_id) is not None
        assert not runs.not_begun(run_id)
        runs.end(desk, run_id, runs.Ended(Outcome.CRASHED, "A test ended it."))
        assert runs.due_again(run_id) is again
        due = SourceRow.objects.get().next_due_at
        assert due is not None
        assert (due <= desk.now()) is again
