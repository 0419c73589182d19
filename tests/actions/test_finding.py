"""Searching flagged posts."""

from collections.abc import Callable
from typing import Any

import pytest

OFFER = "找援交的加賴 gull0042，價格可議"


@pytest.fixture
def told(kept: Callable[..., Any]) -> None:
    """Two offers, a possible victim and some chatter, kept and told to the index."""
    from patrol.schedule.projecting import drain
    from patrol.settings import Settings

    kept(
        OFFER, "外約，加賴 gull0043", "我國二，缺錢，想找兼職，有人可以幫我嗎", "今天的港口風很大。"
    )
    assert drain(Settings()) > 0


@pytest.mark.parametrize("words", ["援交", "援 交", "gull0042", "ＧＵＬＬ００４２", "援交 價格"])
def test_two_characters_and_other_spellings_find_a_lead(house: Any, told: None, words: str) -> None:
    from patrol.actions.searching import finding

    found = finding.find(house.desk("mei"), words)
    assert found.total == 1
    assert "援交" in "".join(piece.text for piece in found.rows[0].pieces)


@pytest.mark.parametrize("words", ["港口", "國二", "外約 援交"])
def test_unflagged_posts_and_possible_victims_are_not_searched(
    house: Any, told: None, words: str
) -> None:
    from patrol.actions.searching import finding

    assert finding.find(house.desk("mei"), words).total == 0


def test_a_search_is_recorded_without_its_words(house: Any, told: None) -> None:
    from patrol.actions.searching import finding
    from patrol.register.tables import LedgerRecord

    finding.find(house.desk("mei"), "援交")
    last = LedgerRecord.objects.order_by("-seq").first()
    assert last is not None
    assert b"posts.searched" in bytes(last.body)
    assert "援交".encode() not in bytes(last.body)


def test_another_unit_finds_nothing_and_an_auditor_may_not_search(house: Any, told: None) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.searching import finding

    assert finding.find(house.desk("other"), "援交").total == 0
    for account in ("audit", "root"):
        with pytest.raises(NotPermitted):
            finding.find(house.desk(account), "援交")


def test_a_query_that_cannot_be_read_says_where(house: Any, told: None) -> None:
    from patrol.actions.searching import finding

    with pytest.raises(finding.BadQuery) as caught:
        finding.find(house.desk("mei"), 'source: "open')
    assert caught.value.do
    with pytest.raises(finding.NothingAsked):
        finding.find(house.desk("mei"), "  ")
