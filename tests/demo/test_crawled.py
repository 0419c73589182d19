"""The boards, read by a real run in a process of its own."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from patrol.demo.boards import Boards
from patrol.demo.hostile import HOST, WORDS, Hostile
from patrol.demo.media_scan import scan_bytes
from patrol.demo.stage import covering
from patrol.models import Authorization, Category, Outcome, ReadPage, Scope, Source
from spiders.job import Job, Report

RUN = """
import json, sys
from spiders.crawl import crawl
from spiders.job import Job, Mandate

job = Job.model_validate_json(sys.stdin.read())
pages = []
report = crawl(
    job,
    keep=pages.extend,
    mandate=lambda: Mandate(authorization=job.authorization),
    beat=lambda tally: None,
)
json.dump([report.model_dump(mode="json"), [page.model_dump(mode="json") for page in pages]], sys.stdout)
"""


def run(
    source: Source, scope: Scope, laboratory: str, marks: dict[str, str] | None = None
) -> tuple[Report, list[ReadPage]]:
    now = datetime.now(UTC)
    authorization = Authorization(
        id=1,
        source=source.name,
        basis="invented",
        number="1",
        scope=scope,
        categories=tuple(Category),
        requester="supervisor",
        approver="supervisor2",
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=1),
    )
    job = Job(
        source=source,
        authorization=authorization,
        marks=marks or {},
        laboratory=frozenset(laboratory.split(",")),
        contact="patrol@example.invalid",
    )
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=job.model_dump_json(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    report, pages = json.loads(done.stdout)
    return Report.model_validate(report), [ReadPage.model_validate(page) for page in pages]


def numbers(pages: Sequence[ReadPage]) -> list[int]:
    return sorted(int(re.sub(r".*\D", "", post.key)) for page in pages for post in page.posts)


@pytest.mark.parametrize("name", ["campus_corner", "harbor_forum", "night_market", "town_feed"])
def test_a_run_reads_every_post_once_and_a_second_only_what_moved(
    boards: Boards, name: str
) -> None:
    board = boards[name]
    source = next(source for source in boards.sources() if source.name == name)
    scope = covering(boards.scope(name).hosts, source, board.engine)
    report, pages = run(source, scope, boards.laboratory)
    assert (report.outcome, report.posts) == (Outcome.OK, len(board.messages)), report.detail
    assert numbers(pages) == [message.id for _, message in board.messages]
    assert boards.asked(board.host, "/staff/") == 0
    assert boards.asked(board.host, "/robots.txt") == 1
    added = board.add_post("剛剛發的新貼文", author="路人", title="新貼文", area=board.areas[0].id)
    _, again = run(source, scope, boards.laboratory, report.marks)
    assert added.id in numbers(again)
    if name != "town_feed":
        settled = datetime.now(UTC) - timedelta(days=source.reread_days, hours=1)
        moved = [message for thread, message in board.messages if thread.last.at > settled]
        assert len(numbers(again)) <= len(moved) < len(board.messages)


def test_a_run_over_a_hostile_board_asks_for_no_media_and_keeps_none(hostile: Hostile) -> None:
    report, pages = run(hostile.source(), hostile.scope, hostile.laboratory)
    assert hostile.media_requests == 0
    assert hostile.sentinel_requests == 0
    assert hostile.requests[HOST, "/viewtopic.php?f=2&t=1"] == 1, "the tricks were asked for"
    words: list[Any] = [page.model_dump_json() for page in pages]
    found = scan_bytes("pages", "\n".join(words).encode())
    assert found.places == ()
    assert any(WORDS in post.text for page in pages for post in page.posts)
    assert report.media_cut > 0
