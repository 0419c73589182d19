"""Pictures and their like: not asked for, cut when they lie, and nothing of them is kept."""

import base64
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from patrol.models import Outcome
from tests.spiders.crawl.conftest import (
    START,
    Answer,
    Board,
    Ran,
    framed,
    job,
    run,
    small_board,
    thread,
)

MakeBoard = Callable[..., Board]

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    + bytes(range(256)) * 40
)
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
HTML = {"Content-Type": "text/html; charset=utf-8"}


def _nothing_of(ran: Ran, *secrets: bytes) -> None:
    told = "".join(page.model_dump_json() for page in ran.pages) + ran.report.model_dump_json()
    for secret in secrets:
        for form in (
            secret.decode("latin-1"),
            secret.hex(),
            base64.b64encode(secret)[:12].decode(),
        ):
            assert form not in told


@pytest.mark.parametrize("packing", ["plain", "gzip", "deflate", "chunked", "no type"])
def test_a_picture_that_says_it_is_a_page_is_cut(board: MakeBoard, packing: str) -> None:
    lie = {
        "plain": Answer(PNG, headers=HTML),
        "gzip": Answer(gzip.compress(PNG), headers={**HTML, "Content-Encoding": "gzip"}),
        "deflate": Answer(zlib.compress(PNG), headers={**HTML, "Content-Encoding": "deflate"}),
        "chunked": Answer(PNG, headers=HTML, chunked=True),
        "no type": Answer(PNG, headers={}),
    }[packing]
    site = board({**small_board(), "/viewtopic.php?t=1": lie})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK
    assert ran.report.refusals == {"media": 1}, ran.report
    assert ran.words == ["other words"]
    assert list(ran.report.marks) == ["t2"]
    assert site.paths.count("/viewtopic.php?t=1") == 1, "a lie is not asked for again"
    _nothing_of(ran, PNG[:8])


def test_a_start_address_that_lies_is_told(board: MakeBoard) -> None:
    ran = run(job(board({START: Answer(PNG, headers=HTML)})))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert "png" in ran.report.detail


def test_a_large_lie_is_cut_at_its_beginning(board: MakeBoard) -> None:
    """The board sends 50 MB slowly; it gets rid of very little."""
    lie = Answer(PNG[:64] + b"\x00" * 50_000_000, headers=HTML, paced=True, chunked=True)
    site = board({**small_board(), "/viewtopic.php?t=1": lie})
    ran = run(job(site))
    assert ran.report.refusals == {"media": 1}, ran.report
    assert ran.peak_mb < 150
    assert site.sent <= 8 * 65_536


@pytest.mark.parametrize(
    "kind", ["image/png", "video/mp4", "font/woff2", "application/pdf", "application/zip"]
)
def test_an_honest_picture_is_not_read(board: MakeBoard, kind: str) -> None:
    site = board(
        {**small_board(), "/viewtopic.php?t=1": Answer(PNG, headers={"Content-Type": kind})}
    )
    ran = run(job(site))
    assert ran.report.refusals == {"media": 1}, ran.report
    assert ran.words == ["other words"]


def test_media_on_a_page_are_never_asked_for(board: MakeBoard) -> None:
    body = (
        '<img src="/a.png"><video src="/b.mp4" poster="/c.jpg"></video><audio src="/d.mp3"></audio>'
        '<div style="background: url(/e.gif)">words</div><link rel="preload" as="image" href="/f.webp">'
        '<picture><source srcset="/g.avif"><img src="/h.jpg"></picture><object data="/i.swf"></object>'
        '<a href="/j.jpg">a picture</a><iframe src="/k"></iframe>'
    )
    site = board({**small_board(), "/viewtopic.php?t=2": thread({201: body})})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK
    assert all(path.startswith("/view") for path in site.paths)
    assert ran.pages[-1].posts


def test_a_link_that_ends_like_a_picture_is_not_asked_for(board: MakeBoard) -> None:
    listed = framed(
        '<ul class="topiclist topics"><li class="row"><a class="topictitle" href="/viewtopic.php/x.jpg?t=9">T</a></li></ul>',
        "viewforum",
    )
    site = board({START: listed})
    ran = run(job(site))
    assert site.paths == [START]
    assert ran.report.refusals == {"media": 1}, ran.report


def test_embedded_media_are_cut_before_anything_is_kept(board: MakeBoard) -> None:
    picture = base64.b64encode(PNG).decode()
    small = base64.b64encode(GIF).decode()
    words = (
        f'words <img src="data:image/png;base64,{picture}"> more <svg width="1"><path d="M0 0"/></svg> '
        f"and {small} typed, data&#58;image/gif;base64,{small} hidden, {PNG.hex()[:400]} coded, iVBOR<b>w0KGgoAAAANSUhEUgAAAAEAAAAB</b> end"
    )
    site = board({**small_board(), "/viewtopic.php?t=2": thread({201: words})})
    ran = run(job(site))
    text = next(words for words in ran.words if words.startswith("words"))
    assert text.endswith("end")
    assert ran.report.media_cut >= 6
    assert sum(page.capture.media_cut for page in ran.pages) == ran.report.media_cut
    _nothing_of(ran, PNG[:12], GIF[:12])
    for form in ("iVBOR", "R0lGOD", "89504e47", "<svg", "data:image"):
        assert form not in text


def test_a_bomb_is_cut(board: MakeBoard) -> None:
    bomb = Answer(
        gzip.compress(b"<html>" + b"a" * 300_000_000, 1),
        headers={**HTML, "Content-Encoding": "gzip"},
    )
    site = board({**small_board(), "/viewtopic.php?t=1": bomb})
    ran = run(job(site))
    assert ran.report.refusals == {"size": 1}
    assert ran.words == ["other words"]
    assert ran.peak_mb < 150


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_what_we_did_not_ask_for_is_not_unpacked(board: MakeBoard, encoding: str) -> None:
    strange = Answer(b"\x0b\x02\x80words\x03", headers={**HTML, "Content-Encoding": encoding})
    ran = run(job(board({**small_board(), "/viewtopic.php?t=1": strange})))
    assert ran.report.refusals == {"encoding": 1}


def test_a_packed_page_is_read(board: MakeBoard) -> None:
    routes: dict[str, Any] = {
        path: answer.zipped()
        for path, answer in small_board().items()
        if isinstance(answer, Answer)
    }
    ran = run(job(board(routes)))
    assert ran.report.outcome is Outcome.OK
    assert len(ran.words) == 4
