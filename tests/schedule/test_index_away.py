"""A whole day without Elasticsearch: boards are read and leads decided, and afterwards the index has all of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patrol.demo.boards import Boards
from patrol.demo.cast import PEOPLE
from patrol.models import LeadStatus, Role
from tests.elastic.node import FIRST, Node
from tests.plugins.elastic import Nodes

pytestmark = pytest.mark.elastic


@pytest.fixture
def node(elastic_nodes: Nodes, register: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """Where this process and those that it starts keep their index."""
    from patrol.search.cluster import Cluster
    from patrol.settings import Settings

    given = elastic_nodes(FIRST)
    monkeypatch.setenv("PATROL_SEARCH_URL", given.url)
    monkeypatch.setenv("PATROL_SEARCH_NAME", "day")
    yield given
    with Cluster(Settings()).asked() as client:
        client.indices.delete(index=list(client.indices.get(index="day-*").body))


def _done(patrol: Any, home: Path, *words: str) -> tuple[int, Any, str]:
    process = patrol(home, *words, "--json")
    out, err = process.communicate(timeout=120)
    return process.returncode, json.loads(out) if out else None, err


def _decided(account: str) -> int:
    """The first lead in the queue, dismissed on the page. Gives its number."""
    from django.test import Client

    from patrol.register.tables import Lead, Person

    lead = Lead.objects.filter(status=LeadStatus.NEW, kind="lead").earliest("pk")
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(account=account))
    form = {"version": lead.version, "then": "next", "dismiss": "lawful"}
    answer: Any = client.post(f"/leads/{lead.pk}/decide/", form)
    assert answer.status_code == 302
    lead.refresh_from_db()
    assert lead.status == LeadStatus.DISMISSED
    return lead.pk


@pytest.mark.faults
def test_a_crawl_and_a_decision_wait_for_the_index_and_reach_it(
    staged: Any, boards: Boards, patrol: Any, register: Path, node: Node
) -> None:
    """kill -9 of the node before the crawl; rebuilt by the command line at the end, which changes nothing."""
    from patrol.register.tables import OutboxRow, Sighting
    from patrol.search import Query, open_index
    from patrol.settings import Settings

    board = boards["harbor_forum"]
    node.kill()
    try:
        code, found, _ = _done(patrol, register, "run", board.name)
        assert (code, found["outcome"], found["posts_new"]) == (0, "ok", len(board.messages))
        lead = _decided(next(account for account, role in PEOPLE if role is Role.OFFICER))
        assert OutboxRow.objects.filter(dead_because=None).count() > found["sightings"] > 0
        code, said, _ = _done(patrol, register, "index", "status")
        assert (code, said["documents"]) == (75, None)
    finally:
        node.start()
    OutboxRow.objects.update(next_at="2026-01-01T00:00:00Z")
    code, again, err = _done(patrol, register, "run", board.name)
    assert (code, again["outcome"], err) == (0, "nothing_new", "")
    assert not OutboxRow.objects.exists()
    index = open_index(Settings())
    posts = index.count(Query(filters={"document": ("post",)}), {}).total
    assert posts == Sighting.objects.count() == found["sightings"]
    dismissed = index.search(Query(filters={"status": ("dismissed",)})).items
    assert {item.lead for item in dismissed} == {lead}
    held = index.count(Query(), {}).total
    code, built, err = _done(patrol, register, "index", "rebuild")
    assert (code, err) == (0, "")
    assert (built["documents"], built["dead"]) == (held, 0)
    assert index.count(Query(), {}).total == held
    index.close()
