"""The smallest files of each kind of media, made by hand: to be planted, and served by a hostile board."""

import base64
import struct
import zlib


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 1, height: int = 1, noise: bytes = b"") -> bytes:
    """A grey picture; `noise` goes into a text chunk, to make it as large as one likes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    text = _chunk(b"tEXt", b"Comment\0" + noise) if noise else b""
    body = _chunk(b"IHDR", header) + text + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _jpeg() -> bytes:
    app0 = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    tables = b"\xff\xdb\0\x43\0" + bytes(range(1, 65))
    return b"\xff\xd8" + app0 + tables + b"\xff\xda\0\x08\1\1\0\0\x3f\0\x12\x34\xff\xd9"


def _bmp() -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 58, 0, 0, 54) + info + b"\x80\x80\x80\0"


def _tiff() -> bytes:
    entries = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8)]
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", *entry) for entry in entries
    )
    return b"II*\0" + struct.pack("<I", 8) + directory + bytes(4)


def _ico() -> bytes:
    bitmap = struct.pack("<IiiHHIIiiII", 40, 1, 2, 1, 32, 0, 8, 0, 0, 0, 0) + bytes(8)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 1, 1, 0, 0, 1, 32, len(bitmap), 22) + bitmap


def _sfnt(flavor: bytes) -> bytes:
    return (
        flavor
        + struct.pack(">HHHH", 1, 16, 0, 0)
        + b"cmap"
        + struct.pack(">III", 0, 28, 4)
        + bytes(4)
    )


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _riff(form: bytes, body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + form + body


_FRAME = b"\xff\xfb\x90\x64" + bytes(
    413
)  # MPEG 1 layer III, 128 kbit/s, 44,100 samples/s: 417 bytes

SPECIMENS: dict[str, bytes] = {
    "png": png(),
    "jpeg": _jpeg(),
    "gif": base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
    "webp": _riff(b"WEBP", b"VP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"),
    "wav": _riff(
        b"WAVE", b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data\0\0\0\0"
    ),
    "avi": _riff(b"AVI ", b"LIST\4\0\0\0hdrl" + bytes(16)),
    "bmp": _bmp(),
    "tiff": _tiff(),
    "ico": _ico(),
    "avif": _box(b"ftyp", b"avif\0\0\0\0mif1miaf") + _box(b"mdat", bytes(16)),
    "heic": _box(b"ftyp", b"heic\0\0\0\0mif1heic") + _box(b"mdat", bytes(16)),
    "mp4": _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + _box(b"mdat", bytes(16)),
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\xf7\x81\1\x42\xf2\x81\4\x42\xf3\x81\x08\x42\x82\x84webm"
    + bytes(16),
    "mp3": b"ID3\4\0\0\0\0\0\x0fTIT2\0\0\0\5\0\0\3demo" + _FRAME,
    "mp3 without tag": _FRAME * 5,
    "ogg": b"OggS\0\2" + bytes(8) + b"\1\0\0\0" + bytes(8) + b"\1\x13OpusHead" + bytes(11),
    "flac": b"fLaC\0\0\0\x22" + struct.pack(">HH", 4096, 4096) + bytes(30),
    "ttf": _sfnt(b"\0\1\0\0"),
    "otf": _sfnt(b"OTTO"),
    "woff": b"wOFF\0\1\0\0" + struct.pack(">IHH", 64, 1, 0) + bytes(48),
    "woff2": b"wOF2\0\1\0\0" + struct.pack(">IHH", 64, 1, 0) + bytes(48),
    "pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
}
"""By kind. Each is the smallest that a reader of its format takes for one."""
