"""Bringing posts by hand in the workbench: shown first, kept as shown, marked."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

Sign = Callable[[str], Any]
WORDS = (
    "Author: heron\nDate: 2026-11-19 10:00\n\nBicycle, serial number filed off.\n---\nhello there\n"
)


@pytest.fixture
def told(garden: Any) -> dict[str, str]:
    """A form that may be kept, once it was shown."""
    from patrol.register.tables import AuthorizationRow

    host = AuthorizationRow.objects.get(source__name="harbor").hosts[0]
    return {"address": f"http://{host}/", "brought_as": "words", "saved_at": "", "content": WORDS}


def _shown(page: str) -> str:
    found = re.search(r'name="shown" value="(\w{64})"', page)
    assert found is not None
    return unescape(found[1])


def test_what_is_shown_is_kept_and_marked(sign_in: Sign, told: dict[str, str]) -> None:
    from patrol.register.tables import RunRow

    client = sign_in("lin")
    before = RunRow.objects.count()
    assert "Bring posts by hand" in client.get("/sources/harbor/").content.decode()
    assert client.get("/sources/harbor/bring/").status_code == 200
    answer = client.post("/sources/harbor/bring/look/", told)
    page = answer.content.decode()
    assert answer.status_code == 200, page[-3000:]
    for words in ("2 posts were read", "heron", "hello there", "Keep these 2 posts"):
        assert words in page
    assert RunRow.objects.count() == before
    done = client.post("/sources/harbor/bring/keep/", told | {"shown": _shown(page)})
    assert (done.status_code, done.headers["Location"]) == (302, "/sources/harbor/")
    assert RunRow.objects.filter(brought_as="words").count() == 1
    assert "brought by hand" in client.get("/sources/harbor/").content.decode()


def test_what_was_changed_since_is_shown_again_and_not_kept(
    sign_in: Sign, told: dict[str, str]
) -> None:
    from patrol.register.tables import RunRow

    client = sign_in("lin")
    shown = _shown(client.post("/sources/harbor/bring/look/", told).content.decode())
    for changed in (
        {"content": "other words"},
        {"saved_at": "115/11/01 10:00"},
        {"shown": "0" * 64},
    ):
        answer = client.post("/sources/harbor/bring/keep/", told | {"shown": shown} | changed)
        assert answer.status_code == 409
        assert "changed since it was shown" in answer.content.decode()
    assert not RunRow.objects.exclude(brought_as=None).exists()


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"address": "http://elsewhere.example/"}, 403, "not named in the authorization"),
        ({"content": ""}, 400, "This field is required"),
        ({"content": "---"}, 400, "No post was found"),
        ({"brought_as": "page", "content": "<p>x</p>"}, 400, "no engine knows this page"),
        ({"brought_as": "film"}, 400, "film"),
    ],
)
def test_what_cannot_be_kept_is_told(
    sign_in: Sign, told: dict[str, str], changes: dict[str, str], status: int, words: str
) -> None:
    answer = sign_in("lin").post("/sources/harbor/bring/look/", told | changes)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)


@pytest.mark.parametrize(
    ("account", "seen", "brought"),
    [("mei", 200, 302), ("wu", 200, 302), ("audit", 200, 403), ("root", 403, 403)],
)
def test_who_decides_on_leads_brings_posts_and_who_reads_along_does_not(
    sign_in: Sign, told: dict[str, str], account: str, seen: int, brought: int
) -> None:
    from patrol.register.tables import RunRow

    client = sign_in(account)
    page = client.get("/sources/harbor/")
    assert page.status_code == seen
    assert ("Bring posts by hand" in page.content.decode()) is (brought == 302)
    assert "Run now" not in page.content.decode() or account == "wu"
    answer = client.post("/sources/harbor/bring/look/", told)
    shown = _shown(answer.content.decode()) if brought == 302 else "0" * 64
    kept = client.post("/sources/harbor/bring/keep/", told | {"shown": shown})
    assert (kept.status_code, RunRow.objects.filter(brought_as="words").count()) == (
        brought,
        int(brought == 302),
    )
    if brought == 302:
        assert "New posts kept: 2" in client.get("/sources/harbor/").content.decode()


def test_an_officer_brings_nothing_without_a_mandate_nor_of_another_unit(
    sign_in: Sign, garden: Any, told: dict[str, str]
) -> None:
    from django.test import Client

    from patrol.register.tables import AuthorizationRow, RunRow

    stranger = Client(SERVER_NAME="localhost")
    stranger.force_login(garden.people["other"])
    assert stranger.post("/sources/harbor/bring/look/", told).status_code == 404
    AuthorizationRow.objects.update(valid_until=garden.source.next_due_at)
    answer = sign_in("mei").post("/sources/harbor/bring/look/", told)
    assert answer.status_code == 403
    assert "No authorization is in force for this source." in answer.content.decode()
    assert not RunRow.objects.exclude(brought_as=None).exists()


def test_a_pasted_page_is_read_whatever_charset_it_names(
    sign_in: Sign, told: dict[str, str]
) -> None:
    page = '<html><head><meta charset="big5"></head><body id="phpbb" class="section-viewtopic"><div id="p7" class="post"><div class="postbody"><p class="author"><a class="username">蒼鷺</a> 2026-11-19 10:00</p><div class="content">賣舊單車</div></div></div></body></html>'
    answer = sign_in("lin").post(
        "/sources/harbor/bring/look/", told | {"brought_as": "page", "content": page}
    )
    shown = answer.content.decode()
    assert "蒼鷺" in shown
    assert "賣舊單車" in shown
