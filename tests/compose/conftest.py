"""A host that has the image's files and empty volumes."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compose.plan import Host, end, lay_out

Begin = Callable[[str], Any]


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """/app, as the Dockerfile copies it."""
    return lay_out(tmp_path_factory.mktemp("image") / "app")


@pytest.fixture
def host(image: Path, tmp_path: Path, _template: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """Without Elasticsearch: the embedded index stands in. The rules are compiled once for all hosts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "volumes").mkdir()
    cache = str(_template.parent / "compose-cache")
    changes = {"PATROL_SEARCH_URL": "", "PATROL_CACHE": cache}
    return Host(image, tmp_path / "volumes", port, changes)


@pytest.fixture
def begin(host: Host) -> Iterator[Begin]:
    """`begin("app")` starts that service's command; what a test leaves is ended."""
    begun: list[Any] = []

    def service(name: str) -> Any:
        begun.append(host.begin(name))
        return begun[-1]

    yield service
    for process in begun:
        end(process)
