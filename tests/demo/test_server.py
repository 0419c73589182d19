import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection

import pytest

from patrol.demo.boards.server import HEAD_LIMIT, Answer, Request, Server


class Echo:
    host = "echo.example"

    def answer(self, request: Request) -> Answer | None:
        if request.path == "/silent":
            return None
        return Answer(f"{request.path} {request.number('n', 7)}".encode(), "text/plain")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server([Echo()]) as opened:
        yield opened


def said(server: Server, words: bytes) -> bytes:
    """All that comes back for these bytes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.ports["echo.example"]), timeout=5) as client:
        client.sendall(words)
        client.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := client.recv(65_536):
            heard += piece
        return heard


def test_a_connection_is_kept_open(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.ports["echo.example"], timeout=5)
    for number in range(5):
        connection.request("GET", f"/a?n={number}")
        assert connection.getresponse().read() == f"/a {number}".encode()
    assert len(server.open_transports) == 1
    connection.close()


def test_requests_that_come_together_or_in_pieces_are_answered(server: Server) -> None:
    assert (
        said(server, b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n").count(
            b"200 OK"
        )
        == 2
    )
    assert server.requests["echo.example", "/b"] == 1


def test_head_has_no_body(server: Server) -> None:
    heard = said(server, b"HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert heard.endswith(b"\r\n\r\n")
    assert b"Content-Length: 4" in heard


def test_nonsense_is_refused(server: Server) -> None:
    assert b"400 Bad Request" in said(server, b"GET //[ HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert said(server, b"GET /silent HTTP/1.1\r\n\r\n") == b""
    with suppress(ConnectionError):
        assert said(server, b"x" * (HEAD_LIMIT + 1_000)) == b""
    assert b"200 OK" in said(server, b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n")


def test_it_serves_many_at_once(server: Server) -> None:
    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", server.ports["echo.example"], timeout=10)
        for _ in range(50):
            connection.request("GET", "/many")
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.requests["echo.example", "/many"] == 800
