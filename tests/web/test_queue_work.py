"""The queue's counts, views, contacts and marks of who works on what; keys that are somebody's own."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

Sign = Callable[[str], Any]


def _leads(page: Any) -> list[str]:
    return re.findall(r'data-lead="(\d+)"', page.content.decode())


def test_counts_are_their_own_answer_without_a_record(
    sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    client = sign_in("mei")
    before = len(records())
    counts = client.get("/leads/counts/?category=fraud").json()
    assert counts["status"] == {"new": 3}
    assert counts["category"] == {"fraud": 3, "trading": 1}
    assert counts["source"] == {"harbor": 3}
    assert len(records()) == before
    page = client.get("/leads/").content.decode()
    assert 'data-address="/leads/counts/"' in page
    assert '<span class="count">3</span>' not in page
    assert '<span class="count">3</span>' in client.get("/leads/?counts=yes").content.decode()


def test_a_contact_is_a_filter_on_record_and_never_a_view(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    from patrol.register.tables import HandleRow, SavedView

    client = sign_in("mei")
    tag = HandleRow.objects.get(sighting__lead=1).tag
    assert f"handle={tag}" in client.get("/leads/").content.decode()
    found = client.get(f"/leads/?status=any&handle={tag}")
    assert _leads(found) == ["1"]
    assert "Save this view" not in found.content.decode()
    assert client.post(f"/leads/views/?handle={tag}", {"name": "one"}).status_code == 400
    assert SavedView.objects.count() == 0
    HandleRow.objects.filter(sighting__lead=3).update(role="offered")
    victims = HandleRow.objects.get(sighting__lead=3).tag
    assert _leads(client.get(f"/leads/?status=any&handle={victims}")) == []
    assert f"handle={victims}" not in client.get("/leads/").content.decode()


def test_the_first_page_is_the_default_view(sign_in: Sign) -> None:
    client = sign_in("mei")
    assert client.get("/").headers["Location"] == "/leads/"
    client.post("/leads/views/?category=trading", {"name": "mine", "is_default": "yes"})
    assert client.get("/").headers["Location"] == "/leads/?category=trading"
    page = client.get("/leads/?category=trading").content.decode()
    assert 'aria-current="true">mine</a>' in page
    client.post(re.search(r'action="(/leads/views/\d+/forget/)', page)[1])  # type: ignore[index]
    assert client.get("/").headers["Location"] == "/leads/"


def test_new_is_what_came_after_the_last_visit(garden: Any, sign_in: Sign) -> None:
    from django.utils import timezone

    assert "last visit" not in sign_in("mei").get("/leads/").content.decode()
    late = garden.leads[4]
    late.opened_at = timezone.now() + timedelta(minutes=1)
    late.save()
    client = sign_in("mei")
    page = client.get("/leads/").content.decode()
    assert page.count('class="chip new"') == 1
    since = re.search(r'href="(/leads/\?since=[^"]+)"', page)
    assert since
    assert _leads(client.get(since[1].replace("&amp;", "&"))) == ["5"]


def test_when_leads_were_opened_is_a_filter_in_the_years_that_one_counts(
    garden: Any, sign_in: Sign
) -> None:
    from django.utils import timezone

    for lead, days in zip(garden.leads, (0.1, 3, 30, 30, 30), strict=True):
        lead.opened_at = timezone.now() - timedelta(days=days)
        lead.save()
    client = sign_in("mei")
    lately = re.findall(
        r'href="/leads/\?(since=[^"]+)">(24 hours|7 days)<', client.get("/leads/").content.decode()
    )
    found = {title: _leads(client.get(f"/leads/?{asked}")) for asked, title in lately}
    assert found == {"24 hours": ["1"], "7 days": ["1", "2"]}
    mei = garden.people["mei"]
    mei.counts_republic = True
    mei.save()
    page = client.get("/leads/?first=115/11/22&last=2026-11-23&since=2026-11-21T16:30:00%2B00:00")
    told = page.content.decode()
    for chip in ("Opened from: 115/11/22", "Opened until: 115/11/23", "New since: 115/11/22 00:30"):
        assert chip in told
    assert 'value="115/11/22"' in told


def test_whose_a_lead_is_stands_on_its_row_and_is_a_filter(sign_in: Sign) -> None:
    mei, lin = sign_in("mei"), sign_in("lin")
    mei.post("/leads/1/assign/", {"to": "lin"})
    mei.post("/leads/2/hold/")
    page = lin.get("/leads/").content.decode()
    assert "assigned to lin" in page
    assert "mei is reading it" in page
    assert _leads(lin.get("/leads/?assignee=me")) == ["1"]
    assert _leads(lin.get("/leads/?assignee=nobody")) == ["3", "2", "4", "5"]
    assert _leads(mei.get("/leads/?assignee=lin&sort=cluster")) == ["1"]


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"next": "K"}, "cannot do two things"),
        ({"next": "Tab"}, "is no key that may be used"),
        ({"next": "G"}, "cannot do two things"),
        ({"next": "Q W E"}, "is no key that may be used"),
        ({"next": "shift+j"}, None),
        ({"next": ";"}, None),
        ({"reset": "yes", "next": "K"}, None),
    ],
)
def test_own_keys_are_kept_unless_they_conflict(
    sent: dict[str, str], fault: str | None, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    client = sign_in("mei")
    answer = client.post("/keys/", sent)
    if fault:
        assert fault in answer.content.decode()
        assert not records(verb="person.account_changed")
    else:
        assert answer.status_code == 302
        assert len(records(verb="person.account_changed")) == 1


def test_facts_of_records_are_said_in_chinese(sign_in: Sign) -> None:
    from django.utils.translation import override

    from patrol.web.facts import facts

    told = {"by": "link", "source_version": 3, "again": True, "verdict": "dismissed", "odd_one": 1}
    with override("zh-hant"):
        assert [str(fact) for fact in facts(told)] == [
            "方式 連結",
            "來源版本 3",
            "再次 是",
            "處置 排除",
            '<span lang="en">odd_one</span> 1',
        ]


def test_a_lead_shows_rule_numbers_examples_disguises_and_what_is_alike(
    planted: Callable[..., Any],
) -> None:
    contact = (("line", "same1", "offered"),)
    victim = {"kind": "possible_victim", "category": None, "handles": contact}
    client = planted(
        {
            "text": "徵[㊙️日\u200b領]，加賴 same1",
            "rules": ("planted", "second"),
            "handles": contact,
        },
        {"text": "another [offer] by same1", "handles": contact},
        {"text": "[help] me, same1", **victim},
    )
    client.post("/leads/2/decide/", {"version": 1, "then": "queue", "dismiss": "lawful"})
    page = client.get("/leads/1/").content.decode()
    assert 'data-rule="1 2"' in page
    assert "The rule&#x27;s own examples" in page or "The rule's own examples" in page
    assert "Seen through:" in page
    seller = page[page.index('id="seller"') :]
    seller = seller[: seller.index("</section>")]
    assert "Possibly the same seller" in seller
    assert "/leads/2/" in seller
    assert "Dismissed" in seller
    assert "/leads/3/" not in seller
    assert 'id="seller"' not in client.get("/leads/3/").content.decode()


def test_a_wide_comma_is_no_disguise(planted: Callable[..., Any]) -> None:
    page = planted({"text": "徵人[，]日領"}).get("/leads/1/").content.decode()
    assert "Seen through:" not in page
