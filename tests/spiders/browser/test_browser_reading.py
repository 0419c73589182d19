"""A board that draws itself is read like any other: every request by the gate, every page hashed as received and as drawn."""

from collections.abc import Callable

from patrol.models import Outcome
from tests.spiders.browser.conftest import browsed, drawn
from tests.spiders.crawl.conftest import Board, run, small_board

MakeBoard = Callable[..., Board]


def test_every_post_is_read_and_scripts_are_asked_for_once(board: MakeBoard) -> None:
    site = board(drawn(small_board()))
    ran = run(browsed(site))
    assert ran.report.outcome is Outcome.OK, ran.report.detail
    assert ran.words == ["first words", "second words", "third words", "other words"]
    assert site.paths.count("/app.js") == 1
    assert len(site.paths) == 4 * 2 + 1
    assert ran.report.requests == len(site.asked)
    assert set(ran.report.marks) == {"t1", "t2"}
