"""How long searches take in 100,000 and in 500,000 posts, on both back-ends, and how fast a month is built anew.

Three questions: the first page of a two-character phrase, five facets beside a
filter, and a histogram of days, each asked in turn with other words and
filters. The whole-set facets are asked without a filter, which is the dearest
that the pages ask. The peer sends the same questions by the bare client.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from benches._posts import posts
from patrol.models import Category, Channel, LeadKind, LeadStatus
from patrol.search import mapping, open_index
from patrol.search.answers import by, by_day, checked
from patrol.search.index import DocumentKind, Facet, IndexedPost, PostIndex, Query
from patrol.settings import Settings
from tests.elastic.node import FIRST, Node

SMALL, LARGE = 100_000, 500_000
TEXTS = 20_000
"""Different ones; each is said by several posts."""
MONTHS = 12
ASKED = 100
"""Times that each question is asked."""
WARMING = 60
"""Times before them, which a new server needs."""
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = ("咖啡", "捷運", "面交", "手機", "電影", "門票", "保養", "加班", "相機", "跑步")
_SOURCES = 40
_FACETS = (Facet.SOURCE, Facet.CATEGORY, Facet.STATUS, Facet.CHANNEL, Facet.RULE)


def measure() -> dict[str, Any]:
    """p95 of each question, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as folder:
        os.environ["PATROL_HOME"] = folder
        node = Node(FIRST, Path(folder) / "node", heap="1g")
        node.start()
        try:
            return _measured(node)
        finally:
            node.stop()


def _measured(node: Node) -> dict[str, Any]:
    texts = _texts()
    sides = {"tantivy": Settings(), "elasticsearch": Settings(search_url=node.url)}
    taken: dict[tuple[str, str, int], list[float]] = {}
    built: dict[str, float] = {}
    for name, settings in sides.items():
        for count in (SMALL, LARGE):
            index = open_index(settings, writer=True)
            built[f"built_{name}_{count}_a_second"] = round(count / _filled(index, texts, count))
            for question, asked in _questions(index).items():
                taken[question, name, count] = _taken(asked)
            index.close()
    bare = {name: _p95(_taken(asked)) for name, asked in _bare(sides["elasticsearch"]).items()}
    slowest = max(_p95(taken[name, side, LARGE]) for name in bare for side in sides)
    growth = {
        f"growth_{name}_{side}": round(
            statistics.median(taken[name, side, LARGE])
            / statistics.median(taken[name, side, SMALL]),
            2,
        )
        for name in ("page", "whole_facets")
        for side in sides
    }
    return {
        "figure": slowest,
        "unit": f"ms, p95 of the slowest question in {LARGE:,} posts",
        "peer_name": "Elasticsearch's bare client, the slowest of the same questions, answers left as they are",
        "peer": max(bare.values()),
        "ratio": round(slowest / max(bare.values()), 2),
        "goal": "figure under 30, growth_whole_facets_tantivy at most 5, growth_whole_facets_elasticsearch at most 5, "
        "growth_page_tantivy at most 1.5, growth_page_elasticsearch at most 1.5",
        "settings": {
            "months": MONTHS,
            "different_texts": TEXTS,
            "asked": ASKED,
            "server": node.version,
            "server_heap": node.heap,
            **growth,
            **{f"p95_ms_{'_'.join(map(str, key))}": _p95(times) for key, times in taken.items()},
            **{f"p95_ms_{name}_bare_{LARGE}": times for name, times in bare.items()},
            **built,
        },
    }


def _texts() -> list[str]:
    from pipelines.fold import fold_all

    return fold_all(posts(TEXTS))


def _filled(index: PostIndex, texts: Sequence[str], count: int) -> float:
    """Seconds to build all months with so many posts."""
    begun = time.perf_counter()
    for shelf, some in groupby(_documents(texts, count), lambda post: post.shelf):
        assert not index.replace(shelf, some)
    taken = time.perf_counter() - begun
    assert index.count(Query(), {}).total == count
    return taken


def _documents(texts: Sequence[str], count: int) -> Iterator[IndexedPost]:
    """In the order of time, over a year."""
    between = timedelta(days=30 * MONTHS) / count
    channels, statuses = list(Channel), list(LeadStatus)
    categories = list(Category)
    for number in range(1, count + 1):
        at = _BEGUN + number * between
        source = number * 7 % _SOURCES
        yield IndexedPost(
            document=DocumentKind.POST, number=number, unit=1 + number % 3, lead=number,
            source=f"source_{source}", channel=channels[source % len(channels)], kind=LeadKind.LEAD,
            category=categories[number % len(categories)], status=statuses[number * 11 % len(statuses)],
            score=number % 101, rules=(f"rule_{number % 50}",), at=at, seen_at=at,
            text=texts[number * 13 % len(texts)],
        )  # fmt: skip


def _queries() -> dict[str, Callable[[int], tuple[Query, Mapping[str, Any] | None]]]:
    """What is asked the nth time; a page where there are no questions to count by."""
    facets = {facet.value: by(facet, 20) for facet in _FACETS}

    def filtered(nth: int) -> Query:
        return Query(
            words=(_WORDS[nth % len(_WORDS)],),
            filters={Facet.SOURCE: (f"source_{nth % _SOURCES}", f"source_{(nth + 9) % _SOURCES}")},
        )

    return {
        "page": lambda nth: (Query(words=(_WORDS[nth % len(_WORDS)],)), None),
        "facets": lambda nth: (filtered(nth), facets),
        "histogram": lambda nth: (Query(words=(_WORDS[nth % len(_WORDS)],)), {"days": by_day()}),
        "whole_facets": lambda nth: (Query(least_score=nth % 3), facets),
    }


def _questions(index: PostIndex) -> dict[str, Callable[[int], object]]:
    def ask(made: Callable[[int], tuple[Query, Mapping[str, Any] | None]], nth: int) -> object:
        query, questions = made(nth)
        return index.search(query) if questions is None else index.count(query, questions)

    return {name: partial(ask, made) for name, made in _queries().items()}


def _bare(settings: Settings) -> dict[str, Callable[[int], object]]:
    client = Elasticsearch(settings.search_url)

    def ask(made: Callable[[int], tuple[Query, Mapping[str, Any] | None]], nth: int) -> object:
        query, questions = made(nth)
        body = (
            mapping.page_of(query)
            if questions is None
            else mapping.counts_of(query, checked(questions))
        )
        return client.search(index=f"{settings.search_name}-*", body=body)

    return {name: partial(ask, made) for name, made in _queries().items() if name != "whole_facets"}


def _taken(ask: Callable[[int], object]) -> list[float]:
    """Milliseconds of each time, sorted."""
    for nth in range(WARMING):
        ask(nth)
    taken = []
    for nth in range(ASKED):
        begun = time.perf_counter()
        ask(nth)
        taken.append((time.perf_counter() - begun) * 1_000)
    return sorted(taken)


def _p95(taken: list[float]) -> float:
    return round(taken[int(len(taken) * 0.95)], 2)
