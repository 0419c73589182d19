"""Text in, nothing else: what an address, a header or the first bytes say of a picture, a sound, an archive."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import Place

ACCEPT = (
    b"text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,"
    b"application/xml;q=0.9,application/json;q=0.8,text/plain;q=0.7"
)
"""No `*/*`: pictures are not asked for."""

TEXT_TYPES = frozenset(
    {
        "text/html",
        "text/plain",
        "text/xml",
        "text/json",
        "application/xhtml+xml",
        "application/xml",
        "application/json",
        "application/vnd.api+json",
        "application/feed+json",
        "application/ld+json",
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
    }
)
"""Content types that are read. A missing one leaves the decision to the bytes."""

SCRIPT_TYPES = frozenset(
    {
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
        "text/ecmascript",
        "application/ecmascript",
    }
)
"""Read only where a browser asks for what a page runs (RFC 9239)."""

PACKED_TYPES = frozenset(
    {"application/gzip", "application/x-gzip", "application/octet-stream", "binary/octet-stream"}
)
"""How servers call a packed sitemap. It is unpacked on the way, and judged by what was in it."""

_MAP = re.compile(r"sitemap[^/]*\.(?:xml|txt)(?:\.gz)?$|\.xml\.gz$", re.IGNORECASE)

_EXTENSION_WORDS = """
jpg jpeg jpe jfif png gif webp avif bmp dib ico cur tif tiff svg svgz heic heif jxl jp2 psd raw
apng mng eps ai dds tga mp3 m4a aac ogg oga opus wav wma flac amr mid midi aif aiff mka m3u m3u8
mp4 m4v mov avi mkv webm wmv flv f4v mpg mpeg mpe 3gp 3g2 ogv ts m2ts vob rm rmvb asf swf
woff woff2 ttf otf eot zip rar 7z gz tgz bz2 xz zst tar lz lzma cab iso dmg jar apk ipa exe msi
dll bin deb rpm pdf doc docx docm xls xlsx xlsm ppt pptx odt ods odp rtf epub mobi azw torrent
sqlite db css js mjs wasm map
"""
_EXTENSIONS = frozenset(_EXTENSION_WORDS.split())
_SCRIPT_EXTENSIONS = frozenset({"js", "mjs"})

HEAD = 512
"""Bytes in which a file says what it is."""

_CONTROLS = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
"""Bytes that no text has (WHATWG MIME Sniffing, section 3)."""

_STRAY = 0.002
"""Share of such bytes that a badly made page may still have."""

_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
"""How UTF-16 begins: with a mark, or without one with a bracket. Half of its bytes are zero."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\x8aMNG", "mng"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"\xff\xd8\xff", "jpeg"), (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"), (b"II+\x00", "tiff"),
    (b"\x00\x00\x01\x00", "icon"), (b"\x00\x00\x02\x00", "icon"), (b"8BPS", "photoshop"),
    (b"\xff\x0a", "jxl"), (b"\x00\x00\x00\x0cJXL ", "jxl"), (b"\x00\x00\x00\x0cjP", "jpeg2000"),
    (b"\xff\x4f\xff\x51", "jpeg2000"), (b"DDS ", "dds"), (b"%!PS", "postscript"),
    (b"OggS", "ogg"), (b"fLaC", "flac"), (b"MThd", "midi"), (b"#!AMR", "amr"),
    (b"\xff\xfb", "mp3"), (b"\xff\xf3", "mp3"), (b"\xff\xf2", "mp3"), (b"\xff\xf1", "aac"),
    (b"\xff\xf9", "aac"), (b"\x1aE\xdf\xa3", "matroska"), (b"FLV\x01", "flash"), (b"FWS", "flash"),
    (b"CWS", "flash"), (b"\x00\x00\x01\xba", "mpeg"), (b"\x00\x00\x01\xb3", "mpeg"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"), (b"wOFF", "font"), (b"wOF2", "font"), (b"OTTO", "font"),
    (b"\x00\x01\x00\x00", "font"), (b"ttcf", "font"), (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"), (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"), (b"Rar!\x1a\x07", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"),
    (b"(\xb5/\xfd", "zstd"), (b"MZ\x90\x00", "program"), (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "database"), (b"\x00asm", "program"),
)  # fmt: skip

_INSIDE = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff[\xdb\xe0-\xef]|GIF8[79]a.{0,6}[\x00-\x08]|II\*\x00|MM\x00\*"
    rb"|RIFF.{4}(?:WEBP|WAVE|AVI )|\x00\x00\x00.ftyp|ID3[\x02-\x04]\x00|OggS\x00|fLaC\x00"
    rb"|\x1aE\xdf\xa3|wOF[F2]\x00\x01|OTTO\x00|PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c"
    rb"|\xfd7zXZ\x00|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\x7fELF|\x00\x01\x00\x00\x00[\x01-\x40]\x00",
    re.DOTALL,
)
"""Signatures further down in a text. All of these formats have zero bytes, so a text without one hides none."""

_FORMS = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi", b"AIFF": "aiff", b"AIFC": "aiff"}
_SVG = re.compile(
    rb"^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE\s+svg[^>]*>\s*)*<(svg:)?svg[\s>]",
    re.IGNORECASE | re.DOTALL,
)


def is_map(where: Place) -> bool:
    """Whether the address is a sitemap's: a list of addresses, larger than a page, perhaps packed."""
    return _MAP.search(where.path) is not None


def is_packed(where: Place) -> bool:
    """Whether the address is that of a packed sitemap, the one archive that is opened."""
    return is_map(where) and where.path.lower().endswith(".gz")


def check_address(where: Place, *, script: bool = False) -> None:
    """Refuse an address whose name says that it is no page, nor a script where one is asked for."""
    if is_packed(where):
        return
    name = unquote(where.path.rpartition("/")[2]).partition(";")[0]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in _EXTENSIONS and not (script and extension in _SCRIPT_EXTENSIONS):
        raise Refusal(Reason.MEDIA, f"An address that ends in .{extension} is not a page of text.")


def check_headers(types: Iterable[str], *, script: bool = False) -> None:
    """Refuse an answer whose header says that it is no text."""
    for value in types:
        kind = value.partition(";")[0].strip().lower()
        if script and kind in SCRIPT_TYPES:
            continue
        if kind and kind not in TEXT_TYPES:
            raise Refusal(Reason.MEDIA, f"The answer says that it is `{kind[:60]}`, not text.")


def check_head(head: bytes) -> None:
    """Refuse an answer whose first bytes are not a text's, whatever its header says."""
    family = _family(head)
    if family is None and not head.startswith(_WIDE):
        binary = len(head) - len(head.translate(None, _CONTROLS))
        family = "binary" if binary > max(2, len(head) // 50) else None
    if family is not None:
        raise Refusal(Reason.MEDIA, f"The answer calls itself text and is {family}; it was cut.")


def check_body(body: bytes) -> None:
    """Refuse a whole text that hides a picture or an archive further down."""
    if body.startswith(_WIDE):
        return
    if b"\0" in body and _INSIDE.search(body):
        raise Refusal(Reason.MEDIA, "The answer hides a file inside text; it was dropped.")
    binary = len(body) - len(body.translate(None, _CONTROLS))
    if binary > 16 and binary > len(body) * _STRAY:
        raise Refusal(Reason.MEDIA, "The answer calls itself text and is binary; it was dropped.")


def _family(head: bytes) -> str | None:
    for magic, family in _MAGIC:
        if head.startswith(magic):
            return family
    if head[4:8] == b"ftyp":
        return "video"
    if head.startswith((b"RIFF", b"FORM")):
        return _FORMS.get(head[8:12], "riff" if head.startswith(b"RIFF") else None)
    if head.startswith(b"ID3") and head[3:4] <= b"\x0f":
        return "mp3"
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return "bitmap"
    return "svg" if _SVG.match(head) else None
