"""How fast the projector feeds a real Elasticsearch, beside the bare bulk helper with the very same documents."""

import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from benches._posts import posts
from patrol.search import mapping, open_index
from patrol.search.tokens import spaced
from patrol.settings import Settings
from tests.elastic.node import FIRST, Node

LEADS = 10_000
"""Each with a sighting, a match and a contact: two documents."""
PASSES = 8
"""Measured. Who begins takes turns: whoever is second finds a warmer server."""
WARMING = 3
"""Passes before them, which a new server needs: in the first it takes six times as long on either side."""
CHUNK = 1_000
"""Documents of the helper's requests; with 500, its default, it is slower."""
_BEGUN = datetime(2026, 9, 1, tzinfo=UTC)
_BETWEEN = timedelta(minutes=12)
"""From one sighting to the next: 10,000 are three months."""


class _Document(NamedTuple):
    id: str
    month: str
    body: dict[str, Any]


def measure() -> dict[str, Any]:
    """Documents a second, from register rows to found in Elasticsearch."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as folder:
        home = Path(folder) / "home"
        os.environ["PATROL_HOME"] = str(home)
        node = Node(FIRST, Path(folder) / "node", heap="1g")
        node.start()
        try:
            _make(home)
            return _measured(node)
        finally:
            node.stop()


def _measured(node: Node) -> dict[str, Any]:
    documents = _documents()
    gc.freeze()  # the peer's documents, which the projector does not have, are not for it to look through
    passes = []
    for number in range(WARMING + PASSES):
        ours = Settings(search_url=node.url, search_name=f"ours{number}")
        bare = Settings(search_url=node.url, search_name=f"bare{number}")
        _ask()
        sides = {"ours": partial(_project, ours), "bare": partial(_bare, bare, documents)}
        order = sorted(sides, reverse=number % 2 == 0)
        took = {side: _seconds(sides[side]) for side in order}
        passes.append((took["ours"], took["bare"]))
        _clear(node, ours, bare, len(documents))
    passes = passes[WARMING:]
    own = statistics.median(one for one, _ in passes)
    other = statistics.median(one for _, one in passes)
    ratios = sorted(bare / ours for ours, bare in passes)
    return {
        "figure": round(len(documents) / own),
        "unit": "documents/s",
        "peer_name": "elasticsearch.helpers.bulk, the same documents made beforehand",
        "peer": round(len(documents) / other),
        "ratio": round(statistics.median(ratios), 3),
        "goal": "ratio at least 0.8",
        "versions": {"server": node.version, "client": version("elasticsearch")},
        "settings": {
            "documents": len(documents),
            "bytes_a_document": sum(len(json.dumps(one.body)) for one in documents)
            // len(documents),
            "passes": PASSES,
            "ratio_of": "each pass, the one side right after the other; the median of them",
            "ratio_spread": f"{ratios[0]:.2f} to {ratios[-1]:.2f}",
            "passes_ours_bare_s": " ".join(f"{one:.2f}/{two:.2f}" for one, two in passes),
            "warming_passes": WARMING,
            "documents_a_request": CHUNK,
            "serializer_ours": "pydantic's, each document once",
            "serializer_peer": "json, as the client comes",
            "server_heap": node.heap,
        },
    }


def _seconds(work: Callable[[], None]) -> float:
    """By the clock: the server's work counts on both sides."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _project(settings: Settings) -> None:
    """Everything that waits in the outbox, as `patrol projector` does it."""
    from patrol.search.outbox import project
    from pipelines.fold import fold_all

    index = open_index(settings, writer=True)
    while project(index, fold_all).done:
        pass
    index.close()


def _bare(settings: Settings, documents: Sequence[_Document]) -> None:
    """With the same mapping, into the same months, durable and found when it ends."""
    with Elasticsearch(settings.search_url) as client:
        for month in {one.month for one in documents}:
            index = f"{settings.search_name}-{month}"
            client.indices.create(
                index=index, mappings=mapping.MAPPING, settings=mapping.settings_of(1, "0-1")
            )
        actions = (
            {"_index": f"{settings.search_name}-{one.month}", "_id": one.id, "_source": one.body}
            for one in documents
        )
        bulk(client, actions, chunk_size=CHUNK)
        client.indices.refresh(index=f"{settings.search_name}-*")


def _clear(node: Node, ours: Settings, bare: Settings, documents: int) -> None:
    """Both have everything; then neither has anything."""
    from patrol.register.tables import OutboxRow

    assert not OutboxRow.objects.exists()
    with Elasticsearch(node.url) as client:
        for name in (ours.search_name, bare.search_name):
            assert client.count(index=f"{name}-*")["count"] == documents
            client.indices.delete(index=list(client.indices.get(index=f"{name}-*").body))


def _documents() -> list[_Document]:
    """Those that the projector makes, ready to be sent."""
    from patrol.register.tables import Lead, Sighting
    from patrol.search.documents import Documents
    from pipelines.fold import fold_all

    sightings = list(Sighting.objects.values_list("pk", flat=True))
    leads = list(Lead.objects.values_list("pk", flat=True))
    loaded = Documents(fold_all).load(sightings, leads)
    return [
        _Document(post.id, post.shelf, json.loads(mapping.document(post, spaced(post.text))[0]))
        for post in loaded.posts
    ]


def _ask() -> None:
    """As `keep` does: a row for the post and one for its lead."""
    from patrol.register.tables import OutboxRow

    OutboxRow.objects.bulk_create(
        OutboxRow(kind=kind, subject=number, op="put", written_at=_BEGUN, next_at=_BEGUN)
        for number in range(1, LEADS + 1)
        for kind in ("post", "lead")
    )


def _make(home: Path) -> None:
    """A register with invented posts, sealed as they are when they are kept."""
    from patrol.register.start import start

    start()
    from django.core.management import call_command
    from django.db import transaction

    home.mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        scene = _scene()
        for number, text in enumerate(posts(LEADS), 1):
            _keep(scene, number, text)


def _scene() -> dict[str, Any]:
    from patrol.register.sealing import new_unit
    from patrol.register.tables import (
        AuthorizationRow,
        CaptureRow,
        Person,
        RunRow,
        SourceRow,
        Unit,
    )

    unit = Unit.objects.create(name="bench")
    person = Person.objects.create(account="lin", unit=unit, role="supervisor")
    source = SourceRow.objects.create(name="harbor", unit=unit, body={"channel": "platform"})
    authorization = AuthorizationRow.objects.create(
        source=source,
        basis="b",
        number="1",
        hosts=[],
        paths=[],
        categories=[],
        requester=person,
        requested_at=_BEGUN,
        valid_from=_BEGUN,
        valid_until=_BEGUN + timedelta(days=100),
    )
    run = RunRow.objects.create(source=source, due_at=_BEGUN)
    capture = CaptureRow.objects.create(
        run=run,
        authorization=authorization,
        unit=new_unit("capture", "c"),
        fetched_at=_BEGUN,
        raw_sha256="",
        engine="phpbb",
        body=b"",
        body_sha256="",
    )
    return {"source": source, "authorization": authorization, "run": run, "capture": capture}


def _keep(scene: dict[str, Any], number: int, text: str) -> None:
    from patrol.models import Post
    from patrol.register.sealing import new_unit, seal
    from patrol.register.tables import Lead, Sighting

    at = _BEGUN + number * _BETWEEN
    source = scene["source"]
    retention = new_unit("lead", str(number))
    lead = Lead.objects.create(
        unit=source.unit,
        source=source,
        kind="lead",
        category="trading",
        score=number % 101,
        rank=number % 101,
        retention=retention,
        opened_at=at,
        moved_at=at,
    )
    post = Post(
        source=source.name,
        key=f"p{number}",
        url="https://harbor.example/",
        author="a",
        posted_at=None,
        text=text,
    )
    sighting = Sighting.objects.create(
        **scene,
        key=post.key,
        words_hmac=post.key,
        version=1,
        lead=lead,
        unit=retention,
        body=seal(retention, post.model_dump_json().encode()),
        duplicate_hmac=post.key,
        score=lead.score,
        parts=[],
        ruleset_sha256="",
        engine="phpbb",
        posted_at=at,
        posted_precision="minute",
        first_seen_at=at,
        last_seen_at=at,
    )
    _explain(sighting, number)


def _explain(sighting: Any, number: int) -> None:
    """A match, and a contact that it offers."""
    from patrol.register.tables import HandleRow, MatchRow

    MatchRow.objects.create(
        sighting=sighting,
        rule=f"rule{number % 50}",
        version=1,
        kind="lead",
        category="trading",
        spans=[],
        weight=40,
    )
    HandleRow.objects.create(
        sighting=sighting,
        kind="line",
        tag=f"{number:064}",
        value=b"",
        role="offered",
        confidence=1,
        span_start=0,
        span_end=1,
    )
