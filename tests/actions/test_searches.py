"""The words of searches, kept beside the log; searches from lists; facets."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from patrol.models import LeadKind, Verb

OFFER = "找援交的加賴 gull0042，價格可議"
OTHER = "外約，加賴 gull0043"
VICTIM = "我國二，缺錢，想找兼職，有人可以幫我嗎"


@cache
def _few() -> Any:
    """Rules that flag what these tests write, with their word lists."""
    from patrol.config import read_rules
    from patrol.settings import Settings

    rules, lexicons = read_rules(Settings().config)
    return [
        rule
        for rule in rules
        if rule.name == "paid_dating_contact" or rule.kind == LeadKind.POSSIBLE_VICTIM
    ], lexicons


@pytest.fixture
def shipped() -> Any:
    return _few()


@pytest.fixture
def told(kept: Callable[..., Any]) -> None:
    """Two offers and a possible victim, told to the index."""
    from patrol.schedule.projecting import drain
    from patrol.settings import Settings

    kept(("a1", OFFER), ("a2", OTHER), ("a3", VICTIM), author="sea_breeze")
    drain(Settings())


def last(verb: Verb) -> dict[str, Any]:
    from patrol.register.tables import LedgerIndex, LedgerRecord

    found = LedgerIndex.objects.filter(verb=verb).latest("seq")
    body: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.get(pk=found.seq).body))
    return body


def test_ones_own_searches_come_back_each_once(house: Any, told: None) -> None:
    from patrol.actions.searching import finding, history

    desk = house.desk("mei")
    for words in ("援交", "外約", "援交"):
        finding.find(desk, words)
    assert [(one.text, one.total) for one in history.mine(desk)] == [("援交", 1), ("外約", 1)]
    assert history.mine(house.desk("other")) == ()


def test_an_auditor_opens_a_searchs_words_only_with_a_reason(house: Any, told: None) -> None:
    from patrol.actions.auditing.one_record import NoReason
    from patrol.actions.desk import NotPermitted
    from patrol.actions.searching import finding, history

    desk = house.desk("mei")
    finding.find(desk, "援交 gull0042")
    seq = desk.records[-1]
    audit = house.desk("audit")
    with pytest.raises(NoReason):
        history.unlock(audit, seq, " ")
    with pytest.raises(NotPermitted):
        history.unlock(house.desk("lin"), seq, "why")
    opened = history.unlock(audit, seq, "Who looks for this contact?")
    assert (opened.text, opened.account) == ("援交 gull0042", "mei")
    assert last(Verb.LOG_UNLOCKED)["subject"] == f"record:{seq}"
    with pytest.raises(history.NoWordsKept):
        history.unlock(audit, seq - 1, "why")


def test_looks_at_one_contact_have_one_tag_however_it_is_spelled(house: Any, told: None) -> None:
    from patrol.actions.searching import batches, finding
    from patrol.register.tables import HandleRow, SearchTag

    for words in ("gull0042", "ＧＵＬＬ００４２ 價格", "加賴 gull0042"):
        finding.find(house.desk("mei"), words)
    batches.search(house.desk("mei"), ("援交", "gull0042"), "a list")
    finding.find(house.desk("mei"), "援交")
    tags = list(SearchTag.objects.values_list("tag", flat=True))
    assert len(tags) == 4
    assert set(tags) == set(
        HandleRow.objects.filter(sighting__key="a1").values_list("tag", flat=True)
    )


def test_words_of_searches_are_forgotten_on_their_own_schedule(house: Any, told: None) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.searching import finding, history
    from patrol.register.tables import RetentionUnit, SearchRow, SearchTag

    desk = house.desk("mei")
    finding.find(desk, "gull0042")
    seq = desk.records[-1]
    assert history.forget_over(Desk.system()) == 0
    RetentionUnit.objects.filter(kind=history.UNIT).update(expires_at=desk.now())
    assert history.forget_over(Desk.system()) == 1
    assert not SearchRow.objects.exists()
    assert not SearchTag.objects.exists()
    with pytest.raises(history.NoWordsKept):
        history.unlock(house.desk("audit"), seq, "why")
    assert history.mine(desk) == ()


def test_a_list_is_one_act_with_counts_per_term(house: Any, told: None) -> None:
    from patrol.actions.searching import batches
    from patrol.register.log import maybe_reason
    from patrol.register.tables import LedgerIndex

    before = LedgerIndex.objects.count()
    desk = house.desk("mei")
    terms = ("援交", "gull0043", "nothing", "國二", 'source: "x', "handle:abc")
    batch = batches.search(desk, terms, "Slang of the month")
    assert [one.total for one in batch.rows] == [1, 1, 0, 0, 0, 0]
    assert [one.fault is not None for one in batch.rows] == [False] * 4 + [True] * 2
    assert (batch.found, batch.faulty, batch.contacts) == (2, 2, 1)
    assert LedgerIndex.objects.count() == before + 1
    record = last(Verb.POSTS_COUNTED)
    assert (record["count"], record["details"]["found"]) == (6, 2)
    assert "援交" not in json.dumps(record, ensure_ascii=False)
    assert maybe_reason(desk.records[-1]) == "Slang of the month"


@pytest.mark.parametrize(
    ("terms", "purpose", "because"),
    [
        (("援交",), " ", "without a purpose"),
        ((), "why", "no term"),
        (tuple(f"w{n}" for n in range(1001)), "why", "1001 terms"),
    ],
)
def test_a_list_without_purpose_or_bounds_is_refused(
    house: Any, terms: tuple[str, ...], purpose: str, because: str
) -> None:
    from patrol.actions.searching import batches

    with pytest.raises(batches.BadBatch, match=because):
        batches.search(house.desk("mei"), terms, purpose)


@pytest.mark.parametrize(
    ("content", "terms"),
    [
        ("援交\n外約\n\n援交\n".encode(), ("援交", "外約")),
        ("\ufeff援交,slang\n外約,\r\n".encode(), ("援交", "外約")),
        ("援交\n外約".encode("cp950"), ("援交", "外約")),
        (b'"a, b",x\n"two words" more\n', ("a, b", '"two words" more')),
        (b"", ()),
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it(content: bytes, terms: tuple[str, ...]) -> None:
    from patrol.actions.searching import batches

    assert batches.terms_of(content) == terms


def test_a_file_that_is_no_text_is_refused() -> None:
    from patrol.actions.searching import batches

    with pytest.raises(batches.BadBatch):
        batches.terms_of(b"\x89PNG\xff\xff\x00")


def test_searching_counts_each_facet_as_if_it_did_not_narrow(house: Any, told: None) -> None:
    from patrol.actions.searching import finding
    from patrol.search.index import Facet

    found = finding.find(house.desk("mei"), "加賴 status:dismissed")
    assert found.total == 0
    assert found.facets[Facet.STATUS] == {"new": 2}
    assert found.facets[Facet.SOURCE] == {}
    everything = finding.find(house.desk("mei"), "source:harbor")
    assert everything.facets[Facet.KIND] == {"lead": everything.total}


def test_a_click_on_a_contact_counts_beside_searches_for_it(house: Any, told: None) -> None:
    """However somebody looks for one contact, each time counts."""
    from patrol.actions.auditing import audit
    from patrol.actions.auditing.audit import LogFilter
    from patrol.actions.auditing.presets import Preset
    from patrol.actions.searching import finding, history
    from patrol.actions.triaging import queue
    from patrol.register.tables import HandleRow

    mei = house.desk("mei")
    tag = HandleRow.objects.get(sighting__key="a1").tag
    queue.queue(mei, queue.QueueFilter(handle=tag))
    finding.find(mei, "gull0042")
    wanted = LogFilter(preset=Preset.REPEATED)
    assert audit.records(house.desk("audit"), wanted).tallied == ()
    finding.find(mei, "ＧＵＬＬ0042")
    finding.find(mei, "@gull0042 ")
    (tallied,) = audit.records(house.desk("audit"), wanted).tallied
    assert (tallied.account, tallied.count) == ("mei", 4)
    assert "gull0042" not in [one.text for one in history.mine(house.desk("other"))]
