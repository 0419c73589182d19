"""The texts of the invented month, and reading a board without a request."""

from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest

from patrol.config import read_rules
from patrol.demo.almanac import HOURS, TAIPEI, moment
from patrol.demo.boards import Boards
from patrol.demo.bygone import COMMON, bygone, past_texts
from patrol.demo.reread import reread
from patrol.models import LeadKind
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

CONFIG = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)


def test_every_text_of_the_past_is_taken_for_what_it_was_written_to_be() -> None:
    flagger = Flagger(Ruleset.build(*read_rules(CONFIG)))
    wrong = []
    for written, texts in past_texts().items():
        slots = {**COMMON, **texts.slots, "id": ["warm_example41"]}
        rounds = max(len(words) for words in slots.values())
        for text in texts.texts:
            written_out = [
                f"{text.title or ''}\n{text.text}".strip().format_map(
                    dict(zip(slots, words, strict=True))
                )
                for words in islice(zip(*map(cycle, slots.values()), strict=False), rounds)
            ]
            for words, flagging in zip(written_out, flagger.flag(written_out), strict=True):
                victim = flagging.matches and flagging.kind is LeadKind.POSSIBLE_VICTIM
                made_of = "possible_victim" if victim else str(flagging.category)
                if made_of != (text.expected or written):
                    wrong.append((written, made_of, words))
    assert wrong == []


def test_the_same_seed_tells_the_same_month() -> None:
    boards = {board.name: board for board in Boards(seed=7, now=NOW)}
    one, again, other = (bygone(boards, seed, SINCE, NOW, 100) for seed in (7, 7, 8))
    assert one == again != other
    assert all(SINCE <= each.at < NOW for each in one)
    assert len({(each.post.source, each.post.key) for each in one}) == len(one)
    handles = [each.post.text for each in one if "_example" in each.post.text]
    assert len(handles) > 50


def test_more_is_written_in_the_evening_than_in_the_morning() -> None:
    from random import Random

    chance = Random(1)
    hours = [moment(chance, SINCE, NOW).astimezone(TAIPEI).hour for _ in range(2_000)]
    evening, morning = (
        sum(hour in span for hour in hours) for span in (range(19, 23), range(3, 7))
    )
    assert evening > 5 * morning
    assert len(HOURS) == 24


@pytest.mark.parametrize("name", ["harbor_forum", "night_market", "town_feed", "open_chats"])
def test_a_board_is_read_whole_without_a_request(name: str) -> None:
    with Boards(seed=7, now=NOW, story=True) as boards:
        source = next(source for source in boards.sources() if source.name == name)
        found = reread(boards[name], source, NOW)
        posts = [post for leaf in found.leaves for post in leaf.posts]
        assert len({post.key for post in posts}) == len(boards[name].messages)
        assert not boards.requests
        assert found.engine == boards[name].engine
