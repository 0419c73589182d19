import base64
import gzip
import io
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
import tantivy
from hypothesis import given
from hypothesis import strategies as st

from patrol.demo.boards import Boards
from patrol.demo.media_scan import CHUNK, scan, scan_bytes
from patrol.demo.specimens import SPECIMENS, png


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def zipped(body: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.bin", body)
    return archive.getvalue()


def b64(body: bytes) -> bytes:
    return base64.b64encode(body)


def base64_of(body: bytes, *, lower: bool) -> str:
    coded = b64(body).decode()
    return coded.lower() if lower else coded


WRAPS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda body: b"words before " + body + b" words after",
    "gzip": lambda body: b"front" + gzip.compress(body) + b"back",
    "zlib": lambda body: b"front" + zlib.compress(body) + b"back",
    "deflate": raw_deflate,
    "zip": lambda body: b"front" + zipped(body),
    "base64": lambda body: b'{"thumb": "' + b64(body) + b'"}',
    "base64 in lines": lambda body: base64.encodebytes(body * 3).replace(b"\n", b"\r\n"),
    "base64 escaped": lambda body: b64(body * 3).replace(b"/", b"\\/"),
    "base64 for addresses": base64.urlsafe_b64encode,
    "base64 glued": lambda body: b"abc" + b64(body),
    "hex": lambda body: b"X'" + (body + bytes(64)).hex().encode() + b"'",
    "data uri": lambda body: b"url(data:application/x-thing;base64," + b64(body) + b")",
    "gzip in base64": lambda body: b64(gzip.compress(body)),
    "base64 in gzip in zip": lambda body: zipped(gzip.compress(b"x " + b64(body))),
}


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("kind", SPECIMENS)
def test_every_kind_is_found_in_every_wrapping(kind: str, wrap: str, tmp_path: Path) -> None:
    (tmp_path / "file.log").write_bytes(WRAPS[wrap](SPECIMENS[kind]))
    found = scan(tmp_path)
    assert found.count >= 1
    assert found.bytes >= 1
    assert found.places[0].startswith("file.log")


def insert(database: sqlite3.Connection, body: bytes, before: int = 0) -> None:
    database.execute(
        "CREATE TABLE IF NOT EXISTS post (id INTEGER PRIMARY KEY, note TEXT, body BLOB)"
    )
    database.execute("INSERT INTO post (note, body) VALUES (?, ?)", ("n" * before, body))
    database.commit()


@pytest.mark.parametrize("wrap", ["plain", "gzip", "base64", "deflate"])
@pytest.mark.parametrize("before", [0, 300, 480, 485, 490, 500, 4_000, 4_090])
def test_it_looks_into_cells_across_the_borders_of_pages(
    tmp_path: Path, wrap: str, before: int
) -> None:
    path = tmp_path / "register.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        insert(database, WRAPS[wrap](png(noise=Random(1).randbytes(9_000))), before)
    places = scan(tmp_path).places
    assert any("post.body" in place for place in places)


def test_it_looks_into_a_log_that_was_not_checkpointed(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        insert(database, b"words")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        insert(database, SPECIMENS["png"])
        places = scan(tmp_path).places
        assert any(place.startswith("register.sqlite3-wal:") for place in places)
        assert any("post.body" in place for place in places)
        assert not any(place.startswith("register.sqlite3:") for place in places)
        assert (tmp_path / "register.sqlite3-wal").stat().st_size, "the scan moved nothing"


def test_it_looks_into_deleted_rows(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA secure_delete=OFF")
        insert(database, SPECIMENS["jpeg"])
        insert(database, b"stays")
        database.execute("DELETE FROM post WHERE id = 1")
        database.commit()
    assert scan(tmp_path).count == 1


def test_a_broken_database_is_looked_at_as_bytes(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(
        b"SQLite format 3\0" + os.urandom(5_000) + SPECIMENS["gif"]
    )
    assert scan(tmp_path).count == 1


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize(
    "kind",
    ["png", "jpeg", "gif", "webp", "avif", "mp4", "webm", "ogg", "flac", "woff", "woff2", "pdf"],
)
def test_it_looks_into_an_index(tmp_path: Path, kind: str, lower: bool) -> None:  # noqa: FBT001
    schema = (
        tantivy.SchemaBuilder().add_text_field("text", stored=True, tokenizer_name="raw").build()
    )
    index = tantivy.Index(schema, path=str(tmp_path))
    writer = index.writer(15_000_000, 1)
    writer.add_document(tantivy.Document(text=["words " + base64_of(SPECIMENS[kind], lower=lower)]))
    writer.commit()
    writer.wait_merging_threads()
    assert scan(tmp_path).count


def test_what_the_caller_decrypted_is_looked_at(tmp_path: Path) -> None:
    extra = [("Sighting 3", b"words"), ("Sighting 4", SPECIMENS["webm"])]
    assert scan(tmp_path, extra).places == ("Sighting 4: matroska at 0",)


def test_media_across_the_border_of_two_chunks_are_found_once(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(CHUNK - 20) + SPECIMENS["png"] + bytes(100))
    found = scan(tmp_path)
    assert [finding.offset for finding in found.findings] == [CHUNK - 20]


def test_nothing_is_found_in_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert scan(tmp_path).findings == ()


def test_words_about_media_are_no_media(tmp_path: Path) -> None:
    words = (
        "售 BMW 模型，RIFF 檔與 GIF89a 都有，%PDF 說明書另寄，<svg 是什麼？ data:image/png 怎麼開？"
        " ID3 tags, OggS pages, fLaC, true wOFF, 8BPS, BM 12345678, sha256:"
        + "0123456789abcdef"
        * 4
    )
    (tmp_path / "words.txt").write_text(words)
    (tmp_path / "words.utf16").write_text(words, "utf-16")
    (tmp_path / "words.gz").write_bytes(gzip.compress(words.encode()))
    assert scan(tmp_path).findings == ()


def test_the_boards_own_words_are_no_media() -> None:
    boards = Boards(seed=7)
    words = "\n".join(t.words(m) for board in boards for t, m in board.messages)
    assert scan_bytes("boards", words.encode()).findings == ()


@given(st.binary(max_size=400), st.sampled_from(sorted(SPECIMENS)), st.binary(max_size=400))
def test_what_stands_around_does_not_hide_it(before: bytes, kind: str, after: bytes) -> None:
    if kind != "svg":
        assert scan_bytes("x", before + SPECIMENS[kind] + after).count >= 1


@given(st.binary(max_size=3_000))
def test_any_bytes_can_be_looked_at(piece: bytes) -> None:
    scan_bytes("x", piece)


def test_chance_makes_no_media() -> None:
    """16 MiB here; 1 GiB of random bytes gave none in 44 s (`sweep` repeats it)."""
    assert scan_bytes("chance", Random(2026).randbytes(16 * 2**20)).findings == ()


@pytest.mark.sweep
def test_chance_makes_no_media_in_a_gigabyte() -> None:
    for seed in range(16):
        assert scan_bytes(f"seed {seed}", Random(seed).randbytes(CHUNK)).findings == ()
