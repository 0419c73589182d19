"""tests/browser/README.md lists the journeys that are driven through Chromium: all of them, and no other."""

import re
from pathlib import Path

BROWSER = Path(__file__).parent / "browser"
ENOUGH = 25


def test_every_journey_is_listed() -> None:
    listed = re.findall(
        r"^\| `(\S+)` \| `(\S+)` \| .+ \|$",
        (BROWSER / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    driven = [
        (file.name, test)
        for file in BROWSER.glob("test_*.py")
        for test in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert sorted(listed) == sorted(driven)
    assert len(driven) >= ENOUGH
