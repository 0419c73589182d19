"""Pages that need not be sent again: what is asked for on that condition, and what a 304 means."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from patrol.models import Outcome, Validator
from spiders.crawl import Job
from spiders.validators import basis
from tests.spiders.crawl.conftest import (
    START,
    Answer,
    Board,
    Ran,
    Routes,
    framed,
    job,
    run,
    small_board,
    thread,
    thread_list,
)

MakeBoard = Callable[..., Board]


def tagged(answer: Answer, **more: str) -> Callable[[str, dict[str, str]], Answer]:
    """The same answer, or 304 to whoever has it. `more` are headers, `_` for `-`."""
    tag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
    told = {name.replace("_", "-"): value for name, value in more.items()} or {"ETag": tag}

    def say(_: str, headers: dict[str, str]) -> Answer:
        same = told.get("ETag") == headers.get("if-none-match", "-") or (
            told.get("Last-Modified") == headers.get("if-modified-since", "-")
        )
        if same:
            return Answer(b"", 304, {**told, "Content-Encoding": "gzip"})
        return Answer(answer.body, answer.status, {**answer.headers, **told})

    return say


def tagged_board() -> Routes:
    return {
        path: tagged(answer) for path, answer in small_board().items() if isinstance(answer, Answer)
    }


def again(work: Job, ran: Ran, **changes: Any) -> Job:
    """The next run's job, after this one."""
    known = {url: one for url, one in ran.report.validators.items() if one}
    told = {"engine": ran.report.engine, "marks": ran.report.marks, "validators": known}
    return work.model_copy(update={**told, **changes})


def conditional(board: Board) -> dict[str, str]:
    """What was asked on a condition, in the last request for each address."""
    return {
        one.path: one.headers.get("if-none-match") or one.headers.get("if-modified-since") or ""
        for one in board.asked
    }


def test_a_board_that_did_not_change_is_read_without_being_sent(board: MakeBoard) -> None:
    here = board(tagged_board())
    first = run(job(here))
    assert len([one for one in first.report.validators.values() if one]) == 4
    second = run(again(job(here), first))
    assert (second.report.outcome, second.report.rows, second.pages) == (Outcome.OK, None, [])
    assert (second.report.unchanged, second.report.pages) == (1, 1)
    assert (
        second.report.detail
        == "1 pages with 0 posts were read, 1 of which had not changed since they were kept."
    )
    assert here.paths[4:] == [START]
    assert conditional(here)[START].startswith('W/"')


def test_behind_an_unchanged_page_the_walk_goes_where_it_led(board: MakeBoard) -> None:
    routes = tagged_board()
    here = board(routes)
    first = run(job(here))
    moved = run(again(job(here), first, marks={"t1": "old"}, validators=_without(first, START)))
    assert sorted(here.paths[4:]) == sorted(small_board())
    assert (moved.report.unchanged, moved.report.marks) == (3, first.report.marks)
    assert moved.report.outcome is Outcome.OK


def _without(ran: Ran, path: str) -> dict[str, Validator]:
    return {
        url: one for url, one in ran.report.validators.items() if one and not url.endswith(path)
    }


def test_what_changed_is_read(board: MakeBoard, tmp_path: Any) -> None:
    routes = tagged_board()
    flag = tmp_path / "moved"

    def moving(name: str, before: Answer, after: Answer) -> None:
        old, new = tagged(before), tagged(after)

        def say(path: str, headers: dict[str, str]) -> Answer:
            return new(path, headers) if flag.exists() else old(path, headers)

        routes[name] = say

    moving(START, thread_list({1: "11", 2: "22"}), thread_list({1: "11", 2: "23"}))
    moving("/viewtopic.php?t=2", thread({201: "other"}), thread({201: "other", 202: "newest"}))
    here = board(routes)
    first = run(job(here))
    flag.touch()
    second = run(again(job(here), first))
    assert second.words == ["other", "newest"]
    assert second.report.unchanged == 0
    assert second.report.rows == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"source": {"list_pages": 2}},
        {"source": {"timezone": "Asia/Tokyo"}},
        {"engine": None},
        {"engine": "smf"},
    ],
    ids=str,
)
def test_nothing_is_believed_once_the_engine_or_the_configuration_is_another(
    board: MakeBoard, changes: dict[str, Any]
) -> None:
    here = board(tagged_board())
    first = run(job(here))
    work = again(job(here), first)
    source = work.source.model_copy(update=changes.pop("source", {}))
    run(work.model_copy(update={"source": source, **changes}))
    assert conditional(here)[START] == ""


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"ETag": '"1"'}, True),
        ({"ETag": "bare"}, False),
        ({"ETag": '"two" "tags"'}, False),
        ({"ETag": f'"{"x" * 200}"'}, False),
        ({"Last_Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}, True),
        ({"Last_Modified": "Thu, 01 Jan 2026 00:00:00 GMT", "Date": "Thu, 01 Jan 2026 00:00:30 GMT"}, False),
        ({"Last_Modified": "yesterday"}, False),
        ({"Server": "silent"}, False),
    ],
    ids=str,
)  # fmt: skip
def test_only_what_can_be_relied_on_is_kept(
    board: MakeBoard,
    headers: dict[str, str],
    kept: bool,  # noqa: FBT001
) -> None:
    here = board({**small_board(), "/viewtopic.php?t=2": tagged(thread({201: "words"}), **headers)})
    first = run(job(here))
    assert bool(first.report.validators[f"{here.url}/viewtopic.php?t=2"]) is kept
    second = run(again(job(here), first, marks={}))
    assert second.report.unchanged == kept


def test_a_list_is_not_believed_while_something_behind_it_is_unread(board: MakeBoard) -> None:
    routes = tagged_board()
    routes["/viewtopic.php?t=2"] = Answer(b"away", 404)
    here = board(routes)
    first = run(job(here))
    assert first.report.validators[here.url + START] is None
    assert first.report.validators[f"{here.url}/viewtopic.php?t=1"] is not None
    young = run(job(here, reread_days=60, start="/young"))
    assert young.report.validators[f"{here.url}/young"] is None


_WORDLESS = '<div class="post" id="p1"><p class="author"><a class="username">rider</a></p></div>'


@pytest.mark.parametrize("rows", ["", _WORDLESS], ids=["whole", "partly"])
def test_a_page_that_was_not_read_whole_is_sent_again(board: MakeBoard, rows: str) -> None:
    whole = thread({201: "words"}).body.decode()
    partly = framed(
        rows + whole.partition('section-viewtopic">')[2].partition("</body>")[0], "viewtopic"
    )
    here = board({**tagged_board(), "/viewtopic.php?t=2": tagged(partly)})
    first = run(job(here))
    assert bool(first.report.validators[f"{here.url}/viewtopic.php?t=2"]) is (not rows)


def test_a_page_that_could_not_be_kept_is_sent_again(board: MakeBoard) -> None:
    def full(_: Any) -> None:
        raise OSError

    ran = run(job(board(tagged_board())), keep=full)
    assert not any(ran.report.validators.values())


def test_no_redirect_takes_a_condition_along(board: MakeBoard) -> None:
    moved = Answer(b"", 302, {"Location": "/viewtopic.php?t=9"})
    here = board(
        {
            **tagged_board(),
            "/viewtopic.php?t=2": moved,
            "/viewtopic.php?t=9": tagged(thread({201: "w"})),
        }
    )
    work = job(here)
    first = run(work)
    url = f"{here.url}/viewtopic.php?t=2"
    assert first.report.validators[url] is None
    believed = Validator(basis=basis(work, "phpbb"), kind="thread", etag='"mine"')
    run(again(work, first, marks={}, validators={url: believed}))
    asked = conditional(here)
    assert (asked["/viewtopic.php?t=2"], asked["/viewtopic.php?t=9"]) == ('"mine"', "")


def test_a_304_that_nobody_asked_for_is_a_fault(board: MakeBoard) -> None:
    ran = run(job(board({START: Answer(b"", 304)})))
    assert ran.report.outcome is Outcome.SERVER_ERROR
    assert ran.report.unchanged == 0


def test_the_floor_says_nothing_of_pages_that_were_not_sent(board: MakeBoard) -> None:
    here = board(tagged_board())
    first = run(job(here, floor=3))
    work = again(job(here, floor=3), first)
    assert run(work).report.outcome is Outcome.OK


LOCKED = '<div class="post" id="p9"><p class="author"></p></div>'


def test_only_a_thread_that_was_read_entirely_tells_what_is_gone(board: MakeBoard) -> None:
    here = board(tagged_board())
    first = run(job(here))
    told = {thread.mark: (len(thread.pages), set(thread.keys)) for thread in first.report.whole}
    assert told == {"t1": (2, {"p101", "p102", "p103"}), "t2": (1, {"p201"})}
    unsent = run(again(job(here), first, marks={}, validators=_without(first, START)))
    assert unsent.report.unchanged == 3
    assert unsent.report.whole == ()
    cut = run(job(here, thread_pages=1))
    assert [thread.mark for thread in cut.report.whole] == ["t2"]


@pytest.mark.parametrize(
    "answer",
    [
        framed(thread({201: "words"}).body.decode() + LOCKED, "viewtopic"),
        framed('<div class="post" id="p201"></div>' + _WORDLESS, "viewtopic"),
        Answer(b"away", 404),
        Answer(b"", 302, {"Location": "/viewtopic.php?t=1"}),
        framed("<form action='ucp.php?mode=login'><input type='password'></form>", "viewtopic"),
    ],
    ids=["a row without words", "partly read", "deleted", "elsewhere", "walled"],
)
def test_other_pages_say_nothing_of_what_is_gone(board: MakeBoard, answer: Answer) -> None:
    ran = run(job(board({**tagged_board(), "/viewtopic.php?t=2": answer})))
    assert "t2" not in [thread.mark for thread in ran.report.whole]
