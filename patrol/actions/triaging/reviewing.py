"""A second officer judges a decided lead without the first verdict; a supervisor sees how far the two agree."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from dashboards.agreement import Agreement, agreement
from patrol.actions.desk import Desk
from patrol.actions.staffing.care import left_out
from patrol.actions.staffing.pairs import accounts_of
from patrol.actions.triaging.leads import person_at, visible
from patrol.actions.triaging.once import SECONDS, forget, once
from patrol.actions.triaging.queue import QueueFilter
from patrol.actions.triaging.second import JUDGED, has_looked, offered
from patrol.actions.triaging.sheet import LeadSheet, lead_sheet
from patrol.actions.triaging.verdicts import BadDecision
from patrol.errors import NotFound, Refused
from patrol.models import DismissReason, LeadKind, LeadStatus, Permission, Verb, Verdict
from patrol.register.tables import SecondReview

FEWEST_PEOPLE = 5
"""Figures in which fewer people have a part would be figures about people: they are not shown."""
DISAGREEMENTS = 50


class NoSuchReview(NotFound):
    """Not there, judged already, or not for this person."""

    def __init__(self, review_id: int) -> None:
        super().__init__(
            f"There is no second review {review_id} for you.",
            why="A review is made once, and never by whoever decided first.",
            do="Take the next one.",
        )


class NotBlind(Refused):
    """This person knows, or may know, the first verdict."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"You have opened lead {lead_id} since it was decided.",
            why="A second review counts only where the first verdict is not known.",
            do="Take the next one; a colleague judges this lead.",
        )


@dataclass(frozen=True)
class BlindSheet:
    """A decided lead as it was before anybody decided."""

    review_id: int
    lead: LeadSheet
    left: int
    """How many more this person could judge."""


@dataclass(frozen=True)
class Line:
    """Of one category how far two officers agree."""

    category: str
    """`all`, a category, or `none`."""
    figures: Agreement
    enough_people: bool
    """Else nothing but the number of pairs is told."""


@dataclass(frozen=True)
class Disagreement:
    """A lead that two officers judged differently."""

    lead_id: int
    category: str | None
    first: str
    second: str
    decided_at: datetime


@dataclass(frozen=True)
class AgreementSheet:
    """What a supervisor sees of second reviews. It names nobody."""

    lines: tuple[Line, ...]
    disagreements: tuple[Disagreement, ...]
    waiting: int


def waiting(desk: Desk) -> int:
    """How many reviews wait for this person, some seconds old at most. A number: no look to be recorded."""
    if not desk.may(Permission.LEADS_DECIDE):
        return 0
    return once(_counted(desk), lambda: len(offered(desk)), SECONDS)


def _counted(desk: Desk) -> str:
    """Under which that number is kept: of one person, in their role, and for what they read."""
    role = desk.person.role if desk.person else None
    return f"reviews:{desk.actor.person}:{role}:{','.join(sorted(left_out(desk)))}"


def next_review(desk: Desk) -> int | None:
    """The number of the oldest that waits for this person."""
    found = offered(desk)
    return found[0].pk if found else None


def show(desk: Desk, review_id: int) -> BlindSheet:
    """The lead without verdict, notes, history and names. A look: recorded. Raises `NoSuchReview`, `NotBlind`."""
    desk.require(Permission.LEADS_DECIDE, Verb.REVIEW_VIEWED, f"review:{review_id}")
    review = _review(desk, review_id)
    if has_looked(desk, review):
        raise NotBlind(review.lead_id)
    sheet = lead_sheet(desk, review.lead, QueueFilter())
    blind = replace(
        sheet,
        status=LeadStatus.NEW,
        history=(),
        notes=(),
        alike=(),
        assigned_to=None,
        lease=None,
        put_off=None,
        next_id=None,
        previous_id=None,
    )
    desk.record(
        Verb.REVIEW_VIEWED,
        subject=f"lead:{review.lead_id}",
        purpose=f"authorization:{sheet.authorization.id}",
        count=len(sheet.sightings),
        details={"review": review_id},
    )
    return BlindSheet(review_id, blind, max(0, len(offered(desk)) - 1))


def judge(
    desk: Desk, review_id: int, verdict: Verdict, reason: DismissReason | None = None
) -> SecondReview:
    """Keep a second verdict beside the first; the lead stays as it is.

    Raises `NoSuchReview`, `NotBlind`, `BadDecision`.
    """
    subject = f"review:{review_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.REVIEW_DECIDED, subject=subject) as act:
        review = _review(desk, review_id)
        act.subject = f"lead:{review.lead_id}"
        if has_looked(desk, review):
            raise NotBlind(review.lead_id)
        _judge(review, verdict, reason)
        review.by, review.verdict, review.dismiss_reason = person_at(desk), verdict, reason
        review.decided_at = desk.now()
        review.save()
        act.details = {
            "review": review_id,
            "verdict": verdict.value,
            "dismiss_reason": reason.value if reason else None,
            "first": str(review.first.verdict),
            "same": review.first.verdict == verdict,
        }
    forget(_counted(desk))
    return review


def _judge(review: SecondReview, verdict: Verdict, reason: DismissReason | None) -> None:
    if verdict not in JUDGED:
        raise BadDecision("A second review ends with a verdict.", "Choose one of the buttons.")
    if (verdict is Verdict.DISMISSED) != (reason is not None):
        raise BadDecision("A dismissal needs a reason.", "Choose one of the listed reasons.")
    if verdict is Verdict.REFERRED and review.lead.kind != LeadKind.POSSIBLE_VICTIM:
        raise BadDecision(
            "Only a possible victim is referred to help.", "Escalate it, or mark it relevant."
        )


def _review(desk: Desk, review_id: int) -> SecondReview:
    person = person_at(desk)
    found = (
        SecondReview.objects.filter(pk=review_id, decided_at=None, lead__in=visible(desk))
        .exclude(first__by__in=accounts_of(person.pk))
        .select_related("first", "lead__source", "lead__retention")
        .select_related("lead__held_by", "lead__assigned_to")
        .first()
    )
    if found is None:
        raise NoSuchReview(review_id)
    return found


def agreement_sheet(desk: Desk) -> AgreementSheet:
    """How far first and second verdicts agree, by category; recorded. Names and counts nobody's own verdicts."""
    desk.require(Permission.AGREEMENT_READ, Verb.AGREEMENT_VIEWED)
    person = person_at(desk)
    reviews = SecondReview.objects.filter(lead__unit=person.unit_id).select_related("lead", "first")
    done = list(reviews.exclude(decided_at=None).order_by("-decided_at"))
    by_category: defaultdict[str | None, list[SecondReview]] = defaultdict(list)
    for one in done:
        by_category[one.lead.category].append(one)
    of_each = sorted(by_category.items(), key=lambda pair: (-len(pair[1]), pair[0] or ""))
    sheet = AgreementSheet(
        lines=(_line("all", done), *(_line(name or "none", found) for name, found in of_each)),
        disagreements=tuple(_told(one) for one in done if one.first.verdict != one.verdict)[
            :DISAGREEMENTS
        ],
        waiting=reviews.filter(decided_at=None).count(),
    )
    desk.record(
        Verb.AGREEMENT_VIEWED,
        count=len(done),
        details={"leads": [one.lead_id for one in sheet.disagreements]},
    )
    return sheet


def _line(category: str, reviews: list[SecondReview]) -> Line:
    pairs = [(str(one.first.verdict), str(one.verdict)) for one in reviews]
    people = {one.first.by_id for one in reviews} | {one.by_id for one in reviews}
    enough = len(people) >= FEWEST_PEOPLE
    figures = agreement(pairs)
    if not enough:
        figures = Agreement(figures.n, 0, None, None, None)
    return Line(category, figures, enough)


def _told(one: SecondReview) -> Disagreement:
    decided_at = one.decided_at or one.offered_at
    return Disagreement(
        one.lead_id, one.lead.category, str(one.first.verdict), str(one.verdict), decided_at
    )
