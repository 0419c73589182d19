"""Reads a synthetic board as a run would, without a run and without a request: by the same walk and the same engine."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from patrol.demo.boards import Board
from patrol.demo.boards.server import Answer, Request
from patrol.models import Capture, Post, Source
from spiders.addresses import tidy
from spiders.capture import receive
from spiders.detect import detect
from spiders.engines import load
from spiders.engines.base import Kind
from spiders.gate.scope import place
from spiders.reading import Reading, read
from spiders.walk import Visit, Walk


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page that holds posts."""

    capture: Capture
    kind: Kind
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Reread:
    """All that a board shows."""

    engine: str | None
    """None for a board that no engine reads without a browser; then there are no pages."""
    evidence: str | None
    leaves: tuple[Leaf, ...]
    marks: dict[str, str]


def reread(board: Board, source: Source, now: datetime) -> Reread:
    """Every page of the board that a run would read now, and how far it would have got."""
    walk = Walk(source, {}, now)
    walk.begin(source.start)
    engine = load(source.engine) if source.engine else None
    evidence = None
    leaves: list[Leaf] = []
    while (visit := walk.take()) is not None:
        answer = _asked(board, visit.url)
        if answer is None or answer.status != 200:
            walk.lost(visit)
            continue
        received = receive(
            answer.body,
            url=visit.url,
            hops=(visit.url,),
            status=answer.status,
            headers={"content-type": answer.type},
            address="127.0.0.1",
            source=source,
            fetched_at=now,
        )
        if engine is None and (found := detect(received.page)):
            engine, evidence = load(found.engine), found.evidence
        if engine is None:
            break
        reading = read(received.page, engine)
        _follow(walk, visit, reading)
        if reading.posts:
            leaves.append(Leaf(received.capture, reading.kind, reading.posts))
    return Reread(engine.name if engine and leaves else None, evidence, tuple(leaves), walk.marks)


def _asked(board: Board, url: str) -> Answer | None:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return board.answer(Request("GET", target, {"host": parts.netloc}))


def _follow(walk: Walk, visit: Visit, reading: Reading) -> None:
    onward = place(tidy(reading.next_page)).href if reading.next_page else None
    if reading.kind == "list":
        links = [
            link.model_copy(update={"url": place(tidy(link.url)).href}) for link in reading.threads
        ]
        walk.listed(visit, links, onward)
    elif reading.kind == "feed":
        walk.fed(visit, reading.posts, onward)
    else:
        walk.read(visit, reading.posts, onward)
