"""How often a source is read, said and set on a page; what is too little, learned anew."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

Sign = Callable[[str], Any]
PAGE = "/sources/harbor/schedule/"
SET = {
    "every_minutes": "60",
    "fastest_minutes": "30",
    "slowest_minutes": "240",
    "floor": "5",
    "learns_floor": "on",
}
HEALTH = {
    "at": datetime(2026, 11, 22, tzinfo=UTC).isoformat(),
    "every_minutes": 58,
    "because": "rate",
    "posts": 2856,
    "hours": 168.0,
    "page_rows": 25,
}

DRIFT = {"before": 2, "now": 60, "since": "2026-11-21T12:00:00+00:00"}


def source(garden: Any, health: dict[str, Any] | None = None, **changes: Any) -> Any:
    row = garden.source
    row.body |= changes
    row.health = health
    row.save()
    return row


def words(page: str) -> str:
    """What stands there, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(
    ("health", "sentence"),
    [
        (None, "no run has ended so far"),
        (
            {},
            "17 posts an hour were seen over 7 days, and a page of the board holds 25: so it is read every 58 minutes",
        ),
        ({"because": "fastest", "every_minutes": 30}, "its limits allow no more"),
        ({"because": "slowest", "every_minutes": 240}, "its limits allow no less"),
        ({"because": "run", "every_minutes": 90}, "because its runs take half as long"),
        ({"because": "learning", "every_minutes": 60}, "too little was seen of it so far"),
        ({"failures": 2}, "It failed 2 times in a row."),
        (
            {"failures": 5, "stretched_minutes": 480},
            "to spare the site it is tried again after 480 minutes only. One good run, and it is read as before. What is not read until then is a gap",
        ),
        ({"rows_runs": 7}, "A run of fewer than 1 rows is suspiciously empty; too little was read"),
        (
            {"rows_floor": 37, "rows_least": 75, "rows_runs": 600},
            "600 good runs of four weeks read 75 rows at least: a run of fewer than 37 is suspiciously empty.",
        ),
        (
            {"quiet_since": "2026-11-21T20:00:00+00:00", "usual": 51},
            "Nothing new came for 4 hours, although 51 posts at least came at the same hours",
        ),
        (
            {"drifts": [{"part": "date", "lack": "date", **DRIFT}]},
            "Since 2026-11-21 20:00, 60 of 100 posts have no date; before, 2 of 100 had none.",
        ),
        (
            {"drifts": [{"part": "b", "usual": "b", "hook": ".author", **DRIFT}]},
            "Since 2026-11-21 20:00, its pages are read by `.author` instead of `b`, which gave the same 2 of 100 times",
        ),
    ],
)
def test_the_page_explains_itself_in_both_languages(
    garden: Any, sign_in: Sign, health: dict[str, Any] | None, sentence: str
) -> None:
    limits = {"fastest_minutes": 30, "slowest_minutes": 240}
    source(garden, None if health is None else {**HEALTH, **health}, revisit=limits)
    client = sign_in("lin")
    assert sentence in words(client.get("/sources/harbor/").content.decode())
    assert sentence in words(client.get(PAGE).content.decode())
    person = garden.people["lin"]
    person.language = "zh-hant"
    person.save()
    page = client.get(PAGE).content.decode()
    assert '<span lang="en">' not in page, "every sentence is translated"


def test_a_schedule_is_set_without_a_new_approval(garden: Any, sign_in: Sign) -> None:
    from patrol.actions.collecting.binding import binds
    from patrol.models import Verb
    from patrol.register import log
    from patrol.register.tables import AuthorizationRow

    client = sign_in("lin")
    assert client.post(f"{PAGE}set/", SET).status_code == 302
    garden.source.refresh_from_db()
    body = garden.source.body
    assert body["revisit"] == {"fastest_minutes": 30, "slowest_minutes": 240}
    assert (body["floor"], body["learns_floor"]) == (5, True)
    assert all(binds(row) for row in AuthorizationRow.objects.all())
    (record,) = log.each(verb=Verb.SOURCE_RESCHEDULED)
    assert record.record.details["limits"] == [30, 240]
    bare = {"every_minutes": "90", "floor": "0"}
    assert client.post(f"{PAGE}set/", bare).status_code == 302
    garden.source.refresh_from_db()
    body = garden.source.body
    assert (body["every_minutes"], body["revisit"], body["learns_floor"]) == (90, None, False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fastest_minutes": ""}, "Give both limits, or none."),
        ({"slowest_minutes": ""}, "Give both limits, or none."),
        ({"every_minutes": "20"}, "It lies between the two limits."),
        ({"fastest_minutes": "300"}, "It lies between the two limits."),
        ({"every_minutes": "0"}, "greater than or equal to 1"),
        ({"slowest_minutes": "10081"}, "less than or equal to 10080"),
        ({"floor": "-1"}, "greater than or equal to 0"),
        ({"every_minutes": "often"}, "Enter a whole number."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(
    garden: Any, sign_in: Sign, change: dict[str, str], sentence: str
) -> None:
    before = garden.source.body
    answer = sign_in("lin").post(f"{PAGE}set/", {**SET, **change})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    garden.source.refresh_from_db()
    assert garden.source.body == before


def test_who_may_not_propose_sources_sets_nothing(sign_in: Sign) -> None:
    for account in ("mei", "audit"):
        client = sign_in(account)
        assert PAGE not in client.get("/sources/harbor/").content.decode()
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}set/", SET).status_code == 403
        assert client.post("/sources/harbor/relearn/", {"reason": "x"}).status_code == 403


def test_a_floor_is_learned_anew_with_a_reason_on_record(garden: Any, sign_in: Sign) -> None:
    from patrol.models import Verb
    from patrol.register import log

    client = sign_in("lin")
    assert client.post("/sources/harbor/relearn/", {}).status_code == 400
    why = {"reason": "two of its forums were closed"}
    assert client.post("/sources/harbor/relearn/", why).status_code == 302
    garden.source.refresh_from_db()
    assert garden.source.learned_since
    assert len(list(log.each(verb=Verb.SOURCE_RELEARNED))) == 1


def test_what_is_lost_for_good_stands_beside_its_run(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import RunRow

    client = sign_in("lin")
    RunRow.objects.update(overran=True)
    assert "older posts were out of sight" in client.get("/sources/harbor/").content.decode()
    RunRow.objects.update(lost_posts=65)
    assert "about 65 posts are lost for good" in words(
        client.get("/sources/harbor/").content.decode()
    )
