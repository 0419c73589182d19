"""A lead is put off: until when, by whom, and that it comes back by itself and says so."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

Sign = Callable[[str], Any]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""In Taipei."""


def _put_off(client: Any, lead: int = 1, **form: str) -> Any:
    return client.post(f"/leads/{lead}/decide/", {"version": 1, "then": "queue", **form})


@pytest.mark.parametrize(
    ("later", "back"),
    [
        ("hour", NOON + timedelta(hours=1)),
        ("shift", datetime(2026, 11, 21, 0, 0, tzinfo=UTC)),
        ("day", NOON + timedelta(hours=24)),
        ("date", datetime(2026, 11, 30, 0, 0, tzinfo=UTC)),
    ],
)
def test_until_when(later: str, back: datetime) -> None:
    from patrol.actions.triaging.later import Later, comes_back

    assert comes_back(Later(later), NOON, date(2026, 11, 30)) == back


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_choice_lies_ahead_and_shifts_begin_at_eight(now: datetime) -> None:
    from patrol.actions.staffing.shifts import shift_at
    from patrol.actions.triaging.later import Later, laters
    from patrol.web.dates import TAIPEI

    choices = dict(laters(now))
    assert choices.pop(Later.DATE) is None
    assert choices.pop(Later.HOUR) == now + timedelta(hours=1)
    assert choices.pop(Later.DAY) == now + timedelta(hours=24)
    (shift_begins,) = choices.values()
    assert shift_begins is not None
    assert shift_begins > now
    assert shift_begins.astimezone(TAIPEI).hour == 8
    shift = shift_at(now)
    assert shift.begins_at <= now < shift.begins_at + timedelta(days=1)
    assert shift.ends_at - shift.begins_at == timedelta(hours=8)


def test_the_help_the_page_and_the_manual_name_the_same_times_in_the_same_order(
    sign_in: Sign,
) -> None:
    from patrol.actions.triaging.later import Later
    from patrol.web.words import LATERS

    page = sign_in("mei").get("/leads/1/").content.decode()
    digits = re.findall(r'name="snooze"\s+value="(\w+)"\s+data-digit="(\d)"', page)
    assert digits == [(later.value, str(digit)) for digit, later in enumerate(Later, 1)]
    manual = (Path(__file__).parents[2] / "docs" / "officer.md").read_text()
    assert "later: in an hour, at tomorrow's shift, in 24 hours, on a day that you write" in manual
    assert [str(words) for words in LATERS.values()] == [
        "in an hour",
        "tomorrow's shift",
        "in 24 hours",
        "on a day of my choice",
    ]


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "2199-01-01", "115/13/45"])
def test_a_day_that_cannot_be_is_asked_for_again(day: str, sign_in: Sign) -> None:
    answer = _put_off(sign_in("mei"), snooze="date", back_on=day)
    assert answer.status_code == 400
    assert "day" in re.search(r'id="error".*?</div>', answer.content.decode(), re.DOTALL).group(0)  # type: ignore[union-attr]


def test_it_sleeps_and_comes_back_by_itself_with_a_sign(garden: Any, sign_in: Sign) -> None:
    mine, theirs = sign_in("mei"), sign_in("lin")
    assert _put_off(mine, snooze="day").status_code == 302
    mine.get("/leads/")  # the row just decided on is shown once more
    assert 'id="lead-1"' not in theirs.get("/leads/").content.decode()
    asleep = theirs.get("/leads/?status=snoozed").content.decode()
    assert "put off by mei until" in asleep
    assert theirs.get("/leads/counts/").json()["status"] == {"new": 4, "snoozed": 1}
    as_of = timezone.now()
    lead = garden.leads[0]
    lead.refresh_from_db()
    lead.snoozed_until = timezone.now()
    lead.save()
    from django.core.cache import caches

    caches["near"].clear()  # counts may be five seconds old
    told = theirs.get("/leads/arrived/", {"newest": 5, "as_of": as_of.isoformat()}).json()
    assert told["count"] == 1, "it came back since the page was made"
    page = theirs.get("/leads/").content.decode()
    assert 'id="lead-1"' in page
    assert "back: put off by mei on" in page
    assert "back: put off by mei on" in theirs.get("/leads/1/").content.decode()
    assert 'id="lead-1"' not in theirs.get("/leads/?status=snoozed").content.decode()
    assert theirs.get("/leads/counts/").json()["status"] == {"new": 5}


def test_a_visit_filter_does_not_disturb_what_arrived(sign_in: Sign) -> None:
    page = sign_in("mei").get("/leads/", {"since": "2026-01-01T00:00:00+00:00"}).content.decode()
    address = re.search(r'data-address="(/leads/arrived/[^"]+)"', page)
    assert address is not None
    asked = address.group(1).replace("&amp;", "&")
    assert sign_in("mei").get(asked).json()["count"] == 0
