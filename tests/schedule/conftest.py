"""Boards on loopback, and a data directory where they are registered and authorized."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from patrol.demo.boards import Boards

Patrol = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def boards() -> Iterator[Boards]:
    with Boards(seed=3) as served:
        yield served


@pytest.fixture
def staged(register: Path, boards: Boards, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The demo's stage in the test's register: people, sources, authorizations."""
    from patrol.demo.stage import build
    from patrol.settings import Settings

    monkeypatch.setenv("PATROL_LABORATORY", boards.laboratory)
    return build(Settings(), boards.sources())


@pytest.fixture
def patrol(boards: Boards) -> Patrol:
    """Start `patrol ...` as a process of its own on a data directory."""

    def start(home: Path, *words: str, laboratory: bool = True) -> "subprocess.Popen[str]":
        environment = {**os.environ, "PATROL_HOME": str(home)}
        environment["PATROL_LABORATORY"] = boards.laboratory if laboratory else ""
        command = [sys.executable, "-c", "from patrol.cli.main import main; main()", *words]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return start
