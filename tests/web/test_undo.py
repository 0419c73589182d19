"""A decision is taken back: from the toast that follows it, or from the lead's page on another day. Both stand in the log."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from patrol.models import LeadStatus

Sign = Callable[[str], Any]
FORM = re.compile(r'<form\b[^>]*action="([^"]+/decide/[^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"')


def undo(page: str) -> tuple[str, dict[str, str]]:
    """Address and fields of the page's button that takes a decision back, as a browser without JavaScript sends them."""
    for address, body in FORM.findall(page):
        if 'value="reopened"' in body:
            fields = {
                name: value for name, value in FIELD.findall(body) if name != "csrfmiddlewaretoken"
            }
            return unescape(address), {**fields, "verdict": "reopened"}
    raise AssertionError("nothing can be taken back here")


def decided(client: Any, **form: str) -> str:
    """Decide on lead 1, and read the page that follows."""
    answer = client.post("/leads/1/decide/", {"version": 1, "then": "next", **form})
    assert answer.status_code == 302
    return str(client.get(answer.headers["Location"]).content.decode())


@pytest.mark.parametrize(
    "form",
    [{"verdict": "relevant"}, {"verdict": "escalated"}, {"dismiss": "lawful"}, {"snooze": "day"}],
    ids=lambda form: next(iter(form.values())),
)
def test_from_the_toast(
    form: dict[str, str], garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    from patrol.register.tables import OutboxRow

    client = sign_in("mei")
    begun = timezone.now()
    address, fields = undo(decided(client, **form))
    answer = client.post(address, fields)
    assert answer.status_code == 302
    assert (timezone.now() - begun).total_seconds() < 60
    lead = garden.leads[0]
    lead.refresh_from_db()
    assert (lead.status, lead.version, lead.snoozed_until) == (LeadStatus.NEW, 3, None)
    verdicts = [row.verdict for row in lead.decisions.order_by("pk")]
    assert verdicts[-1] == "reopened"
    assert len(verdicts) == 2, "what was decided stays, what took it back is beside it"
    assert len(records(verb="lead.decided", subject="lead:1", result="allow")) == 2
    assert OutboxRow.objects.filter(kind="lead", subject=1).count() == 2, "the index hears of both"
    queue = client.get("/leads/").content.decode()
    assert 'id="lead-1"' in queue


def test_days_later_from_the_page(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    decided(sign_in("mei"), dismiss="lawful")
    colleague = sign_in("lin")
    assert 'id="lead-1"' not in colleague.get("/leads/").content.decode()
    address, fields = undo(colleague.get("/leads/1/").content.decode())
    colleague.post(address, fields)
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == LeadStatus.NEW
    told = records(verb="lead.decided", subject="lead:1", result="allow")
    assert [one.account for one in told] == ["mei", "lin"]
    history = colleague.get("/leads/1/").content.decode()
    assert re.search(r"<b>mei</b>\s*Dismiss", history)
    assert re.search(r"<b>lin</b>\s*Reopen", history)


def test_the_toasts_button_never_takes_back_what_a_colleague_decided(
    garden: Any, sign_in: Sign
) -> None:
    mine, theirs = sign_in("mei"), sign_in("lin")
    address, fields = undo(decided(mine, verdict="relevant"))
    theirs.post("/leads/1/decide/", {"version": 2, "then": "stay", "verdict": "escalated"})
    assert mine.post(address, fields).status_code == 409
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == LeadStatus.ESCALATED


def test_pressed_twice_is_once(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    address, fields = undo(decided(client, verdict="relevant"))
    assert [client.post(address, fields).status_code for _ in range(2)] == [302, 302]
    assert garden.leads[0].decisions.count() == 2


def test_an_open_lead_offers_nothing_to_take_back(sign_in: Sign) -> None:
    with pytest.raises(AssertionError, match="nothing can be taken back"):
        undo(sign_in("mei").get("/leads/1/").content.decode())


def test_without_a_record_nothing_is_taken_back(
    garden: Any, sign_in: Sign, break_log: Callable[[], None]
) -> None:
    client = sign_in("mei")
    address, fields = undo(decided(client, verdict="relevant"))
    break_log()
    assert client.post(address, fields).status_code == 503
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == LeadStatus.RELEVANT
