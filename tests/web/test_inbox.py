"""The inbox and its pages: what one was told, who is on call, what is referred, and the red banner."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from patrol.models import NoticeKind

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]


def now() -> Any:
    from patrol.register import clock

    return clock.now()


def words(moment: Any) -> str:
    from patrol.web.dates import shown

    return shown(moment)


def tell(garden: Any, *accounts: str, **changes: Any) -> None:
    from patrol.actions.notifying import notices

    told: dict[str, Any] = {"about": "rule:planted", "link": "/rules/planted/", **changes}
    kind = told.pop("kind", NoticeKind.RULE_BRAKED)
    notices.tell([garden.people[one] for one in accounts], kind, told.pop("link"), **told)


def victim(garden: Any) -> Any:
    lead = next(one for one in garden.leads if one.kind == "possible_victim")
    type(lead).objects.filter(pk=lead.pk).update(moved_at=now(), opened_at=now())
    return lead


def carry_on(times: int) -> None:
    from patrol.actions.notifying import alarms

    alarms.raise_due(now())
    for step in range(1, times + 1):
        alarms.go_further(now() + timedelta(minutes=20 * step))


def test_the_shell_counts_and_the_inbox_shows(garden: Any, sign_in: Sign) -> None:
    mei = sign_in("mei")
    assert "Nobody told you anything yet" in mei.get("/inbox/").content.decode()
    tell(garden, "mei", once="1")
    tell(garden, "mei", kind=NoticeKind.MANDATE_ENDING, about="source:harbor", link="/sources/harbor/", once="2", count=7)  # fmt: skip
    page = re.sub(r"\s+", " ", mei.get("/inbox/").content.decode())
    assert "2 unread notices" in page
    assert "within 7 days" in page
    assert re.search(r'data-place="inbox" aria-current="page">Inbox <b>2</b>', page)
    assert "<b>2</b>" in mei.get("/leads/").content.decode()
    assert "<b>2</b>" not in sign_in("lin").get("/leads/").content.decode()


def test_what_a_notice_is_about_is_named_by_its_kind(garden: Any, sign_in: Sign) -> None:
    for about in ("lead:7", "query:4", "source:harbor", "rule:planted", "authorization:3"):
        tell(garden, "mei", about=about, once=about)
    page = sign_in("mei").get("/inbox/").content.decode()
    said = re.findall(r'<span class="chip">([A-Z].*?)\s*</span>', page)
    assert said == [
        "Authorization 3",
        "Rule planted",
        "Source harbor",
        "Standing query 4",
        "Lead 7",
    ]


def test_notices_are_put_aside_one_by_one_or_together(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    mei = sign_in("mei")
    for once in "abc":
        tell(garden, "mei", once=once)
    number = re.search(r'name="notice" value="(\d+)"', mei.get("/inbox/").content.decode())
    assert number
    assert mei.post("/inbox/read/", {"notice": number[1]}).status_code == 302
    assert "2 unread notices" in mei.get("/inbox/").content.decode()
    assert mei.post("/inbox/read/").status_code == 302
    assert "0 unread notices" in mei.get("/inbox/").content.decode()
    assert [one.account for one in records(verb="notices.read")] == ["mei", "mei"]
    assert mei.post("/inbox/read/", {"notice": "x"}).status_code == 400


@pytest.mark.parametrize("account", ["mei", "lin", "audit", "ning", "root"])
def test_everybody_says_how_they_are_reached(account: str, sign_in: Sign) -> None:
    client = sign_in(account)
    form = {"mail": f"{account}@unit.example", "every": "60", "quiet_from": "22:00", "quiet_until": "07:00"}  # fmt: skip
    assert client.post("/inbox/reach/", form).status_code == 302
    page = client.get("/inbox/reach/?kept=yes").content.decode()
    assert all(part in page for part in (form["mail"], "22:00", "07:00", "Kept."))
    wrong = client.post("/inbox/reach/", {**form, "mail": "nobody"})
    assert wrong.status_code == 400
    assert "This is no mail address." in wrong.content.decode()
    assert 'value="nobody"' in wrong.content.decode()
    half = client.post("/inbox/reach/", {**form, "quiet_until": ""})
    assert half.status_code == 400


def test_the_lead_of_the_task_force_says_who_is_on_call(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    lin, mei = sign_in("lin"), sign_in("mei")
    assert mei.get("/inbox/on-call/").status_code == 403
    assert "Nobody is on call" in lin.get("/inbox/on-call/").content.decode()
    turn = {
        "account": "mei",
        "begins_at": words(now() - timedelta(hours=1)),
        "ends_at": words(now() + timedelta(hours=12)),
    }
    assert lin.post("/inbox/on-call/", turn).status_code == 302
    page = lin.get("/inbox/on-call/").content.decode()
    assert '<span class="chip" data-green="yes">now</span>' in page
    assert lin.post("/inbox/on-call/", {**turn, "account": "audit"}).status_code == 400
    wrong = lin.post("/inbox/on-call/", {**turn, "ends_at": "tomorrow"})
    assert wrong.status_code == 400
    assert 'value="tomorrow"' in wrong.content.decode()
    number = re.search(r"/inbox/on-call/(\d+)/off/", page)
    assert number
    assert lin.post(number[0]).status_code == 302
    assert lin.post(number[0]).status_code == 404
    assert len(records(verb="oncall.changed", result="allow")) == 2


def test_what_nobody_acknowledges_is_red_on_every_page(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    lead = victim(garden)
    mei, lin, audit = sign_in("mei"), sign_in("lin"), sign_in("audit")
    carry_on(1)
    assert 'class="alarm"' not in mei.get("/leads/").content.decode()
    assert "Nobody has acknowledged this yet." in mei.get(f"/leads/{lead.pk}/").content.decode()
    carry_on(3)
    for client in (mei, lin):
        for address in ("/leads/", "/dashboards/", "/inbox/", "/sources/"):
            page = client.get(address).content.decode()
            assert 'class="alarm" role="alert"' in page, address
            assert f"/leads/{lead.pk}/acknowledge/" in page
    assert 'class="alarm"' not in audit.get("/dashboards/").content.decode()
    answer = mei.post(f"/leads/{lead.pk}/acknowledge/")
    assert answer.headers["Location"] == f"/leads/{lead.pk}/"
    assert 'class="alarm"' not in lin.get("/leads/").content.decode()
    assert [one.account for one in records(verb="alarm.acknowledged")] == ["mei"]
    assert audit.post(f"/leads/{lead.pk}/acknowledge/").status_code == 403
    assert sign_in("other").post(f"/leads/{lead.pk}/acknowledge/").status_code == 404


def refer(client: Any, lead: Any) -> Any:
    form = {"version": "1", "verdict": "referred", "then": "next"}
    return client.post(f"/leads/{lead.pk}/decide/", form)


def test_referred_opens_its_form_and_saving_goes_on(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    lead, mei = victim(garden), sign_in("mei")
    answer = refer(mei, lead)
    place = f"/leads/{lead.pk}/referral/"
    assert answer.headers["Location"] == place
    page = mei.get(place).content.decode()
    assert "23 h 59 min left" in page
    assert 'value="reopened"' in page, "it can be taken back at once"
    assert "1 referral to help is not finished." in mei.get("/leads/").content.decode()
    assert "to nobody yet" in mei.get("/referrals/").content.decode()
    form = {
        "version": "1",
        "receiver": "social_affairs",
        "sent_at": words(now()),
        "reference": "115-0042",
        "acknowledged_at": words(now()),
    }
    saved = mei.post(place, form)
    assert saved.status_code == 302
    assert re.fullmatch(r"/leads/\d+/(\?unasked=yes)?", saved.headers["Location"])
    assert "Finished" in mei.get(place).content.decode()
    assert "not finished" not in mei.get("/leads/").content.decode()
    assert "Every referral is finished" in mei.get("/referrals/").content.decode()
    assert len(records(verb="lead.referred", result="allow")) == 1
    again = mei.post(place, form)
    assert again.status_code == 409
    assert "changed while you were filling it in" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sent_at": "soon"}, "Write it as 2026/11/22 15:04."),
        ({"receiver": ""}, "Nobody can have acknowledged what was not sent."),
        ({"sent_at": "2199/01/01 00:00"}, "That time has not come yet."),
        ({"receiver": "a neighbour"}, "cannot be sent yet"),
    ],
)
def test_a_referral_that_cannot_be_so_keeps_what_was_written(
    garden: Any, sign_in: Sign, changes: dict[str, str], sentence: str
) -> None:
    lead, mei = victim(garden), sign_in("mei")
    refer(mei, lead)
    form = {"version": "1", "receiver": "social_affairs", "sent_at": words(now()),
            "reference": "115-0042", "acknowledged_at": words(now()), **changes}  # fmt: skip
    answer = mei.post(f"/leads/{lead.pk}/referral/", form)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert sentence in page
    assert 'value="115-0042"' in page
    assert "<title>Error" in re.sub(r"\s+", "", page)


def test_without_a_referral_there_is_no_form(garden: Any, sign_in: Sign) -> None:
    lead = victim(garden)
    assert sign_in("mei").get(f"/leads/{lead.pk}/referral/").status_code == 404
    refer(sign_in("mei"), lead)
    assert sign_in("audit").get(f"/leads/{lead.pk}/referral/").status_code == 403
    assert sign_in("other").get(f"/leads/{lead.pk}/referral/").status_code == 404


def test_the_operator_has_dead_letters_tried_again(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from patrol.register.tables import Message

    root = sign_in("root")
    assert "No message leaves this machine" in root.get("/inbox/messages/").content.decode()
    Message.objects.create(key="1", channel="webhook", body={}, written_at=now(), next_at=now(), dead_at=now(), fault="It answers 500.")  # fmt: skip
    page = root.get("/inbox/messages/").content.decode()
    assert "It answers 500." in page
    assert root.post("/inbox/messages/").status_code == 302
    assert Message.objects.get().dead_at is None
    assert len(records(verb="messages.revived", result="allow")) == 1
    assert sign_in("mei").get("/inbox/messages/").status_code == 403


def test_the_operator_has_refused_documents_told_again_one_by_one(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from patrol.register.tables import OutboxRow

    root = sign_in("root")
    dead = OutboxRow.objects.exclude(dead_because=None)
    for subject in (7, 8, 9):
        OutboxRow.objects.create(kind="post", subject=subject, op="put", written_at=now(), next_at=now(), dead_because="mapping of rules")  # fmt: skip
    page = root.get("/inbox/index/").content.decode()
    assert "mapping of rules" in page
    assert page.count('name="document"') == 3
    assert root.post("/inbox/index/", {"document": "post:8"}).status_code == 302
    assert set(dead.values_list("subject", flat=True)) == {7, 9}
    assert root.post("/inbox/index/", {"document": "post:8"}).status_code == 404
    assert root.post("/inbox/index/").status_code == 302
    assert not dead.exists()
    assert [one.subject for one in records(verb="index.replayed", result="allow")] == ["document:post:8", None]  # fmt: skip
    for other in ("mei", "lin"):
        assert sign_in(other).get("/inbox/index/").status_code == 403
        assert sign_in(other).post("/inbox/index/").status_code == 403


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("2026/11/22 15:04", "2026-11-22T07:04:00+00:00"),
        ("115/11/22 15:04", "2026-11-22T07:04:00+00:00"),
        ("民國115年11月22日 5:04", "2026-11-21T21:04:00+00:00"),
        ("2026/11/22", None),
        ("2026/11/22 25:00", None),
        ("15:04", None),
        ("2026/02/30 10:00", None),
    ],
)
def test_moments_are_read_in_both_calendars(said: str, iso: str | None) -> None:
    from patrol.web.dates import read_moment

    if iso is None:
        with pytest.raises(ValueError):  # noqa: PT011  (whatever datetime says)
            read_moment(said)
    else:
        assert read_moment(said).isoformat() == iso
