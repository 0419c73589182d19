"""Looks for media in a data directory, wherever it could hide. The proof that none was kept.

Every file is read as raw bytes (databases, write-ahead logs, index segments,
logs), databases also cell by cell. Compressed streams, archives, base64, hex
and `data:` addresses are opened, one in another, five deep. Text at rest is
encrypted: who holds the keys hands its plain bytes in as `extra`.

Not seen: brotli, zstd, LZ4 that is not mostly literal, and what is encrypted
and not handed in.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from patrol.demo.media_shapes import each_shape
from patrol.demo.media_streams import LEAST, deflated, each_stream, each_text

DEPTH = 5  # wrappings in one another that are opened
CHUNK = 64 * 2**20  # bytes of a file that are looked at together
OVERLAP = 2**20  # bytes that two such chunks share
SEAM = b"\n\0\n\0"
"""Between the cells of a column, so that two never make a third thing."""

_DATA_URI = re.compile(
    rb"data:(?:image|audio|video|font)/[a-z0-9.+-]{1,40}[^,\s\"'<>]{0,80},[A-Za-z0-9+/=%_-]{24}",
    re.IGNORECASE,
)
_SVG = re.compile(
    rb"<svg\b[^>]{0,2000}>(?=.{0,4000}?<(?:path|rect|circle|ellipse|line|poly|image|text|use|g|defs)\b)",
    re.DOTALL,
)
_BEGINNING = re.compile(
    rb"ivborw0kggo|/9j/4aaqskzjrg|/9j/2wbd|r0lgod[ld]h|uklgr[a-z0-9+/]{6}(?:xrujq|xqvzf|bvkkg)"
    rb"|aaaa[a-z0-9+/]{2}z0exb|gkxfo(?:.{2}choe|weaaaaaa)|t2dnuwac|zkxhqwaaaci"
    rb"|d09g[rm](?:gab|k9uv)|jvberi0[xy]l",
    re.IGNORECASE,
)
"""How base64 media begin, in any case: lower-cased by an index, or broken by a compressor that is
not opened here, they cannot be decoded any more."""

_TEXTUAL = (("data uri", _DATA_URI), ("svg", _SVG), ("base64 beginning", _BEGINNING))


@dataclass(frozen=True, slots=True)
class Finding:
    """Media, and where it is."""

    kind: str
    place: str
    """File, then what was opened: `register.sqlite3 post.body > gzip at 512`."""
    offset: int
    size: int
    """Bytes, as far as its head tells; at least 1."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a scan found; nothing is what it should find. Media found in two ways count twice."""

    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def bytes(self) -> int:
        return sum(finding.size for finding in self.findings)

    @property
    def places(self) -> tuple[str, ...]:
        """One line per finding."""
        return tuple(f"{each.place}: {each.kind} at {each.offset}" for each in self.findings)


def scan(home: Path, extra: Iterable[tuple[str, bytes]] = ()) -> Found:
    """Look through every file under `home`, and through the (place, bytes) handed in."""
    found: dict[tuple[str, str, int], Finding] = {}
    for place, offset, piece in _each_piece(home, extra):
        for finding in _look(place, piece, offset, DEPTH):
            found.setdefault((finding.kind, finding.place, finding.offset), finding)
    return Found(tuple(found.values()))


def scan_bytes(place: str, piece: bytes) -> Found:
    """The same for bytes in memory."""
    return Found(tuple(_look(place, piece, 0, DEPTH)))


def _each_piece(home: Path, extra: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int, bytes]]:
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(home).as_posix()
        for offset, chunk in _chunks(path):
            yield name, offset, chunk
        for place, cells in _cells(path):
            if len(cells) >= LEAST:
                yield f"{name} {place}", 0, cells
    for place, piece in extra:
        yield place, 0, piece


def _chunks(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        offset, tail = 0, b""
        while fresh := file.read(CHUNK):
            yield offset - len(tail), tail + fresh
            offset += len(fresh)
            tail = fresh[-OVERLAP:]


def _look(place: str, piece: bytes, offset: int, depth: int) -> Iterator[Finding]:
    for kind, at, size in each_shape(piece):
        yield Finding(kind, place, offset + at, size)
    for kind, pattern in _TEXTUAL:
        for found in pattern.finditer(piece):
            yield Finding(kind, place, offset + found.start(), len(found.group()))
    if not depth:
        return
    for wrapping, at, content in each_stream(piece):
        yield from _look(f"{place} > {wrapping} at {offset + at}", content, 0, depth - 1)
    for coding, at, content in each_text(piece):
        yield from _look(f"{place} > {coding} at {offset + at}", content, 0, depth - 1)
    if depth == DEPTH and offset == 0:
        bare = deflated(piece)
        if len(bare) >= LEAST:
            yield from _look(f"{place} > deflate", bare, 0, depth - 1)


def _cells(path: Path) -> Iterator[tuple[str, bytes]]:
    """Columns of an SQLite file, so that nothing hides across a page's border.

    Read from a copy: opening a database may move its log.
    """
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            return
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite3"
        shutil.copyfile(path, copy)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            shutil.copyfile(log, f"{copy}-wal")
        with closing(sqlite3.connect(copy)) as database:
            database.text_factory = bytes
            try:
                yield from _columns(database)
            except sqlite3.DatabaseError:
                return  # a broken one is still looked at as raw bytes


def _columns(database: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (raw,) in names:
        table = raw.decode()
        quoted = table.replace('"', '""')
        rows = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608  (a name of the database itself)
        columns = [f"{table}.{column[0]}" for column in rows.description]
        kept: dict[str, bytearray] = {column: bytearray() for column in columns}
        for row in rows:
            for column, cell in zip(columns, row, strict=True):
                if isinstance(cell, bytes) and len(cell) >= LEAST:
                    kept[column] += cell + SEAM
                    yield f"{column} > deflate", deflated(cell)
        for column, cells in kept.items():
            yield column, bytes(cells)
