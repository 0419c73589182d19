"""A small HTTP/1.1 server on loopback: one port per site, answers made in memory.

Its own, because a test must be able to count requests, answer with nothing,
lie about a type, and start a hundred times without a warning.
"""

import asyncio
import hashlib
import socket
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Protocol, Self
from urllib.parse import parse_qs, urlsplit

LOOPBACK = "127.0.0.1"
HEAD_LIMIT = 65_536  # bytes of a request's head


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    """Lower-case names."""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def number(self, name: str, default: int = 0) -> int:
        """A number of the query; the default when it is absent or no number."""
        value = parse_qs(urlsplit(self.target).query).get(name, [""])[0]
        return int(value) if value.isdecimal() else default

    def word(self, name: str) -> str:
        """A word of the query; empty when it is absent."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answers with."""

    body: bytes
    type: str = "text/html; charset=UTF-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    def to(self, request: Request) -> "Answer":
        """The same answer with its version; without its body for who has that version (RFC 9110 section 13.1.2)."""
        if self.status != HTTPStatus.OK:
            return self
        tag = f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'
        headers = (*self.headers, ("ETag", tag))
        if tag in request.headers.get("if-none-match", "").split(", "):
            return replace(self, body=b"", status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return replace(self, headers=headers)

    def on_wire(self, *, head_only: bool) -> bytes:
        phrase = HTTPStatus(self.status).phrase
        lines = [
            f"HTTP/1.1 {self.status} {phrase}",
            f"Content-Type: {self.type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        return head if head_only else head + self.body


class Site(Protocol):
    """Something that answers requests. Called in the server's thread."""

    host: str
    """The name it is known by, such as `harbor.example`."""

    def answer(self, request: Request) -> Answer | None:
        """The answer; None hangs up without one."""


class _Connection(asyncio.Protocol):
    """One client's connection, kept open between requests."""

    def __init__(self, server: "Server", site: Site) -> None:
        self._server = server
        self._site = site
        self._waiting = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  (asyncio's own promise for TCP)
        self._transport = transport
        self._server.open_transports.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        if self._transport is not None:
            self._server.open_transports.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while self._transport is not None and b"\r\n\r\n" in self._waiting:
            head, self._waiting = self._waiting.split(b"\r\n\r\n", 1)
            self._reply(self._transport, head)
        if len(self._waiting) > HEAD_LIMIT and self._transport is not None:
            self._transport.abort()

    def _reply(self, transport: asyncio.Transport, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        target = rest.rpartition(" ")[0]
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self._server.requests[self._site.host, target] += 1
        try:
            answer = self._site.answer(Request(method, target, headers))
        except ValueError:
            answer = Answer(b"This is no address.", "text/plain", status=400)
        if answer is None:
            transport.close()
            return
        transport.write(answer.on_wire(head_only=method == "HEAD"))
        if headers.get("connection", "").lower() == "close":
            transport.close()


class Server:
    """Serves sites from a thread of its own, each on a port that the system chose."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        """How often each (host, path with query) was asked for, whatever the answer."""
        self.ports: dict[str, int] = {}
        self.open_transports: set[asyncio.Transport] = set()
        self._sites = tuple(sites)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        sockets = [(site, socket.create_server((LOOPBACK, 0), backlog=512)) for site in self._sites]
        self.ports = {site.host: bound.getsockname()[1] for site, bound in sockets}
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._serve, args=(self._loop, sockets, ready), name="demo boards", daemon=True
        )
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _serve(
        self,
        loop: asyncio.AbstractEventLoop,
        sockets: list[tuple[Site, socket.socket]],
        ready: threading.Event,
    ) -> None:
        asyncio.set_event_loop(loop)
        servers = [
            loop.run_until_complete(
                loop.create_server(lambda site=site: _Connection(self, site), sock=bound)  # type: ignore[misc]
            )
            for site, bound in sockets
        ]
        ready.set()
        loop.run_forever()
        for server in servers:
            server.close()
        for transport in list(self.open_transports):
            transport.abort()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
