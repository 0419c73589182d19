import gzip
import zlib
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.gate import media
from spiders.gate.inspection import Inspection
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import place
from spiders.gate.size import LARGEST, Unpacker

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
HEADS = {
    "png": PNG,
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "webp": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    "bitmap": b"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00",
    "icon": b"\x00\x00\x01\x00\x01\x00\x10\x10",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "svg": b'  <?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg">',
    "mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00",
    "mp3 frame": b"\xff\xfb\x90\x64\x00",
    "ogg": b"OggS\x00\x02\x00\x00",
    "flac": b"fLaC\x00\x00\x00\x22",
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00",
    "webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01",
    "flv": b"FLV\x01\x05\x00\x00\x00\x09",
    "woff2": b"wOF2\x00\x01\x00\x00",
    "ttf": b"\x00\x01\x00\x00\x00\x0f\x00\x80",
    "otf": b"OTTO\x00\x0b\x00\x80",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": b"PK\x03\x04\x14\x00\x00\x00",
    "rar": b"Rar!\x1a\x07\x01\x00",
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00",
    "polyglot": b"GIF89a/*\x01\x00\x80*/=1;alert(1)",
    "nameless": bytes(range(64)),
}
TEXTS = {
    "html": b"<!DOCTYPE html><html><body>words</body></html>",
    "icon in html": b'<html><body><svg width="1"></svg></body></html>',
    "big5": "<html>交流討論區，歡迎發表</html>".encode("big5"),
    "gbk": "<html>交流讨论区，欢迎发表</html>".encode("gbk"),
    "utf16": "<html>words and words</html>".encode("utf-16"),
    "utf16 without mark": "<html>words and words and words</html>".encode("utf-16-le"),
    "jis": "<html>日本語の掲示板</html>".encode("iso2022_jp"),
    "rss": b'<?xml version="1.0"?>\n<rss version="2.0"><channel></channel></rss>',
    "json": b'{"version": "https://jsonfeed.org/version/1.1"}',
    "about bikes": b"BMX for sale, GIF89a is a file format, ID3 tags, %PDF- and PK too",
    "one stray byte": b"<html>\x08" + b"words " * 200,
    "nothing": b"",
}


def inspect(body: bytes, kind: str = "text/html", encoding: str = "", size: int = 64) -> bytes:
    """A body that arrives in pieces of `size` bytes."""
    inspection = Inspection()
    inspection.begin([kind] if kind else [], encoding, len(body))
    for start in range(0, len(body), size):
        inspection.feed(body[start : start + size])
    return inspection.finish(len(body))


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_lie_is_cut_whatever_its_label(name: str, size: int) -> None:
    body = HEADS[name] + b"\x00\x01\x02\x03" * 300
    for kind in ("text/html", "text/plain; charset=utf-8", "application/json", ""):
        with pytest.raises(Refusal) as refused:
            inspect(body, kind, size=size)
        assert refused.value.reason is Reason.MEDIA


@pytest.mark.parametrize("name", HEADS)
def test_a_compressed_lie_is_cut_too(name: str) -> None:
    body = HEADS[name] + b"\x00\x01\x02\x03" * 300
    for packed, encoding in ((gzip.compress(body), "gzip"), (zlib.compress(body), "deflate")):
        with pytest.raises(Refusal) as refused:
            inspect(packed, encoding=encoding, size=16)
        assert refused.value.reason is Reason.MEDIA


def test_a_lie_is_cut_at_its_first_piece() -> None:
    inspection = Inspection()
    inspection.begin(["text/html"], "", None)
    with pytest.raises(Refusal):
        inspection.feed(PNG)
    assert inspection.received == len(PNG)
    with pytest.raises(Refusal):
        inspection.finish(len(PNG))


@pytest.mark.parametrize("name", TEXTS)
def test_text_comes_through_unchanged(name: str) -> None:
    assert inspect(TEXTS[name]) == TEXTS[name]
    assert inspect(gzip.compress(TEXTS[name]), encoding="gzip") == TEXTS[name]


@pytest.mark.parametrize("name", ["png", "jpeg", "gif", "webp", "mp4", "ogg", "zip", "woff2"])
def test_a_file_further_down_drops_the_page(name: str) -> None:
    page = b"<html>" + b"words and words " * 100 + HEADS[name] + b"\x00\x10\x00\x00"
    with pytest.raises(Refusal) as refused:
        inspect(page)
    assert refused.value.reason is Reason.MEDIA


def test_bytes_that_nobody_looked_at_drop_the_page() -> None:
    inspection = Inspection()
    inspection.begin(["text/html"], "", None)
    inspection.feed(b"<html>")
    with pytest.raises(Refusal):
        inspection.finish(7)
    with pytest.raises(Refusal):
        Inspection().finish(1)


@pytest.mark.parametrize(
    "kind",
    ["image/png", "image/svg+xml", "audio/mpeg", "video/mp4", "font/woff2", "application/pdf",
     "application/zip", "application/octet-stream", "multipart/x-mixed-replace", "text/css", "IMAGE/JPEG; x=y"],
)  # fmt: skip
def test_a_header_that_is_no_texts_is_refused(kind: str) -> None:
    with pytest.raises(Refusal):
        inspect(b"<html></html>", kind)


@pytest.mark.parametrize(
    "name",
    ["a.jpg", "a.PNG", "a.svg", "x/y.mp4", "a.pdf", "a.zip", "f.woff2", "a.jp%67", "a.jpg;x=1"],
)
def test_an_address_that_is_no_page_is_not_asked_for(name: str) -> None:
    with pytest.raises(Refusal):
        media.check_address(place(f"http://ok.example/{name}"))


@pytest.mark.parametrize(
    "name", ["", "viewtopic.php?t=1", "thread-1-1.html", "a.jpg/comments", "feed.xml", "v1.2"]
)
def test_an_address_of_a_page_is(name: str) -> None:
    media.check_address(place(f"http://ok.example/{name}"))


def test_pictures_are_not_accepted() -> None:
    assert b"*/*" not in media.ACCEPT
    assert b"image" not in media.ACCEPT


# -- Size -----------------------------------------------------------------------------------------


def test_a_bomb_is_stopped_in_the_middle() -> None:
    bomb = gzip.compress(b"a" * (100 * LARGEST))
    unpacker = Unpacker("gzip")
    pieces = (bomb[start : start + 1024] for start in range(0, len(bomb), 1024))
    with pytest.raises(Refusal) as refused:
        deque(map(unpacker.feed, pieces), maxlen=0)
    assert refused.value.reason is Reason.SIZE
    assert unpacker.size < LARGEST + 200_000


def test_a_large_page_is_cut_and_a_page_just_fits() -> None:
    assert len(inspect(b"a" * LARGEST, size=65536)) == LARGEST
    inspection = Inspection()
    with pytest.raises(Refusal) as refused:
        inspection.begin(["text/html"], "", LARGEST + 1)
    assert refused.value.reason is Reason.SIZE
    inspection = Inspection()
    inspection.begin(["text/html"], "", None)
    inspection.feed(b"a" * LARGEST)
    with pytest.raises(Refusal):
        inspection.feed(b"a")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate,gzip", "compress"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(Refusal) as refused:
        Unpacker(encoding)
    assert refused.value.reason is Reason.ENCODING


def test_a_broken_or_cut_stream_is_refused() -> None:
    packed = gzip.compress(b"<html>words</html>" * 50)
    for body in (packed[:-12], b"<html>not packed</html>", packed[:30] + b"\x00\x00" + packed[32:]):
        with pytest.raises(Refusal) as refused:
            inspect(body, encoding="gzip")
        assert refused.value.reason is Reason.ENCODING


@given(
    st.binary(max_size=5000),
    st.integers(1, 700),
    st.sampled_from(["gzip", "deflate", "raw", "two", ""]),
)
def test_unpacking_piece_by_piece_is_unpacking(body: bytes, size: int, manner: str) -> None:
    packed = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw": zlib.compress(body, wbits=-15),
        "two": gzip.compress(body[:100]) + gzip.compress(body[100:]) + b"\x00" * 8,
        "": body,
    }[manner]
    unpacker = Unpacker({"raw": "deflate", "two": "gzip"}.get(manner, manner))
    size = max(size, 2)
    parts = [unpacker.feed(packed[start : start + size]) for start in range(0, len(packed), size)]
    unpacker.check_complete()
    assert b"".join(parts) == body


@given(st.integers(60_000, 300_000))
def test_nothing_stays_behind_in_the_unpacker(length: int) -> None:
    body = b"ab" * (length // 2)
    unpacker = Unpacker("gzip")
    assert unpacker.feed(gzip.compress(body)) == body
    unpacker.check_complete()
