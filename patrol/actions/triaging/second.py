"""Which decisions a second officer judges again, and to whom they may be offered.

The lot is drawn by a keyed hash, so that nobody can tell beforehand which
decision will be looked at twice. Whoever made the first decision, or has
looked at the lead since, cannot judge it blindly: the access log says who has.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.staffing.care import left_out
from patrol.actions.staffing.pairs import accounts_of
from patrol.actions.staffing.shifts import settings_now
from patrol.actions.triaging.leads import person_at, visible
from patrol.models import LeadStatus, Verb, Verdict
from patrol.register.sealing import keyed_hash
from patrol.register.tables import Decision, Lead, LedgerIndex, SecondReview

JUDGED = frozenset({Verdict.RELEVANT, Verdict.ESCALATED, Verdict.REFERRED, Verdict.DISMISSED})
"""Verdicts that settle a lead."""
OFFERED = 100
"""So many of the oldest are looked through for one that may be offered."""


def draw(lead: Lead, decision: Decision, now: datetime) -> None:
    """Put a decision among those that are judged twice, if the lot falls on it; an earlier one's place lapses."""
    SecondReview.objects.filter(lead=lead, decided_at=None).delete()
    recognised = decision.kind_before is not None
    if decision.verdict not in JUDGED or recognised:
        return
    lot = int(keyed_hash("second review", str(decision.pk))[:8], 16) % 100
    if lot < settings_now().second_review_percent:
        SecondReview.objects.create(lead=lead, first=decision, offered_at=now)


def open_to(desk: Desk) -> QuerySet[SecondReview]:
    """Reviews of the unit that nobody has made, of decisions by somebody else, oldest first."""
    person = person_at(desk)
    seen = Exists(
        visible(desk).filter(pk=OuterRef("lead_id"))
    )  # of the few reviews, not of all leads
    reviews = SecondReview.objects.filter(seen, decided_at=None)
    own = reviews.exclude(first__by__in=accounts_of(person.pk)).exclude(lead__status=LeadStatus.NEW)
    spared = left_out(desk)
    if spared:
        own = own.exclude(lead__category__in=spared)
    kept = own.exclude(lead__retention__wrapped_key=None)
    return kept.select_related("lead", "first").order_by("pk")


def offered(desk: Desk) -> list[SecondReview]:
    """Those that this person can judge blindly."""
    lean = open_to(desk).select_related(None).select_related("first")
    reviews = list(lean.only("lead_id", "first__decided_at")[:OFFERED])
    looks = _looks(desk, reviews)
    return [one for one in reviews if not _has_looked(one, looks)]


def has_looked(desk: Desk, review: SecondReview) -> bool:
    """Whether this person has opened the lead since it was decided."""
    return _has_looked(review, _looks(desk, [review]))


def _looks(desk: Desk, reviews: list[SecondReview]) -> dict[str, datetime]:
    """Of each lead, when this person opened it last."""
    subjects = [f"lead:{one.lead_id}" for one in reviews]
    rows = LedgerIndex.objects.filter(
        person=desk.actor.person, verb=Verb.LEAD_VIEWED, subject__in=subjects, result="allow"
    )
    return {str(subject): at for subject, at in rows.order_by("seq").values_list("subject", "at")}


def _has_looked(review: SecondReview, looks: dict[str, datetime]) -> bool:
    at = looks.get(f"lead:{review.lead_id}")
    return at is not None and at > review.first.decided_at
