"""Elasticsearch goes away and comes back: nothing is lost, and everything but searching goes on."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from patrol.models import LeadStatus
from patrol.search import IndexAway, Query, open_index
from patrol.settings import Settings
from tests.plugins.elastic import Nodes
from tests.search.conftest import NOON, Elastic, Kept, MakePost

pytestmark = pytest.mark.elastic


def rows() -> Any:
    from patrol.register.tables import OutboxRow

    return OutboxRow.objects


def project(settings: Settings) -> Any:
    from patrol.search import outbox
    from pipelines.fold import fold_all

    index = open_index(settings, writer=True)
    try:
        return outbox.project(index, fold_all)
    finally:
        index.close()


def status(settings: Settings) -> tuple[int, Any]:
    """What `patrol index status` says."""
    done = subprocess.run(
        [sys.executable, "-m", "patrol", "index", "status", "--json", "--home", settings.home],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ
        | {"PATROL_SEARCH_URL": settings.search_url, "PATROL_SEARCH_NAME": settings.search_name},
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.faults
def test_killed_node_loses_nothing(register: Path, kept: Kept, elastic_nodes: Nodes) -> None:
    """kill -9; what is kept and decided meanwhile waits, and is there once when the node is back."""
    from patrol.register.tables import Lead

    node = elastic_nodes("8.19.5")
    elastic = Elastic(register.parent, node)
    settings = elastic.settings.model_copy(update={"home": register})
    before = kept.lead()
    kept.sighting(before, "words before")
    assert project(settings).done == 3
    node.kill()
    try:
        during = kept.lead()
        kept.sighting(during, "words during")
        Lead.objects.filter(pk=before.pk).update(status=LeadStatus.DISMISSED)
        kept.tell("lead", before.pk)
        with pytest.raises(IndexAway, match="unavailable since"):
            project(settings)
        with pytest.raises(IndexAway, match="the queue and decisions go on"):
            open_index(settings).search(Query(words=("words",)))
        assert rows().filter(dead_because=None).count() == 4
        code, said = status(settings)
        assert (code, said["waiting"]) == (75, 4)
        assert "unavailable since" in said["away"]
    finally:
        node.start()
    assert project(settings).done == 4
    found = [item.id for item in open_index(settings).search(Query()).items]
    assert sorted(found) == ["lead:1", "lead:2", "post:1", "post:2"]
    dismissed = open_index(settings).search(Query(filters={"status": ("dismissed",)}))
    assert sorted(item.id for item in dismissed.items) == ["lead:1", "post:1"]
    assert status(settings)[0] == 0
    elastic.clear()


def test_poisoned_document_is_a_dead_letter_with_its_reason(
    register: Path, kept: Kept, elastic_nodes: Nodes
) -> None:
    from patrol.register.tables import MatchRow
    from patrol.search.outbox import revive

    elastic = Elastic(register.parent, elastic_nodes("8.19.5"))
    settings = elastic.settings.model_copy(update={"home": register})
    poisoned = kept.sighting(kept.lead(), "one")
    kept.sighting(kept.lead(), "two")
    MatchRow.objects.filter(sighting=poisoned).update(rule="zebra" * 10_000)
    told = project(settings)
    assert (told.done, told.retried, told.dead) == (3, 0, 3)
    code, said = status(settings)
    assert code == 0
    assert {letter["id"] for letter in said["dead"]} == {"post:1", "lead:1"}
    assert all("in the field rules" in letter["reason"] for letter in said["dead"])
    MatchRow.objects.filter(sighting=poisoned).update(rule="mended")
    assert revive() == 3
    assert project(settings).done == 3
    assert status(settings)[1]["dead"] == []
    elastic.clear()


class Scripted(BaseHTTPRequestHandler):
    """Answers as told what a healthy node will not: a list of answers to bulk requests."""

    script: list[tuple[int, dict[str, str], Any]] = []
    bulks: list[list[str]] = []
    awake = threading.Event()

    def log_message(self, *_arguments: object) -> None:
        pass

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode()
        status, headers, answer = 200, {}, self._usual()
        if "_bulk" in self.path:
            lines = [json.loads(line) for line in body.splitlines()]
            ids = [line["index"]["_id"] for line in lines if "index" in line]
            self.bulks.append(ids)
            status, headers, answer = self.script.pop(0) if self.script else (200, {}, 201)
            if answer == "slow":
                self.awake.wait(60)  # by then nobody listens
            if answer == "reset" or answer == "slow":  # noqa: PLR1714  (an answer may be a list, which no set holds)
                self.close_connection = True
                self.connection.close()
                return
            if isinstance(answer, int | list):
                each = answer if isinstance(answer, list) else [answer] * len(ids)
                answer = {"items": [_item(code) for code in each]}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("x-elastic-product", "Elasticsearch")
        self.send_header("content-type", "application/vnd.elasticsearch+json;compatible-with=8")
        self.send_header("content-length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815

    def _usual(self) -> Any:
        if "_search" in self.path:
            return {"hits": {"total": {"value": 0}, "hits": []}}
        if "_refresh" in self.path:
            return {"_shards": {"total": 1, "successful": 1, "failed": 0}}
        return {}


def _item(status: int) -> dict[str, Any]:
    if status < 300:
        return {"index": {"status": status, "result": "created"}}
    kind = {
        400: "document_parsing_exception",
        403: "cluster_block_exception",
        429: "es_rejected_execution_exception",
        503: "unavailable_shards_exception",
    }[status]
    reason = "failed to parse field [score]. Preview of field's value: 'zebraquartz'"
    return {"index": {"status": status, "error": {"type": kind, "reason": reason}}}


@pytest.fixture
def scripted() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    Scripted.awake.clear()
    Scripted.script.clear()
    Scripted.bulks.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    Scripted.awake.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_item_of_a_mixed_answer_is_accounted_for(
    tmp_path: Path, scripted: str, post: MakePost
) -> None:
    Scripted.script.append((200, {}, [201, 400, 403, 429, 503, 200]))
    index = open_index(Settings(home=tmp_path, search_url=scripted), writer=True)
    refused = index.put([post(number) for number in range(1, 7)])
    index.close()
    assert {(each.id, each.for_good) for each in refused} == {
        ("post:2", True),
        ("post:3", False),
        ("post:4", False),
        ("post:5", False),
    }
    assert not any("zebraquartz" in each.reason for each in refused)
    assert "in the field score" in refused[0].reason


def test_answer_about_fewer_documents_than_were_sent_is_no_answer(
    tmp_path: Path, scripted: str, post: MakePost
) -> None:
    Scripted.script.append((200, {}, [201]))
    index = open_index(Settings(home=tmp_path, search_url=scripted), writer=True)
    with pytest.raises(IndexAway, match="1 of 2 documents"):
        index.put([post(1), post(2)])
    index.close()


@pytest.mark.parametrize(
    ("status", "said"), [(401, "refuses the API key"), (403, "does not let the API key do this")]
)
def test_key_that_is_refused_is_told(
    tmp_path: Path, scripted: str, post: MakePost, status: int, said: str
) -> None:
    Scripted.script.append((status, {}, {"error": {"type": "security_exception"}}))
    index = open_index(Settings(home=tmp_path, search_url=scripted), writer=True)
    with pytest.raises(IndexAway, match=said):
        index.put([post(1)])
    index.close()


@pytest.mark.parametrize("status", [429, 503])
def test_busy_cluster_is_asked_again_when_it_wants(
    register: Path, kept: Kept, scripted: str, status: int
) -> None:
    kept.sighting(kept.lead(), "one")
    settings = Settings(home=register, search_url=scripted)
    Scripted.script.append((status, {"retry-after": "90"}, {"error": {"type": "busy"}}))
    begun = timezone.now()
    told = project(settings)
    assert (told.done, told.retried, told.dead) == (0, 3, 0)
    assert told.wait_seconds >= 90
    waits = [(row.next_at - begun).total_seconds() for row in rows().all()]
    assert min(waits) >= 90
    assert project(settings).retried == 0, "nothing is due before"
    rows().update(next_at=NOON)
    assert project(settings).done == 3
    assert [sorted(ids) for ids in Scripted.bulks] == [["lead:1", "post:1"]] * 2


def test_slow_cluster_is_left_alone_and_asked_again(
    register: Path, kept: Kept, scripted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took the documents, and its answer came too late: the same ids again, nothing meanwhile."""
    monkeypatch.setattr("patrol.search.bulk.WRITE_SECONDS", 0.25)
    kept.sighting(kept.lead(), "one")
    settings = Settings(home=register, search_url=scripted)
    Scripted.script.append((200, {}, "slow"))
    told = project(settings)
    assert not Scripted.awake.is_set(), "it did not wait for the answer"
    assert (told.done, told.retried, told.dead) == (0, 3, 0)
    assert told.wait_seconds >= 0.5
    assert len(Scripted.bulks) == 1, "no second request while the first may be at work"
    Scripted.awake.set()
    rows().update(next_at=NOON)
    monkeypatch.setattr("patrol.search.bulk.WRITE_SECONDS", 60)
    assert project(settings).done == 3
    assert [sorted(ids) for ids in Scripted.bulks] == [["lead:1", "post:1"]] * 2


def test_lost_answer_means_sending_the_same_again(
    register: Path, kept: Kept, scripted: str
) -> None:
    kept.sighting(kept.lead(), "one")
    settings = Settings(home=register, search_url=scripted)
    Scripted.script.append((200, {}, "reset"))
    assert project(settings).retried == 3
    rows().update(next_at=NOON)
    assert project(settings).done == 3
    assert [sorted(ids) for ids in Scripted.bulks] == [["lead:1", "post:1"]] * 2


def test_only_what_failed_is_sent_again(register: Path, kept: Kept, scripted: str) -> None:
    kept.lead()
    kept.lead()
    settings = Settings(home=register, search_url=scripted)
    Scripted.script.append((200, {}, [201, 429]))
    told = project(settings)
    assert (told.done, told.retried) == (1, 1)
    rows().update(next_at=NOON)
    assert project(settings).done == 1
    assert [len(ids) for ids in Scripted.bulks] == [2, 1]


@pytest.mark.parametrize("refuses", [403, 429])
def test_index_that_takes_nothing_is_not_sent_the_whole_outbox(
    register: Path,
    kept: Kept,
    scripted: str,
    monkeypatch: pytest.MonkeyPatch,
    refuses: int,
) -> None:
    """A full disk: an hour of rows would be read, opened and refused each minute."""
    monkeypatch.setattr("patrol.search.outbox.FIRST", 1)
    monkeypatch.setattr("patrol.search.outbox.AT_ONCE", 1)
    for _ in range(12):
        kept.lead()
    settings = Settings(home=register, search_url=scripted)
    Scripted.script += [(200, {}, [refuses])] * 12
    told = project(settings)
    assert (told.done, told.dead) == (0, 0)
    assert told.wait_seconds >= 0.5
    assert len(Scripted.bulks) <= 3, "those that were under way"
    Scripted.script.clear()
    rows().update(next_at=NOON)
    assert project(settings).done == 12


def test_request_that_is_too_large_is_halved_until_one_document_is_the_fault(
    tmp_path: Path, scripted: str, post: MakePost
) -> None:
    too_large: tuple[int, dict[str, str], Any] = (413, {}, {"error": {"type": "content_too_long"}})
    Scripted.script += [too_large, too_large, too_large]
    index = open_index(Settings(home=tmp_path, search_url=scripted), writer=True)
    refused = index.put([post(number) for number in range(1, 5)])
    index.close()
    assert [(each.id, each.for_good) for each in refused] == [("post:1", True)]
    assert [len(ids) for ids in Scripted.bulks] == [4, 2, 1, 1, 2]
