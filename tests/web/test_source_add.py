"""Adding a source in the workbench: address, look, selectors, proposal."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from tests.plugins.unknown_board import served

Sign = Callable[[str], Any]


@pytest.fixture
def site(garden: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    with served() as (host, asked):
        monkeypatch.setenv("PATROL_LABORATORY", host)
        yield host, asked


def _fields(page: str) -> dict[str, str]:
    """What the proposal's form would send."""
    form = page[page.index('id="proposal"') :]
    form = form[: form.index("</form>")]
    told = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="(\w+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            told[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        told[name] = chosen[1] if chosen else ""
    return told


def test_an_address_is_looked_at_tried_and_proposed(site: Any, sign_in: Sign) -> None:
    from patrol.register.tables import SourceRow

    host, asked = site
    client = sign_in("lin")
    assert "Add a source" in client.get("/sources/").content.decode()
    assert "Look" in client.get("/sources/new-source/").content.decode()
    answer = client.post("/sources/new-source/look/", {"address": f"http://{host}/talk"})
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        "first words",
        "gull2",
        "third words",
        "allows it",
        "confidence",
        "3 posts were read",
        "<code>phpsessid</code>",
        "session ids and tokens",
    ):
        assert words in page
    fields = _fields(page)
    assert fields["row"].endswith("div.entry")
    assert fields["text"] == "div.said"
    before = len(asked)
    again = client.post("/sources/new-source/try/", fields | {"author": "i.when", "text": ""})
    assert again.status_code == 200
    assert len(asked) == before, "selectors are tried on the page that was looked at"
    part = client.post(
        "/sources/new-source/try/", fields, headers={"x-part": "sample"}
    ).content.decode()
    assert "first words" in part
    assert "<html" not in part
    done = client.post("/sources/new-source/propose/", fields | {"title_zh": "談話板"})
    assert (done.status_code, done.headers["Location"]) == (302, f"/sources/{fields['name']}/")
    row = SourceRow.objects.get(name=fields["name"])
    assert row.next_due_at is None, "nothing is enabled"
    assert row.body["selectors"]["row"] == fields["row"]
    page = client.get(done.headers["Location"]).content.decode()
    assert host in page
    assert "Look at it now" in page
    assert _written(page, "query_deny") == ["sid", "phpsessid", "jsessionid"]


def test_a_look_at_a_source_that_waits_fills_the_form_for_its_mandate(
    site: Any, garden: Any, sign_in: Sign
) -> None:
    address = f"http://{site[0]}/talk"
    garden.source.body = garden.source.body | {"start": [address]}
    garden.source.save()
    lin = sign_in("lin")
    assert _written(lin.get("/sources/harbor/").content.decode(), "query_deny") == []
    lin.post("/sources/new-source/look/", {"address": address})
    page = lin.get("/sources/harbor/").content.decode()
    assert _written(page, "query_deny") == ["sid", "phpsessid", "jsessionid"]


def _written(page: str, field: str) -> list[str]:
    """Lines of a text field."""
    found = re.search(rf'<textarea[^>]*name="{field}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1]).split()


def test_without_a_mandate_the_page_says_what_comes_first(
    site: Any, sign_in: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATROL_LABORATORY", "")
    host, asked = site
    answer = sign_in("lin").post("/sources/new-source/look/", {"address": f"http://{host}/talk"})
    page = answer.content.decode()
    assert "no authorization in force covers the address" in page
    assert "Propose" in page
    assert asked == []


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("https://www.dcard.tw/f/bicycle", 403, "Dcard is not read"),
        ("nonsense", 400, "cannot be a source"),
    ],
)
def test_what_cannot_be_looked_at_is_said_on_the_page(
    sign_in: Sign, address: str, status: int, words: str
) -> None:
    answer = sign_in("lin").post("/sources/new-source/look/", {"address": address})
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert "What to do" in page
    assert f'value="{address}"' in page, "what was written is still there"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"row": "div["}, "no CSS selector"),
        ({"row": ""}, "Without a row"),
        ({"name": "Bad Name"}, "a letter first"),
        ({"name": "harbor"}, "already"),
        ({"address": "nonsense"}, "cannot be a source"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_said_beside_its_field(
    sign_in: Sign, change: dict[str, str], words: str
) -> None:
    from patrol.register.tables import SourceRow

    told = {
        "address": "https://board.example/talk", "name": "talk", "title_zh": "談話", "title_en": "Talk", "channel": "platform",
        "engine": "", "every_minutes": "60", "row": "div.a", "author": ".b", "date": "", "text": "", "next": "", "thread": "",
    }  # fmt: skip
    answer = sign_in("lin").post("/sources/new-source/propose/", told | change)
    assert answer.status_code == 400
    assert words in unescape(answer.content.decode())
    assert not SourceRow.objects.filter(name="talk").exists()


def test_a_place_that_turns_programs_away_is_not_proposed_either(sign_in: Sign) -> None:
    told = {
        "address": "https://www.dcard.tw/f/x", "name": "talk", "title_zh": "談話", "title_en": "Talk", "channel": "platform",
        "engine": "", "every_minutes": "60",
    }  # fmt: skip
    assert sign_in("lin").post("/sources/new-source/propose/", told).status_code == 403


def test_a_bad_selector_is_told_while_it_is_tried(site: Any, sign_in: Sign) -> None:
    client = sign_in("lin")
    page = client.post(
        "/sources/new-source/look/", {"address": f"http://{site[0]}/talk"}
    ).content.decode()
    tried = client.post(
        "/sources/new-source/try/", _fields(page) | {"date": "i[["}, headers={"x-part": "sample"}
    )
    assert "no CSS selector" in unescape(tried.content.decode())


def test_what_was_looked_at_is_nobody_elses(site: Any, sign_in: Sign) -> None:
    page = (
        sign_in("lin")
        .post("/sources/new-source/look/", {"address": f"http://{site[0]}/talk"})
        .content.decode()
    )
    other = sign_in("wu").post("/sources/new-source/try/", _fields(page))
    assert other.status_code == 409
    assert "first words" not in other.content.decode()


def test_an_officer_adds_nothing(sign_in: Sign) -> None:
    client = sign_in("mei")
    assert "Add a source" not in client.get("/sources/").content.decode()
    assert client.get("/sources/new-source/").status_code == 403
    assert (
        client.post("/sources/new-source/look/", {"address": "https://a.example/"}).status_code
        == 403
    )


def test_an_approver_sees_what_would_be_declared(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import AuthorizationRow

    garden.source.body = garden.source.body | {"start": ["https://www.ptt.cc/bbs/Night/index.html"]}
    garden.source.save()
    lin = sign_in("lin")
    assert '<option value="www.ptt.cc"' in lin.get("/sources/harbor/").content.decode()
    form = {
        "basis": "警察職權行使法第28條", "number": "115-003", "hosts": "www.ptt.cc", "paths": "/bbs/Night/", "categories": ["fraud"],
        "valid_from": "115/11/22", "valid_until": "115/11/30", "trial": "on", "age_host": "www.ptt.cc",
    }  # fmt: skip
    assert lin.post("/sources/harbor/authorizations/", form).status_code == 302
    row = AuthorizationRow.objects.latest("pk")
    assert (row.trial, row.age_host, row.age_cookie) == (True, "www.ptt.cc", "over18=1")
    page = unescape(sign_in("wu").get("/sources/harbor/").content.decode())
    assert "over18=1 → www.ptt.cc" in page
    assert "this cookie, to this host, and nothing else" in page
    refused = lin.post("/sources/harbor/authorizations/", form | {"age_host": "other.example"})
    assert refused.status_code == 400


def test_an_approver_sees_how_the_site_would_be_met(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import AuthorizationRow

    why = "地方法院已書面命令蒐集此站。"
    lin = sign_in("lin")
    form = {
        "basis": "警察職權行使法第28條", "number": "115-004", "hosts": "harbor.example", "paths": "/", "categories": ["fraud"],
        "valid_from": "115/11/22", "valid_until": "115/11/30", "overrides_robots": "on", "user_agent": "plain",
        "terms": "terms_forbid", "query_allow": "f=1\nt=*", "query_deny": "sid",
    }  # fmt: skip
    refused = lin.post("/sources/harbor/authorizations/", form)
    assert refused.status_code == 400
    assert "Why what the site asks for is not followed is not said." in refused.content.decode()
    named = lin.post(
        "/sources/harbor/authorizations/", form | {"conduct_reason": "依 A123456789 之請求"}
    )
    assert named.status_code == 400
    asked = lin.post("/sources/harbor/authorizations/", form | {"conduct_reason": why})
    assert asked.status_code == 302
    row = AuthorizationRow.objects.latest("pk")
    assert (row.overrides_robots, row.user_agent, row.terms) == (True, "plain", "terms_forbid")
    assert (row.https_only, row.query_allow, row.query_deny) == (False, ["f=1", "t=*"], ["sid"])
    page = unescape(sign_in("wu").get("/sources/harbor/").content.decode())
    for said in (
        why,
        "<code>t=*</code>",
        "<code>sid</code>",
        "what it excludes is read all the same",
        "They forbid it; read all the same",
    ):
        assert said in page
    assert "No more than an ordinary browser says</dd>" in re.sub(r"\s+</", "</", page)


def test_what_a_place_asks_is_said_in_every_language() -> None:
    from patrol.web.looks import PLACES
    from spiders import places

    told = {said for place in places.PLACES for said in (place.why, place.do) if said}
    assert told == set(PLACES)


@pytest.mark.parametrize(
    ("seen", "mark", "green"),
    [
        ({"read": 3}, "●", True),
        ({"read": 0, "threads": ("http://harbor.example/t1",)}, "○", False),
        ({"read": 0}, "▲", False),
        ({"read": 0, "outcome": "layout_changed"}, "▲", False),
    ],
)
def test_nothing_read_is_never_marked_green(
    register: Any, seen: dict[str, Any], mark: str, *, green: bool
) -> None:
    from types import SimpleNamespace

    from django.template.loader import render_to_string

    from patrol.web.source_forms import SourceForm
    from spiders.look import Glance

    glance = Glance.model_validate({"outcome": "ok", **seen})
    context = {"seen": SimpleNamespace(glance=glance), "source_form": SourceForm()}
    shown = render_to_string("parts/sample.html", context)
    assert f'<span aria-hidden="true">{mark}</span>' in shown
    assert ('data-green="yes"' in shown) is green
