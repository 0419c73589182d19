"""Three Elasticsearch nodes of one cluster on loopback, as an agency runs them: any one may die."""

import json
import socket
import time
import urllib.request
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from tests.elastic.node import Node

HEAP = "512m"
READY_SECONDS = 600
"""Three at once, on a machine that does something else besides."""
NAMES = ("one", "two", "three")


class Three:
    """The nodes by name. `start` those that are down; kill any."""

    def __init__(self, version: str, folder: Path, **settings: str) -> None:
        ports = _free_ports(len(NAMES))
        common: dict[str, str | list[str]] = {
            "discovery.type": "multi-node",
            "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in ports],
            "cluster.initial_master_nodes": list(NAMES),
            **settings,
        }
        self.nodes = {
            name: Node(
                version,
                folder / name,
                heap=HEAP,
                ready_seconds=READY_SECONDS,
                settings={**common, "node.name": name, "transport.port": str(port)},
            )
            for name, port in zip(NAMES, ports, strict=True)
        }

    @property
    def urls(self) -> str:
        """As `PATROL_SEARCH_URL` wants them."""
        return ",".join(node.url for node in self.nodes.values())

    def start(self, names: Collection[str] = NAMES) -> None:
        """At once: one alone waits for the others. Returns when each serves."""
        with ThreadPoolExecutor(len(NAMES)) as hands:
            list(hands.map(lambda name: self.nodes[name].start(), names))

    def kill(self, *names: str) -> None:
        for name in names:
            self.nodes[name].kill()

    def stop(self) -> None:
        with ThreadPoolExecutor(len(NAMES)) as hands:
            list(hands.map(Node.stop, self.nodes.values()))

    def ask(self, path: str, body: object = None, method: str = "GET") -> Any:
        """The answer of whichever node gives one. Raises `OSError` when none does."""
        content = json.dumps(body).encode() if body is not None else None
        failed: Exception | None = None
        for node in self.nodes.values():
            request = urllib.request.Request(  # noqa: S310  (loopback)
                f"{node.url}{path}",
                content,
                {"content-type": "application/json"},
                method=method,
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                    return json.load(answer)
            except OSError as error:
                if isinstance(error, HTTPError):
                    error.close()
                failed = error
        raise OSError("no node answers") from failed

    def until_green(self) -> None:
        """Every copy is where it belongs."""
        late = time.monotonic() + READY_SECONDS
        while time.monotonic() < late:
            with suppress(OSError):
                said = self.ask("/_cluster/health?wait_for_status=green&timeout=5s")
                if said["status"] == "green" and said["number_of_nodes"] == len(NAMES):
                    return
        raise TimeoutError(str(self.ask("/_cluster/health")))

    def holder(self, indices: str, *, primary: bool = True) -> str:
        """The name of the node with a first copy (or another one) of these indices."""
        told = self.ask(f"/{indices}/_search_shards")
        names: dict[str, str] = {number: node["name"] for number, node in told["nodes"].items()}
        return next(
            names[copy["node"]]
            for shard in told["shards"]
            for copy in shard
            if copy["primary"] is primary
        )


@contextmanager
def three_nodes(version: str, folder: Path, **settings: str) -> Iterator[Three]:
    """Started, green, and gone afterwards."""
    three = Three(version, folder, **settings)
    try:
        three.start()
        three.until_green()
        yield three
    finally:
        three.stop()


def _free_ports(number: int) -> list[int]:
    """Held together, so that they are different ones."""
    with ExitStack() as held:
        doors = [held.enter_context(socket.socket()) for _ in range(number)]
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [int(door.getsockname()[1]) for door in doors]
