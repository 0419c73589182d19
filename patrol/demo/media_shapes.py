"""How the beginnings of media files look, strictly enough that chance does not make one.

A shape is a needle that is searched for, and a check of what stands around it.
From the formats' own specifications: PNG (ISO 15948), JPEG (ITU T.81), GIF89a,
RIFF, BMP, TIFF 6.0, ICO, ISO BMFF (14496-12), EBML (RFC 8794), MPEG audio
(11172-3), ID3v2, Ogg (RFC 3533), FLAC (RFC 9639), sfnt (OpenType), WOFF, PDF.
"""

from collections.abc import Callable
from dataclasses import dataclass
from struct import unpack_from

Check = Callable[[bytes, int], int]
"""Bytes of the media that begins there, as far as its head tells, at least 1; 0 when it is none."""

MOST = 64 * 2**20  # bytes; a length beyond it is no length


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of media by its beginning."""

    kind: str
    needle: bytes
    check: Check
    before: int = 0
    """Bytes of the file in front of the needle."""


def _u16be(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _u32be(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _u32le(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _always(_data: bytes, _at: int) -> int:
    """The needle is long enough to be no chance."""
    return 1


def _png(data: bytes, at: int) -> int:
    place = at + 8
    while place + 8 <= len(data):
        length, kind = _u32be(data, place), data[place + 4 : place + 8]
        if length > MOST or not kind.isalpha():
            break
        place += 12 + length
        if kind == b"IEND":
            break
    return min(place, len(data)) - at


_JPEG_MARKERS = frozenset({0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_AFTER = frozenset(bytes([marker]) for marker in _JPEG_MARKERS | {0xDA})


def _jpeg(data: bytes, at: int) -> int:
    if len(data) < at + 10 or data[at + 3] not in _JPEG_MARKERS:
        return 0
    length = _u16be(data, at + 4)
    following = data[at + 4 + length : at + 6 + length]
    named = data[at + 6 : at + 10] in {b"JFIF", b"Exif"}
    if not named and (length < 3 or following[:1] != b"\xff" or following[1:2] not in _AFTER):
        return 0
    end = data.find(b"\xff\xd9", at + 4)
    return (end + 2 if end >= 0 else len(data)) - at


def _gif(data: bytes, at: int) -> int:
    if len(data) < at + 13:
        return 0
    width, height, flags, _, aspect = unpack_from("<HHBBB", data, at + 6)
    if not width or not height or max(width, height) > 16_384 or aspect > 127:
        return 0
    blocks = at + 13 + (3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0)
    if blocks >= len(data):
        return len(data) - at if aspect == 0 else 0
    return blocks - at + 1 if data[blocks] in b"\x21\x2c\x3b" else 0


_RIFF = frozenset({b"WEBP", b"WAVE", b"AVI ", b"ACON", b"RMID", b"CDDA"})


def _riff(data: bytes, at: int) -> int:
    if data[at + 8 : at + 12] not in _RIFF:
        return 0
    return min(_u32le(data, at + 4) + 8, len(data) - at)


def _bmp(data: bytes, at: int) -> int:
    if len(data) < at + 30 or data[at + 6 : at + 10] != bytes(4):
        return 0
    size, pixels, header = (_u32le(data, at + place) for place in (2, 10, 14))
    if header not in {40, 52, 56, 64, 108, 124} or not 14 + header <= pixels < size <= MOST:
        return 0
    planes, depth = unpack_from("<HH", data, at + 26)
    return min(size, len(data) - at) if planes == 1 and depth in {1, 4, 8, 16, 24, 32} else 0


def _tiff(data: bytes, at: int) -> int:
    order = "<" if data[at : at + 2] == b"II" else ">"
    if len(data) < at + 8:
        return 0
    (directory,) = unpack_from(f"{order}I", data, at + 4)
    if directory < 8 or directory % 2 or directory > MOST:
        return 0
    if at + directory + 2 + 12 > len(data):
        return len(data) if at == 0 else 0
    (entries,) = unpack_from(f"{order}H", data, at + directory)
    last = 0
    for number in range(min(entries, 4)):
        place = at + directory + 2 + 12 * number
        if place + 4 > len(data):
            break
        tag, kind = unpack_from(f"{order}HH", data, place)
        if tag <= last or not 1 <= kind <= 13:
            return 0
        last = tag
    return directory if 1 <= entries <= 200 else 0


def _ico(data: bytes, at: int) -> int:
    if len(data) < at + 22 or not 1 <= data[at + 4] <= 32 or data[at + 5]:
        return 0
    count, reserved = data[at + 4], data[at + 9]
    size, offset = _u32le(data, at + 14), _u32le(data, at + 18)
    if reserved or offset < 6 + 16 * count or not 40 <= size <= MOST or offset > MOST:
        return 0
    picture = data[at + offset : at + offset + 16]
    bitmap = picture[:4] == b"\x28\0\0\0" and picture[12:14] == b"\x01\0"
    return size + offset if bitmap or picture.startswith(b"\x89PNG") else 0


def _ftyp(data: bytes, at: int) -> int:
    size = _u32be(data, at)
    brand = data[at + 8 : at + 12]
    if not 12 <= size <= 1_024 or size % 4 or len(brand) < 4:
        return 0
    return size if all(0x20 <= letter < 0x7F for letter in brand) else 0


_EBML_ELEMENTS = (b"\x42\x86", b"\x42\xf7", b"\x42\xf2", b"\x42\xf3", b"\x42\x82")


def _ebml(data: bytes, at: int) -> int:
    head = data[at + 4 : at + 80]
    named = b"webm" in head or b"matroska" in head
    return 1 if named or head[1:3] in _EBML_ELEMENTS or head[8:10] in _EBML_ELEMENTS else 0


def _id3(data: bytes, at: int) -> int:
    if len(data) < at + 14 or data[at + 3] not in {2, 3, 4} or data[at + 5] & 0x0F:
        return 0
    size, frame = data[at + 6 : at + 10], data[at + 10 : at + 13]
    if max(size) > 127 or data[at + 4] == 0xFF:
        return 0
    letters = all(chr(letter) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for letter in frame)
    return 10 + sum(part << 7 * (3 - place) for place, part in enumerate(size)) if letters else 0


_BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}  # kbit/s of layer III, MPEG 1 and MPEG 2
_RATES = {1: (44_100, 48_000, 32_000, 0), 2: (22_050, 24_000, 16_000, 0)}  # samples/s
FRAMES = 4  # that must follow one another: one alone is chance


def _frame(data: bytes, at: int) -> int:
    """Bytes of the MPEG audio layer III frame there, 0 when there is none."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return 0
    version = 1 if data[at + 1] & 0x18 == 0x18 else 2
    bitrate = _BITRATES[version][data[at + 2] >> 4] * 1000
    rate = _RATES[version][data[at + 2] >> 2 & 3]
    if not bitrate or not rate or data[at + 1] & 0x18 == 0x08:
        return 0
    return (144 if version == 1 else 72) * bitrate // rate + (data[at + 2] >> 1 & 1)


def _mp3(data: bytes, at: int) -> int:
    place = at
    for _ in range(FRAMES):
        length = _frame(data, place)
        if not length or data[place + 1] != data[at + 1]:
            return 0
        place += length
    return place - at


def _ogg(data: bytes, at: int) -> int:
    return 27 if len(data) >= at + 27 and data[at + 5] <= 7 and data[at + 26] else 0


def _sfnt(data: bytes, at: int) -> int:
    if len(data) < at + 16:
        return 0
    tables, search, selector, shift = unpack_from(">HHHH", data, at + 4)
    if not 1 <= tables <= 100:
        return 0
    power = tables.bit_length() - 1
    tag = data[at + 12 : at + 16]
    right = (search, selector, shift) == (16 << power, power, 16 * tables - (16 << power))
    return 12 + 16 * tables if right and all(0x20 <= letter < 0x7F for letter in tag) else 0


def _woff(data: bytes, at: int) -> int:
    flavor = data[at + 4 : at + 8]
    return min(_u32be(data, at + 8), len(data) - at) or 1 if flavor in _FLAVORS else 0


_FLAVORS = frozenset({b"\0\x01\0\0", b"OTTO", b"true", b"ttcf"})


def _pdf(data: bytes, at: int) -> int:
    version = data[at + 5 : at + 8]
    return (
        1 if version[:1] in {b"1", b"2"} and version[1:2] == b"." and version[2:].isdigit() else 0
    )


def _flv(data: bytes, at: int) -> int:
    return 13 if data[at + 4 : at + 5] in {b"\1", b"\4", b"\5"} else 0


def _psd(data: bytes, at: int) -> int:
    return 26 if data[at + 4 : at + 12] in {b"\0\1" + bytes(6), b"\0\2" + bytes(6)} else 0


SHAPES = (
    Shape("png", b"\x89PNG\r\n\x1a\n", _png),
    Shape("jpeg", b"\xff\xd8\xff", _jpeg),
    Shape("gif", b"GIF87a", _gif),
    Shape("gif", b"GIF89a", _gif),
    Shape("riff", b"RIFF", _riff),
    Shape("bmp", b"BM", _bmp),
    Shape("tiff", b"II*\0", _tiff),
    Shape("tiff", b"MM\0*", _tiff),
    Shape("tiff", b"II+\0\x08\0\0\0", _always),
    Shape("tiff", b"MM\0+\0\x08\0\0", _always),
    Shape("ico", b"\0\0\1\0", _ico),
    Shape("ico", b"\0\0\2\0", _ico),
    Shape("iso media", b"ftyp", _ftyp, before=4),
    Shape("jpeg 2000", b"\0\0\0\x0cjP  \r\n\x87\n", _always),
    Shape("jpeg xl", b"\0\0\0\x0cJXL \r\n\x87\n", _always),
    Shape("psd", b"8BPS", _psd),
    Shape("matroska", b"\x1a\x45\xdf\xa3", _ebml),
    Shape("asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c", _always),
    Shape("flv", b"FLV\1", _flv),
    Shape("mp3", b"ID3", _id3),
    *(Shape("mp3", bytes([0xFF, second]), _mp3) for second in (0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2)),
    Shape("ogg", b"OggS\0", _ogg),
    Shape("flac", b"fLaC\0\0\0\x22", _always),
    Shape("flac", b"fLaC\x80\0\0\x22", _always),
    Shape("midi", b"MThd\0\0\0\6", _always),
    Shape("amr", b"#!AMR\n", _always),
    Shape("amr", b"#!AMR-WB\n", _always),
    Shape("font", b"OTTO", _sfnt),
    Shape("font", b"\0\1\0\0", _sfnt),
    Shape("font", b"true", _sfnt),
    Shape("font", b"ttcf\0\1\0\0", _always),
    Shape("font", b"ttcf\0\2\0\0", _always),
    Shape("woff", b"wOFF", _woff),
    Shape("woff", b"wOF2", _woff),
    Shape("pdf", b"%PDF-", _pdf),
)


def each_shape(data: bytes) -> list[tuple[str, int, int]]:
    """Every (kind, offset, size) in these bytes."""
    found = []
    for shape in SHAPES:
        at = data.find(shape.needle)
        while at >= 0:
            start = at - shape.before
            size = shape.check(data, start) if start >= 0 else 0
            if size:
                found.append((shape.kind, start, size))
            at = data.find(shape.needle, at + 1)
    return found
