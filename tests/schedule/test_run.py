"""`patrol run`, on real boards over loopback, in its own process."""

import json
from pathlib import Path
from typing import Any

from patrol.demo.boards import Boards, Health


def _run(patrol: Any, home: Path, source: str, **options: Any) -> tuple[int, Any, str]:
    process = patrol(home, "run", source, "--json", **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, json.loads(out) if out else None, err


def test_a_board_is_read_and_then_has_nothing_new(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    board = boards["harbor_forum"]
    code, first, err = _run(patrol, register, board.name)
    assert (code, err) == (0, "")
    assert first["outcome"] == "ok"
    assert first["posts_new"] == len(board.messages)
    assert first["sightings"] > 0
    code, second, _ = _run(patrol, register, board.name)
    assert code == 0
    assert (second["outcome"], second["posts_new"]) == ("nothing_new", 0)


def test_a_second_run_yields_only_what_is_new_or_edited(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    board = boards["harbor_forum"]
    _run(patrol, register, board.name)
    thread = max(board.threads.values(), key=lambda thread: thread.last.at)
    board.edit_post(thread.messages[0].id, "改過的文字：風停了，改天再去。")
    board.add_post("剛剛補上一則新的回覆，明天見。", author="gull", thread=thread.id)
    _, again, _ = _run(patrol, register, board.name)
    assert (again["outcome"], again["posts_new"]) == ("ok", 2)


def test_every_board_of_the_demo_is_read_whole(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    for board in boards:
        code, found, err = _run(patrol, register, board.name)
        assert (code, found["outcome"], err) == (0, "ok", ""), board.name
        assert found["posts_new"] == len(board.messages), board.name


def test_without_a_mandate_the_site_is_not_asked_once(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from django.db import connections
    from django.utils import timezone

    from patrol.register.tables import AuthorizationRow

    AuthorizationRow.objects.update(revoked_at=timezone.now())
    connections.close_all()
    code, found, _ = _run(patrol, register, "harbor_forum")
    assert (code, found["outcome"]) == (4, "authorization_ended")
    assert sum(boards.requests.values()) == 0


def test_outside_the_laboratory_loopback_is_refused(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    code, found, _ = _run(patrol, register, "harbor_forum", laboratory=False)
    assert code == 1
    assert found["outcome"] in {"network", "policy_blocked"}
    assert sum(boards.requests.values()) == 0


def test_a_dead_board_is_a_sentence_and_the_others_go_on(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    boards["harbor_forum"].die()
    code, found, err = _run(patrol, register, "harbor_forum")
    assert (code, found["outcome"]) == (1, "server_error")
    assert found["detail"]
    code, found, err = _run(patrol, register, "town_feed")
    assert (code, found["outcome"], err) == (0, "ok", "")


def test_walls_and_redesigns_have_their_own_outcomes(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    boards["harbor_forum"].wall(Health.LOGIN_WALL)
    assert _run(patrol, register, "harbor_forum")[1]["outcome"] == "login_wall"
    boards["harbor_forum"].revive()
    boards["harbor_forum"].change_layout()
    assert _run(patrol, register, "harbor_forum")[1]["outcome"] == "layout_changed"
