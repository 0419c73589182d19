from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Precision
from spiders.addresses import absolute, tidy
from spiders.page import LayoutChanged, Page, short_key
from spiders.zones import named_zone, read_zone

MARKUP = """<html lang="zh-TW"><head><title> 港邊 論壇 </title><base href="/board/"></head><body>
<div class="post" id="p1"><p class="author"><a class="username" href="./m.php?u=1&amp;sid=00">小林</a> » <time datetime="2026-11-02T07:04:00+00:00">x</time></p>
<div class="content">字<span class="sig">x</span></div></div>
<div class="post" id="p2"><p class="author"> 昨天 09:00</p><a href="javascript:void(0)">x</a><a href="/t/2">y</a></div></body></html>"""


def page(markup: str = MARKUP, url: str = "https://forum.example/a/b.php?sid=0123&t=1") -> Page:
    return Page(url, markup.encode(), fetched_at=datetime(2026, 11, 6, 1, 30, tzinfo=UTC))


def test_each_one_and_maybe() -> None:
    first, second = page().each("div.missing", "div.post")
    assert (first.one("@id"), second.one("@id")) == ("p1", "p2")
    assert first.maybe("p.author a.username") == "小林"
    assert second.maybe("p.author a.username") is None
    assert first.text("div.content", without=".sig") == "字"
    assert second.body("div.content") is None


def test_one_says_page_hook_and_next_step() -> None:
    row = page().each("div.post")[1]
    with pytest.raises(LayoutChanged) as caught:
        row.one("a.username", "b@title")
    sentence = str(caught.value)
    assert "https://forum.example/a/b.php?t=1" in sentence
    assert "`a.username` or `b@title`" in sentence
    assert "do:" in sentence
    with pytest.raises(LayoutChanged):
        row.text("div.content")


def test_fallback_that_was_used_is_counted() -> None:
    read = page()
    for row in read.each("div.post"):
        row.maybe("b.username", "a.username")
    assert read.hooks["a.username"] == 1
    assert "b.username" not in read.hooks


def test_time_is_in_the_board_s_zone_with_its_hook() -> None:
    first, second = page().each("div.post")
    hooks = ("time@datetime", "p.author")
    exact, said = first.time(*hooks), second.time(*hooks)
    assert exact is not None
    assert said is not None
    assert (exact.at, exact.precision, exact.read_from) == (
        datetime(2026, 11, 2, 7, 4, tzinfo=UTC),
        Precision.SECOND,
        "time@datetime",
    )
    assert (said.at, said.read_from) == (datetime(2026, 11, 5, 1, 0, tzinfo=UTC), "p.author")


def test_links_are_whole_and_without_sessions() -> None:
    first, second = page().each("div.post")
    assert first.link("a.username") == "https://forum.example/board/m.php?u=1"
    assert second.link("a") == "https://forum.example/t/2"
    assert second.link("a.missing") is None


def test_the_board_s_own_clock_counts_only_where_the_time_of_fetching_is_unknown() -> None:
    known, saved = page(), Page("https://forum.example/", MARKUP.encode())
    then = datetime(2020, 1, 1, tzinfo=UTC)
    for read in (known, saved):
        read.tell_clock(UTC, then)
    assert known.now == datetime(2026, 11, 6, 1, 30, tzinfo=UTC)
    assert (saved.now, saved.zone) == (then, UTC)


def test_title_and_language() -> None:
    assert (page().title, page().language) == ("港邊 論壇", "zh-tw")


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://f.example/t.php?sid=ab12&t=1", "https://f.example/t.php?t=1"),
        ("https://f.example/t.php?t=1&amp;sid=ab12#p3", "https://f.example/t.php?t=1#p3"),
        ("https://f.example/t.php?sid=ab12", "https://f.example/t.php"),
        ("https://f.example/t.php?PHPSESSID=x&t=1", "https://f.example/t.php?t=1"),
        (
            "https://f.example/t.php?s=0123456789abcdef0123456789abcdef&t=1",
            "https://f.example/t.php?t=1",
        ),
        ("https://f.example/t;jsessionid=AB?t=1", "https://f.example/t?t=1"),
        ("https://f.example/t.php?s=short&resid=1", "https://f.example/t.php?s=short&resid=1"),
    ],
)
def test_session_ids_are_no_part_of_an_address(url: str, clean: str) -> None:
    assert tidy(url) == clean
    assert tidy(clean) == clean


@pytest.mark.parametrize(
    "href", ["javascript:x", "data:text/html,x", "mailto:a@b.example", "http://[", None]
)
def test_what_is_not_of_the_web_is_no_address(href: str | None) -> None:
    assert absolute("https://f.example/", href) is None


@given(st.text(max_size=60))
def test_any_link_is_an_address_or_none(href: str) -> None:
    url = absolute("https://f.example/a", href)
    assert url is None or url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("All times are UTC+08:00", 8), ("All times are UTC + 8 hours", 8), ("GMT+8, 2026-11-6 09:30", 8), ("All times are UTC", 0),
        ("Heures au format UTC + 1 heure [ Heure d’été ]", 2), ("UTC−05:00", -5), ("All times are GMT - 5 Hours [ DST ]", -4), ("no zone", None),
        ("UTC+99", None),
    ],
)  # fmt: skip
def test_zone_below_the_page_is_read(line: str, hours: int | None) -> None:
    zone = read_zone(line)
    expected = None if hours is None else timedelta(hours=hours)
    assert (zone.utcoffset(None) if zone else None) == expected


def test_zone_names_are_those_of_the_database() -> None:
    assert str(named_zone("America/New York")) == "America/New_York"
    assert named_zone("亞洲/台北") is None
    assert named_zone("../etc/passwd") is None
    assert named_zone("UTC") is None
    assert read_zone("UTC+5:30") == timezone(timedelta(hours=5, minutes=30))


@given(st.text(min_size=1, max_size=500))
def test_a_key_is_never_too_long_and_never_shared(key: str) -> None:
    assert len(short_key(key)) <= 200
    assert short_key(key) != short_key(key + "x")


def test_a_page_that_was_read_is_gone_at_once() -> None:
    """It holds a parsed document of megabytes; a circle of references would keep it until the collector comes."""
    import gc

    from spiders.engines import load
    from spiders.reading import read

    def pages() -> int:
        return sum(type(thing) is Page for thing in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = pages()
        body = b"<body id=phpbb class=section-viewtopic><div class=post id=p1><div class=content>Hi"
        assert read(Page("http://forum.example/viewtopic.php?t=1", body), load("phpbb")).posts
        assert pages() == before
    finally:
        gc.enable()
