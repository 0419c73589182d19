"""Possible victims who were referred to help: to whom, when, under which number, and that it arrived.

A decision *referred* begins one. It is finished when all four are known, and
that is due within 24 hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import lead_row, person_at, visible
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import HelpPlace, Permission, Verb
from patrol.register.ready import Ready
from patrol.register.sealing import seal, unseal
from patrol.register.tables import Lead, Referral

WITHIN = timedelta(hours=24)
UNFINISHED = Q(receiver=None) | Q(sent_at=None) | Q(reference=None) | Q(acknowledged_at=None)


class NoReferral(NotFound):
    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"Lead {lead_id} is not referred to help.",
            why="A referral begins with the decision, and ends when the lead is reopened.",
            do="Decide *referred* on the lead; then say to whom.",
        )


class BadReferral(BadInput):
    """What was filled in cannot be so."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="A child's safety hangs on what is written here.", do=do)


class ReferralChanged(Refused):
    """A colleague filled it in meanwhile; nothing was overwritten."""

    def __init__(self, lead_id: int) -> None:
        super().__init__(
            f"The referral of lead {lead_id} changed while you were filling it in.",
            why="A colleague saved it; nothing of theirs was overwritten.",
            do="Read what it is now, and add yours.",
        )


@dataclass(frozen=True)
class Filled:
    """What somebody says of a referral. What is not known yet is None."""

    receiver: HelpPlace | None = None
    sent_at: datetime | None = None
    reference: str | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True)
class Referred:
    """A referral as a page shows it."""

    lead_id: int
    account: str
    begun_at: datetime
    due_at: datetime
    version: int
    filled: Filled
    hours: int
    """Whole hours until it is due, or since it was."""
    minutes: int
    """And minutes, 0 to 59."""
    is_finished: bool
    """All four are known."""
    is_past: bool
    """It was due, and time is up."""

    @property
    def is_late(self) -> bool:
        return self.is_past and not self.is_finished


def begin(desk: Desk, lead: Lead) -> None:
    """A referral begins, inside the transaction of its decision; one that is open goes on."""
    if lead.referrals.filter(withdrawn_at=None).exists():
        return
    now = desk.now()
    Referral.objects.create(lead=lead, by=person_at(desk), begun_at=now, due_at=now + WITHIN)


def withdraw(lead: Lead, at: datetime) -> None:
    """The lead is open again, inside the transaction of that decision."""
    lead.referrals.filter(withdrawn_at=None).update(withdrawn_at=at)


def referral(desk: Desk, lead_id: int) -> Referred:
    """A lead's referral. Raises `NoReferral`, `NoSuchLead`."""
    subject = f"lead:{lead_id}"
    desk.require(Permission.VICTIMS_READ, Verb.REFERRAL_VIEWED, subject)
    row = _row(desk, lead_id)
    desk.record(Verb.REFERRAL_VIEWED, subject=subject)
    return _referred(row, desk.now())


def _row(desk: Desk, lead_id: int) -> Referral:
    lead = lead_row(desk, lead_id)
    rows = lead.referrals.filter(withdrawn_at=None).select_related("lead__retention", "by")
    row = rows.order_by("-pk").first()
    if row is None:
        raise NoReferral(lead_id)
    return row


def fill_in(desk: Desk, lead_id: int, version: int, filled: Filled) -> Referred:
    """Keep what is known of a referral. Raises `ReferralChanged`, `BadReferral`, `NoReferral`, `NoSuchLead`."""
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_REFERRED, subject=f"lead:{lead_id}") as act:
        row = _row(desk, lead_id)
        if row.version != version:
            raise ReferralChanged(lead_id)
        _judge(row, filled, desk.now())
        row.receiver = filled.receiver
        row.sent_at = filled.sent_at
        row.acknowledged_at = filled.acknowledged_at
        row.reference = None
        if filled.reference:
            row.reference = seal(row.lead.retention, filled.reference.encode())
        row.version += 1
        row.save()
        done = _referred(row, desk.now())
        act.details = {
            "receiver": filled.receiver.value if filled.receiver else None,
            "finished": done.is_finished,
            "from_version": version,
        }
        return done


def _judge(row: Referral, filled: Filled, now: datetime) -> None:
    soon = now + timedelta(minutes=5)
    for at in filter(None, (filled.sent_at, filled.acknowledged_at)):
        if at > soon:
            raise BadReferral("That time has not come yet.", "Write when it happened.")
        if at < row.begun_at - timedelta(days=2):
            raise BadReferral(
                "That was long before the lead was referred.", "Write when it happened."
            )
    if filled.acknowledged_at and not (filled.sent_at and filled.receiver):
        raise BadReferral(
            "Nobody can have acknowledged what was not sent.", "Say first to whom, and when."
        )
    if filled.sent_at and filled.acknowledged_at and filled.acknowledged_at < filled.sent_at:
        raise BadReferral(
            "It was acknowledged before it was sent.",
            "Write the later time for the acknowledgement.",
        )


def open_referrals() -> QuerySet[Referral]:
    """Those that wait for somebody, of all units."""
    return Referral.objects.filter(UNFINISHED, withdrawn_at=None)


def _seen_by(desk: Desk) -> Exists:
    """That the desk may see the lead: asked of the few referrals, not of all leads."""
    return Exists(visible(desk).filter(pk=OuterRef("lead_id")))


def unfinished(desk: Desk) -> int:
    """How many of the unit wait for somebody. A number: not recorded."""
    if desk.person is None or not desk.may(Permission.VICTIMS_READ):
        return 0
    return _UNFINISHED.count(unit=desk.person.unit_id)


_UNFINISHED = Ready(
    lambda unit: (
        open_referrals()
        .filter(Exists(Lead.objects.filter(pk=OuterRef("lead_id"), unit=unit)))
        .values_list("pk")
    ),
    unit=int,
)
"""Of a unit, for those who may read possible victims."""


def listed(desk: Desk) -> tuple[Referred, ...]:
    """The unit's unfinished referrals, the most urgent first."""
    desk.require(Permission.VICTIMS_READ, Verb.REFERRALS_LISTED)
    rows = open_referrals().filter(_seen_by(desk))
    rows = rows.select_related("lead__retention", "by").order_by("due_at", "pk")
    found = tuple(_referred(row, desk.now()) for row in rows[:200])
    desk.record(Verb.REFERRALS_LISTED, count=len(found))
    return found


def _referred(row: Referral, now: datetime) -> Referred:
    left = row.due_at - now
    hours, seconds = divmod(int(abs(left).total_seconds()), 3600)
    return Referred(
        lead_id=row.lead_id,
        account=row.by.account,
        begun_at=row.begun_at,
        due_at=row.due_at,
        version=row.version,
        filled=Filled(
            HelpPlace(row.receiver) if row.receiver else None,
            row.sent_at,
            _number(row),
            row.acknowledged_at,
        ),
        hours=hours,
        minutes=seconds // 60,
        is_finished=None not in {row.receiver, row.sent_at, row.reference, row.acknowledged_at},
        is_past=left < timedelta(),
    )


def _number(row: Referral) -> str | None:
    """None too where the lead's words were forgotten, and the number with them."""
    if row.reference is None or row.lead.retention.wrapped_key is None:
        return None
    return unseal(row.lead.retention, row.reference).decode()
