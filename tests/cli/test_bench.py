"""`patrol bench`: what each one says of itself, and that one which fails takes no other with it."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patrol.cli.bench import LIBRARIES
from patrol.models.measurement import clause_of

ROOT = Path(__file__).parents[2]
BENCHES = sorted((ROOT / "benches").glob("[a-z]*.py"))

QUICK = """
def measure():
    return {
        "figure": 12, "unit": "posts/s", "peer_name": "doing nothing", "peer": 24, "ratio": 0.5, "ratio_re": 31,
        "goal": "ratio at least 0.4, ratio_re over 30, megabytes under 300", "settings": {"megabytes": 200},
    }
"""
SLOW = QUICK.replace('"ratio": 0.5', '"ratio": 0.3')
BROKEN = "def measure():\n    raise RuntimeError('the board is gone')\n"
SILENT = "def measure():\n    return {'figure': 3}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program with benches of its own; none of ours is run."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "patrol", root / "patrol", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "benches").mkdir()
    (root / "docs").mkdir()
    (root / "benches" / "__init__.py").touch()
    return root


def bench(checkout: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "patrol", "bench", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=checkout,
        timeout=120,
    )


def measured(checkout: Path) -> dict[str, Any]:
    found = json.loads((checkout / "docs" / "measurements.json").read_text("utf-8"))
    return {one["name"]: one for one in found}


def test_says_what_a_reader_needs(checkout: Path) -> None:
    (checkout / "benches" / "quick.py").write_text(QUICK)
    done = bench(checkout, "quick", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {key: found[key] for key in ("name", "figure", "unit", "peer", "ratio", "ratio_re")} == {
        "name": "quick",
        "figure": 12,
        "unit": "posts/s",
        "peer": 24,
        "ratio": 0.5,
        "ratio_re": 31,
    }
    assert found["peer_name"] == "doing nothing"
    assert set(found["versions"]) == {"python", "patrol", *LIBRARIES}
    assert set(found["machine"]) == {"cpu", "cores", "memory_gb", "load_before", "load_after"}
    assert found["missed"] == []


def test_one_that_fails_takes_no_other_with_it(checkout: Path) -> None:
    for name, body in (("broken", BROKEN), ("quick", QUICK), ("silent", SILENT), ("slow", SLOW)):
        (checkout / "benches" / f"{name}.py").write_text(body)
    done = bench(checkout, "--all")
    assert done.returncode == 1
    assert "failed: broken, silent" in done.stderr
    assert "missed its goal: slow: ratio at least 0.4" in done.stderr
    found = measured(checkout)
    assert list(found) == ["broken", "quick", "silent", "slow"]
    assert found["broken"]["error"] == "RuntimeError: the board is gone"
    assert found["broken"]["versions"]["python"]
    assert "figure" not in found["broken"]
    assert found["silent"]["error"].startswith("The bench `silent` says too little:")
    assert (found["quick"]["figure"], found["slow"]["missed"]) == (12, ["ratio at least 0.4"])
    assert [path.name for path in (checkout / "docs").iterdir()] == ["measurements.json"]


def test_all_well_is_zero(checkout: Path) -> None:
    (checkout / "benches" / "quick.py").write_text(QUICK)
    assert bench(checkout, "--all").returncode == 0


def test_what_was_measured_before_stays_until_all_is_measured(checkout: Path) -> None:
    (checkout / "benches" / "killed.py").write_text(
        "import os, signal\ndef measure():\n    os.kill(os.getppid(), signal.SIGKILL)\n"
    )
    old = checkout / "docs" / "measurements.json"
    old.write_text("[]")
    assert bench(checkout, "--all").returncode == -9
    assert old.read_text() == "[]"


def test_unknown_bench_is_told(checkout: Path) -> None:
    (checkout / "benches" / "quick.py").write_text(QUICK)
    done = bench(checkout, "quack")
    assert done.returncode == 2
    assert "Choose one of quick." in done.stderr


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: path.stem)
def test_goal_can_be_checked_by_a_machine(path: Path) -> None:
    goals = [
        value.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "goal" and isinstance(value, ast.Constant)
    ]
    assert len(goals) == 1, "a bench says its goal, as words"
    for clause in str(goals[0]).split(", "):
        clause_of(clause)
