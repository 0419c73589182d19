from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from patrol.demo.boards import Boards
from patrol.demo.hostile import Hostile


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[[str], Reply]


@pytest.fixture
def boards() -> Iterator[Boards]:
    with Boards(seed=7) as opened:
        yield opened


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with Hostile() as opened:
        yield opened


@pytest.fixture
def ask() -> Ask:
    """Asks loopback for an address of a board, under the board's own host name."""

    def asked(address: str) -> Reply:
        parts = urlsplit(address)
        connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
        try:
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            connection.request("GET", target, headers={"Host": parts.netloc})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, headers, response.read())
        finally:
            connection.close()

    return asked
