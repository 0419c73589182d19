"""A board of traps: whatever one thread is, the other one is read, the run ends as it should, and little memory was needed."""

import asyncio
import gzip
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import pytest

from patrol.models import Outcome, Scope
from spiders.gate.gate import Gate
from spiders.gate.pace import LONGEST_WAIT, SHORTEST_WAIT
from tests.spiders.crawl.conftest import (
    START,
    Answer,
    Board,
    framed,
    job,
    run,
    small_board,
    swap,
    thread,
    thread_list,
)

MakeBoard = Callable[..., Board]
HTML = {"Content-Type": "text/html; charset=utf-8"}
TRAP = "/viewtopic.php?t=1"
CHILD_MB = 700
"""What a run may ever need."""
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
GIF = b"GIF89a/*\x01\x00\x01\x00\x80\x00\x00*/=1;//"
BROTLI = bytes.fromhex("5bffffff5f") + bytes(2_000)
ZSTD = bytes.fromhex("28b52ffda000943577") + b"\x54\x00\x00\x10aa\x01\x00\xfb\xff\x39\xc0\x02" * 900


class Trap(NamedTuple):
    """What a thread answers, how the run ends, what was refused, and how many posts of it are read."""

    answer: Callable[[], Answer]
    outcome: Outcome = Outcome.OK
    refused: str = ""
    posts: int = 0


def _page(body: bytes, **headers: str) -> Callable[[], Answer]:
    return lambda: Answer(body, headers={**HTML, **headers})


def _within(rows: str) -> Callable[[], Answer]:
    """A real post with hostile markup behind it."""

    def page() -> Answer:
        answer = thread({101: "trapped words"})
        answer.body = answer.body.replace(b"</body>", rows.encode() + b"</body>")
        return answer

    return page


def _announced() -> Answer:
    return Answer(b"<html>" + b"x" * 100_000, headers={**HTML, "Content-Length": "104857600"})


def _typed(kind: str, body: bytes = b"") -> Callable[[], Answer]:
    return lambda: Answer(body or thread({101: "words"}).body, headers={"Content-Type": kind})


def _status(status: int, **headers: str) -> Callable[[], Answer]:
    return lambda: Answer(b"<html>no</html>", status, {**HTML, **headers})


def _to(where: str) -> Callable[[], Answer]:
    return lambda: Answer(b"", 302, {"Location": where})


def _chunked(body: bytes, **headers: str) -> Callable[[], Answer]:
    return lambda: Answer(body, headers={**HTML, **headers}, chunked=True)


def _gzipped(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


LOGIN = '<form id="login"><p>You must log in.</p><input type="password"></form>'
CAPTCHA = (
    b'<html><title>Just a moment...</title><body><div class="cf-turnstile"></div></body></html>'
)
TRAPS = {
    "100 MB announced": Trap(_announced, refused="size"),
    "100 MB unannounced": Trap(_chunked(b"<html>" + b"<p>words</p>" * 8_738_133), refused="size"),
    "gzip bomb": Trap(_page(_gzipped(2_000), **{"Content-Encoding": "gzip"}), refused="size"),
    "deflate bomb": Trap(_page(zlib.compress(b"<p>" * 60_000_000, 9), **{"Content-Encoding": "deflate"}), refused="size"),
    "br bomb": Trap(_page(BROTLI, **{"Content-Encoding": "br"}), refused="encoding"),
    "zstd bomb": Trap(_page(ZSTD, **{"Content-Encoding": "zstd"}), refused="encoding"),
    "bomb in a bomb": Trap(_page(gzip.compress(_gzipped(500)), **{"Content-Encoding": "gzip, gzip"}), refused="encoding"),
    "bomb without its label": Trap(_page(_gzipped(500)), refused="media"),
    "deep": Trap(_within("<div>" * 400_000), posts=1),
    "flat": Trap(_within("<p>" * 660_000), posts=1),
    "attributes": Trap(_within("<div " + " ".join(f"a{n}=1" for n in range(200_000)) + ">"), posts=1),
    "redirects in a circle": Trap(_to(TRAP), Outcome.OK, "redirects"),
    "redirects without end": Trap(_to("/r?n=0"), Outcome.OK, "redirects"),
    "redirect to a picture": Trap(_to("/p.png"), Outcome.OK, "media"),
    "meta refresh": Trap(_within('<meta http-equiv="refresh" content="0;url=/secret">'), posts=1),
    "script that leads away": Trap(_within("<script>location = '/secret'</script>"), posts=1),
    "image as html": Trap(_page(PNG * 40), refused="media"),
    "gif that is a script": Trap(_page(GIF * 40), refused="media"),
    "gif that is a page": Trap(_page(GIF + thread({101: "words"}).body), refused="media"),
    "page with an image behind it": Trap(lambda: Answer(thread({101: "words"}).body + PNG * 40, headers=HTML), refused="media"),
    "html as image": Trap(_typed("image/jpeg"), refused="media"),
    "html as bytes": Trap(_typed("application/octet-stream"), refused="media"),
    "utf-8 that is big5": Trap(lambda: Answer(_big5("太陽能腳踏車停在碼頭邊，明天下午可以看"), headers=HTML), posts=1),
    "charset that nobody knows": Trap(_typed("text/html; charset=x-none"), posts=1),
    "utf-7": Trap(_typed("text/html; charset=utf-7", thread({101: "+ADw-script+AD4-"}).body), posts=1),
    "login wall": Trap(lambda: framed(LOGIN, "viewtopic"), Outcome.LOGIN_WALL),
    "captcha": Trap(_page(CAPTCHA), Outcome.POLICY_BLOCKED),
    "401": Trap(_status(401), Outcome.LOGIN_WALL),
    "403": Trap(_status(403), Outcome.POLICY_BLOCKED),
    "451": Trap(_status(451), Outcome.POLICY_BLOCKED),
    "503": Trap(_status(503, **{"Retry-After": "1"}), Outcome.SERVER_ERROR),
}  # fmt: skip


def _big5(words: str) -> bytes:
    return thread({101: words}).body.decode().encode("big5")


def _endless(path: str, _headers: dict[str, str]) -> Answer:
    return _to(f"/r?n={int(path.rpartition('=')[2]) + 1}")()


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_costs_itself_and_ends_as_it_should(board: MakeBoard, name: str) -> None:
    trap = TRAPS[name]
    around = {f"/r?n={n}": _endless for n in range(40)}
    site = board({**small_board(), **around, TRAP: trap.answer()})
    ran = run(job(site))
    assert "other words" in ran.words, ran.report
    assert ran.report.outcome is trap.outcome, ran.report
    assert list(ran.report.refusals) == ([trap.refused] if trap.refused else [])
    assert len(ran.words) == 1 + trap.posts
    assert site.paths.count(TRAP) <= 6, "asked for once; six times in a circle"
    assert not [path for path in site.paths if path.startswith(("/secret", "/p.png"))]
    assert ran.peak_mb < CHILD_MB
    assert ran.seconds < 30


@pytest.mark.parametrize(
    "wait",
    ["999999999999999999999", "1e400", "-5", "０", "Fri, 31 Dec 9999 23:59:59 GMT", "\x7f", "0"],
)
def test_an_absurd_retry_after_is_kept_within_limits(board: MakeBoard, wait: str) -> None:
    busy = Answer(b"", 429, {"Retry-After": wait.encode().decode("latin-1")})
    site = board({**small_board(), TRAP: busy})
    ran = run(job(site, seconds_between_requests=0.05))
    assert ran.report.outcome is Outcome.RATE_LIMITED, ran.report
    assert site.paths == [START, TRAP], "the host is left alone at once"
    assert ran.report.retry_at is not None
    seconds = (ran.report.retry_at - datetime.now(UTC)).total_seconds()
    assert SHORTEST_WAIT - 30 < seconds <= LONGEST_WAIT


def _hasty(go: Callable[[], Any]) -> Any:
    from spiders.gate import door

    swap(door, "SECONDS", 1.0)
    swap(door, "BACKOFF", ())
    return go()


@pytest.mark.parametrize("trick", ["no answer", "drip", "hang up"])
def test_a_slow_thread_is_left_after_its_time(board: MakeBoard, trick: str) -> None:
    slow = {"no answer": Answer(wait=20), "drip": Answer(b"x" * 900, drip=0.05)}.get(trick)
    site = board({**small_board(), TRAP: slow or Answer(hang_up=True)})
    ran = run(job(site), around=_hasty)
    assert ran.report.outcome is Outcome.NETWORK
    assert ran.words == ["other words"]
    assert ran.seconds < 10


@pytest.mark.parametrize("trick", ["no address", "hangs"])
def test_a_name_that_has_no_address_is_the_networks_fault(board: MakeBoard, trick: str) -> None:
    """NXDOMAIN and a resolver that says nothing: told, and the other host of the source is read."""

    async def lookup(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(60 if trick == "hangs" else 0)
        raise OSError(-2, "Name or service not known")

    def asked(go: Callable[[], Any]) -> Any:
        import spiders.crawl
        from spiders.gate import address

        swap(spiders.crawl, "Gate", partial(Gate, lookup=lookup))
        swap(address, "LOOKUP_SECONDS", 1.0)
        return _hasty(go)

    site = board(small_board())
    work = job(site, scope=Scope(hosts=(site.host, "nowhere.example")))
    starts = (f"http://nowhere.example{START}", f"{site.url}{START}")
    source = work.source.model_copy(update={"start": starts})
    ran = run(work.model_copy(update={"source": source}), around=asked)
    assert ran.report.outcome is Outcome.NETWORK, ran.report
    assert len(ran.words) == 4
    assert ran.seconds < 20


def test_an_endless_calendar_ends_where_nothing_is_new(board: MakeBoard) -> None:
    """Each day leads to the next one, under an id of its own, and none holds a post that was not seen."""

    def day(path: str, _headers: dict[str, str]) -> Answer:
        number = int(path.rpartition("=")[2])
        return thread({101: "words"}, f"{TRAP}&sid={number:032x}&day={number + 1}")

    days = {f"{TRAP}&day={number}": day for number in range(1, 200)}
    site = board(
        {START: thread_list({1: "1"}), TRAP: thread({101: "words"}, f"{TRAP}&day=1"), **days}
    )
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK, ran.report
    assert set(ran.words) == {"words"}
    assert len(site.paths) <= 4
