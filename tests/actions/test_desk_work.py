"""What officers do on a lead beside deciding: leases, assignments, notes; and the possible victim that no rule saw."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from patrol.models import DismissReason, LeadKind, Verb, Verdict

OFFER = "找援交的加賴 abc123，價格可議"


@pytest.fixture
def lead(house: Any, kept: Callable[..., Any]) -> Any:
    from patrol.register.tables import Lead

    kept(OFFER)
    return Lead.objects.get()


def _records(verb: Verb) -> list[Any]:
    from patrol.register import log

    return [found.record for found in reversed(log.each(verb=verb, limit=50))]


@pytest.mark.both_databases
def test_a_lease_keeps_colleagues_from_deciding_until_it_ends(house: Any, lead: Any) -> None:
    from patrol.actions.triaging import leases, triage

    mei, lin = house.desk("mei"), house.desk("lin")
    leases.hold(mei, lead.pk)
    assert leases.hold(mei, lead.pk).mine
    assert len(_records(Verb.LEAD_HELD)) == 1, "a renewal is no act"
    for act in (
        lambda: leases.hold(lin, lead.pk),
        lambda: triage.decide(lin, lead.pk, 1, Verdict.RELEVANT),
    ):
        with pytest.raises(leases.LeadHeld) as refused:
            act()
        assert refused.value.lease.account == "mei"
    lead.refresh_from_db()
    assert lead.version == 1
    lead.held_until -= timedelta(seconds=leases.LEASE_SECONDS + 1)
    lead.save()
    assert triage.decide(lin, lead.pk, 1, Verdict.RELEVANT).status == "relevant"
    lead.refresh_from_db()
    assert lead.held_by is None


def test_taking_over_is_on_record_and_the_holder_hears_of_it(house: Any, lead: Any) -> None:
    from patrol.actions.triaging import leases, triage

    mei, lin = house.desk("mei"), house.desk("lin")
    leases.hold(mei, lead.pk)
    assert leases.hold(lin, lead.pk, take_over=True).mine
    assert _records(Verb.LEAD_HELD)[-1].details == {"taken_from": "mei"}
    with pytest.raises(leases.LeadHeld):
        leases.hold(mei, lead.pk)
    there = triage.look(mei, lead.pk).lease
    assert there is not None
    assert (there.account, there.mine) == ("lin", False)


def test_a_lead_is_assigned_within_the_unit_and_handed_over_with_a_note(
    house: Any, lead: Any
) -> None:
    from patrol.actions.triaging import assigning, leases, triage

    mei = house.desk("mei")
    leases.hold(mei, lead.pk)
    assert assigning.colleagues(mei) == ("lin", "mei", "wu")
    for nobody in ("other", "audit", "root", "ghost"):
        with pytest.raises(assigning.BadColleague):
            assigning.assign(mei, lead.pk, nobody)
    assigning.assign(mei, lead.pk, "lin", note="the same wording as last week")
    sheet = triage.look(house.desk("lin"), lead.pk)
    assert (sheet.assigned_to, sheet.lease) == ("lin", None)
    assert sheet.notes[0].now.text == "the same wording as last week"
    record = _records(Verb.LEAD_ASSIGNED)[-1]
    assert record.details["to"] == "lin"
    assert "wording" not in record.model_dump_json()
    assigning.assign(mei, lead.pk, "")
    assert triage.look(mei, lead.pk).assigned_to is None


def test_a_note_is_corrected_by_its_author_and_keeps_its_earlier_wording(
    house: Any, lead: Any
) -> None:
    from patrol.actions.triaging import notes, triage

    mei, lin = house.desk("mei"), house.desk("lin")
    notes.write(mei, lead.pk, "seen twice")
    notes.write(mei, lead.pk, "seen three times", corrects=(1, 1))
    for desk, corrects in ((lin, (1, 2)), (mei, (1, 1)), (mei, (9, 1))):
        with pytest.raises(notes.NoteChanged):
            notes.write(desk, lead.pk, "other words", corrects=corrects)
    (note,) = triage.look(lin, lead.pk).notes
    assert [wording.text for wording in note.wordings] == ["seen three times", "seen twice"]
    assert not note.mine
    assert [record.details["note_version"] for record in _records(Verb.LEAD_NOTED)
            if record.result == "allow"] == [1, 2]  # fmt: skip
    with pytest.raises(triage.NoteQuestioned):
        notes.write(mei, lead.pk, "call 0912-345-678")
    with pytest.raises(triage.BadDecision):
        notes.write(mei, lead.pk, "  ")


def test_a_note_is_gone_with_its_lead(house: Any, lead: Any) -> None:
    from django.utils import timezone

    from patrol.actions.triaging import notes
    from patrol.register.sealing import Forgotten, destroy, unseal
    from patrol.register.tables import NoteVersion

    notes.write(house.desk("mei"), lead.pk, "seen twice")
    row = NoteVersion.objects.select_related("lead__retention").get()
    assert b"seen" not in bytes(row.body)
    destroy(row.lead.retention, timezone.now())
    with pytest.raises(Forgotten):
        unseal(row.lead.retention, row.body)


def test_an_officer_sees_the_victim_that_no_rule_saw_and_takes_it_back(
    house: Any, lead: Any
) -> None:
    from patrol.actions.triaging import triage
    from patrol.register.tables import OutboxRow
    from pipelines.leads import VICTIM_RANK

    mei = house.desk("mei")
    with pytest.raises(triage.BadDecision):
        triage.decide(mei, lead.pk, 1, Verdict.REFERRED)
    OutboxRow.objects.all().delete()
    triage.decide(mei, lead.pk, 1, Verdict.REFERRED, victim=True)
    lead.refresh_from_db()
    assert (lead.kind, lead.rank) == (LeadKind.POSSIBLE_VICTIM, lead.score + VICTIM_RANK)
    assert {row.kind for row in OutboxRow.objects.all()} == {"lead", "post"}
    assert "abc123" not in "".join(
        piece.text for piece in triage.look(mei, lead.pk).sightings[0].pieces
    )
    triage.decide(mei, lead.pk, 2, Verdict.REOPENED)
    lead.refresh_from_db()
    assert (lead.kind, lead.rank, lead.status) == (LeadKind.LEAD, lead.score, "new")
    triage.decide(mei, lead.pk, 3, Verdict.DISMISSED, dismiss_reason=DismissReason.LAWFUL)
    triage.decide(mei, lead.pk, 4, Verdict.REOPENED)
    lead.refresh_from_db()
    assert lead.kind == LeadKind.LEAD
