"""How a board is walked, without a board."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Channel, Post, Source, ThreadLink
from spiders.walk import REPEATS, Visit, Walk

NOW = datetime(2026, 1, 10, tzinfo=UTC)
LIST = "http://ok.example/list"


def source(**changes: int) -> Source:
    return Source(
        name="board", title={"en": "Board"}, channel=Channel.PLATFORM, start=(LIST,), **changes
    )


def walk(marks: dict[str, str] | None = None, **changes: int) -> Walk:
    begun = Walk(source(**changes), marks or {}, NOW)
    begun.begin([LIST])
    return begun


def link(number: int, state: str | None = "s", *, days: int | None = 9) -> ThreadLink:
    at = None if days is None else NOW - timedelta(days=days)
    return ThreadLink(
        url=f"http://ok.example/t{number}", key=f"t{number}", state=state, active_at=at
    )


def posts(*numbers: int) -> list[Post]:
    return [
        Post(source="board", key=f"p{n}", url=LIST, author=None, posted_at=None, text="words")
        for n in numbers
    ]


def take(walked: Walk) -> Visit:
    visit = walked.take()
    assert visit is not None
    return visit


def order(walked: Walk) -> list[str]:
    urls = []
    while visit := walked.take():
        urls.append(visit.url)
    return urls


def test_threads_come_in_the_lists_order_and_a_thread_is_finished_first() -> None:
    walked = walk()
    walked.listed(take(walked), [link(1), link(2)], f"{LIST}?2")
    first = take(walked)
    assert first.url.endswith("t1")
    walked.read(first, posts(1), "http://ok.example/t1?2")
    assert order(walked) == ["http://ok.example/t1?2", "http://ok.example/t2", f"{LIST}?2"]


@pytest.mark.parametrize(
    ("mark", "state", "days", "read"),
    [
        (None, "s", 9, True),
        ("s", "s", 9, False),
        ("s", "s", None, False),
        ("s", "s", 1, True),  # young: an edit would not show on the list
        ("s", "moved", 9, True),
        ("s", None, 9, True),  # the list says nothing
    ],
)
def test_a_thread_that_did_not_move_is_skipped(
    mark: str | None,
    state: str | None,
    days: int | None,
    read: bool,  # noqa: FBT001
) -> None:
    walked = walk({"t1": mark} if mark else {})
    walked.listed(take(walked), [link(1, state, days=days)], None)
    assert bool(walked.take()) is read
    assert walked.skipped == (not read)
    assert walked.rows == 1, "a skipped thread was seen all the same"


def test_a_mark_is_proposed_when_every_followed_page_was_read() -> None:
    walked = walk(thread_pages=2)
    walked.listed(take(walked), [link(1, "a"), link(2, "b"), link(3, "c"), link(4, None)], None)
    walked.read(take(walked), posts(1), "http://ok.example/t1?2")
    assert walked.marks == {}
    walked.read(take(walked), posts(2), "http://ok.example/t1?3")
    assert walked.marks == {"t1": "a"}, "two pages are followed, and both were read"
    walked.read(take(walked), posts(3), "http://ok.example/t2?2")
    walked.lost(take(walked))
    walked.lost(take(walked))
    walked.read(take(walked), posts(4), None)
    assert walked.marks == {"t1": "a"}


def test_a_page_that_was_read_badly_gives_no_mark() -> None:
    walked = walk()
    walked.listed(take(walked), [link(1)], None)
    visit = take(walked)
    walked.lost(visit)
    walked.read(visit, posts(1), None)
    assert walked.marks == {}


def test_a_thread_that_repeats_itself_is_left() -> None:
    walked = walk()
    walked.listed(take(walked), [link(1)], None)
    walked.read(take(walked), posts(1, 2), "http://ok.example/t1?2")
    walked.read(take(walked), posts(1, 2), "http://ok.example/t1?3")
    assert walked.take() is None
    assert walked.rows == 3


def page_of(number: int) -> str:
    return f"http://ok.example/t1?{number}"


def test_a_long_thread_is_read_from_its_end() -> None:
    walked = walk(thread_pages=4)
    walked.listed(take(walked), [link(1)], None)
    walked.read(take(walked), posts(1), page_of(2), last_page=page_of(9))
    for number in (9, 8):
        visit = take(walked)
        assert visit.url == page_of(number)
        walked.read(visit, posts(number), None, previous_page=page_of(number - 1))
    walked.read(take(walked), posts(7), page_of(8), previous_page=page_of(6))
    assert walked.take() is None, "four pages are followed"
    assert walked.marks == {"t1": "s"}


def test_where_the_way_back_breaks_off_a_thread_is_read_from_its_front() -> None:
    walked = walk()
    walked.listed(take(walked), [link(1)], None)
    walked.read(take(walked), posts(1), page_of(2), last_page=page_of(4))
    walked.read(take(walked), posts(4), None)
    asked = []
    while visit := walked.take():
        asked.append(visit.url)
        number = int(visit.url[-1])
        assert walked.marks == {}
        walked.read(visit, posts(number), page_of(number + 1), previous_page=page_of(number - 1))
    assert asked == [page_of(2), page_of(3)]
    assert walked.marks == {"t1": "s"}


def test_a_page_that_is_lost_on_the_way_back_gives_no_mark() -> None:
    walked = walk()
    walked.listed(take(walked), [link(1)], None)
    walked.read(take(walked), posts(1), page_of(2), last_page=page_of(4))
    walked.lost(take(walked))
    assert walked.take() is None
    assert walked.marks == {}


def test_lists_of_lists_come_first_so_many_and_so_deep() -> None:
    walked = walk(list_pages=2)
    start = take(walked)
    walked.mapped(start, [f"{LIST}/{n}" for n in range(5)])
    walked.listed(start, [link(1)], None)
    assert walked.unmapped == 3
    deep = take(walked)
    assert deep.url == f"{LIST}/0"
    walked.mapped(deep, [f"{LIST}/0/0"])
    assert take(walked).url == f"{LIST}/1"
    deepest = take(walked)
    walked.mapped(deepest, [f"{LIST}/0/0/0"])
    assert take(walked).url.endswith("t1")
    assert walked.unmapped == 4


def test_another_form_of_a_page_is_asked_for_once() -> None:
    walked = walk()
    start = take(walked)
    assert walked.instead(start, f"{LIST}.json", settled=False)
    assert not walked.instead(start, f"{LIST}.json", settled=False)
    better = take(walked)
    assert walked.instead(better, LIST, settled=True), "the page itself, even if it was read"
    assert take(walked).settled


def test_lists_end_after_their_pages_and_when_they_repeat() -> None:
    walked = walk(list_pages=2)
    walked.listed(take(walked), [], f"{LIST}?2")
    assert walked.take() is None, "a list without threads has no next page"
    walked = walk(list_pages=2)
    walked.listed(take(walked), [link(1)], f"{LIST}?2")
    walked.read(take(walked), posts(1), None)
    walked.listed(take(walked), [link(2)], f"{LIST}?3")
    walked.read(take(walked), posts(2), None)
    assert walked.take() is None


def test_no_address_is_asked_for_twice() -> None:
    walked = walk()
    walked.listed(take(walked), [link(1), link(1)], LIST)
    assert order(walked) == ["http://ok.example/t1"]


def test_the_budget_ends_the_walk_and_says_what_was_left() -> None:
    walked = walk(max_pages=3)
    walked.listed(take(walked), [link(n) for n in range(10)], None)
    assert len(order(walked)) == 2
    assert (walked.budget, walked.waiting) == (0, 8)


def test_a_page_that_was_not_sent_costs_nothing() -> None:
    walked = walk(max_pages=2)
    walked.listed(take(walked), [link(1), link(2)], None)
    walked.unsent(take(walked))
    assert walked.take() is not None


def test_the_same_body_everywhere_is_hopeless() -> None:
    walked = walk()
    assert not walked.repeats("a")
    for _ in range(REPEATS):
        assert not walked.hopeless
        assert walked.repeats("a")
    assert walked.hopeless
    assert not walked.repeats("b")
    assert not walked.hopeless


@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=60),
)
def test_every_walk_ends(budget: int, board: list[tuple[int, int, bool]]) -> None:
    """Whatever a board answers, no address twice, no more than the budget, marks only for whole threads."""
    walked = walk(max_pages=budget, thread_pages=3)
    seen: list[str] = []
    broken: set[str] = set()
    answers = iter(board * 3)
    while visit := walked.take():
        seen.append(visit.url)
        first, second, bad = next(answers, (0, 0, False))
        following = f"http://ok.example/x{first}{second}"
        if bad:
            walked.lost(visit)
            broken |= {visit.thread.key} if visit.thread and visit.thread.key else set()
        elif visit.role == "thread":
            walked.read(visit, posts(first, second), following)
        else:
            walked.listed(visit, [link(first), link(second)], following)
    assert len(seen) == len(set(seen)) <= budget
    assert not broken & set(walked.marks)
