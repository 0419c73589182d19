"""Halves of characters: JSON and references can spell them, and what holds one cannot be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Outcome
from spiders.engines import load
from spiders.json_page import begun, loaded
from spiders.page import Page
from spiders.reading import read


@pytest.mark.parametrize(
    ("spelled", "said"),
    [
        (r'"cut \ud83d"', "cut \ufffd"),
        (r'"\uDE00 alone"', "\ufffd alone"),
        (r'"whole \ud83d\ude00"', "whole \U0001f600"),
        (r'{"\ud83d": ["\ud83dx"]}', {"\ufffd": ["\ufffdx"]}),
        (r'"\\ud83d is spelled out"', r"\ud83d is spelled out"),
        ('"塑膠"', "塑膠"),
    ],
)
def test_halves_of_characters_are_marked_and_all_else_is_as_it_was(
    spelled: str, said: object
) -> None:
    assert loaded(spelled) == said
    assert begun(f"{spelled} and more") == (said, len(spelled))


@given(st.text(st.characters(exclude_categories=()), max_size=8))
def test_what_is_loaded_can_be_written(words: str) -> None:
    import json

    found = loaded(json.dumps([words]))
    assert found[0].encode().decode() == found[0]
    if words.isprintable():
        assert found == [words]


FEEDS = {
    "rss": '<?xml version="1.0"?><rss version="2.0"><channel><item><title>cut &#{0}; here</title>'
    "<link>https://forum.example/1</link><description>words</description></item>"
    "<item><title>another</title><link>https://forum.example/2</link></item></channel></rss>",
    "json": '{{"version": "https://jsonfeed.org/version/1.1", "items": ['
    '{{"id": "1", "title": "cut \\u{1} here", "content_text": "words"}},'
    '{{"id": "2", "title": "another", "content_text": "words"}}]}}',
}


@pytest.mark.parametrize("half", [0xD800, 0xD83D, 0xDFFF])
@pytest.mark.parametrize("number", ["{0}", "x{0:x}", "X0{0:X}"])
@pytest.mark.parametrize("kind", FEEDS)
def test_one_cut_emoji_costs_no_feed_its_posts(kind: str, number: str, half: int) -> None:
    body = FEEDS[kind].format(number.format(half), f"{half:04x}")
    reading = read(Page("https://forum.example/feed", body.encode()), load("feed"))
    assert reading.outcome is Outcome.OK
    assert [post.title for post in reading.posts] == ["cut \ufffd here", "another"]
    assert all(post.model_dump_json() for post in reading.posts)
