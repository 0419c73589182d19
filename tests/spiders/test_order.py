"""The order of day and month, by the order of the posts."""

from datetime import date

import pytest

from spiders.order import Order, order_by_clock, order_in_turn


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["01-11-2026, 03:04 PM", "02-03-2026, 09:15 AM", "03-02-2026"], "mdy"),
        (["01/11/2026", "02/11/2026", "01/12/2026"], "dmy"),
        (["01-02-2026", "01-02-2026"], None),
        (["01-02-2026"], None),
        ([], None),
        (["01-02-2026", "02-03-2026"], None),
        (["05-01-2026", "13-01-2026"], "dmy"),
        (["03-02-2026", "01-01-2026", "02-12-2025"], None),
        (["yesterday", "02 Nov 2026"], None),
        (["11-19-02, 06:39 PM", "12-25-02, 09:18 PM", "01-08-04, 03:44 PM"], "mdy"),
        (["12.03.05, 18:10", "14.03.05, 09:00", "02.04.05"], "dmy"),
        (["15-11-05", "15-11-06"], None),
        (["15.11.05", "16.12.06"], None),
        (["11-19-02"], "mdy"),
    ],
)
def test_posts_stand_in_the_order_of_their_days(dates: list[str], order: Order | None) -> None:
    assert order_in_turn(dates) == order


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("Current time: 11-06-2026, 09:30 AM", "mdy"),
        ("Current time: 06-11-2026, 09:30 AM", "dmy"),
        ("Current time: 11-07-2026, 12:10 AM", "mdy"),
        ("Current time: 11-09-2026", None),
        ("Current time: 11-11-2026", None),
        ("11-06-2026, or 06-11-2026", None),
        ("13-13-2026 and 31-02-2026", None),
        ("now", None),
    ],
)
def test_what_the_board_calls_now_is_today(line: str, order: Order | None) -> None:
    assert order_by_clock([line], date(2026, 11, 6)) == order
