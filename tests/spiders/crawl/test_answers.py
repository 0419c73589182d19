"""Whatever a board answers is an outcome that somebody sees, never a fight and never silence."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from patrol.models import Outcome
from tests.spiders.crawl.conftest import (
    START,
    Answer,
    Board,
    Routes,
    framed,
    job,
    run,
    small_board,
    swap,
    thread,
    thread_list,
)

MakeBoard = Callable[..., Board]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, Outcome.LOGIN_WALL),
        (403, Outcome.POLICY_BLOCKED),
        (404, Outcome.LAYOUT_CHANGED),
        (451, Outcome.POLICY_BLOCKED),
        (429, Outcome.RATE_LIMITED),
        (500, Outcome.SERVER_ERROR),
        (503, Outcome.SERVER_ERROR),
        (599, Outcome.SERVER_ERROR),
        (204, Outcome.SERVER_ERROR),
    ],
)
def test_a_bad_answer_is_asked_for_once(board: MakeBoard, status: int, outcome: Outcome) -> None:
    site = board({START: Answer(b"<html>no</html>", status)})
    ran = run(job(site))
    assert ran.report.outcome is outcome
    assert str(status) in ran.report.detail
    assert site.paths == [START]


@pytest.mark.parametrize("status", [500, 503, 403, 404, 429, 401])
def test_what_a_robots_txt_answers_counts(board: MakeBoard, status: int) -> None:
    """RFC 9309: 4xx means no rules, 5xx means stay away; 429 means what it says."""
    site = board({**small_board(), "/robots.txt": Answer(b"", status)})
    ran = run(job(site))
    if status >= 500:
        assert ran.report.outcome is Outcome.SERVER_ERROR
        assert site.paths == []
    elif status == 429:
        assert ran.report.outcome is Outcome.RATE_LIMITED
        assert site.paths == []
    else:
        assert ran.report.outcome is Outcome.OK


def test_a_robots_txt_is_read_whatever_its_label_but_not_as_a_picture(board: MakeBoard) -> None:
    rules = Answer(
        b"User-agent: *\nDisallow: /viewtopic\n",
        headers={"Content-Type": "application/octet-stream"},
    )
    ran = run(job(board({**small_board(), "/robots.txt": rules})))
    assert ran.report.refusals == {"robots": 2}
    picture = Answer(b"\x89PNG\r\n\x1a\n" + bytes(100), headers={"Content-Type": "text/plain"})
    ran = run(job(board({**small_board(), "/robots.txt": picture})))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert ran.pages == []


def test_robots_are_obeyed(board: MakeBoard) -> None:
    robots = Answer(
        b"User-agent: *\nDisallow: /\n\nUser-agent: Patrol\nDisallow: /viewtopic.php?t=1\n",
        headers={"Content-Type": "text/plain"},
    )
    site = board({**small_board(), "/robots.txt": robots})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK
    assert ran.words == ["other words"]
    assert ran.report.refusals == {"robots": 1}
    assert "1 addresses were refused" in ran.report.detail
    assert list(ran.report.marks) == ["t2"]
    assert [asked.path for asked in site.asked].count("/robots.txt") == 1


def test_a_board_that_excludes_us_is_left_alone(board: MakeBoard) -> None:
    robots = Answer(b"User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"})
    site = board({**small_board(), "/robots.txt": robots})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.ROBOTS_DENIED
    assert site.paths == []


def test_a_crawl_delay_is_kept(board: MakeBoard) -> None:
    robots = Answer(b"User-agent: *\nCrawl-delay: 0.4\n", headers={"Content-Type": "text/plain"})
    site = board({**small_board(), "/robots.txt": robots})
    assert run(job(site)).report.outcome is Outcome.OK
    _apart(site, 0.4)


def test_the_configured_pause_is_kept(board: MakeBoard) -> None:
    site = board(small_board())
    assert run(job(site, seconds_between_requests=0.3)).report.outcome is Outcome.OK
    _apart(site, 0.3)


def _apart(site: Board, seconds: float) -> None:
    times = [asked.at for asked in site.asked]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) >= 4
    # On a busy machine one request may reach the server late and the next in time:
    # the pace holds over all of them, and no two come at once.
    assert sum(gaps) > seconds * len(gaps) - 0.1, gaps
    assert min(gaps) > seconds / 4, gaps


def test_too_many_requests_ends_the_run_and_says_until_when(board: MakeBoard) -> None:
    routes = small_board()
    routes["/viewtopic.php?t=1"] = Answer(b"slow down", 429, {"Retry-After": "120"})
    site = board(routes)
    ran = run(job(site, seconds_between_requests=0.05))
    assert ran.report.outcome is Outcome.RATE_LIMITED
    assert site.paths == [START, "/viewtopic.php?t=1"]
    assert ran.report.retry_at is not None
    assert 100 < (ran.report.retry_at - datetime.now(UTC)).total_seconds() <= 120
    assert ran.report.marks == {}


def test_nothing_listens(board: MakeBoard) -> None:
    site = board(small_board())
    work = job(site)
    site.close()
    site.pid = 0
    ran = run(work)
    assert ran.report.outcome is Outcome.NETWORK
    assert "refused" in ran.report.detail
    assert ran.report.requests == 3, "asked once, and twice more"


def test_what_the_network_loses_is_asked_for_again(board: MakeBoard) -> None:
    seen: list[str] = []

    def flaky(path: str, _headers: dict[str, str]) -> Answer:
        seen.append(path)
        return Answer(hang_up=True) if len(seen) < 2 else thread({201: "other words"})

    site = board({**small_board(), "/viewtopic.php?t=2": flaky})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK
    assert "other words" in ran.words
    assert site.paths.count("/viewtopic.php?t=2") == 2


def test_a_proxy_whose_server_was_away_is_asked_again(board: MakeBoard) -> None:
    seen: list[str] = []

    def flaky(path: str, _headers: dict[str, str]) -> Answer:
        seen.append(path)
        return Answer(b"away", 502) if len(seen) < 2 else thread({201: "other words"})

    site = board({**small_board(), "/viewtopic.php?t=2": flaky})
    assert run(job(site)).report.outcome is Outcome.OK


def test_one_bad_thread_does_not_stop_the_others(board: MakeBoard) -> None:
    site = board({**small_board(), "/viewtopic.php?t=1": Answer(b"no", 500)})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.SERVER_ERROR
    assert ran.words == ["other words"]
    assert list(ran.report.marks) == ["t2"]


def test_a_thread_that_was_deleted_is_no_fault(board: MakeBoard) -> None:
    site = board({**small_board(), "/viewtopic.php?t=1": Answer(b"gone", 404)})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK
    assert list(ran.report.marks) == ["t2"]


def test_a_board_that_refuses_every_thread_is_left_alone(board: MakeBoard) -> None:
    site = board({START: thread_list(dict.fromkeys(range(1, 30), "1"))}, Answer(b"no", 403))
    ran = run(job(site, seconds_between_requests=0.01))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert len(site.paths) == 1 + 3


def test_the_worst_of_several_wins(board: MakeBoard) -> None:
    routes: Routes = {
        START: thread_list({1: "1", 2: "2", 3: "3"}),
        "/viewtopic.php?t=1": Answer(b"no", 403),
        "/viewtopic.php?t=2": Answer(b"no", 500),
        "/viewtopic.php?t=3": thread({1: "words"}),
    }
    ran = run(job(board(routes)))
    assert ran.report.outcome is Outcome.SERVER_ERROR
    assert ran.words == ["words"]


def test_a_steady_drip_is_cut(board: MakeBoard) -> None:
    slow = thread({1: "words"})
    slow.drip = 0.05
    site = board({**small_board(), "/viewtopic.php?t=1": slow})

    def hasty(go: Callable[[], object]) -> object:
        from spiders.gate import door

        swap(door, "SECONDS", 1.0)
        swap(door, "BACKOFF", ())
        return go()

    began = time.monotonic()
    ran = run(job(site), around=hasty)  # type: ignore[arg-type]
    assert ran.report.outcome is Outcome.NETWORK
    assert "too long" in ran.report.detail
    assert time.monotonic() - began < 5
    assert ran.words == ["other words"]


def test_a_body_that_breaks_off_is_no_page(board: MakeBoard) -> None:
    short = thread({1: "words"})
    short.headers = {**short.headers, "Content-Length": str(len(short.body) + 500)}
    short.close = True
    site = board({**small_board(), "/viewtopic.php?t=1": short})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.NETWORK
    assert ran.words == ["other words"]


# -- What the pages say --------------------------------------------------------------------------


def test_a_board_that_no_engine_knows(board: MakeBoard) -> None:
    site = board({START: Answer(b"<html><body><p>Hello.</p></body></html>")})
    ran = run(job(site))
    assert ran.report.outcome is Outcome.LAYOUT_CHANGED
    assert "No engine" in ran.report.detail
    assert ran.report.engine is None


def test_a_challenge_is_not_solved(board: MakeBoard) -> None:
    site = board(
        {
            START: Answer(
                b"<html><title>Just a moment...</title><body><form id='challenge-form'></form></body></html>"
            )
        }
    )
    ran = run(job(site))
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert site.paths == [START]


def test_a_login_page_in_the_boards_own_frame(board: MakeBoard) -> None:
    form = '<form id="login"><p>You must log in.</p><input type="password"></form>'
    ran = run(job(board({START: framed(form, "viewforum")})))
    assert ran.report.outcome is Outcome.LOGIN_WALL


def test_a_board_whose_layout_changed(board: MakeBoard) -> None:
    routes = small_board()
    routes["/viewtopic.php?t=1"] = framed("<article>words in a new frame</article>", "viewtopic")
    ran = run(job(board(routes)))
    assert ran.report.outcome is Outcome.LAYOUT_CHANGED
    assert ran.words == ["other words"]


def test_fewer_rows_than_the_floor(board: MakeBoard) -> None:
    ran = run(job(board(small_board()), floor=50))
    assert ran.report.outcome is Outcome.SUSPICIOUSLY_EMPTY
    assert "50" in ran.report.detail


def test_no_sentence_holds_collected_text(board: MakeBoard) -> None:
    routes = small_board()
    routes["/viewtopic.php?t=1"] = thread({1: "canary words"}, "/viewtopic.php?t=1&start=2")
    routes["/viewtopic.php?t=1&start=2"] = Answer(b"canary words", 500)
    assert "canary" not in run(job(board(routes))).report.model_dump_json()


# -- Redirects -----------------------------------------------------------------------------------


def _to(where: str, status: int = 302) -> Answer:
    return Answer(
        b"<html>elsewhere</html>", status, {"Location": where, "Content-Type": "text/html"}
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_within_the_scope_are_followed(board: MakeBoard, status: int) -> None:
    routes = {**small_board(), "/": _to("/viewforum.php?f=1", status)}
    site = board(routes)
    ran = run(job(site, start="/"))
    assert ran.report.outcome is Outcome.OK
    first = ran.pages[0].capture
    assert first.requested_url == f"{site.url}/"
    assert first.url == f"{site.url}{START}"
    assert first.hops == (f"{site.url}/", f"{site.url}{START}")


def test_a_chain_of_redirects_ends_after_five(board: MakeBoard) -> None:
    routes: Routes = {f"/{number}": _to(f"/{number + 1}") for number in range(40)}
    site = board(routes)
    ran = run(job(site, start="/0"))
    assert ran.report.refusals == {"redirects": 1}
    assert ran.report.outcome is Outcome.POLICY_BLOCKED
    assert len(site.paths) == 6


def test_five_redirects_are_allowed(board: MakeBoard) -> None:
    routes: Routes = {f"/{number}": _to(f"/{number + 1}") for number in range(4)}
    routes["/4"] = _to(START)
    ran = run(job(board({**routes, **small_board()}), start="/0"))
    assert ran.report.outcome is Outcome.OK


def test_meta_refresh_is_not_followed(board: MakeBoard) -> None:
    page = framed("<p>gone</p>", "index")
    page.body = page.body.replace(
        b"<head>", b'<head><meta http-equiv="refresh" content="0;url=/secret">'
    )
    page.headers = {**page.headers, "Refresh": "0; url=/secret"}
    site = board({START: page})
    run(job(site))
    assert site.paths == [START]


def test_no_cookie_is_ever_sent_or_kept(board: MakeBoard) -> None:
    routes = small_board()
    listed = routes[START]
    assert isinstance(listed, Answer)
    listed.headers = {**listed.headers, "Set-Cookie": "sid=abc; path=/"}
    site = board(routes)
    ran = run(job(site))
    assert ran.report.outcome is Outcome.OK
    assert not any(
        {"cookie", "authorization", "referer"} & set(asked.headers) for asked in site.asked
    )
    assert "set-cookie" not in ran.pages[0].capture.headers
    assert all(asked.headers["accept-encoding"] == "gzip, deflate" for asked in site.asked)
