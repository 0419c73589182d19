"""Boards that draw themselves, read by real runs with a real Chromium."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spiders.browser import chromium
from spiders.crawl import Job
from tests.spiders.crawl.conftest import Answer, Board, Routes, job, opener

WHY = "Its lists and threads are drawn by its own script."
SCRIPT = """
const draw = async () => {
  const answer = await fetch("/api" + location.pathname + location.search);
  document.body.className = "section-" + location.pathname.slice(1, -4);
  document.body.innerHTML = (await answer.json()).html;
};
draw();
"""
SHELL = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Board</title>'
    '<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png"></head>'
    '<body id="phpbb"><p>One moment.</p><script src="/app.js"></script></body></html>'
)
JAVASCRIPT = {"Content-Type": "text/javascript; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


def need_chromium() -> None:
    """Chromium belongs to what a test machine has: without it these tests fail, and say so."""
    assert chromium.find(), "Install the package `chromium`."


def shell(script: str | None = None, *, body: str = "") -> Answer:
    """A page that is nothing without its script."""
    page = SHELL if script is None else SHELL.replace(' src="/app.js">', f">{script}")
    return Answer(page.replace("<p>One moment.</p>", body).encode() if body else page.encode())


def drawn(routes: Routes) -> Routes:
    """The same board, but every page is drawn by its script from a JSON of its own."""
    pages: Routes = {"/app.js": Answer(SCRIPT.encode(), headers=JAVASCRIPT)}
    for path, answer in routes.items():
        assert isinstance(answer, Answer)
        html = answer.body.decode().partition("<body")[2].partition(">")[2].partition("</body>")[0]
        pages[path] = shell()
        data = Answer(json.dumps({"html": html}).encode(), answer.status, JSON)
        data.wait = answer.wait
        pages[f"/api{path}"] = data
    return pages


def browsed(board: Board, **changes: Any) -> Job:
    """A job for a board that a browser reads."""
    return job(board, browser=WHY, **changes).model_copy(update={"engine": "phpbb"})


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Callable[..., Board]]:
    """Opens boards: `board({path: Answer})`."""
    need_chromium()
    yield from opener(tmp_path)
