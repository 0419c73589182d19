"""The page of what is over, what is held and what was forgotten; holds as two people place and lift them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

Sign = Callable[[str], Any]


@pytest.fixture
def over(garden: Any) -> int:
    """One planted lead was dismissed long ago. Gives its number."""
    from django.utils import timezone

    from patrol.register.tables import Lead

    lead = garden.leads[4]
    old = timezone.now() - timedelta(days=60)
    Lead.objects.exclude(pk=lead.pk).update(moved_at=timezone.now())
    Lead.objects.filter(pk=lead.pk).update(status="dismissed", moved_at=old)
    return int(lead.pk)


def test_supervisor_auditor_and_admin_see_the_counts_and_an_officer_does_not(
    over: int, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    for account in ("lin", "audit", "root"):
        page = sign_in(account).get("/retention/")
        assert page.status_code == 200
        assert "Dismissed leads" in page.text
        assert "held: 0" in page.text
        assert ("Ask for a legal hold" in page.text) == (account == "lin")
    assert sign_in("mei").get("/retention/").status_code == 403
    looks = [one for one in records(verb="retention.viewed") if one.result == "allow"]
    assert [one.account for one in looks] == ["lin", "audit", "root"]


def test_the_page_counts_what_the_command_then_does(over: int, sign_in: Sign) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import retention
    from patrol.settings import Settings

    shown = sign_in("lin").get("/retention/").text
    cells = re.findall(r'class="number" data-label="(\w+)">(\d+)<', shown)[-6:]
    counted = {label.lower(): int(count) for label, count in cells}
    (purge,) = retention.run(Desk.command_line(), Settings())
    (done,) = purge.done.values()
    assert counted["keys"] == done["units"] == 2
    for name in ("leads", "cases", "posts", "captures"):
        assert counted[name] == done[name]
    page = sign_in("audit").get("/retention/")
    assert "Nothing is over" in page.text
    assert "Certificate 1" in page.text
    assert "signed by this log" in page.text
    assert f'href="/log/{purge.record}/"' in page.text
    assert "穩賺不賠" not in page.text
    gone = sign_in("mei").get(f"/leads/{over}/")
    assert "are gone" in gone.text


def test_two_people_place_and_lift_a_hold(over: int, sign_in: Sign) -> None:
    lin, wu, mei = sign_in("lin"), sign_in("wu"), sign_in("mei")
    asked = {"kind": "lead", "of": str(over), "basis": "地檢署 115 偵 1 號函"}
    bad = lin.post("/retention/holds/", {**asked, "basis": ""})
    assert bad.status_code == 400
    assert "A hold needs its basis." in bad.text
    assert f'value="{over}"' in bad.text, "what was written is kept"
    assert lin.post("/retention/holds/", asked).status_code == 302
    assert "Place the hold" not in lin.get("/retention/").text
    alone = lin.post("/retention/holds/1/", {"does": "place"})
    assert (alone.status_code, "another person" in alone.text) == (400, True)
    assert "Place the hold" in wu.get("/retention/").text
    wu.post("/retention/holds/1/", {"does": "place"})
    assert "held: 1" in wu.get("/retention/").text
    read = mei.get(f"/leads/{over}/").text
    assert "Under legal hold 1" in read
    assert "地檢署 115 偵 1 號函" in read
    refused = mei.post(f"/leads/{over}/decide/", {"version": "1", "verdict": "relevant"})
    assert refused.status_code in {400, 403}
    assert "is under a legal hold" in refused.text
    wu.post("/retention/holds/1/", {"does": "ask_lifting", "basis": "撤銷函 115-9"})
    assert wu.post("/retention/holds/1/", {"does": "lift"}).status_code == 400
    assert lin.post("/retention/holds/1/", {"does": "lift"}).status_code == 302
    assert "Under legal hold" not in mei.get(f"/leads/{over}/").text


def test_placing_wants_a_fresh_sign_in(over: int, garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import LegalHold

    wu = garden.people["wu"]
    wu.set_password("a long one for a test 7")
    wu.save()
    asked = {"kind": "source", "of": "harbor", "basis": "地檢署 115 偵 2 號函"}
    sign_in("lin").post("/retention/holds/", asked)
    client = sign_in("wu")
    session = client.session
    session.pop("account_authentication_methods")
    session.save()
    away = client.post("/retention/holds/1/", {"does": "place"})
    assert away.status_code == 302
    assert "reauthenticate" in away["Location"]
    assert LegalHold.objects.get().placed_at is None
