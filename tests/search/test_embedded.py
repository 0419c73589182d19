"""What only the embedded index promises: its files, its one writer, its readers in other processes."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tantivy

from patrol.models import LeadKind
from patrol.search import IndexAway, Query, open_index, schema
from patrol.search.embedded import EmbeddedIndex
from patrol.search.shelves import Shelves
from patrol.settings import Settings
from tests.search.conftest import Kept, MakePost


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    opened = EmbeddedIndex(tmp_path / "index", writer=True)
    yield opened
    opened.close()


def terms(home: Path, word: str) -> int:
    """In how many month directories the dictionary still knows the word. Tantivy itself is asked, not our code."""
    known = 0
    for meta in home.rglob("meta.json"):
        searcher = tantivy.Index.open(str(meta.parent)).searcher()
        known += bool(searcher.terms_with_prefix("text", word))
    return known


def files_with(home: Path, needle: bytes) -> list[str]:
    """Files that hold these bytes, forwards or backwards: dictionaries are written back to front."""
    return [
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and (needle in path.read_bytes() or needle[::-1] in path.read_bytes())
    ]


@pytest.mark.parametrize("how", ["forget", "victim"])
def test_purged_word_is_in_no_file(
    how: str, index: EmbeddedIndex, tmp_path: Path, post: MakePost
) -> None:
    home = tmp_path / "index"
    secret = post(1, "zebraquartz 𠮷𡘙", rules=("sepiarule_x",))
    others = [post(n, f"text number {n}") for n in range(2, 30)]
    index.put([secret, *others])
    assert terms(home, "zebraquartz") == 1
    assert files_with(home, b"sepiarule_x"), "the scan finds what is there"
    if how == "forget":
        index.forget([secret.id])
    else:
        index.put([post(1, "", kind=LeadKind.POSSIBLE_VICTIM, category=None)])
    assert terms(home, "zebraquartz") == 1, "deleting alone leaves the word in the dictionary"
    index.replace("2026-11", others)
    assert terms(home, "zebraquartz") == 0
    assert terms(home, "𠮷") == 0
    assert terms(home, "text") == 1
    assert files_with(home, b"sepiarule_x") == []


def test_words_are_indexed_and_not_stored(
    index: EmbeddedIndex, tmp_path: Path, post: MakePost
) -> None:
    """Nowhere in the files does a sentence stand as it was written."""
    index.put([post(n, "meet behind the harbour at nine") for n in range(1, 40)])
    home = tmp_path / "index"
    assert files_with(home, b"behind the") == []
    assert files_with(home, b"moto_forum"), "the scan finds what is stored"


def test_files_are_for_their_owner_alone(
    index: EmbeddedIndex, tmp_path: Path, post: MakePost
) -> None:
    index.put([post(1)])
    index.forget(["post:1"])
    folders = [path for path in (tmp_path / "index").rglob("*") if path.is_dir()]
    assert folders
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}


def test_crash_between_building_and_swapping_is_cleared_away(
    index: EmbeddedIndex, tmp_path: Path, post: MakePost
) -> None:
    index.put([post(1)])
    index.close()
    form = tmp_path / "index" / schema.FORMAT
    (form / "building-2026-11").mkdir()
    (form / "2026-11.0001").rename(form / "2026-11.0002")
    (form / "2026-11.0001").mkdir()
    (tmp_path / "index" / "v0").mkdir()
    again = EmbeddedIndex(tmp_path / "index", writer=True)
    assert [item.id for item in again.search(Query()).items] == ["post:1"]
    assert sorted(path.name for path in form.iterdir()) == ["2026-11.0002"]
    assert not (tmp_path / "index" / "v0").exists()
    again.close()


def test_broken_files_say_what_to_do_and_a_rebuild_heals(
    index: EmbeddedIndex, tmp_path: Path, post: MakePost
) -> None:
    index.put([post(1)])
    index.close()
    (tmp_path / "index" / schema.FORMAT / "2026-11.0001" / "meta.json").write_text("{")
    broken = EmbeddedIndex(tmp_path / "index", writer=True)
    for act in (lambda: broken.search(Query()), lambda: broken.put([post(2)])):
        with pytest.raises(IndexAway, match="patrol index rebuild"):
            act()
    broken.replace("2026-11", [post(1), post(2)])
    assert broken.search(Query()).total == 2
    broken.close()


def test_index_that_was_never_written_is_empty(tmp_path: Path) -> None:
    reader = EmbeddedIndex(tmp_path / "none", writer=False)
    assert reader.search(Query()).total == 0
    assert reader.stale() == frozenset()
    assert not (tmp_path / "none").exists(), "a reader makes nothing"


def test_unwritable_directory_is_away(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file stands in the way")
    with pytest.raises(IndexAway, match="cannot be opened for writing"):
        EmbeddedIndex(tmp_path / "index", writer=True)


def test_settings_choose_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATROL_HOME", str(tmp_path))
    open_index(Settings(), writer=True).close()
    assert (tmp_path / "index" / schema.FORMAT).is_dir()


def test_enormous_text_is_refused_and_the_others_are_put(
    index: EmbeddedIndex, post: MakePost
) -> None:
    refused = index.put([post(1, "a " * 200_001), post(2)])
    assert [(each.id, each.for_good) for each in refused] == [("post:1", True)]
    assert index.search(Query()).total == 1


READER = """
    import sys
    from pathlib import Path
    from patrol.search import Query
    from patrol.search.embedded import EmbeddedIndex

    index = EmbeddedIndex(Path(sys.argv[1]), writer=False)
    reads = 0
    while (Path(sys.argv[1]).parent / "go_on").exists():
        page = index.search(Query(words=("constant",), limit=5))
        assert page.total == 30, page.total
        reads += 1
    print(reads)
"""


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_readers_in_other_processes_are_never_disturbed(
    index: EmbeddedIndex, tmp_path: Path, post: MakePost
) -> None:
    """While posts are put, forgotten and whole months are swapped, 30 documents are always 30."""
    constant = [post(n, "constant words") for n in range(1, 31)]
    index.put(constant)
    (tmp_path / "go_on").touch()
    readers = [run(READER, str(tmp_path / "index")) for _ in range(2)]
    time.sleep(1)
    for number in range(100, 140):
        index.put([post(number, "other words")])
        index.put([constant[number % 30]])
        index.forget([f"post:{number}"])
        if number % 4 == 0:
            index.replace("2026-11", constant)
    (tmp_path / "go_on").unlink()
    for reader in readers:
        out, err = reader.communicate(timeout=30)
        assert reader.returncode == 0, err
        assert int(out) > 10


def test_month_swapped_between_listing_and_opening_is_read_again(
    index: EmbeddedIndex, tmp_path: Path, post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month that vanishes is never taken for an empty one."""
    index.put([post(1)])
    current = Shelves.current
    stale = [{"2026-11": tmp_path / "index" / schema.FORMAT / "2026-11.0000"}] * 3

    def listing(self: Shelves) -> dict[str, Path]:
        return stale.pop() if stale else current(self)

    monkeypatch.setattr(Shelves, "current", listing)
    assert index.search(Query()).total == 1
    stale += [{"2026-11": tmp_path / "gone"}] * 9
    with pytest.raises(IndexAway):
        index.search(Query())


PROJECTOR = """
    import sys
    from patrol.register.start import start
    from patrol.settings import Settings

    start(web=True)
    from patrol.search import open_index
    from patrol.search.outbox import project

    index = open_index(Settings(), writer=True)
    print("ready", flush=True)
    while project(index, lambda texts: [*map(str.casefold, texts)], 3).done:
        pass
"""


@pytest.mark.faults
def test_killed_projector_loses_nothing(register: Path, kept: Kept) -> None:
    """Killed again and again while it works; then everything is there once."""
    leads = [kept.lead() for _ in range(20)]
    sightings: list[Any] = [kept.sighting(leads[n % 20], f"text {n}") for n in range(60)]
    from patrol.register.tables import OutboxRow
    from patrol.search.outbox import project

    for pause in (0.0, 0.02, 0.05, 0.1, 0.15):
        projector = run(PROJECTOR)
        assert projector.stdout is not None
        assert projector.stdout.readline() == "ready\n"
        time.sleep(pause)
        projector.send_signal(signal.SIGKILL)
        projector.communicate(timeout=30)
    index = open_index(Settings(), writer=True)
    while project(index, lambda texts: [*map(str.casefold, texts)]).done:
        pass
    items = index.search(Query(limit=500)).items
    index.close()
    assert not OutboxRow.objects.exists()
    assert sorted(item.id for item in items) == sorted(
        [f"post:{each.pk}" for each in sightings] + [f"lead:{each.pk}" for each in leads]
    )


def _in_use() -> int:
    """Bytes that this process has taken of its heap and not given back to it, as glibc counts (`malloc_info(3)`)."""
    libc = ctypes.CDLL(None)
    libc.open_memstream.restype = ctypes.c_void_p
    said, size = ctypes.c_char_p(), ctypes.c_size_t()
    stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(said), ctypes.byref(size)))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    whole = (said.value or b"").decode().rsplit("</heap>", 1)[1]
    libc.free(said)

    def of(kind: str) -> int:
        found = re.search(rf'type="{kind}" (?:count="\d+" )?size="(\d+)"', whole)
        assert found, kind
        return int(found[1])

    return of("current") + of("mmap") - of("fast") - of("rest")


def test_f60_an_index_that_is_long_open_keeps_nothing_of_its_commits(
    tmp_path: Path, post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tantivy's open index keeps the name of every file that it ever mapped: 4 KB a turn of writer and reader."""
    monkeypatch.setattr("patrol.search.embedded.RENEWED_AFTER", 20)
    writer = EmbeddedIndex(tmp_path / "index", writer=True)
    reader = EmbeddedIndex(tmp_path / "index", writer=False)

    def turns(count: int) -> None:
        for _ in range(count):
            writer.put([post(1, "text number one")])
            assert reader.search(Query(words=("number",))).total == 1

    turns(100)
    before = _in_use()
    turns(200)
    grown = _in_use() - before
    writer.close()
    reader.close()
    assert grown < 300_000, f"{grown:,} bytes in 200 turns"
