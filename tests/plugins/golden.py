"""Golden files: what a thing said when somebody last read it.

`--write-expected` writes what differs and fails once, so that it is read
before it is believed.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Golden = Callable[[Path, Any], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-expected", action="store_true", help="write golden files anew, and fail once"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a value with its file: text as it is, everything else as JSON."""

    def compare(file: Path, actual: Any) -> None:
        said = (
            actual if isinstance(actual, str) else json.dumps(actual, ensure_ascii=False, indent=1)
        )
        said = said.rstrip("\n") + "\n"
        expected = file.read_text(encoding="utf-8") if file.exists() else None
        if said == expected:
            return
        if expected is None or request.config.getoption("--write-expected"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(said, encoding="utf-8")
            pytest.fail(f"{file.name} has been written: read it, then run again")
        assert said == expected, f"{file} differs; --write-expected writes it anew"

    return compare
