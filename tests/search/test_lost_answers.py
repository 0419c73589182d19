"""Elasticsearch did what it was asked, and the answer got lost: a node died, or a line between. Nothing is done twice, undone or given up."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from patrol.search import IndexAway, PostIndex, Query, open_index
from patrol.settings import Settings
from tests.elastic.node import FIRST
from tests.plugins.elastic import Nodes
from tests.search.conftest import Elastic, MakePost

pytestmark = [pytest.mark.elastic, pytest.mark.faults]
Alter = Callable[[Any], Any]


class Between(BaseHTTPRequestHandler):
    """Passes requests on to a real node, and loses or alters the next answer of those that are named."""

    node = 0
    lost: list[str] = []
    """Each a part of `PUT /path`, one after the other: the first answer to such a request never arrives."""
    altered: dict[str, Alter] = {}

    def log_message(self, *_arguments: object) -> None:
        pass

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        behind = http.client.HTTPConnection("127.0.0.1", self.node, timeout=60)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        content = answer.read()
        asked = f"{self.command} {self.path}"
        behind.close()
        if self.lost and self.lost[0] in asked:
            self.lost.pop(0)
            self.close_connection = True
            self.connection.close()
            return
        for name, alter in self.altered.items():
            if name in asked:
                content = json.dumps(alter(json.loads(content))).encode()
        self.send_response(answer.status)
        for name in ("x-elastic-product", "content-type"):
            self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815


@pytest.fixture
def between(tmp_path: Path, elastic_nodes: Nodes) -> Iterator[Settings]:
    """Settings that lead to a real node by way of `Between`."""
    node = elastic_nodes(FIRST)
    Between.node = node.port
    Between.lost.clear()
    Between.altered.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    behind = Elastic(tmp_path, node)
    url = f"http://127.0.0.1:{server.server_port}"
    yield behind.settings.model_copy(update={"search_url": url})
    server.shutdown()
    thread.join()
    server.server_close()
    behind.clear()


@pytest.fixture
def index(between: Settings) -> Iterator[PostIndex]:
    opened = open_index(between, writer=True)
    yield opened
    opened.close()


def _ids(index: PostIndex) -> list[str]:
    return sorted(item.id for item in index.search(Query()).items)


def test_month_that_was_made_without_saying_so_is_found(index: PostIndex, post: MakePost) -> None:
    """Once it was made, making it again is refused: it must not be tried for ever."""
    index.put([post(1)])
    Between.lost.append("-2027-01.0001")
    january = post(60 * 24 * 60)
    assert january.shelf == "2027-01"
    with pytest.raises(IndexAway):
        index.put([january])
    assert index.put([january]) == []
    assert len(_ids(index)) == 2


@pytest.mark.parametrize("before", [0, 1])
def test_month_that_was_swapped_in_without_saying_so_stays(
    index: PostIndex, post: MakePost, before: int
) -> None:
    index.put([post(1)][:before])
    Between.lost.append("POST /_aliases")
    assert index.replace("2026-11", [post(1), post(2)]) == []
    assert not Between.lost
    assert _ids(index) == ["post:1", "post:2"]
    assert index.replace("2026-11", [post(3)]) == []
    assert _ids(index) == ["post:3"]


def test_month_that_could_not_be_swapped_in_is_built_again(
    index: PostIndex, between: Settings, post: MakePost
) -> None:
    """Whether it is still to come nobody knows, so it is left, and cleared away by who builds next."""
    index.put([post(1)])
    Between.lost += ["POST /_aliases", "GET /"]
    with pytest.raises(IndexAway):
        index.replace("2026-11", [post(2)])
    assert not Between.lost
    assert index.replace("2026-11", [post(3)]) == []
    assert _ids(index) == ["post:3"]


def test_removing_and_putting_may_be_said_twice(index: PostIndex, post: MakePost) -> None:
    index.put([post(1), post(2)])
    for name in ("POST /_aliases", "/_bulk"):
        Between.lost.append(name)
        with pytest.raises(IndexAway):
            index.forget(["post:1"])
    assert index.forget(["post:1"]) <= 1
    Between.lost.append("/_bulk")
    with pytest.raises(IndexAway):
        index.put([post(3)])
    assert index.put([post(3)]) == []
    assert _ids(index) == ["post:2", "post:3"]


def test_copy_that_did_not_refresh_is_not_taken_for_one_that_did(
    index: PostIndex, post: MakePost
) -> None:
    """A copy on a node that hangs would go on answering without what is new."""

    def one_failed(answer: Any) -> Any:
        return answer | {"_shards": {"total": 2, "successful": 1, "failed": 1}}

    Between.altered["_refresh"] = one_failed
    with pytest.raises(IndexAway, match="1 copies and not in 1"):
        index.put([post(1)])
    with pytest.raises(IndexAway):
        index.replace("2026-11", [post(1), post(2)])
    with pytest.raises(IndexAway):
        index.search(Query())
    Between.altered.clear()
    assert index.put([post(1)]) == []
    assert _ids(index) == ["post:1"]
