"""What a run finds, and by which hook, is counted over its pages; nothing that a page says is kept."""

from spiders.engines import load
from spiders.found import Finding
from spiders.page import Page
from spiders.reading import read
from tests.spiders.crawl.conftest import thread

URL = "https://board.example/viewtopic.php?t=1"


def finding(*bodies: bytes) -> Finding:
    counted = Finding()
    for body in bodies:
        page = Page(URL, body)
        counted.add(page, read(page, load("phpbb")).posts)
    return counted


def test_a_redesign_moves_counts_from_the_first_hook_to_later_ones() -> None:
    before = thread({1: "one", 2: "two"}).body
    after = before.replace(
        b'<time datetime="2020-01-02T03:04:05+00:00">then</time>', b"&raquo; 02 Jan 2020, 03:04"
    )
    found, changed = finding(before).found, finding(before, after).found
    assert found is not None
    assert changed is not None
    assert (found.posts, found.no_author, found.no_date, found.no_text) == (2, 0, 0, 0)
    first = next(hook for hook, of in found.hooks.items() if "time" in hook and hook in of)
    assert found.hooks[first] == {first: 2}
    assert (changed.posts, changed.hooks[first][first]) == (4, 2)
    assert sum(changed.hooks[first].values()) == 4, "a later hook gave the other two"
    assert "one" not in found.model_dump_json()


def test_what_posts_lack_is_counted() -> None:
    body = thread({1: "one", 2: "two"}).body
    bare = body.replace(b'datetime="2020-01-02T03:04:05+00:00"', b"")
    found = finding(bare).found
    assert found is not None
    assert (found.posts, found.no_date) == (2, 2)


def test_without_posts_there_is_nothing_to_compare() -> None:
    assert Finding().found is None
