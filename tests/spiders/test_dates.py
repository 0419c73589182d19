from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Precision
from spiders.dates import AHEAD, EARLIEST, Manner, read_date
from spiders.order import order_of

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=TAIPEI)

PRINTED = [
    ("2026-11-5 18:10", "2026-11-05T18:10:00", "minute"),
    ("2026-11-05 03:04 PM", "2026-11-05T15:04:00", "minute"),
    ("發表於 2003-2-19 17:21:09", "2003-02-19T17:21:09", "second"),
    ("时间：2022-3-3 21:55:22", "2022-03-03T21:55:22", "second"),
    ("2026-11-5", "2026-11-05T00:00:00", "day"),
    ("2026.11.05. 18:10", "2026-11-05T18:10:00", "minute"),
    ("11/05 18:10", "2026-11-05T18:10:00", "minute"),
    ("11-5 18:10", "2026-11-05T18:10:00", "minute"),
    ("12/31", "2025-12-31T00:00:00", "day"),
    ("11月5日", "2026-11-05T00:00:00", "day"),
    ("4月20日 18:10", "2026-04-20T18:10:00", "minute"),
    ("民國115年11月5日", "2026-11-05T00:00:00", "day"),
    ("115/11/05", "2026-11-05T00:00:00", "day"),
    ("114-11-05 10:00", "2025-11-05T10:00:00", "minute"),
    ("2026年11月5日 下午3:04", "2026-11-05T15:04:00", "minute"),
    ("2026年11月", "2026-11-01T00:00:00", "month"),
    ("2026", "2026-01-01T00:00:00", "year"),
    ("晚上 11:30 2026/11/5", "2026-11-05T23:30:00", "minute"),
    ("週一 11月 02, 2026 3:04 pm", "2026-11-02T15:04:00", "minute"),
    ("2026年11月02日(月) 15:04", "2026-11-02T15:04:00", "minute"),
    ("2026년 11월 5일 (목) 오후 3:04", "2026-11-05T15:04:00", "minute"),
    ("Mon Nov 02, 2026 3:04 pm", "2026-11-02T15:04:00", "minute"),
    ("Posted: Sat 07 Feb, 2009 12:30 am", "2009-02-07T00:30:00", "minute"),
    ("November 5th, 2026, 3:04 am", "2026-11-05T03:04:00", "minute"),
    ("5 Nov", "2026-11-05T00:00:00", "day"),
    ("25/11/2015 15:04", "2015-11-25T15:04:00", "minute"),
    ("05.11.2026, 15:04", "2026-11-05T15:04:00", "minute"),
    ("Mer 27 Août 2014, 20:12", "2014-08-27T20:12:00", "minute"),
    ("le 02 novembre 2015 à 15h04", "2015-11-02T15:04:00", "minute"),
    ("mar. 5 mai 2015", "2015-05-05T00:00:00", "day"),
    ("Mo 2. Nov 2015, 15:04", "2015-11-02T15:04:00", "minute"),
    ("20 de noviembre de 2015, 10:00", "2015-11-20T10:00:00", "minute"),
    ("Пн ноя 02, 2015 3:04 pm", "2015-11-02T15:04:00", "minute"),
    ("02 Ноября 2015", "2015-11-02T00:00:00", "day"),
    ("Πέμ Νοέμ 05, 2015 3:04 pm", "2015-11-05T15:04:00", "minute"),
    ("دوشنبه ۱۲ مهر ۱۳۹۵ ۴:۱۵ ب.ظ", "2016-10-03T16:15:00", "minute"),
    ("1395/7/12", "2016-10-03T00:00:00", "day"),
    ("1762000000", "2025-11-01T20:26:40", "second"),
    ("1762000000000", "2025-11-01T20:26:40", "second"),
    ("2026-11-05T18:10:00+00:00", "2026-11-06T02:10:00", "second"),
    ("2026-11-05T18:10:00Z", "2026-11-06T02:10:00", "second"),
    ("Thu, 05 Nov 2026 18:10:00 +0900", "2026-11-05T17:10:00", "second"),
    ("Thu, 05 Nov 2026 18:10:00 PST", "2026-11-06T10:10:00", "second"),
    ("Thursday at 3:04 PM", "2026-11-19T15:04:00", "minute"),
    ("Freitag um 12:30", "2026-11-13T12:30:00", "minute"),
    ("Lundi à 12:30", "2026-11-16T12:30:00", "minute"),
    ("Среда в 12:30", "2026-11-18T12:30:00", "minute"),
    ("星期二 12:30", "2026-11-17T12:30:00", "minute"),
    ("« Antwort #3 am: 05. Juni 2015, 15:04:05 »", "2015-06-05T15:04:05", "second"),
    ("令和2年11月5日 15:04", "2020-11-05T15:04:00", "minute"),
    ("令和元年5月1日", "2019-05-01T00:00:00", "day"),
    ("平成28年11月5日(土) 午後3時04分", "2016-11-05T15:04:00", "minute"),
    ("5 φεβρουαρίου 2015", "2015-02-05T00:00:00", "day"),
    ("25-11-2016, 03:04 مساءً", "2016-11-25T15:04:00", "minute"),
    ("25-11-2016, 03:04 صباحاً", "2016-11-25T03:04:00", "minute"),
    ("Lun 12 Fév - 14:05", "2024-02-12T14:05:00", "minute"),
    ("17.07, 2011 13:04", "2011-07-17T13:04:00", "minute"),
    ("11月5日(土) 15:04", "2022-11-05T15:04:00", "minute"),
    ("Fri 20 Nov, 09:04", "2026-11-20T09:04:00", "minute"),
]  # fmt: skip

RELATIVE = [
    ("昨天 09:00", "2026-11-19T09:00:00", "minute"),
    ("前天 18:10", "2026-11-18T18:10:00", "minute"),
    ("Today, 10:00", "2026-11-20T10:00:00", "minute"),
    ("Hier, 10:00", "2026-11-19T10:00:00", "minute"),
    ("вчера, 10:00", "2026-11-19T10:00:00", "minute"),
    ("3 小時前", "2026-11-20T09:00:00", "hour"),
    ("三天前", "2026-11-17T00:00:00", "day"),
    ("3 天前 18:10", "2026-11-17T18:10:00", "minute"),
    ("十二天前", "2026-11-08T00:00:00", "day"),
    ("半小時前", "2026-11-20T11:30:00", "minute"),
    ("5 minutes ago", "2026-11-20T11:55:00", "minute"),
    ("1 hour 20 minutes ago", "2026-11-20T10:40:00", "minute"),
    ("vor 5 Minuten", "2026-11-20T11:55:00", "minute"),
    ("5 минут назад", "2026-11-20T11:55:00", "minute"),
    ("50 Minuten her", "2026-11-20T11:10:00", "minute"),
    ("5 minut temu", "2026-11-20T11:55:00", "minute"),
    ("3 dakika önce", "2026-11-20T11:57:00", "minute"),
    ("5 phút trước", "2026-11-20T11:55:00", "minute"),
    ("3 menit yang lalu", "2026-11-20T11:57:00", "minute"),
    ("5 นาทีที่แล้ว", "2026-11-20T11:55:00", "minute"),
    ("5 minutter siden", "2026-11-20T11:55:00", "minute"),
    ("há 5 minutos", "2026-11-20T11:55:00", "minute"),
    ("5 minutos atrás", "2026-11-20T11:55:00", "minute"),
    ("hôm qua 18:10", "2026-11-19T18:10:00", "minute"),
    ("kemarin 18:10", "2026-11-19T18:10:00", "minute"),
    ("เมื่อวานนี้ 18:10", "2026-11-19T18:10:00", "minute"),
    ("i går 18:10", "2026-11-19T18:10:00", "minute"),
    ("剛剛", "2026-11-20T12:00:00", "minute"),
    ("3個月前", "2026-08-01T00:00:00", "month"),
    ("1年前", "2025-11-01T00:00:00", "year"),
    ("час назад", "2026-11-20T11:00:00", "hour"),
    ("2 часа назад", "2026-11-20T10:00:00", "hour"),
    ("неделю назад", "2026-11-13T00:00:00", "month"),
    ("منذ 3 ساعات", "2026-11-20T09:00:00", "hour"),
    ("לפני 5 דקות", "2026-11-20T11:55:00", "minute"),
]

UNCERTAIN = [
    "", "hello", "本帖最後由", "12:30", "13:00 and 14:00", "99/11/05", "05/11/2026 15:04", "05/11/15", "23.05.07 12:11",
    "2030-01-01", "1980-01-01", "Sun Feb 29, 2015", "2026-11-05 24:10", "2026-13-05", "2026-11-05 to 2026-11-06",
    "Thu, 05 Nov 2026 18:10:00 CST", "昨天和今天", "幾天前", "x" * 400, "lis 2015", "05 lis 2015",
]  # fmt: skip


@pytest.mark.parametrize(("text", "local", "precision"), PRINTED + RELATIVE)
def test_date_is_read_as_boards_print_it(text: str, local: str, precision: str) -> None:
    found = read_date(text, TAIPEI, NOW)
    assert found is not None
    assert found.at == datetime.fromisoformat(local).replace(tzinfo=TAIPEI)
    assert found.precision == precision


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_is_not_certain_is_no_date(text: str) -> None:
    assert read_date(text, TAIPEI, NOW) is None


def test_day_and_month_in_figures_are_told_by_the_page() -> None:
    def read(order: str) -> str:
        found = read_date("05/11/2026 15:04", TAIPEI, NOW, Manner(lambda: order))  # type: ignore[arg-type,return-value]
        assert found is not None
        return f"{found.at:%m-%d}"

    assert (read("dmy"), read("mdy")) == ("11-05", "05-11")
    short = read_date("05.11.26, 15:04", TAIPEI, NOW, Manner(lambda: "dmy"))
    assert short is not None
    assert f"{short.at:%Y-%m-%d}" == "2026-11-05"


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("05/11/2026, 25/12/2026", "dmy"),
        ("05-11-2026, 12-25-2026", "mdy"),
        ("25/12/2026 12/25/2026", None),
        ("05/11/2026", None),
    ],
)
def test_order_is_told_by_dates_that_leave_no_choice(text: str, order: str | None) -> None:
    assert order_of(text) == order


@pytest.mark.parametrize(("language", "month"), [("pl", 11), ("hr", 10), ("", None)])
def test_a_month_s_name_that_means_two_months_needs_the_page_s_language(
    language: str, month: int | None
) -> None:
    found = read_date("05. lis 2015 15:04", TAIPEI, NOW, Manner(language=language))
    assert (found.at.month if found else None) == month


@pytest.mark.parametrize(
    ("text", "language", "local"),
    [
        ("16/11/05 15:04", "ja", "2016-11-05T15:04:00"),
        ("91/2/11 09:30", "fa", "2012-04-30T09:30:00"),
        ("16/11/05 15:04", "zh", None),
        ("16/11/05 15:04", "en", None),
    ],
)
def test_a_year_of_two_figures_comes_first_only_where_a_language_writes_no_other_way(
    text: str, language: str, local: str | None
) -> None:
    found = read_date(text, TAIPEI, NOW, Manner(language=language))
    assert (
        found.at.astimezone(TAIPEI).replace(tzinfo=None).isoformat() if found else None
    ) == local


def test_a_date_without_a_year_is_never_ahead_of_the_page() -> None:
    new_year = datetime(2026, 1, 3, tzinfo=TAIPEI)
    found = read_date("12/30 10:00", TAIPEI, new_year)
    assert found is not None
    assert found.at.year == 2025


MOMENTS = st.datetimes(datetime(1996, 1, 1), datetime(2026, 11, 19)).map(  # noqa: DTZ001  (given their zone below)
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=TAIPEI)
)
FORMATS = [
    "{0.year}-{0.month}-{0.day} {0:%H:%M}",
    "{0:%a %b %d, %Y %I:%M %p}",
    "{0:%d %B %Y, %H:%M}",
    "{0:%B %d, %Y, %I:%M %p}",
    "{0.year}年{0.month}月{0.day}日 {0:%H:%M}",
    "{0.year}/{0:%m/%d} {0:%H:%M}",
    "{0:%d.%m.%Y %H:%M}",
    "{0:%Y-%m-%dT%H:%M%z}",
]


@given(MOMENTS, st.sampled_from(FORMATS))
def test_every_date_comes_back_from_how_it_is_printed(moment: datetime, form: str) -> None:
    found = read_date(form.format(moment), TAIPEI, NOW)
    assert found is not None
    assert (found.at, found.precision) == (moment, Precision.MINUTE)


@given(MOMENTS)
def test_minguo_years_come_back(moment: datetime) -> None:
    printed = f"民國{moment.year - 1911}年{moment.month}月{moment.day}日"
    found = read_date(printed, TAIPEI, NOW)
    assert found is not None
    assert found.at.astimezone(TAIPEI).date() == moment.date()


@given(
    st.integers(1, 59),
    st.sampled_from(["{} 分鐘前", "{} minutes ago", "vor {} Minuten", "{}分前", "{}분 전"]),
)
def test_minutes_ago_come_back(minutes: int, form: str) -> None:
    found = read_date(form.format(minutes), TAIPEI, NOW)
    assert found is not None
    assert found.at == NOW - timedelta(minutes=minutes)


@given(st.text(max_size=80) | st.text("0123456789/-:. 年月日前昨天今ago", max_size=30))
def test_whatever_is_read_is_plausible(text: str) -> None:
    found = read_date(text, TAIPEI, NOW)
    assert found is None or (EARLIEST <= found.at <= NOW + AHEAD and found.at.tzinfo is UTC)
