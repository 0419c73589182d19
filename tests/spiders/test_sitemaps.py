"""Sitemaps as sites write them, and as nobody should."""

import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Outcome
from spiders.detect import detect, engine_of
from spiders.engines import load
from spiders.gate.refusal import Refusal
from spiders.gate.size import LARGEST_MAP
from spiders.page import Page
from spiders.reading import Reading, read

HERE = Path(__file__).parents[1] / "data" / "sitemaps"
SHARED = Path(__file__).parents[3] / "shared" / "data" / "sitemaps"

EXPECTED = {
    "sitemap-hreflang.xml": (3, ("http://www.example.com/sitemap2.xml.gz",)),
    "sitemap.xml": (84, ()),
    "sitemap.xml.gz": (84, ()),
    "sitemap2.xml": (
        0,
        ("http://www.example.com/sitemap2.xml.gz", "http://www.example.com/sitemap1.xml.gz"),
    ),
}
"""Addresses of pages, and further sitemaps with the last changed first. Translations are no addresses of their own."""


def sitemap(body: bytes | str, url: str = "https://market.example/sitemap.xml") -> Reading:
    """What the engine makes of it when it is named."""
    raw = body.encode() if isinstance(body, str) else body
    return read(Page(url, raw), load("sitemap"))


def urlset(*locs: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{loc}</loc></url>' for loc in locs)}</urlset>"


@pytest.mark.parametrize("name", EXPECTED)
def test_real_sitemap_is_read(name: str) -> None:
    page = Page(f"https://site.example/{name}", (HERE / name).read_bytes())
    found = engine_of(page)
    assert found is not None
    assert found[0].name == "sitemap"
    reading = read(page, found[0])
    pages, maps = EXPECTED[name]
    assert (len(reading.threads), reading.maps) == (pages, maps)
    assert (reading.outcome, reading.detail) == (Outcome.OK, "")


def test_packed_and_unpacked_say_the_same() -> None:
    plain, packed = (
        sitemap((HERE / name).read_bytes()) for name in ("sitemap.xml", "sitemap.xml.gz")
    )
    assert plain == packed


@pytest.mark.skipif(not SHARED.exists(), reason="the sitemaps are kept beside the checkout")
def test_every_sitemap_kept_beside_the_checkout_is_among_them() -> None:
    assert {file.name for file in SHARED.iterdir()} == set(EXPECTED)


def test_a_page_in_place_of_a_sitemap_is_not_green() -> None:
    reading = sitemap("<!DOCTYPE html><html><body><a href='/x'>x</a></body></html>")
    assert reading.outcome is Outcome.LAYOUT_CHANGED
    challenge = sitemap("<html><title>Just a moment...</title></html>")
    assert challenge.outcome is Outcome.POLICY_BLOCKED


def test_feeds_named_as_sitemaps_lead_to_their_entries() -> None:
    rss = (
        "<rss><channel><link>https://market.example/</link><item><link>https://market.example/1</link>"
        "<pubDate>Mon, 02 Nov 2026 07:04:00 GMT</pubDate><enclosure url='https://market.example/a.mp3'/></item></channel></rss>"
    )
    (thread,) = sitemap(rss).threads
    assert (thread.url, thread.state) == (
        "https://market.example/1",
        "Mon, 02 Nov 2026 07:04:00 GMT",
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="enclosure" href="/a.mp3"/>'
        '<link href="/2"/><updated>2026-11-02T07:04:00Z</updated></entry></feed>'
    )
    (thread,) = sitemap(atom).threads
    assert thread.url == "https://market.example/2"


def test_no_medium_is_an_address_of_a_page() -> None:
    body = (
        "<urlset xmlns:img='http://www.google.com/schemas/sitemap-image/1.1'><url><img:image><img:loc>https://market.example/a.jpg"
        "</img:loc></img:image><loc>https://market.example/1</loc><img:image><img:loc>https://market.example/b.jpg</img:loc></img:image></url></urlset>"
    )
    assert [thread.url for thread in sitemap(body).threads] == ["https://market.example/1"]


def test_no_entity_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not-for-sitemaps", encoding="utf-8")
    external = f'<!DOCTYPE u [<!ENTITY x SYSTEM "file://{secret}">]>'
    reading = sitemap(external + urlset("https://market.example/&x;", "https://market.example/1"))
    assert [thread.url for thread in reading.threads] == ["https://market.example/1"]
    assert reading.detail.startswith("1 of 2 rows could not be read")


def test_a_packed_bomb_is_refused_and_a_broken_one_told() -> None:
    with pytest.raises(Refusal, match="larger than"):
        Page("https://market.example/sitemap.xml.gz", gzip.compress(b" " * (LARGEST_MAP + 1)))
    with pytest.raises(Refusal, match="breaks off"):
        Page("https://market.example/sitemap.xml.gz", gzip.compress(b"x" * 1000)[:-9])


def test_a_whole_sitemap_is_read_before_the_mandate_grows_stale() -> None:
    entry = "<url><loc>https://market.example/item/{0}</loc><lastmod>2026-11-0{1}</lastmod></url>"
    body = f"<urlset>{''.join(entry.format(n, n % 9 + 1) for n in range(60_000))}</urlset>"
    began = time.process_time()
    reading = sitemap(body)
    assert time.process_time() - began < 10, "seconds of work, on a machine that does other things"
    assert len(reading.threads) == 50_000


@pytest.mark.parametrize(
    "hostile",
    ["<url>" * 100_000, "<url " * 100_000, "<!--" * 100_000, "<loc>" * 100_000, "<!DOCTYPE x [" * 50_000, "<?" * 200_000,
     "\n" * 500_000 + "http", "Sitemap:" * 100_000, "<url><loc>" + "&amp;" * 200_000 + "</loc></url>"],
    ids=lambda text: text[:9],
)  # fmt: skip
def test_no_document_costs_more_than_its_length(hostile: str) -> None:
    for body in (hostile, f"<urlset>{hostile}"):
        page = Page("https://market.example/sitemap.xml", body.encode())
        began = time.process_time()
        detect(page)
        read(page, load("sitemap"))
        assert time.process_time() - began < 5


@given(st.text(st.sampled_from("<>/![]-&;:=\"' \nurlsetlocsitemapx"), max_size=200))
def test_whatever_is_written_reading_never_raises(text: str) -> None:
    sitemap(f"<urlset>{text}")
    sitemap(text)


@given(st.lists(st.integers(0, 999), max_size=20))
def test_every_address_is_found_once(numbers: list[int]) -> None:
    locs = [f"https://market.example/item/{number}" for number in numbers]
    assert [thread.url for thread in sitemap(urlset(*locs)).threads] == list(dict.fromkeys(locs))
