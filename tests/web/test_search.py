"""The search page, through real requests."""

from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
Plant = Callable[..., Any]


def _told() -> None:
    """Tell the index what was planted."""
    from django.utils import timezone

    from patrol.register.tables import Lead, OutboxRow, Sighting
    from patrol.schedule.projecting import drain
    from patrol.settings import Settings

    now = timezone.now()
    for kind, table in (("post", Sighting), ("lead", Lead)):
        for number in table.objects.values_list("pk", flat=True):
            OutboxRow.objects.create(
                kind=kind, subject=number, op="put", written_at=now, next_at=now
            )
    assert drain(Settings()) > 0


def test_a_word_finds_its_lead_and_is_on_record(
    planted: Plant, records: Callable[..., list[Any]]
) -> None:
    officer = planted({"text": "找[援交]的<b>加賴</b>"}, {"text": "[手榴彈]出售"})
    _told()
    answer = officer.get("/search/", {"q": "援交"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "援交" in shown
    assert "手榴彈" not in shown
    assert "<b>" not in shown
    assert len(records(verb="posts.searched")) == 1


def test_no_word_goes_back_to_the_queue_and_a_broken_one_is_said(
    planted: Plant,
) -> None:
    officer = planted({"text": "找[援交]的"})
    assert officer.get("/search/", {"q": " "}).status_code == 302
    answer = officer.get("/search/", {"q": 'source: "open'})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_auditors_do_not_search(sign_in: Sign) -> None:
    assert sign_in("audit").get("/search/", {"q": "援交"}).status_code == 403


def test_with_elasticsearch_away_search_says_since_when_and_the_rest_goes_on(
    planted: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = planted({"text": "找[援交]的"})
    monkeypatch.setenv("PATROL_SEARCH_URL", "http://127.0.0.1:9")  # nobody listens there
    answer = officer.get("/search/", {"q": "援交"}, headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "Searching has been unavailable since 2" in answer.content.decode()
    from django.utils.translation import override

    from patrol.web.sentences import said

    with override("zh-hant"):
        assert said("Searching has been unavailable since 2026-11-22 12:00.").startswith("自 2026")
    assert officer.get("/").status_code in {200, 302}
    assert officer.get("/leads/1/").status_code == 200
