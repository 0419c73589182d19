"""Officers are spared as they choose: covered words, a word before heavy leads, breaks, categories left out; it is nobody else's affair."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]


def _choose(client: Any, **form: Any) -> None:
    answer = client.post("/care/", {"mask": "off", "forewarn": "yes", **form})
    assert answer.status_code == 302


def _queue(client: Any, query: str = "") -> list[str]:
    return re.findall(r'data-lead="(\d+)"', client.get(f"/leads/{query}").content.decode())


def test_a_choice_is_kept_and_its_record_does_not_say_which(
    sign_in: Sign, records: Records
) -> None:
    client = sign_in("mei")
    _choose(client, mask="cover", without=["trading"])
    page = client.get("/care/").content.decode()
    assert re.search(r'value="cover"\s+checked', page)
    assert re.search(r'value="trading"\s+checked', page)
    (told,) = records(verb="person.account_changed")
    from patrol.register.tables import LedgerRecord

    body = bytes(LedgerRecord.objects.get(pk=told.seq).body)
    assert b"cover" not in body
    assert b"trading" not in body


@pytest.mark.parametrize("form", [{"mask": "x"}, {"mask": "off", "without": ["cats"]}, {}])
def test_nonsense_is_refused(form: dict[str, Any], sign_in: Sign) -> None:
    assert sign_in("mei").post("/care/", form).status_code == 400


def test_a_category_left_out_stays_in_colleagues_queues(sign_in: Sign) -> None:
    mine, theirs = sign_in("mei"), sign_in("lin")
    _choose(mine, without=["trading", "fraud"])
    assert _queue(mine) == ["3"], "possible victims stay"
    assert (
        "4 leads of categories that you do not read are left out."
        in mine.get("/leads/").content.decode()
    )
    assert _queue(theirs) == ["3", "1", "2", "4", "5"]
    assert _queue(mine, "?category=trading") == ["4"], "asked for by name it is there"
    assert mine.get("/leads/counts/").json()["kind"] == {"possible_victim": 1}
    assert theirs.get("/leads/counts/").json()["kind"] == {"possible_victim": 1, "lead": 4}
    theirs.post("/leads/4/assign/", {"to": "mei", "then": "stay"})
    assert _queue(mine, "?assignee=me") == ["4"], "what is assigned to one stays"


def test_whoever_comes_upon_a_heavy_lead_is_told_before(sign_in: Sign, records: Records) -> None:
    client = sign_in("mei")
    answer = client.post("/leads/2/decide/", {"version": 1, "then": "next", "verdict": "relevant"})
    assert answer.headers["Location"] == "/leads/4/?unasked=yes"
    card = client.get("/leads/4/?unasked=yes").content.decode()
    shown = card[card.index("<main") :]
    assert "A heavy lead comes next" in shown
    assert "磨掉" not in card
    assert "0900000321" not in card
    assert "Lead 2 is marked relevant." in card, "and the undo stays in reach"
    assert 'href="/leads/5/"' in shown, "the next lighter one"
    assert records(verb="lead.forewarned", subject="lead:4")
    assert not records(verb="lead.viewed", subject="lead:4")
    assert "磨掉" in client.get("/leads/4/").content.decode(), "chosen from the list, it is shown"
    _choose(client, forewarn="")
    assert "磨掉" in client.get("/leads/4/?unasked=yes").content.decode()


def test_a_rule_says_itself_how_heavy_its_leads_are(sign_in: Sign) -> None:
    from patrol.register.tables import RuleVersion

    client = sign_in("mei")
    rule = RuleVersion.objects.get(name="planted")
    rule.body["wellness"] = "A"
    rule.save()
    assert "A heavy lead comes next" in client.get("/leads/1/?unasked=yes").content.decode()
    rule.body["wellness"] = "C"
    rule.save()
    assert "A heavy lead" not in client.get("/leads/4/?unasked=yes").content.decode()
    assert "A heavy lead" not in client.get("/leads/3/?unasked=yes").content.decode()


def test_nothing_stands_before_a_possible_victim(sign_in: Sign) -> None:
    page = sign_in("mei").get("/leads/3/?unasked=yes").content.decode()
    assert "可以找誰幫忙" in page


def _looked(account: Any, *minutes_ago: float, subject: str = "lead:1") -> None:
    from django.core.cache import caches

    from patrol.register.tables import LedgerIndex

    last = LedgerIndex.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    now = timezone.now()
    LedgerIndex.objects.bulk_create(
        LedgerIndex(
            seq=last + 1000 + number, at=now - timedelta(minutes=ago), person=account.pk,
            account=account.account, verb="lead.viewed", subject=subject, result="allow",
        )
        for number, ago in enumerate(minutes_ago)
    )  # fmt: skip
    caches["near"].clear()


@pytest.fixture
def _whole_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shift began three hours ago, whatever time it is."""
    from patrol.web.dates import TAIPEI

    begin = datetime.now(TAIPEI) - timedelta(hours=3)
    monkeypatch.setenv("PATROL_SHIFT_BEGINS", begin.strftime("%H:%M"))


@pytest.mark.usefixtures("_whole_day")
def test_minutes_are_shown_to_nobody_else_and_a_break_is_proposed(
    garden: Any, sign_in: Sign
) -> None:
    _looked(garden.people["mei"], *[100 - 2 * n for n in range(6)], *range(55, -1, -1))
    mine, theirs = sign_in("mei"), sign_in("lin")
    assert "65 minutes of reading" in re.sub(r"\s+", " ", mine.get("/care/").content.decode())
    assert "55 minutes since your last pause" in mine.get("/care/").content.decode()
    assert "reading for 55 minutes without a pause" in mine.get("/leads/").content.decode()
    assert "reading for 55 minutes without a pause" in mine.get("/leads/1/").content.decode()
    assert "0 minutes of reading" in re.sub(r"\s+", " ", theirs.get("/care/").content.decode())
    for address in ("/leads/", "/dashboards/", "/sources/", "/reviews/agreement/"):
        assert "minutes of reading" not in theirs.get(address).content.decode()
    assert sign_in("audit").get("/care/").status_code == 403
    page = mine.get("/care/break/?back=/leads/1/").content.decode()
    assert "You had been reading for 55 minutes." in re.sub(r"\s+", " ", page)
    assert 'href="/leads/1/"' in page
    assert "without a pause" not in mine.get("/leads/").content.decode()


@pytest.mark.usefixtures("_whole_day")
def test_later_is_twice_at_most(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    for times in range(2):
        _looked(garden.people["mei"], *range(55, -1, -1))
        assert "In ten minutes" in client.get("/leads/").content.decode(), times
        answer = client.post("/care/later/", {"back": "/leads/?sort=newest"})
        assert answer.headers["Location"] == "/leads/?sort=newest"
        assert "without a pause" not in client.get("/leads/").content.decode()
        session = client.session
        session["nudge"] = {**session["nudge"], "until": ""}
        session.save()
    page = client.get("/leads/").content.decode()
    assert "without a pause" in page
    assert "In ten minutes" not in page


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:1", "x"])
def test_back_leads_nowhere_else(back: str, sign_in: Sign) -> None:
    client = sign_in("mei")
    assert client.post("/care/later/", {"back": back}).headers["Location"] == "/leads/"
    assert (
        "evil" not in client.get("/care/break/", {"back": back}).content.decode().split("<main")[1]
    )


@pytest.mark.usefixtures("_whole_day")
@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("PATROL_CARE_IN_A_ROW", "2", "several heavy leads in a row"),
        ("PATROL_CARE_LAST_MINUTES", "240", "Your shift is about to end"),
        ("PATROL_CARE_DAY_MINUTES", "30", "You have read enough"),
    ],
)
def test_when_something_lighter_is_better(  # noqa: PLR0913, PLR0917
    setting: str,
    value: str,
    sentence: str,
    garden: Any,
    sign_in: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from patrol.register.tables import Lead

    Lead.objects.filter(pk=5).update(category="solicitation")
    client = sign_in("mei")
    assert sentence not in client.get("/leads/4/?unasked=yes").content.decode()
    monkeypatch.setenv(setting, value)
    if setting.endswith("LAST_MINUTES"):
        monkeypatch.setenv("PATROL_SHIFT_HOURS", "4")
    if setting.endswith("MINUTES"):
        _looked(garden.people["mei"], *range(40, -1, -1))
    else:
        _looked(garden.people["mei"], 2, 1, subject="lead:5")
    assert sentence in client.get("/leads/4/?unasked=yes").content.decode()


@pytest.mark.parametrize(
    ("mask", "covered"),
    [("terms", 'class="under">'), ("cover", 'class="veil'), ("summary", 'class="veil')],
)
def test_what_is_covered_says_so_and_can_be_seen_without_a_script(
    mask: str, covered: str, sign_in: Sign
) -> None:
    client = sign_in("mei")
    for address in ("/leads/", "/leads/1/"):
        assert "data-mask" not in client.get(address).content.decode()
    _choose(client, mask=mask)
    for address in ("/leads/", "/leads/1/"):
        page = client.get(address).content.decode()
        assert f'data-mask="{mask}"' in page
        assert covered in page
        assert "reveal=yes" in page
        assert covered not in client.get(f"{address}?reveal=yes").content.decode()


def test_a_lead_is_left_to_colleagues_in_one_act(sign_in: Sign, garden: Any) -> None:
    client = sign_in("mei")
    client.post("/leads/1/hold/")
    client.post("/leads/1/assign/", {"to": "me", "then": "stay"})
    answer = client.post("/leads/1/assign/", {"to": "", "then": "pass"})
    assert answer.headers["Location"] == "/leads/2/"
    lead = garden.leads[0]
    lead.refresh_from_db()
    assert (lead.assigned_to, lead.held_by, lead.status) == (None, None, "new")


def test_whom_to_turn_to(sign_in: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in("mei")
    assert "1925" in client.get("/care/").content.decode()
    monkeypatch.setenv("PATROL_CARE_CONTACTS", '["Room 204, every day"]')
    page = client.get("/care/break/").content.decode()
    assert "Room 204, every day" in page
    assert "1925" not in page


def test_the_shift_is_the_one_that_began_last(monkeypatch: pytest.MonkeyPatch) -> None:
    from patrol.actions.staffing.shifts import shift_at

    monkeypatch.setenv("PATROL_SHIFT_BEGINS", "22:30")
    monkeypatch.setenv("PATROL_SHIFT_HOURS", "10")
    night = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # two in the morning in Taipei
    shift = shift_at(night)
    assert shift.begins_at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    assert shift.ends_at == datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
