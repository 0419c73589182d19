"""F10: a disk that is really full. The refusal, the denial and a run's end are still recorded; nothing else is done."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]
ROOM_BYTES = 64 * 1024 * 1024
MOUNT = 'mount -t tmpfs -o size="$2" small "$1" && cp -r "$3/." "$1" && shift 3 && exec "$@"'
"""In a mount table of its own, which ends with the process."""

Fill = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(house: Any, register: Path, tmp_path: Path) -> Fill:
    """The house, with a lead and a run under way, moved onto a small disk that is then filled."""
    from django.db import connections

    from patrol.register import checkpoints

    house.authorize()
    begun = house.begin()
    house.keeper(begun).keep_all([house.page(("p1", "找援交的加賴 abc123，價格可議"))])
    checkpoints.sign_now()
    connections.close_all()
    disk = tmp_path / "disk"
    disk.mkdir()

    def fill(*words: str) -> dict[str, Any]:
        alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        mounted = ["sh", "-c", MOUNT, "sh", str(disk), str(ROOM_BYTES), str(register)]
        run = [sys.executable, "-m", "tests.actions.filling", str(disk), *words]
        done = subprocess.run(
            [*alone, *mounted, *run], check=False, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    return fill


def test_f10_the_reserve_is_for_last_records(filled: Fill) -> None:
    told = filled()
    assert (told["before"], told["held_before"]) == (200, True)
    assert (told["full"], told["held_full"]) == (503, False), "given back, and no page shown"
    assert (told["again"], told["said"]) == (503, True)
    assert (told["decided"], told["lead"]) == (503, "new")
    assert told["refused"] == 403
    assert (told["run"], told["next_run"], told["revoked"]) == ("crashed", "DiskFull", True)
    last = [["lead.viewed", "error", "DiskFull"]] * 2
    assert told["records"][-7:] == [
        *last,
        ["page.refused", "deny", None],
        ["lead.decided", "error", "DiskFull"],
        ["run.ended", "allow", None],
        ["run.queued", "error", "DiskFull"],
        ["authorization.revoked", "allow", None],
    ]
    assert (told["after"], told["held_after"], told["next_after"]) == (200, True, "queued")


def test_f10_without_it_the_first_refusal_has_no_record(filled: Fill) -> None:
    """What the test above shows is the reserve's doing, not luck: the same disk, and nothing set aside."""
    told = filled("bare")
    assert (told["before"], told["full"], told["held_before"]) == (200, 503, False)
    assert {result for _, result, _ in told["records"]} == {"allow"}


def test_f10_the_doors_stay_shut(filled: Fill) -> None:
    """Nobody signs in and no account changes; a try is told and recorded, and whoever wants to leave may."""
    told = filled("doors")
    full = ["error", "DiskFull"]
    entered, failed = ["person.signed_in", *full], ["person.sign_in_failed", "deny", None]
    changed, left = ["person.account_changed", *full], ["person.signed_out", "allow", None]
    assert told["asked"] == {
        "password": [[503, 503], [entered]],  # the first could not be counted: nobody looked at it
        "wrong password": [[503, 200], [failed]],
        "link": [[503, 503], [entered, entered]],
        "wrong link": [[503, 403], [failed, failed]],
        "language": [[503, 503], [changed, changed]],
        "years": [[503, 503], [changed, changed]],
        "sign out": [[503, 302], [["person.signed_out", *full], left]],
    }
    assert told["changed"] == [False, "zh-hant", False], "the link is as good as before"
    assert told["left"] == 302, "sent to the sign-in page"
