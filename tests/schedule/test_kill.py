"""kill -9 at any moment, then a rerun: every flagged post is exactly one sighting, and the log verifies."""

import os
import random
import shutil
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from patrol.demo.boards import Boards

SOURCE = "harbor_forum"


def _flagged_keys(boards: Boards) -> set[str]:
    """What the board's own model says should be flagged, by the flagger itself."""
    from patrol.config import read_rules
    from patrol.settings import Settings
    from pipelines.flow import Flagger
    from pipelines.rules import Ruleset

    board = boards[SOURCE]
    flagger = Flagger(Ruleset.build(*read_rules(Settings().config)))
    messages = board.messages
    found = flagger.flag([thread.words(message) for thread, message in messages])
    return {
        f"p{message.id}"
        for (_, message), flagging in zip(messages, found, strict=True)
        if flagging.matches
    }


def _killed_then_rerun(patrol: Any, home: Path, wait: float) -> None:
    run = patrol(home, "run", SOURCE, "--json")
    time.sleep(wait)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    _done(patrol(home, "run", SOURCE, "--json"))


def _done(process: Any) -> None:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err


def _keys(home: Path) -> Counter[str]:
    import sqlite3

    with sqlite3.connect(home / "register.sqlite3") as connection:
        rows = connection.execute("SELECT key FROM register_sighting").fetchall()
    connection.close()
    return Counter(key for (key,) in rows)


def _sweep(patrol: Any, expected: set[str], register: Path, moments: int, seed: int) -> None:
    from django.db import connections

    connections.close_all()
    tmp_path = register.parent
    assert len(expected) > 5
    begun = time.monotonic()
    whole = tmp_path / "whole"
    shutil.copytree(register, whole)
    _done(patrol(whole, "run", SOURCE))
    life = time.monotonic() - begun
    chance = random.Random(seed)
    for moment in range(moments):
        home = tmp_path / f"killed-{moment}"
        shutil.copytree(register, home)
        _killed_then_rerun(patrol, home, chance.uniform(0.2, life))
        assert _keys(home) == Counter(dict.fromkeys(expected, 1)), moment
        _done(patrol(home, "log", "verify"))
        shutil.rmtree(home)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_ten_moments(staged: Any, patrol: Any, boards: Boards, register: Path) -> None:
    _sweep(patrol, _flagged_keys(boards), register, moments=10, seed=20261122)


@pytest.mark.sweep
@pytest.mark.timeout(1800)
def test_fifty_moments(staged: Any, patrol: Any, boards: Boards, register: Path) -> None:
    _sweep(patrol, _flagged_keys(boards), register, moments=50, seed=1)
