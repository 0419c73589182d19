"""How a site is met follows the mandate as it stands at that moment: its robots.txt, and by what name it is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from patrol.models import BREAK_GLASS, Conduct, Outcome, RobotsVerdict, Scope, UserAgent
from spiders.gate.agent import plain
from spiders.job import Mandate
from tests.spiders.crawl.conftest import START, Answer, Board, Routes, job, run, small_board

MakeBoard = Callable[..., Board]
EXCLUDED = "Disallow: /viewtopic.php?t=1"
OVERRIDES = Conduct(overrides_robots=True, reason="Ordered in writing.")


def guarded(rules: str = EXCLUDED) -> Routes:
    """The small board, whose robots.txt says so."""
    robots = Answer(f"User-agent: *\n{rules}\n".encode(), headers={"Content-Type": "text/plain"})
    return {**small_board(), "/robots.txt": robots}


def test_an_approved_mandate_reads_what_robots_exclude_and_says_so(board: MakeBoard) -> None:
    site = board(guarded())
    ran = run(job(site, conduct=OVERRIDES))
    assert ran.report.outcome is Outcome.OK
    assert len(ran.words) == 4
    assert ran.report.refusals == {}
    said = {
        page.capture.url.removeprefix(site.url): page.capture.robots
        for page in ran.pages
        if page.capture.robots
    }
    assert said["/viewtopic.php?t=1"] == RobotsVerdict(
        status=200, fetched_at=said[START].fetched_at, rule=EXCLUDED, overridden=True
    )
    assert [said[path].overridden for path in (START, "/viewtopic.php?t=2")] == [False, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"conduct": Conduct()},
        {"conduct": Conduct(reason="Only a reason.")},
        {"approver": BREAK_GLASS, "conduct": OVERRIDES},
    ],
)
def test_nobody_else_does(board: MakeBoard, changes: dict[str, Any]) -> None:
    ran = run(job(board(guarded()), **changes))
    assert ran.words == ["other words"]
    assert ran.report.refusals == {"robots": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"approver": None},
        {"valid_until": datetime.now(UTC) - timedelta(minutes=1)},
        {"revoked_at": datetime.now(UTC) - timedelta(minutes=1)},
    ],
)
def test_an_override_that_is_not_in_force_opens_nothing(
    board: MakeBoard, changes: dict[str, Any]
) -> None:
    site = board(guarded())
    ran = run(job(site, conduct=OVERRIDES, **changes))
    assert ran.report.outcome is Outcome.AUTHORIZATION_ENDED
    assert site.asked == []


def test_the_mandate_as_it_stands_counts_and_not_the_one_that_the_run_began_with(
    board: MakeBoard,
) -> None:
    work = job(board(guarded()), conduct=OVERRIDES)
    now = work.authorization.model_copy(update={"conduct": Conduct()})
    ran = run(work, mandate=lambda: Mandate(authorization=now))
    assert ran.words == ["other words"]
    assert ran.report.refusals == {"robots": 1}


def test_an_override_overrides_no_pause_and_no_silence(board: MakeBoard) -> None:
    """A Crawl-delay is kept; a robots.txt that cannot be had still means that nothing is asked."""
    slow = board(guarded(f"{EXCLUDED}\nCrawl-delay: 0.3"))
    assert run(job(slow, conduct=OVERRIDES)).report.outcome is Outcome.OK
    times = [asked.at for asked in slow.asked]
    assert times[-1] - times[0] > 0.3 * (len(times) - 1) - 0.1
    down = board({**small_board(), "/robots.txt": Answer(b"", 500)})
    assert run(job(down, conduct=OVERRIDES)).report.outcome is Outcome.SERVER_ERROR
    assert down.paths == []


@pytest.mark.parametrize("name", UserAgent)
def test_a_site_is_asked_by_the_name_that_the_mandate_says(
    board: MakeBoard, name: UserAgent
) -> None:
    site = board(small_board())
    assert run(job(site, conduct=Conduct(user_agent=name))).report.outcome is Outcome.OK
    (agent,) = {asked.headers["user-agent"] for asked in site.asked}
    if name is UserAgent.PLAIN:
        assert agent == plain()
        assert "patrol" not in str([asked.headers for asked in site.asked]).lower()
    else:
        assert agent.startswith("Patrol/")
        assert agent.endswith(" (+patrol@example.invalid)")


def test_by_another_name_the_rules_for_our_own_still_hold(board: MakeBoard) -> None:
    rules = f"Allow: /\n\nUser-agent: Patrol\n{EXCLUDED}"
    ran = run(job(board(guarded(rules)), conduct=Conduct(user_agent=UserAgent.PLAIN)))
    assert ran.report.refusals == {"robots": 1}


def test_parameters_hold_for_links_redirects_and_starts(board: MakeBoard) -> None:
    routes = small_board()
    routes["/viewtopic.php?t=2"] = Answer(b"", 302, {"Location": "/viewtopic.php?t=1&sid=0"})
    site = board(routes)
    ran = run(
        job(site, scope=Scope(hosts=(site.host,), query_allow=("start=9",), query_deny=("sid",)))
    )
    assert ran.words == ["first words", "second words"]
    assert ran.report.refusals == {"scope": 2}
    assert "/viewtopic.php?t=1&sid=0" not in site.paths
    assert "/viewtopic.php?t=1&start=2" not in site.paths
    refused = run(job(site, scope=Scope(hosts=(site.host,), query_allow=("f=2",))))
    assert refused.report.outcome is Outcome.POLICY_BLOCKED


def test_over_https_only_nothing_is_asked_in_the_clear(board: MakeBoard) -> None:
    site = board(small_board())
    ran = run(job(site, scope=Scope(hosts=(site.host,), https_only=True)))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert site.asked == []
