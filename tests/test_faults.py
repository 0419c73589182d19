"""docs/faults.md names a test for every fault, and every name is one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (F\d+) \|(.*)\|$", (ROOT / "docs/faults.md").read_text("utf-8"), re.MULTILINE
)


def test_every_fault_of_ours_is_there() -> None:
    numbers = [*range(1, 43), *range(57, 62)]
    assert [fault for fault, _ in ROWS] == [f"F{number}" for number in numbers]


def test_every_name_is_a_test() -> None:
    for fault, told in ROWS:
        names = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", told)
        assert names, fault
        for file, name in names:
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{fault}: {file}::{name}"
