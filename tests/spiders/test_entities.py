"""A15: entities of XML. Nothing is fetched, no file is opened, and no page costs more memory than its size gives a reason for."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

MOST_GROWN_KB = 120_000
"""Of the reading process; each of these bombs asks for a gigabyte or more."""
READER = """
import json, resource, sys
from spiders.engines import engine_names, load
from spiders.page import Page
from spiders.reading import read

body = sys.stdin.buffer.read()
engines = list(engine_names())
for name in engines:
    read(Page("https://board.example/x.xml", b"<urlset/>"), load(name))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = []
for name in engines:
    reading = read(Page("https://board.example/x.xml", body), load(name))
    said += [post.words for post in reading.posts] + [thread.url for thread in reading.threads]
print(json.dumps({"grown": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, "said": " ".join(said), "engines": len(engines)}))
"""
FORMS = {
    "sitemap": "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://board.example/&z;</loc></url></urlset>",
    "feed": "<rss version='2.0'><channel><item><title>x</title><guid>1</guid><description>&z;</description></item></channel></rss>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>x</title><content>&z;</content></entry></feed>",
}


def _laughs() -> str:
    """Ten to the ninth times `lol`."""
    levels = "".join(
        f'<!ENTITY {up} "{f"&{below};" * 10}">'
        for below, up in zip("abcdefghi", "bcdefghiz", strict=True)
    )
    return f'<!DOCTYPE r [<!ENTITY a "lol">{levels}]>'


def _quadratic() -> str:
    """A hundred thousand letters, ten thousand times: no entity within another."""
    return f'<!DOCTYPE r [<!ENTITY y "{"x" * 100_000}"><!ENTITY z "{"&y;" * 10_000}">]>'


def _read(document: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", READER],
        input=f'<?xml version="1.0"?>{document}'.encode(),
        capture_output=True,
        check=True,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Who is asked for nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as there:
        there.settimeout(0.5)
        yield there


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bomb", [_laughs, _quadratic], ids=["laughs", "quadratic"])
def test_a15_no_entity_grows(form: str, bomb: Callable[[], str]) -> None:
    told = _read(bomb() + FORMS[form])
    assert told["engines"] != 0
    assert len(str(told["said"])) < 10_000
    assert int(str(told["grown"])) < MOST_GROWN_KB


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "outside",
    [
        '<!DOCTYPE r SYSTEM "{0}/r.dtd">',
        '<!DOCTYPE r PUBLIC "-//W3C//DTD XHTML 1.0//EN" "{0}/r.dtd">',
        '<!DOCTYPE r [<!ENTITY z SYSTEM "{0}/z">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "{0}/p"> %p; ]>',
        '<?xml-stylesheet href="{0}/s.xsl" type="text/xsl"?>',
    ],
    ids=["dtd", "public dtd", "entity", "parameter entity", "stylesheet"],
)
def test_a15_nothing_is_fetched(form: str, outside: str, listener: socket.socket) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    _read(outside.format(address) + FORMS[form])
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "outside",
    [
        '<!DOCTYPE r [<!ENTITY z SYSTEM "file://{0}">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "file://{0}"> %p; ]>',
        '<!DOCTYPE r SYSTEM "file://{0}">',
    ],
    ids=["entity", "parameter entity", "dtd"],
)
def test_a15_no_file_is_opened(form: str, outside: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text('<!ENTITY z "not for boards">', encoding="utf-8")
    told = _read(outside.format(secret) + FORMS[form])
    assert "not for boards" not in str(told["said"])
