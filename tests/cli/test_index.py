"""`patrol index rebuild`, as the operator runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

PATROL = [sys.executable, "-c", "from patrol.cli.main import main; main()"]


def rebuild(home: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [*PATROL, "index", "rebuild", "--json", "--home", str(home)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )


def test_rebuilds_and_records_it(register: Path) -> None:
    from patrol.register.tables import LedgerIndex

    done = rebuild(register)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"shelves": 0, "documents": 0, "dead": 0}
    assert LedgerIndex.objects.filter(verb="index.rebuilt", result="allow").count() == 1


def test_comes_later_while_another_process_writes(register: Path) -> None:
    from patrol.search import open_index
    from patrol.settings import Settings

    index = open_index(Settings(), writer=True)
    done = rebuild(register)
    index.close()
    assert done.returncode == 75
    assert "Another process writes the index." in done.stderr


def test_missing_register_is_told(tmp_path: Path) -> None:
    done = rebuild(tmp_path / "none")
    assert done.returncode == 3
    assert "patrol init" in done.stderr
