"""An officer and a lead."""

from collections.abc import Callable
from typing import Any

import pytest

from patrol.models import DismissReason, Verb, Verdict
from tests.plugins.postgres import refuse_inserts

OFFER = "找援交的加賴 abc123，價格可議"
CHATTER = "今天的港口風很大，釣不到魚。"


def test_a_flagged_post_becomes_a_lead_that_an_officer_reads(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.actions.triaging import triage

    assert kept(CHATTER, OFFER).sightings == 1
    page = triage.queue(house.desk("mei"), triage.QueueFilter())
    (row,) = page.rows
    assert "援交" in "".join(piece.text for piece in row.pieces if piece.marked)
    sheet = triage.look(house.desk("mei"), row.id)
    (sighting,) = sheet.sightings
    assert "".join(piece.text for piece in sighting.pieces) == OFFER
    assert sighting.matches[0].why
    assert sheet.history == ()
    assert triage.look(house.desk("lin"), row.id).history[0].what == Verb.LEAD_VIEWED


def test_each_look_is_recorded_with_its_purpose(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import LedgerIndex

    kept(OFFER)
    desk = house.desk("mei")
    (row,) = triage.queue(desk, triage.QueueFilter()).rows
    triage.look(desk, row.id)
    seen = list(LedgerIndex.objects.filter(account="mei").values_list("verb", "subject"))
    assert seen == [("leads.listed", None), ("lead.viewed", f"lead:{row.id}")]
    assert len(desk.records) == 2


@pytest.mark.both_databases
def test_a_decision_is_one_version_and_a_stale_one_is_refused(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.actions.triaging import triage

    kept(OFFER)
    (row,) = triage.queue(house.desk("mei"), triage.QueueFilter()).rows
    decided = triage.decide(house.desk("mei"), row.id, row.version, Verdict.RELEVANT)
    assert decided.status == "relevant"
    with pytest.raises(triage.LeadChanged) as caught:
        triage.decide(
            house.desk("lin"),
            row.id,
            row.version,
            Verdict.DISMISSED,
            dismiss_reason=DismissReason.LAWFUL,
        )
    assert caught.value.their_verdict == "relevant"
    assert caught.value.their_account == "mei"
    assert triage.queue(house.desk("mei"), triage.QueueFilter()).rows == ()
    assert triage.queue(house.desk("mei"), triage.QueueFilter(status="relevant")).total == 1


def test_a_double_click_decides_once(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import Decision, Lead

    kept(OFFER)
    lead = Lead.objects.get()
    for _ in range(2):
        decided = triage.decide(house.desk("mei"), lead.pk, 1, Verdict.RELEVANT)
        assert (decided.status, decided.version) == ("relevant", 2)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("verdict", "parts"),
    [
        (Verdict.DISMISSED, {}),
        (Verdict.DISMISSED, {"dismiss_reason": DismissReason.OTHER}),
        (Verdict.RELEVANT, {"dismiss_reason": DismissReason.LAWFUL}),
        (Verdict.REFERRED, {}),
        (Verdict.REOPENED, {}),
        (
            Verdict.DISMISSED,
            {"dismiss_reason": DismissReason.RULE_FALSE_HIT, "false_rule": "no_such"},
        ),
    ],
)
def test_a_decision_that_lacks_something_changes_nothing(
    house: Any, kept: Callable[..., Any], verdict: Verdict, parts: dict[str, Any]
) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import Decision, Lead

    kept(OFFER)
    lead = Lead.objects.get()
    with pytest.raises(triage.BadDecision):
        triage.decide(house.desk("mei"), lead.pk, lead.version, verdict, **parts)
    lead.refresh_from_db()
    assert (lead.version, lead.status, Decision.objects.count()) == (1, "new", 0)


def test_a_note_is_kept_encrypted_and_read_back(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import Decision, LedgerRecord

    kept(OFFER)
    (row,) = triage.queue(house.desk("mei"), triage.QueueFilter()).rows
    note = "與上週的貼文相同"
    triage.decide(house.desk("mei"), row.id, 1, Verdict.ESCALATED, note=note)
    assert note.encode() not in bytes(Decision.objects.get().note or b"")
    assert all(note.encode() not in bytes(one.body) for one in LedgerRecord.objects.all())
    assert triage.look(house.desk("mei"), row.id).history[0].note == note


@pytest.mark.parametrize("account", ["audit", "root"])
def test_auditors_and_admins_read_no_lead(
    house: Any, kept: Callable[..., Any], account: str
) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.triaging import triage
    from patrol.register.tables import Lead, LedgerIndex

    kept(OFFER)
    with pytest.raises(NotPermitted):
        triage.look(house.desk(account), Lead.objects.get().pk)
    last = LedgerIndex.objects.order_by("-seq").first()
    assert last is not None
    assert (last.verb, last.result) == ("lead.viewed", "deny")


def test_another_units_lead_is_not_there(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import Lead

    kept(OFFER)
    with pytest.raises(triage.NoSuchLead):
        triage.look(house.desk("other"), Lead.objects.get().pk)
    assert triage.queue(house.desk("other"), triage.QueueFilter()).rows == ()


def test_a_possible_victim_stands_first_and_its_contact_is_masked(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.actions.triaging import triage

    kept(OFFER, "我國二，缺錢，想找兼職，加賴 kid00000")
    rows = triage.queue(house.desk("mei"), triage.QueueFilter()).rows
    assert rows[0].kind == "possible_victim"
    assert rows[0].category is None
    sheet = triage.look(house.desk("mei"), rows[0].id)
    shown = "".join(piece.text for piece in sheet.sightings[0].pieces)
    assert "kid00000" not in shown
    assert all("kid00000" not in handle.value for handle in sheet.sightings[0].handles)
    decided = triage.decide(house.desk("mei"), rows[0].id, 1, Verdict.REFERRED)
    assert decided.status == "referred"
    assert decided.next_id == rows[1].id


@pytest.mark.both_databases
def test_pages_of_the_queue_hold_every_lead_once(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage

    kept(*(f"找援交的加賴 abc{number:03}，台中第{number}區" for number in range(7)))
    for sort in ("score", "newest", "oldest"):
        seen: list[int] = []
        after: str | None = ""
        while after is not None:
            page = triage.queue(
                house.desk("mei"), triage.QueueFilter(sort=sort, after=after, size=3)
            )
            seen += [row.id for row in page.rows]
            after = page.next
        assert sorted(seen) == sorted(set(seen))
        assert len(seen) == 7


@pytest.mark.both_databases
def test_no_record_no_look(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.actions.triaging import triage
    from patrol.errors import TryLater
    from patrol.register.tables import Lead

    kept(OFFER)
    lead = Lead.objects.get()
    refuse_inserts("ledger_record")
    with pytest.raises(TryLater):
        triage.look(house.desk("mei"), lead.pk)
    with pytest.raises(TryLater):
        triage.decide(house.desk("mei"), lead.pk, 1, Verdict.RELEVANT)
    lead.refresh_from_db()
    assert lead.version == 1


def test_the_total_is_worked_out_anew_behind_each_decision(
    house: Any, kept: Callable[..., Any]
) -> None:
    from django.db import connection

    from patrol.actions.triaging import triage
    from patrol.register.tables import Lead

    kept(OFFER)
    asked: list[str] = []

    def total() -> int:
        def noted(execute: Any, sql: str, *rest: Any) -> Any:
            asked.extend([sql] if "COUNT(*)" in sql and "register_lead" in sql else [])
            return execute(sql, *rest)

        asked.clear()
        with connection.execute_wrapper(noted):
            return int(triage.queue(house.desk("mei"), triage.QueueFilter()).total)

    assert (total(), len(asked)) == (1, 1)
    assert (total(), len(asked)) == (1, 0), "what was counted seconds ago is not counted again"
    lead = Lead.objects.get()
    triage.decide(house.desk("lin"), lead.pk, lead.version, Verdict.RELEVANT)
    assert (total(), len(asked)) == (0, 1), "a colleague decided"


def test_a_lead_that_comes_while_the_page_is_made_is_told_as_new(
    house: Any, kept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.actions.triaging import rows, triage

    kept(OFFER)
    rows_of = rows.rows_of

    def meanwhile(*asked: Any) -> Any:
        kept(("p2", f"Again: {OFFER}"))
        return rows_of(*asked)

    monkeypatch.setattr("patrol.actions.triaging.queue.rows_of", meanwhile)
    desk, wanted = house.desk("mei"), triage.QueueFilter()
    shown = triage.queue(desk, wanted)
    assert len(shown.rows) == 1
    assert triage.arrived(desk, wanted, shown.last_id, shown.as_of) == 1
