"""A batch writer leaves as much time to others as it takes."""

import time
from pathlib import Path


def _written(seconds: float) -> float:
    """When a transaction of that length began."""
    from patrol.register.turn import batch

    with batch():
        begun = time.perf_counter()
        time.sleep(seconds)
    return begun


def test_a_batch_writer_rests_as_long_as_it_wrote(register: Path) -> None:
    first = _written(0.2)
    assert _written(0.0) - first >= 0.4


def test_other_work_counts_as_rest(register: Path) -> None:
    first = _written(0.1)
    time.sleep(0.2)
    worked = time.perf_counter()
    assert _written(0.0) - worked < 0.08
    assert worked - first >= 0.3


def test_within_a_larger_transaction_nobody_rests(register: Path) -> None:
    from django.db import transaction

    with transaction.atomic():
        first = _written(0.2)
        assert _written(0.0) - first < 0.35
