"""What a hostile sender of forms gets from the server itself: asked over bare sockets, of one process."""

import os
import re
import socket
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from patrol.web import front
from tests.web.serving import READY_SECONDS, served

SOON_SECONDS = 2.0
"""In which a page answers while others send drop by drop."""
SLOW_FORMS = 12
"""Three times the threads."""
PROXY = "X-Forwarded-For: 192.0.2.7"
LIE = "X_Forwarded_For: 203.0.113.9"
FORM = "Content-Type: application/x-www-form-urlencoded"
PIECES, PIECE_BYTES = 1_000, 100_000
"""Of a download that is larger than what sockets hold by themselves."""
DOWNLOAD = f"""
from patrol.web.front import Front

class Download:
    made = closed = 0

    def __iter__(self):
        for _ in range({PIECES}):
            Download.made += 1
            yield b"x" * {PIECE_BYTES}

    def close(self):
        Download.closed += 1

def answer(environ, begin):
    begin("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/download":
        return Download()
    return [b"%d %d" % (Download.made, Download.closed)]

front = Front(answer)
"""


def _open(port: int, line: str, *headers: str, body: bytes = b"") -> socket.socket:
    asked = socket.create_connection(("127.0.0.1", port), READY_SECONDS)
    head = "\r\n".join((f"{line} HTTP/1.1", "Host: 127.0.0.1", *headers))
    asked.sendall(f"{head}\r\n\r\n".encode() + body)
    return asked


def _ask(port: int, line: str, *headers: str, body: bytes = b"") -> bytes:
    with closing(_open(port, line, *headers, "Connection: close", body=body)) as asked:
        return _all(asked)


def _all(asked: socket.socket) -> bytes:
    got = bytearray()
    while some := asked.recv(65_536):
        got += some
    return bytes(got)


def _door(port: int) -> tuple[str, str]:
    """The cookie and the token of the page for signing in."""
    page = _ask(port, "GET /account/login/").decode()
    cookie = re.search(r"set-cookie: *(patrol-form=[^;]+)", page, re.IGNORECASE)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert cookie is not None
    assert token is not None
    return f"Cookie: {cookie[1]}", token[1]


def test_forms_sent_drop_by_drop_keep_nobody_waiting(register: Path) -> None:
    with served(1) as port:
        begun = time.monotonic()
        slow = [
            _open(port, "POST /account/login/", FORM, "Content-Length: 1000", body=b"a=")
            for _ in range(SLOW_FORMS)
        ]
        time.sleep(0.5)
        asked = time.monotonic()
        assert b"csrfmiddlewaretoken" in _ask(port, "GET /account/login/")
        assert time.monotonic() - asked < SOON_SECONDS
        for drop in range(int(front.FORM_SECONDS) // 4):
            time.sleep(max(0.0, begun + drop * 4 - time.monotonic()))
            slow[0].sendall(b"x")
        for one in slow:
            assert _all(one).startswith(b"HTTP/1.1 408"), "a form that drips was waited for"
            one.close()
        assert time.monotonic() - begun < front.FORM_SECONDS + 5


def test_forms_too_large_or_of_two_lengths_are_refused(register: Path) -> None:
    with served(1) as port:
        begun = time.monotonic()
        answer = _ask(port, "POST /account/login/", FORM, "Content-Length: 1000000000", body=b"a=")
        assert answer.startswith(b"HTTP/1.1 413")
        assert front.LARGE[1].encode() in answer
        assert time.monotonic() - begun < 1.0
        pieces = (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 400
        whole = _open(port, "POST /account/login/", FORM, "Transfer-Encoding: chunked")
        with closing(whole), pytest.raises(OSError, match=r"reset|Broken pipe"):
            whole.sendall(pieces)
        two = ("Content-Length: 5", "Content-Length: 6")
        assert (
            _ask(port, "POST /account/login/", FORM, *two, body=b"a=bcde")[:12] == b"HTTP/1.1 400"
        )
        inner = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        both = ("Content-Length: 5", "Transfer-Encoding: chunked")
        answer = _ask(port, "POST /account/login/", FORM, *both, body=inner)
        assert answer.count(b"HTTP/1.1 ") == 1, "what stood behind a form was answered"
        assert answer.startswith(b"HTTP/1.1 403")
        assert re.match(rb"HTTP/1.1 40[35]", _ask(port, "TRACE /account/login/"))


@pytest.mark.parametrize("headers", [(PROXY, LIE), (LIE, PROXY)])
def test_a_header_with_underscores_is_nobodys_word(
    garden: Any, monkeypatch: pytest.MonkeyPatch, headers: tuple[str, ...]
) -> None:
    from patrol.register.tables import LedgerRecord

    monkeypatch.setenv("PATROL_TRUSTED_PROXIES", '["127.0.0.1"]')
    with served(1) as port:
        cookie, token = _door(port)
        body = f"csrfmiddlewaretoken={token}&login=mei&password=wrong+words".encode()
        length = f"Content-Length: {len(body)}"
        answer = _ask(port, "POST /account/login/", FORM, cookie, length, *headers, body=body)
        assert answer.startswith(b"HTTP/1.1 200")
    found = LedgerRecord.objects.order_by("seq").last()
    assert found is not None
    assert b'"origin":"192.0.2.7"' in bytes(found.body)


def _told(port: int) -> tuple[int, int]:
    """How many pieces were made, and how many downloads were closed."""
    made, closed = _ask(port, "GET /told").rpartition(b"\r\n")[2].split()
    return int(made), int(closed)


def test_a_download_is_made_as_it_is_read_and_ends_with_its_reader(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.schedule import serve

    (tmp_path / "downloads.py").write_text(DOWNLOAD)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setattr(serve, "APPLICATION", "downloads:front")
    with served(1) as port:
        whole = _ask(port, "GET /download")
        assert whole.count(b"x") >= PIECES * PIECE_BYTES
        assert _told(port) == (PIECES, 1)
        with closing(_open(port, "GET /download")):
            time.sleep(1.0)
            made = _told(port)[0] - PIECES
            assert made < PIECES // 2, "it was made though nobody read it"
            assert _told(port)[1] == 1
        for _ in range(2 * front.THREADS):
            with closing(_open(port, "GET /download")) as left:
                assert left.recv(1_000)
        before = PIECES + made
        until = time.monotonic() + SOON_SECONDS
        while _told(port)[1] < 2 + 2 * front.THREADS:
            assert time.monotonic() < until, "a thread still serves a reader who left"
            time.sleep(0.1)
        assert _told(port)[0] - before < front.THREADS * PIECES, "it was made for nobody"


CLIMBS = (
    "/static/../../../../etc/passwd",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%5c..%5c..%5cetc%5cpasswd",
    "/static/....//....//etc/passwd",
    "/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "/static//etc/passwd",
    "/static/patrol.css%00.png",
    "/static/%00",
    "/static/file:%2f%2f%2fetc%2fpasswd",
    "//etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/leads/..%2f..%2fetc%2fpasswd/",
    "/enter/..%2f..%2fetc%2fpasswd/",
    "/" + "a" * 20_000,
)


def test_a28_no_path_climbs_out(register: Path) -> None:
    """As the bytes reach the server: a client would have tidied them."""
    with served(1) as port:
        for path in CLIMBS:
            answer = _ask(port, f"GET {path}")
            status = answer[9:12]
            assert status in {b"302", b"400", b"404", b"414"}, (path, answer[:200])
            assert b"root:" not in answer, path
            assert b"Traceback" not in answer, path
            if status == b"302":
                place = re.search(rb"location: *([^\r]+)", answer, re.IGNORECASE)
                assert place is not None
                assert place[1].startswith(b"/account/login/"), (path, place[1])
