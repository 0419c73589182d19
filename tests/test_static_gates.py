"""The house's rules about the shape of code: each finds what it is against, and the code has none of it."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GATES = ROOT / "tests" / "gates"
PROGRAM = Path(sys.executable).parent / "ast-grep"
RULES = sorted(path.stem for path in (GATES / "rules").glob("*.yml"))


def _asked(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *words], cwd=cwd, capture_output=True, text=True, check=False)


def test_each_rule_finds_its_example_and_nothing_else() -> None:
    done = _asked("test", "-c", GATES / "sgconfig.yml", "--skip-snapshot-tests")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_code_has_none_of_it() -> None:
    rooms = ("patrol", "spiders", "pipelines", "dashboards", "benches")
    done = _asked("scan", "-c", GATES / "sgconfig.yml", *rooms)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_examples_a_reason_and_exceptions_that_are_there(rule: str) -> None:
    told = yaml.safe_load((GATES / "rules" / f"{rule}.yml").read_text("utf-8"))
    examples = yaml.safe_load((GATES / "examples" / f"{rule}.yml").read_text("utf-8"))
    assert (told["id"], examples["id"]) == (rule, rule)
    assert len(told["message"]) > 20
    assert examples["valid"]
    assert len(examples["invalid"]) > 1
    for name in told.get("ignores", ()):
        assert (ROOT / name.removeprefix("**/")).is_file(), name


def test_an_exception_is_for_its_file_alone(tmp_path: Path) -> None:
    """A copy of the same words elsewhere is found."""
    (tmp_path / "elsewhere.py").write_text("from django.utils.safestring import mark_safe\n")
    done = _asked("scan", "-c", GATES / "sgconfig.yml", tmp_path)
    assert done.returncode == 1
    assert "no-mark-safe" in done.stdout
