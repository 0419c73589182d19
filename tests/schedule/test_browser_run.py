"""A board that draws itself, through a whole run: leads from it, nothing of it left over, and an end when its mandate ends."""

import json
import time
from pathlib import Path
from typing import Any

from patrol.demo.boards import Boards

NAME = "campus_corner"


def _run(patrol: Any, home: Path) -> Any:
    out, err = patrol(home, "run", NAME, "--json").communicate(timeout=120)
    assert err == ""
    return json.loads(out)


def test_its_posts_become_leads_and_nothing_but_text_is_kept(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from patrol.demo.media_scan import scan
    from patrol.demo.once import opened_bodies
    from patrol.register.tables import CaptureRow, Lead

    found = _run(patrol, register)
    board = boards[NAME]
    assert (found["outcome"], found["posts_new"]) == ("ok", len(board.messages)), found
    expected = [message for _, message in board.messages if message.expected]
    assert found["sightings"] == len(expected) >= 5
    assert Lead.objects.count() == len(expected)
    assert scan(register, opened_bodies()).count == 0
    assert CaptureRow.objects.exists()
    bodies = [json.loads(body) for name, body in opened_bodies() if name.startswith("CaptureRow")]
    assert all(body["capture"]["drawn_sha256"] for body in bodies)
    assert boards.asked(board.host, "/assets/files/") == 0, "no picture was asked for"
    assert boards.asked(board.host, "/assets/forum.js") == 1
    assert _run(patrol, register)["outcome"] == "nothing_new"


def test_revoking_in_mid_run_stops_it_within_five_seconds(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from django.db import connections

    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.register.tables import AuthorizationRow

    mandate = AuthorizationRow.objects.get(source__name=NAME)
    connections.close_all()
    process = patrol(register, "run", NAME, "--json")
    deadline = time.monotonic() + 120
    while boards.asked("campus.example") < 5:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    mandates.revoke(Desk.command_line(people.find("supervisor2")), mandate.pk, "Over.")
    connections.close_all()
    revoked = time.monotonic()
    out, _ = process.communicate()
    assert time.monotonic() - revoked < 8, "five seconds, and the process's own end"
    seen = boards.asked("campus.example")
    assert json.loads(out)["outcome"] == "authorization_ended"
    time.sleep(1)
    assert boards.asked("campus.example") == seen
