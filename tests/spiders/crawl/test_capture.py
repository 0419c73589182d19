import base64
import hashlib
import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Channel, Post, Source
from spiders.capture import CUT, clean_headers, clean_posts, cut_media, receive

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(range(256)) * 2
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


_SOURCE = Source(
    name="board", title={"en": "B"}, channel=Channel.PLATFORM, start=("http://ok.example/",)
)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


EMBEDDED = {
    "data URI": f'<img src="data:image/png;base64,{b64(PNG)}">',
    "data URI in CSS": f"url( data:font/woff2;base64,{b64(PNG)} )",
    "data URI, colon hidden": f"data&#58;image/gif;base64,{b64(GIF)}",
    "data URI, escaped": f"data\\u003aimage\\/gif;base64,{b64(GIF)}",
    "data URI, text": "data:image/svg+xml;utf8,%3Csvg%20width='1'%3E",
    "data URI, capitals": f"DATA:IMAGE/GIF;BASE64,{b64(GIF)}",
    "small gif, bare": f"look: {b64(GIF)} !",
    "png in JSON": f'{{"thumb": "{b64(PNG)}"}}',
    "png in JSON, slashes escaped": f'{{"thumb": "{b64(PNG).replace("/", chr(92) + "/")}"}}',
    "png, wrapped": base64.encodebytes(PNG).decode(),
    "unknown file, long": b64(bytes(range(250, 0, -1))),
    "unknown file, url-safe": base64.urlsafe_b64encode(bytes(range(250, 0, -1))).decode(),
    "unknown file, wrapped": base64.encodebytes(bytes(range(250, 0, -1))).decode(),
    "hexadecimal": PNG.hex(),
    "list of bytes": str(list(PNG[:100])),
    "escaped bytes": "".join(f"\\x{byte:02x}" for byte in PNG[:60]),
    "escaped characters": "".join(f"\\u{byte:04x}" for byte in PNG[:60]),
    "percent-encoded": "%89PNG%0D%0A%1A%0A%00",
    "inline SVG": '<svg width="1"><path d="M0 0"/></svg>',
    "inline SVG, two lines": "<SVG\nwidth=1>\n<g/>\n</SVG >",
    "inline SVG, open": "<svg onload=x>",
    "inline SVG in JSON": '"\\u003csvg width=1\\u003e\\u003c/svg\\u003e"',
    "inline SVG in JSON, slash": '"<svg width=1><\\/svg>"',
}
SIGNATURES = (
    "iVBOR",
    "R0lGOD",
    "89504e47",
    "%89PNG",
    "<svg",
    "data:image",
    "data:font",
    "\\x89",
    "137, 80",
)


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_media_are_cut(name: str) -> None:
    text, cut = cut_media(f"before {EMBEDDED[name]} after")
    assert cut >= 1
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert not any(signature.lower() in text.lower() for signature in SIGNATURES)
    assert len(text) < 120
    assert cut_media(text) == (text, 0)


PLAIN = [
    "data: 2024, hello; data:, and database:tables",
    "-" * 500,
    "=" * 500,
    "哈" * 500,
    "ha" * 400,
    "https://board.example/" + "long-path/of-words/" * 40,
    "see /9j/4 and PK and Qk0 and UEsDB",
    "call 0900-000-001, 0900-000-002, 0900-000-003, 1, 2, 3, 4, 5, 6, 7",
    "%E4%B8%AD%E6%96%87" * 40,
    "sha256 " + "ab12" * 16,
    "the word svg, and <b>bold</b>",
    "",
]


@pytest.mark.parametrize("text", PLAIN)
def test_words_are_left_as_they_are(text: str) -> None:
    assert cut_media(text) == (text, 0)


def test_markup_keeps_an_empty_drawing_to_be_counted() -> None:
    assert cut_media("a<svg><g/></svg>b", markup=True) == ("a<svg></svg>b", 1)
    assert cut_media('"a": "' + b64(PNG) + '"') == (f'"a": "{CUT}"', 1)
    assert cut_media("[" + str(list(PNG[:99]))[1:-1] + "]")[0] == "[0]", "still JSON"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<\\"), max_size=50))
def test_short_texts_come_through(text: str) -> None:
    if "data" not in text.lower() and "%" not in text:
        assert cut_media(text) == (text, 0)


@given(st.binary(min_size=200, max_size=600), st.text("abc 哈\n", max_size=30))
def test_no_long_binary_comes_through(data: bytes, around: str) -> None:
    coded = b64(os.urandom(8) + data + os.urandom(8))
    text, cut = cut_media(f"{around} {coded} {around}")
    assert cut == 1
    assert coded[40:80] not in text


def test_a_huge_text_costs_little() -> None:
    text = "<svg" * 100_000 + "data:" * 100_000 + "iVBORw0K" * 1_000 + "1," * 50_000
    cut_media(text)


def test_headers_are_kept_without_cookies() -> None:
    headers = {
        "Set-Cookie": "a=b",
        "Content-Type": "text/html",
        "Link": f"<data:image/gif;base64,{b64(GIF)}>",
        "X": "y" * 5_000,
    }
    clean = clean_headers(headers)
    assert set(clean) == {"content-type", "link", "x"}
    assert "R0lGOD" not in clean["link"]
    assert len(clean["x"]) == 1_000


@pytest.mark.parametrize("charset", ["utf-8", "big5", "gb18030", "utf-16"])
def test_a_page_is_rid_of_media_before_an_engine_sees_it(charset: str) -> None:
    html = (
        f"<html><p>中文內容</p><img src='data:image/png;base64,{b64(PNG)}'><svg><g/></svg></html>"
    )
    body = html.encode(charset)
    page, capture, _ = receive(
        body, url="http://ok.example/", hops=(), status=200, address=None, source=_SOURCE,
        headers={"Content-Type": f"text/html; charset={charset}"}, fetched_at=datetime.now(UTC),
    )  # fmt: skip
    assert page.markup == f"<html><p>中文內容</p><img src='{CUT}'><svg></svg></html>"
    assert page.raw.decode(page.charset) == page.markup
    assert page.has("img")
    assert (capture.media_cut, capture.raw_bytes) == (2, len(body))
    assert capture.raw_sha256 == hashlib.sha256(body).hexdigest()


def test_posts_are_cleaned_in_every_part() -> None:
    dirty = Post(
        source="board", key="p1", url="http://ok.example/", author=f"rider {b64(GIF)}", posted_at=None,
        title=f"title {b64(GIF)}", text=f"words {b64(GIF)}",
    )  # fmt: skip
    plain = dirty.model_copy(update={"author": "rider", "title": None, "text": "words"})
    posts, cut = clean_posts([dirty, plain])
    assert cut == 3
    assert "R0lGOD" not in posts[0].model_dump_json()
    assert posts[1] is plain
