"""Bodies are strict, and rows that do not follow are named."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.ledger import commitment
from patrol.ledger.canonical import NotCanonical, decode, encode
from patrol.ledger.chain import (
    ChainBroken,
    Head,
    RecordTooLong,
    follow,
    moment_text,
    read,
    spell,
    uuid7,
)
from patrol.ledger.ops import OP_OF, Op
from patrol.ledger.tree import leaf_hash
from patrol.models import Actor, Record, Result, Role, Verb

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ACTOR = Actor(person=7, account="chen", role=Role.OFFICER, session="5e55", origin="192.0.2.7")
RECORD = Record(
    verb=Verb.LEAD_VIEWED,
    actor=ACTOR,
    subject="lead:17",
    purpose="authorization:3",
    count=1,
    details={"unit": "大同", "kinds": ["lead"], "ids": [1, 2], "first": True, "none": None},
)


def rows(count: int) -> list[tuple[int, bytes, bytes]]:
    head, found = Head(), []
    for _ in range(count):
        body = spell(RECORD, head, at=AT, boot_id="boot")
        head = Head(head.seq + 1, leaf_hash(body))
        found.append((head.seq, body, head.hash))
    return found


def test_a_record_comes_back_as_it_was_written() -> None:
    entry = read(spell(RECORD, Head(4, b"\x05" * 32), at=AT, boot_id="boot"))
    assert (entry.seq, entry.at, entry.prev_hash) == (5, AT, "05" * 32)
    assert (entry.actor, entry.details, entry.op) == (ACTOR, RECORD.details, Op.CONSULTATION)
    assert type(entry.details["first"]) is bool
    assert (entry.verb, entry.result, entry.subject) == ("lead.viewed", Result.ALLOW, "lead:17")


def test_every_verb_has_its_kind_of_processing() -> None:
    assert set(OP_OF) == set(Verb)


@pytest.mark.parametrize("key", sorted(decode(rows(1)[0][1])))
def test_unknown_missing_and_misshapen_keys_are_refused(key: str) -> None:
    document = decode(rows(1)[0][1])
    for changed in (
        {name: value for name, value in document.items() if name != key},
        {**document, key + "x": document[key]},
        {**document, key: ["of another type"]},
    ):
        with pytest.raises(NotCanonical):
            read(encode(changed))


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-22T08:00:00Z"},
        {"at": "2026-11-22T08:00:00.000000+00:00"},
        {"at": "2026-02-30T08:00:00.000000Z"},
        {"v": 2},
        {"seq": "1"},
        {"count": True},
        {"op": "looking"},
        {"verb": "look"},
        {"prev_hash": "AB" * 32},
        {"actor": {"account": "chen"}},
    ],
    ids=str,
)
def test_other_values_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(NotCanonical):
        read(encode({**decode(rows(1)[0][1]), **change}))


def test_names_are_written_in_nfc() -> None:
    record = RECORD.model_copy(update={"actor": ACTOR.model_copy(update={"account": "e\u0301"})})
    assert read(spell(record, Head(), at=AT, boot_id="boot")).actor.account == "é"


def test_a_text_does_not_fit() -> None:
    with pytest.raises(RecordTooLong, match="20,"):
        spell(RECORD.model_copy(update={"subject": "x" * 20_000}), Head(), at=AT, boot_id="boot")


def test_a_whole_chain_is_followed() -> None:
    written = rows(20)
    assert [head.seq for head in follow(Head(), written)] == list(range(1, 21))
    assert list(follow(Head(10, written[9][2]), written[10:]))[-1].hash == written[-1][2]


def test_the_row_that_does_not_follow_is_named() -> None:
    written = rows(9)
    _, body, hash_ = written[4]
    edited = body.replace(b"chen", b"wang")
    breaks = {
        "edited": [*written[:4], (5, edited, hash_), *written[5:]],
        "edited and hashed": [*written[:4], (5, b"{}", leaf_hash(b"{}")), *written[5:]],
        "deleted": [*written[:4], *written[5:]],
        "swapped": [*written[:4], (5, *written[5][1:]), (6, *written[4][1:]), *written[6:]],
        "duplicated": [*written[:4], (5, *written[3][1:])],
    }
    for name, broken in breaks.items():
        with pytest.raises(ChainBroken) as caught:
            list(follow(Head(), broken))
        assert caught.value.seq == 5, name


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_ids_are_uuid7(at: datetime) -> None:
    found = uuid7(at)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", found
    )
    assert int(found.replace("-", "")[:12], 16) == int(at.timestamp() * 1000)
    assert len(moment_text(at)) == 27


def test_moments_are_utc() -> None:
    taipei = timezone(timedelta(hours=8))
    assert moment_text(datetime(2026, 11, 22, 8, tzinfo=taipei)) == "2026-11-22T00:00:00.000000Z"


def test_a_commitment_is_kept_by_its_words_alone() -> None:
    salt = commitment.new_salt()
    promised = commitment.commit(salt, "要求協助 e\u0301")
    assert commitment.keeps(promised, salt, "要求協助 é")
    assert not commitment.keeps(promised, salt, "要求協助")
    assert not commitment.keeps(promised, commitment.new_salt(), "要求協助 é")
