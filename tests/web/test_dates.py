"""Days as a person reads them: of the common era, or of the Republic."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as any_

from patrol.web import dates

Sign = Callable[[str], Any]
AT = datetime(2026, 11, 22, 7, 4, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _common() -> Iterator[None]:
    dates.count_years(republic=False)
    yield
    dates.count_years(republic=False)


@pytest.mark.parametrize(
    ("precision", "common", "republic"),
    [
        (None, "2026/11/22 15:04", "115/11/22 15:04"),
        ("exact", "2026/11/22 15:04:05", "115/11/22 15:04:05"),
        ("hour", "2026/11/22 15:00", "115/11/22 15:00"),
        ("day", "2026/11/22", "115/11/22"),
        ("month", "2026/11", "115/11"),
        ("year", "2026", "115"),
    ],
)
def test_an_instant_is_no_more_exact_than_it_is_known(
    precision: str | None, common: str, republic: str
) -> None:
    assert dates.shown(AT, precision) == common
    dates.count_years(republic=True)
    assert dates.shown(AT, precision) == republic


@given(any_.dates(date(1912, 1, 1), date(2110, 12, 31)), any_.booleans())
def test_what_is_shown_is_read_back(one: date, republic: bool) -> None:  # noqa: FBT001  (drawn)
    dates.count_years(republic=republic)
    assert dates.read_date(dates.day(one)) == one


def test_years_of_the_republic_are_chosen_for_oneself_alone(sign_in: Sign, records: Any) -> None:
    mei, lin = sign_in("mei"), sign_in("lin")
    assert ">2026/" in mei.get("/leads/?status=any").content.decode()
    account = mei.post("/account/years/", {"years": "republic"}, follow=True).content.decode()
    assert 'value="republic"\n                 checked' in account
    assert ">115/" in mei.get("/leads/?status=any").content.decode()
    assert ">2026/" in lin.get("/leads/?status=any").content.decode()
    assert "115/" in mei.get("/sources/harbor/").content.decode()
    assert records(verb="person.account_changed", account="mei")
    assert mei.post("/account/years/", {"years": "lunar"}).status_code == 400
    mei.post("/account/years/", {"years": "common"})
    assert ">115/" not in mei.get("/leads/?status=any").content.decode()
