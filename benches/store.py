"""How fast flagged posts are kept durably, in batches and one by one, beside the bare inserts of the very same rows.

Every post of these pages is flagged, so each opens a lead or joins one: with
its sealed words and capture, matches, contacts, rows for the index and the
record in the access log. The peer writes the rows that came of it into an
empty copy of the register through Python's `sqlite3` alone: no rule is asked,
nothing is sealed or hashed, no turn is taken.
"""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

POSTS_A_PAGE = 20
PAGES_A_BATCH = 8
BATCHES = 5
ALONE = 40
"""Posts that are kept one by one."""

PASSES = 3


class _Rows(NamedTuple):
    """What a table got."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def measure() -> dict[str, Any]:
    """Flagged posts a second, from a read page to what a power cut leaves."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as home:
        os.environ["PATROL_HOME"] = home
        keeper, empty = _made(Path(home))
        asked = keeper.flagger = _Timed(keeper.flagger)
        together, flagged, alone, bare_together, bare_alone = [], [], [], [], []
        for number in range(PASSES):
            before = _marks()
            pages = list(_pages(f"a{number}", BATCHES * PAGES_A_BATCH, POSTS_A_PAGE))
            batches = [pages[at : at + PAGES_A_BATCH] for at in range(0, len(pages), PAGES_A_BATCH)]
            whole, rules = _kept(keeper, batches, asked)
            together.append(whole - rules)
            flagged.append(whole)
            made = list(_since(before))
            bare_together.append(_inserted(empty, made, BATCHES))
            before = _marks()
            whole, rules = _kept(keeper, [[page] for page in _pages(f"b{number}", ALONE, 1)], asked)
            alone.append(whole - rules)
            bare_alone.append(_inserted(empty, list(_since(before)), ALONE))
    many = BATCHES * PAGES_A_BATCH * POSTS_A_PAGE
    figure, peer = many / statistics.median(together), many / statistics.median(bare_together)
    single, single_peer = ALONE / statistics.median(alone), ALONE / statistics.median(bare_alone)
    return {
        "figure": round(figure),
        "unit": "flagged posts/s accepted durably, in batches",
        "figure_flagged": round(many / statistics.median(flagged)),
        "peer_name": "sqlite3 that inserts the rows which came of it, made beforehand, and commits as often",
        "peer": round(peer),
        "ratio": round(figure / peer, 3),
        "figure_alone": round(single),
        "peer_alone": round(single_peer),
        "ratio_alone": round(single / single_peer, 3),
        "goal": "figure at least 2000, figure_alone at least 400",
        "settings": {
            "posts_a_page": POSTS_A_PAGE,
            "pages_a_batch": PAGES_A_BATCH,
            "batches": BATCHES,
            "posts_alone": ALONE,
            "rows_a_post": round(sum(len(one.rows) for one in made) / many, 1),
            "tables": " ".join(f"{one.table}:{len(one.rows)}" for one in made),
        },
    }


def _made(home: Path) -> tuple[Any, Path]:
    """A keeper of a register with an authorized source, and an empty copy of the register's tables."""
    from patrol.demo.stage import build, settle
    from patrol.models import Channel, Source

    settings = settle(home, "bench.example:80", "127.0.0.1:1")
    source = Source(
        name="bench",
        title={"en": "Bench", "zh-Hant": "量測"},
        channel=Channel.PLATFORM,
        start=("http://bench.example:80/",),
    )
    build(settings, [source])
    from django.utils import timezone

    from patrol.actions.collecting import runs, sources
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rulebook
    from pipelines.keep import Keeper

    row = sources.run_now(Desk.command_line(), "bench")
    begun = runs.begin(Desk.system("run"), row.pk)
    assert begun is not None
    flagger = rulebook.flagger()
    keeper = Keeper(begun.run, flagger, unflagged_days=settings.unflagged_days, now=timezone.now)
    keeper.brake_percent = 1_000  # a rule that hits every post is else set aside for review
    keeper.keep_all(list(_pages("warm", 1, POSTS_A_PAGE)))
    return keeper, _empty(home)


def _pages(name: str, count: int, size: int) -> Iterator[Any]:
    """Pages of which every post is an offer that the shipped rules flag, each in other words."""
    from patrol.models import Capture, Post, ReadPage

    for page in range(count):
        numbers = range(page * size, (page + 1) * size)
        yield ReadPage(
            source="bench",
            engine="bench",
            kind="thread",
            capture=Capture(
                requested_url="http://bench.example/", url="http://bench.example/", status=200,
                headers={}, fetched_at=datetime.now(UTC), raw_sha256=f"{page:064}", raw_bytes=60_000,
                charset="utf-8", charset_from="header",
            ),
            posts=tuple(
                Post(
                    source="bench", key=f"{name}-{number}", url=f"http://bench.example/?p={number}",
                    author=f"author {number % 300}", posted_at=None,
                    text=f"急收人頭帳戶，一本三萬，加賴 {name}x{number}，當天面交現金，台北捷運站出口。",
                )
                for number in numbers
            ),
        )  # fmt: skip


class _Timed:
    """A flagger, and how many seconds were spent in it."""

    def __init__(self, flagger: Any) -> None:
        self._flagger = flagger
        self.ruleset = flagger.ruleset
        self.seconds = 0.0

    def flag(self, *asked: Any) -> Any:
        begun = time.perf_counter()
        found = self._flagger.flag(*asked)
        self.seconds += time.perf_counter() - begun
        return found


def _kept(keeper: Any, batches: Sequence[Sequence[Any]], asked: _Timed) -> tuple[float, float]:
    """Seconds by the clock, as the disk counts; and those of them for the rules."""
    begun, before = time.perf_counter(), asked.seconds
    for batch in batches:
        kept = keeper.keep_all(batch)
        assert sum(one.sightings for one in kept) == sum(len(page.posts) for page in batch)
    return time.perf_counter() - begun, asked.seconds - before


# -- The bare inserts -------------------------------------------------------------------------


def _tables() -> list[str]:
    """All that keeping writes into."""
    from django.db import connection

    return [
        table
        for table in connection.introspection.table_names()
        if table.startswith(("register_", "ledger_"))
    ]


def _marks() -> dict[str, int]:
    """The last row of each table."""
    from django.db import connection

    with connection.cursor() as cursor:
        marks = {}
        for table in _tables():
            cursor.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}")  # noqa: S608
            marks[table] = cursor.fetchone()[0]
    return marks


def _since(marks: dict[str, int]) -> Iterator[_Rows]:
    """What came behind them."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table, last in marks.items():
            cursor.execute(f"SELECT * FROM {table} WHERE rowid > {last}")  # noqa: S608  (our tables)
            rows = cursor.fetchall()
            if rows:
                yield _Rows(table, tuple(one[0] for one in cursor.description), rows)


def _empty(home: Path) -> Path:
    """The register's tables and indices, and nothing in them."""
    path = home / "bare.sqlite3"
    with sqlite3.connect(home / "register.sqlite3") as whole, sqlite3.connect(path) as copy:
        for (statement,) in whole.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
            if "sqlite_sequence" not in statement:
                copy.execute(statement)
    whole.close()
    copy.close()
    return path


def _inserted(path: Path, made: Sequence[_Rows], commits: int) -> float:
    """Seconds to insert these rows in so many transactions."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL").fetchone()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON").fetchone()
    statements = {
        one.table: f"INSERT INTO {one.table} ({', '.join(one.columns)}) VALUES ({', '.join('?' * len(one.columns))})"  # noqa: S608
        for one in made
    }
    begun = time.perf_counter()
    for number in range(commits):
        connection.execute("BEGIN IMMEDIATE")
        for one in made:
            connection.executemany(statements[one.table], one.rows[number::commits])
        connection.execute("COMMIT")
    took = time.perf_counter() - begun
    connection.close()
    return took
