"""`patrol run`, on real boards over loopback, in its own process."""

import json
import time
from collections.abc import Callable
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
    from patrol.register.tables import RunRow, SourceRow

    promised = SourceRow.objects.get(name=board.name).body["every_minutes"]
    assert list(RunRow.objects.values_list("every_minutes", flat=True)) == [promised] * 2


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


def _approved(name: str, **settings: Any) -> Any:
    """The mandate of a source with these settings, as if it had been approved with them."""
    from patrol.actions.collecting.binding import config_sha256
    from patrol.register.tables import AuthorizationRow

    mandate = AuthorizationRow.objects.get(source__name=name)
    mandate.source.body |= settings
    mandate.source.save()
    mandate.config_sha256 = config_sha256(mandate)
    mandate.save()
    return mandate


def test_revoking_in_mid_run_stops_it_within_five_seconds(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from django.db import connections

    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    mandate = _approved("harbor_forum", seconds_between_requests=0.3)
    connections.close_all()
    process = patrol(register, "run", "harbor_forum", "--json")
    _until(lambda: boards.requests.total() >= 4)
    mandates.revoke(Desk.command_line(people.find("supervisor2")), mandate.pk, "Over.")
    connections.close_all()
    revoked = time.monotonic()
    out, _ = process.communicate()
    assert time.monotonic() - revoked < 8  # five seconds, and the process's own end
    seen = sum(boards.requests.values())
    assert json.loads(out)["outcome"] == "authorization_ended"
    time.sleep(1)
    assert sum(boards.requests.values()) == seen < 40


def test_a_kept_post_is_found_by_a_two_character_word(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from patrol.search import open_index, read_query
    from patrol.settings import Settings
    from pipelines.fold import fold_one

    _run(patrol, register, "harbor_forum")
    _run(patrol, register, "night_market")
    index = open_index(Settings())
    found = index.search(read_query("加賴", fold_one))
    assert found.items
    assert not index.search(read_query("風帆帆", fold_one)).items
    index.close()


def _until(true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_run_in_a_laboratory_says_so_in_the_log(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from patrol.models import Verb
    from patrol.register import log

    _run(patrol, register, "town_feed")
    (begun,) = log.each(verb=Verb.RUN_BEGUN)
    assert begun.record.details["laboratory"] == sorted(boards.laboratory.split(","))


def test_a_board_larger_than_its_budget_is_read_in_pieces_to_its_end(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from django.db import connections

    from patrol.register.tables import SeenPost

    board = boards["harbor_forum"]
    source = _approved(board.name, max_pages=20).source
    connections.close_all()
    outcomes = [_run(patrol, register, board.name)[1]["outcome"] for _ in range(4)]
    assert outcomes[0] == "stopped"
    keys = set(SeenPost.objects.filter(source=source).values_list("key", flat=True))
    assert keys == {f"p{message.id}" for _, message in board.messages}


def test_a_feed_that_did_not_change_is_not_sent_again(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from patrol.register.tables import PageValidator, RunRow

    board = boards["town_feed"]
    _run(patrol, register, board.name)
    kept = PageValidator.objects.count()
    assert kept > 0
    code, again, _ = _run(patrol, register, board.name)
    assert (code, again["outcome"], again["posts"]) == (0, "nothing_new", 0)
    run = RunRow.objects.latest("pk")
    assert (run.unchanged, run.pages, run.rows) == (kept, kept, None)
    board.add_post("新的一則，明天在碼頭見。", author="gull", title="碼頭")
    _, third, _ = _run(patrol, register, board.name)
    assert (third["outcome"], third["posts_new"]) == ("ok", 1)
    assert RunRow.objects.latest("pk").unchanged == kept - 1


def test_a_post_that_left_its_board_is_called_gone_after_two_looks(
    staged: Any, boards: Boards, patrol: Any, register: Path
) -> None:
    from datetime import timedelta

    from django.db import connections
    from django.db.models import F

    from patrol.register.tables import Sighting

    board = boards["harbor_forum"]
    thread = max(board.threads.values(), key=lambda thread: thread.last.at)
    gone = board.add_post("找援交的加賴 gull0042，價格可議", author="gull", thread=thread.id)
    board.add_post("剛剛補上一則新的回覆，明天見。", author="tern", thread=thread.id)
    _run(patrol, register, board.name)
    board.remove_post(gone.id)
    _run(patrol, register, board.name)
    (missed,) = Sighting.objects.exclude(missed_at=None)
    assert (missed.key, missed.removed_seen_at) == (f"p{gone.id}", None)
    Sighting.objects.update(missed_at=F("missed_at") - timedelta(minutes=6))
    connections.close_all()
    _run(patrol, register, board.name)
    (called,) = Sighting.objects.exclude(removed_seen_at=None)
    assert called.pk == missed.pk
