"""The sources page and the four eyes of a mandate."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

Sign = Callable[[str], Any]

FORM = {
    "basis": "警察職權行使法第28條",
    "number": "115-002",
    "hosts": "harbor.example",
    "paths": "/",
    "categories": ["fraud", "trading"],
    "valid_from": "115/11/22",
    "valid_until": "民國115年12月31日",
}


def test_the_list_says_how_each_source_is(garden: Any, sign_in: Sign) -> None:
    from patrol.models import Outcome
    from patrol.register.tables import RunRow

    client = sign_in("lin")
    page = client.get("/sources/").content.decode()
    for part in (
        "Harbor board",
        "In force",
        "Read as it should be, with new posts.",
        "every 1 hour",
    ):
        assert part in page
    RunRow.objects.update(outcome=Outcome.LAYOUT_CHANGED)
    page = client.get("/sources/").content.decode()
    assert "not as its engine knows it" in page
    assert "Have the engine adapted to a saved page." in page
    assert "1 was not read as it should be" in page


def test_earlier_runs_are_folded_away(garden: Any, sign_in: Sign) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from patrol.models import Outcome
    from patrol.register.tables import RunRow

    for hours in range(1, 20):
        at = timezone.now() - timedelta(hours=hours)
        RunRow.objects.create(
            source=garden.source, due_at=at, begun_at=at, ended_at=at, outcome=Outcome.OK
        )
    client = sign_in("lin")
    first, folded, rest = client.get("/sources/harbor/").content.decode().partition("earlier runs")
    assert folded
    assert first.count('data-label="Outcome"') == 8
    assert rest.count('data-label="Outcome"') == RunRow.objects.count() - 8
    asked = client.get("/sources/harbor/?outcome=good").content.decode()
    assert "earlier runs" not in asked
    assert asked.count('data-label="Outcome"') > 8


def test_a_run_says_how_many_pages_are_suspect(garden: Any, sign_in: Sign) -> None:
    from django.utils import timezone

    from patrol.models import Outcome
    from patrol.register.tables import RunRow

    at = timezone.now()
    run = RunRow.objects.create(
        source=garden.source, due_at=at, begun_at=at, ended_at=at, outcome=Outcome.OK
    )
    client = sign_in("lin")
    assert "encoding_suspect" not in client.get("/sources/harbor/").content.decode()
    run.found = {"posts": 3, "encoding_suspect": 2}
    run.save()
    assert "encoding_suspect" in client.get("/sources/harbor/").content.decode()


@pytest.mark.parametrize("resolves", [False, True])
def test_a_source_says_which_half_is_the_forward_proxys_word(
    garden: Any, sign_in: Sign, monkeypatch: pytest.MonkeyPatch, *, resolves: bool
) -> None:
    client = sign_in("lin")
    assert "forward proxy" not in client.get("/sources/harbor/").content.decode()
    monkeypatch.setenv("PATROL_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("PATROL_PROXY_RESOLVES", str(resolves))
    page = client.get("/sources/harbor/").content.decode()
    assert "by the forward proxy proxy.example:3128" in page
    assert ("It alone looks up their names" in page) is resolves
    assert ("Our half: each name is looked up here first" in page) is not resolves


def test_what_the_gate_says_of_a_proxy_is_said_in_the_readers_language(
    garden: Any, sign_in: Sign
) -> None:
    from patrol.register.tables import RunRow

    person = garden.people["lin"]
    person.language = "zh-hant"
    person.save()
    client = sign_in("lin")
    for told, words in (
        ("intern is no name of the public internet.", "intern 不是公開網際網路上的名稱。"),
        ("a.example was answered past the proxy, by 8.8.8.8.", "回應 a.example 者為 8.8.8.8"),
    ):
        RunRow.objects.update(detail=told)
        page = client.get("/sources/harbor/").content.decode()
        assert words in page
        assert told not in page


def test_outcomes_are_said_in_the_readers_language(garden: Any, sign_in: Sign) -> None:
    from patrol.models import Outcome
    from patrol.register.tables import RunRow

    person = garden.people["lin"]
    person.language = "zh-hant"
    person.save()
    client = sign_in("lin")
    for outcome in Outcome:
        RunRow.objects.update(outcome=outcome)
        page = client.get("/sources/harbor/").content.decode()
        from patrol.actions.collecting.outcomes import SENTENCES

        for sentence in filter(None, SENTENCES[outcome]):
            assert sentence not in page
        assert "港灣論壇" in page


def test_a_mandate_needs_a_second_person(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import AuthorizationRow

    lin = sign_in("lin")
    asked = {**FORM, "document_sha256": "5e" * 32}
    assert lin.post("/sources/harbor/authorizations/", asked).status_code == 302
    row = AuthorizationRow.objects.latest("pk")
    assert row.categories == ["fraud", "trading"]
    assert row.valid_until.isoformat() == "2026-12-31T16:00:00+00:00"
    assert "another supervisor approves it" in lin.get("/sources/harbor/").content.decode()
    place = f"/authorizations/{row.pk}/approve/"
    wu = sign_in("wu")
    page = wu.get("/sources/harbor/").content.decode()
    assert f'<code class="hash">{"5e" * 32}</code>' in page, "the approver compares it"
    shown = re.search(r'name="shown" value="(\w{64})"', page)
    assert shown
    assert lin.post(place, {"shown": shown[1]}).status_code == 403
    assert sign_in("mei").post(place, {"shown": shown[1]}).status_code == 403
    assert wu.post(place).status_code == 400
    assert wu.post(place, {"shown": "0" * 64}).status_code == 403
    row.refresh_from_db()
    assert row.approver is None
    assert wu.post(place, {"shown": shown[1]}).status_code == 302
    row.refresh_from_db()
    assert row.approver == garden.people["wu"]
    assert lin.post(f"/authorizations/{row.pk}/revoke/", {"reason": "over"}).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hosts": "https://harbor.example/"}, "is no host name"),
        ({"paths": "board"}, "A path begins with /."),
        ({"valid_from": "soon"}, "Write the day like"),
        ({"valid_until": "115/11/01"}, "ends before it begins"),
        ({"valid_until": "117/11/01"}, "more than 90 days"),
        ({"document_sha256": "xyz"}, "64 digits"),
        ({"basis": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_beside_its_field(
    change: dict[str, str], sentence: str, sign_in: Sign
) -> None:
    from patrol.register.tables import AuthorizationRow

    answer = sign_in("lin").post("/sources/harbor/authorizations/", {**FORM, **change})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert "115-002" in page, "what was written is still there"
    assert AuthorizationRow.objects.count() == 1


def test_nobody_approves_by_an_extra_field(sign_in: Sign) -> None:
    answer = sign_in("lin").post("/sources/harbor/authorizations/", {**FORM, "approver": "2"})
    assert answer.status_code == 400


def test_running_pausing_and_resuming(garden: Any, sign_in: Sign) -> None:
    client = sign_in("lin")
    assert client.post("/sources/harbor/run/").status_code == 302
    assert garden.source.runs.filter(begun_at=None).count() == 1
    assert client.post("/sources/harbor/pause/", {"reason": "quiet week"}).status_code == 302
    assert "Paused" in client.get("/sources/").content.decode()
    assert client.post("/sources/harbor/resume/").status_code == 302
    garden.source.refresh_from_db()
    assert garden.source.paused_at is None
    assert sign_in("mei").post("/sources/harbor/run/").status_code == 403


def test_an_officer_reads_sources_and_changes_none(sign_in: Sign) -> None:
    page = sign_in("mei").get("/sources/harbor/").content.decode()
    for act in ("Run now", "Approve", "Revoke", "Request an authorization"):
        assert f">{act}<" not in page


@pytest.mark.parametrize(
    "words",
    ["2026-11-22", "115/11/22", "115-11-22", "民國115年11月22日", "民國115.11.22", " 2026/11/22 "],
)
def test_days_are_read_in_either_count_of_years(words: str) -> None:
    from patrol.web.dates import read_date

    assert read_date(words) == date(2026, 11, 22)


@pytest.mark.parametrize("words", ["11/22", "2026-13-01", "tomorrow", "22.11.2026", ""])
def test_other_days_are_not_guessed(words: str) -> None:
    from patrol.web.dates import read_date

    with pytest.raises(ValueError):  # noqa: PT011  (datetime's own words differ)
        read_date(words)


def test_the_coverage_statement_tells_gaps_in_minutes(sign_in: Sign) -> None:
    from patrol.register.tables import LedgerRecord

    client = sign_in("audit")
    assert "Coverage statement" in client.get("/sources/harbor/").content.decode()
    answer = client.get("/sources/harbor/coverage/?days=7")
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Runs that were due", "Blocked by the site", "Minutes not seen", "Gaps"):
        assert words in page
    record = bytes(LedgerRecord.objects.order_by("-seq")[0].body)
    assert b'"coverage"' in record
    assert (
        client.get("/sources/harbor/coverage/?first=2026-11-03&last=2026-11-01").status_code == 400
    )
    assert client.get("/sources/nowhere/coverage/").status_code == 404
