"""docs/attacks.md names a test for every attack, and every name is one."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (A\d+) \|(.*)\|$", (ROOT / "docs/attacks.md").read_text("utf-8"), re.MULTILINE
)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`( \*\(sweep\)\*)?")


def test_every_attack_is_there() -> None:
    assert [attack for attack, _ in ROWS] == [f"A{number}" for number in range(1, 55)]


def test_every_name_is_a_test_and_sweeps_are_said_to_be() -> None:
    for attack, told in ROWS:
        names = NAME.findall(told)
        assert names, attack
        for file, name, sweep in names:
            words = (ROOT / file).read_text("utf-8")
            found = re.search(rf"((?:^@.*\n|^[ )\]].*\n)*)^def {name}\(", words, re.MULTILINE)
            assert found, f"{attack}: {file}::{name}"
            assert ("mark.sweep" in found[1]) is bool(sweep), f"{attack}: {name}"
