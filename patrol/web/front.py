"""What stands before the pages: takes a form whole before a thread is spent on it, and hands each answer out piece by piece.

ASGI to the server, WSGI to Django. Forms are awaited in the event loop, where
a slow one holds nobody up. ASGI rather than RSGI, whose stream keeps in memory
whatever a slow reader has not taken yet.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

THREADS = 4
"""Pages that one process makes at once."""
FORM_SECONDS = 20.0
"""For a form to arrive, however steadily it drips."""
MOST_BYTES = 512 * 1024
"""Of a form. Django takes half of it, and says itself what was too much in a form that is a little larger."""
PIECE_BYTES = 64 * 1024
"""Of an answer that is made while it is sent; the next is made when the reader has room for it."""

SLOW = (408, "This form took longer than 20 seconds to arrive. Send it again.")
LARGE = (413, "This form is larger than 512 kB. Send less at once.")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]


class Refused(Exception):
    """A form that is not taken: the status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Gone(Exception):
    """Whoever asked hung up."""


class Head(NamedTuple):
    """What an answer begins with."""

    status: int
    headers: list[tuple[bytes, bytes]]


class Front:
    """A WSGI application, for a server that speaks ASGI."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(THREADS, "page")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        try:
            form = await taken(environ, receive)
        except Gone:
            return
        except Refused as refused:
            words = refused.sentence.encode()
            # The rest of the form is not waited for.
            await _send(send, Head(refused.status, [(b"connection", b"close"), *PLAIN]), words)
            return
        environ |= {"wsgi.input": BytesIO(form), "CONTENT_LENGTH": str(len(form))}
        loop = asyncio.get_running_loop()
        page = _Page(self._application, environ, loop, receive, send)
        rest = await loop.run_in_executor(self._threads, page.make)
        if rest is not None:
            await _send(send, *rest)


PLAIN = ((b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"))


async def _send(send: Send, head: Head, body: bytes, *, more: bool = False) -> None:
    await send({"type": "http.response.start", "status": head.status, "headers": head.headers})
    await _body(send, body, more=more)


async def _body(send: Send, body: bytes, *, more: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def taken(environ: Environ, receive: Receive) -> bytes:
    """The form, whole. Raises `Refused` for one that is too large or too slow, `Gone` if its sender hung up."""
    declared = environ.get("CONTENT_LENGTH", "")
    if not declared and "HTTP_TRANSFER_ENCODING" not in environ:
        return b""  # RFC 9112 section 6.3
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise Refused(*LARGE)
    form = bytearray()
    try:
        async with asyncio.timeout(FORM_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise Gone
                form += message["body"]
                if len(form) > MOST_BYTES:
                    raise Refused(*LARGE)
                if not message["more_body"]:
                    return bytes(form)
    except TimeoutError:
        raise Refused(*SLOW) from None


def environ_of(scope: Message) -> Environ:
    """The request as PEP 3333 has it.

    A header with an underscore in its name is left out: in an environ it
    cannot be told from the one with a hyphen, which a proxy vouches for.
    """
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": scope["server"][1],
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        told = value.decode("latin-1")
        if key in environ:
            told = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{told}"
        environ[key] = told
    return environ


class _Page:
    """One answer, made in a thread."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        environ: Environ,
        loop: asyncio.AbstractEventLoop,
        receive: Receive,
        send: Send,
    ) -> None:
        self._application, self._environ = application, environ
        self._loop, self._receive, self._send = loop, receive, send
        self._head = Head(500, [])

    def make(self) -> tuple[Head, bytes] | None:
        """The answer if it is one piece. One of several is sent from here, in the thread whose database it reads."""
        answer = self._application(self._environ, self._begin)
        try:
            pieces = _pieces(answer)
            first, second = next(pieces, b""), next(pieces, None)
            if second is None:
                return self._head, first
            self._stream(first, chain([second], pieces))
            return None
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def _begin(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        told = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._head = Head(int(status.partition(" ")[0]), told)

    def _stream(self, first: bytes, pieces: Iterator[bytes]) -> None:
        gone = asyncio.run_coroutine_threadsafe(self._hung_up(), self._loop)
        self._wait(_send(self._send, self._head, first, more=True))
        for piece in pieces:
            if gone.done():
                return
            self._wait(_body(self._send, piece, more=True))
        self._wait(_body(self._send, b""))

    async def _hung_up(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _wait(self, sent: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(sent, self._loop).result()


def _pieces(answer: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for some in answer:
        held += some
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
