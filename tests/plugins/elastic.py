"""Real Elasticsearch nodes: one of each version for the whole session, started when the first test asks."""

from collections.abc import Callable, Iterator

import pytest

from tests.elastic.node import FIRST, Node

Nodes = Callable[[str], Node]


@pytest.fixture(scope="session")
def elastic_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """The node of a version."""
    started: dict[str, Node] = {}

    def node(version: str = FIRST) -> Node:
        if version not in started:
            started[version] = Node(version, tmp_path_factory.mktemp(f"elastic-{version}"))
            started[version].start()
        return started[version]

    yield node
    for each in started.values():
        each.stop()
