import gzip
from collections.abc import Callable
from typing import Any

from patrol.demo.hostile import EMBEDDED, HOST, TRICKS, WORDS, Hostile
from patrol.demo.media_scan import scan_bytes


def thread(hostile: Hostile, trick: str) -> str:
    return hostile.address(f"/viewtopic.php?f=2&t={TRICKS.index(trick) + 1}")


def test_its_list_leads_to_every_trick(hostile: Hostile, ask: Callable[[str], Any]) -> None:
    page = ask(hostile.source().start[0]).body.decode()
    assert page.count("topictitle") == len(TRICKS)
    for number, trick in enumerate(TRICKS, start=1):
        assert f"t={number}" in page
        assert ask(hostile.address(f"/viewtopic.php?f=2&t={number}")).status in {200, 302}, trick


def test_its_lies_are_media(hostile: Hostile, ask: Callable[[str], Any]) -> None:
    for trick in TRICKS:
        reply = ask(thread(hostile, trick))
        if trick.startswith("redirect") or trick == "refresh inward":
            continue
        assert scan_bytes(trick, reply.body).count, trick
    packed = ask(thread(hostile, "gzipped png as html"))
    assert packed.headers["content-type"].startswith("text/html")
    assert gzip.decompress(packed.body).startswith(b"\x89PNG")


def test_every_way_of_embedding_is_there(hostile: Hostile, ask: Callable[[str], Any]) -> None:
    page = ask(thread(hostile, "embedded")).body.decode()
    assert WORDS in page
    assert all(markup in page for markup in EMBEDDED.values())


def test_media_and_sentinel_are_counted(hostile: Hostile, ask: Callable[[str], Any]) -> None:
    assert (hostile.media_requests, hostile.sentinel_requests) == (0, 0)
    ask(hostile.address("/media/img.png"))
    reply = ask(thread(hostile, "redirect to loopback"))
    ask(reply.headers["location"])
    assert (hostile.media_requests, hostile.sentinel_requests) == (1, 1)
    assert hostile.requests[HOST, "/media/img.png"] == 1
