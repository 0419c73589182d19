"""*Referred* is finished only when somebody outside has said that it arrived."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from patrol.models import HelpPlace, Verdict

Kept = Callable[..., Any]
CRY = "我被他威脅要公開照片，求救，誰可以幫我"


def now() -> Any:
    from patrol.register import clock

    return clock.now()


@pytest.fixture
def referred(house: Any, kept: Kept) -> Any:
    """A lead that mei referred to help a moment ago."""
    from patrol.actions.triaging import triage
    from patrol.register.tables import Lead

    kept(CRY)
    lead = Lead.objects.get(kind="possible_victim")
    triage.decide(house.desk("mei"), lead.pk, lead.version, Verdict.REFERRED)
    return lead


def filled(**changes: Any) -> Any:
    from patrol.actions.triaging.referrals import Filled

    at = now()
    whole = {
        "receiver": HelpPlace.SOCIAL_AFFAIRS,
        "sent_at": at,
        "reference": "115-兒保-0042",
        "acknowledged_at": at,
    }
    return Filled(**{**whole, **changes})


def test_a_decision_begins_one_that_is_due_in_a_day(house: Any, referred: Any) -> None:
    from patrol.actions.triaging import referrals

    one = referrals.referral(house.desk("lin"), referred.pk)
    assert one.due_at - one.begun_at == timedelta(hours=24)
    assert (one.hours, one.account, one.is_finished, one.is_past) == (23, "mei", False, False)
    assert (referrals.unfinished(house.desk("mei")), referrals.unfinished(house.desk("other"))) == (
        1,
        0,
    )


@pytest.mark.parametrize("missing", ["receiver", "sent_at", "reference", "acknowledged_at"])
def test_it_is_unfinished_until_all_four_are_known(house: Any, referred: Any, missing: str) -> None:
    from patrol.actions.triaging import referrals

    mei = house.desk("mei")
    lacking = {missing: None} | ({"acknowledged_at": None} if missing != "reference" else {})
    part = referrals.fill_in(mei, referred.pk, 1, filled(**lacking))
    assert (part.is_finished, len(referrals.listed(mei))) == (False, 1)
    whole = referrals.fill_in(mei, referred.pk, 2, filled())
    assert (whole.is_finished, referrals.listed(mei), referrals.unfinished(mei)) == (True, (), 0)
    assert referrals.referral(mei, referred.pk).filled.reference == "115-兒保-0042"


def test_the_number_is_sealed_and_forgotten_with_the_lead(house: Any, referred: Any) -> None:
    from patrol.actions.triaging import referrals
    from patrol.register.sealing import destroy
    from patrol.register.tables import Referral

    mei = house.desk("mei")
    referrals.fill_in(mei, referred.pk, 1, filled())
    kept = Referral.objects.get().reference
    assert kept is not None
    assert b"0042" not in bytes(kept)
    referred.retention.refresh_from_db()
    destroy(referred.retention, now())
    one = referrals.referral(mei, referred.pk)
    assert (one.filled.reference, one.is_finished) == (None, True)


@pytest.mark.parametrize(
    ("sent", "acknowledged", "changes"),
    [
        (60, None, {}),
        (0, -10, {}),
        (-60 * 24 * 9, None, {}),
        (None, 0, {}),
        (0, 0, {"receiver": None}),
    ],
)
def test_what_cannot_be_so_is_refused(
    house: Any, referred: Any, sent: int | None, acknowledged: int | None, changes: dict[str, Any]
) -> None:
    from patrol.actions.triaging import referrals

    at = now()
    times = {
        "sent_at": None if sent is None else at + timedelta(minutes=sent),
        "acknowledged_at": None if acknowledged is None else at + timedelta(minutes=acknowledged),
    }
    with pytest.raises(referrals.BadReferral):
        referrals.fill_in(house.desk("mei"), referred.pk, 1, filled(**times, **changes))


def test_two_officers_do_not_overwrite_each_other(house: Any, referred: Any) -> None:
    from patrol.actions.triaging import referrals

    referrals.fill_in(house.desk("lin"), referred.pk, 1, filled(acknowledged_at=None))
    with pytest.raises(referrals.ReferralChanged):
        referrals.fill_in(house.desk("mei"), referred.pk, 1, filled(reference=None))
    assert referrals.referral(house.desk("mei"), referred.pk).filled.reference == "115-兒保-0042"


def test_undo_withdraws_it_and_a_second_verdict_does_not(house: Any, referred: Any) -> None:
    from patrol.actions.triaging import referrals, triage

    mei = house.desk("mei")
    version = referred.version + 1
    triage.decide(mei, referred.pk, version, Verdict.ESCALATED)
    triage.decide(mei, referred.pk, version + 1, Verdict.REFERRED)
    assert referrals.unfinished(mei) == 1
    triage.decide(mei, referred.pk, version + 2, Verdict.REOPENED)
    assert referrals.unfinished(mei) == 0
    with pytest.raises(referrals.NoReferral):
        referrals.referral(mei, referred.pk)


def test_every_step_is_on_record_without_the_number(house: Any, referred: Any) -> None:
    from patrol.actions.triaging import referrals
    from patrol.register.tables import LedgerIndex, LedgerRecord

    referrals.fill_in(house.desk("mei"), referred.pk, 1, filled())
    rows = LedgerIndex.objects.filter(verb="lead.referred").values_list("seq", flat=True)
    (body,) = LedgerRecord.objects.filter(seq__in=rows).values_list("body", flat=True)
    assert b"social_affairs" in bytes(body)
    assert b"0042" not in bytes(body)


def test_another_units_referral_is_not_there(house: Any, referred: Any) -> None:
    from patrol.actions.triaging import referrals
    from patrol.actions.triaging.leads import NoSuchLead

    with pytest.raises(NoSuchLead):
        referrals.referral(house.desk("other"), referred.pk)
