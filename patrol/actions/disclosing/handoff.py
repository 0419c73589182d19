"""Leads are handed to somebody outside who can act: a report leaves, its acknowledgement comes back, and somebody looks again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboards.period import local_day
from patrol.actions.casework.casefile import files_of, places_of
from patrol.actions.casework.cases import find_case
from patrol.actions.desk import Desk
from patrol.actions.disclosing.evidence import NoReason, VictimStays, exportable
from patrol.actions.disclosing.images import revealed
from patrol.actions.disclosing.soundness import refuse_unsound
from patrol.actions.linking.members import opened_of
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.actions.triaging.reading import OpenSighting
from patrol.errors import BadInput, NotFound
from patrol.exports.handoff import GIVEN, Item, Package, packed
from patrol.models import Availability, LeadKind, Permission, Receiver, Verb
from patrol.register.sealing import Forgotten, seal, unseal
from patrol.register.tables import Case, Handoff, HandoffCheck, Lead, RetentionUnit

FARTHEST_DAYS = 365
LONGEST_NAME = 80
LONGEST_REASON = 500


class BadHandoff(BadInput):
    """Something is missing in what was entered."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="Others act on it, and colleagues go on with it.", do=do)


class NoSuchHandoff(NotFound):
    """Not there, or another unit's."""

    def __init__(self, handoff_id: int) -> None:
        super().__init__(
            f"There is no hand-off {handoff_id} here.",
            why="Hand-offs are seen by their own unit.",
            do="Go back to the lead or the case.",
        )


@dataclass(frozen=True)
class About:
    """What is handed over: a lead, or a case with its leads."""

    lead: int | None = None
    case: int | None = None

    @property
    def subject(self) -> str:
        return f"case:{self.case}" if self.case else f"lead:{self.lead}"


@dataclass(frozen=True)
class Order:
    """Who gets it, and why."""

    receiver: Receiver
    reason: str
    platform: str = ""
    """Which one, where the receiver is a platform."""
    check_on: date | None = None
    """When somebody looks whether it is still up."""

    def refuse_incomplete(self, today: date) -> None:
        """Raises `NoReason`, `BadHandoff`."""
        if not self.reason.strip():
            raise NoReason
        if self.receiver is Receiver.PLATFORM and not self.platform.strip():
            raise BadHandoff("Which platform is missing.", "Write which platform gets it.")
        if len(self.platform.strip()) > LONGEST_NAME or len(self.reason) > LONGEST_REASON:
            raise BadHandoff("That is too long.", "Say it shorter.")
        _refuse_day(today, self.check_on)


@dataclass(frozen=True)
class Handed:
    """A file to be given away."""

    id: int
    name: str
    content: bytes


@dataclass(frozen=True)
class Checked:
    """That somebody looked."""

    state: str
    account: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """A report that left, and what became of it."""

    id: int
    receiver: str
    platform: str
    account: str
    at: datetime
    case_id: int | None
    leads: tuple[int, ...]
    sha256: str
    reference: str | None
    """The number that they gave; None until it is entered, or once it was forgotten."""
    person: str | None
    """Who there gave it."""
    on: date | None
    """When, as they said."""
    answered_at: datetime | None
    """When that was entered."""
    check_on: date | None
    late: bool
    """The day on which to look again has come."""
    checks: tuple[Checked, ...]
    """The newest first."""

    @property
    def state(self) -> str | None:
        """What the last who looked saw."""
        return self.checks[0].state if self.checks else None


@dataclass(frozen=True)
class Handoffs:
    """What was handed over of a lead or a case, and what may be."""

    about: About
    leads: tuple[int, ...]
    """Those that would leave."""
    victim: bool
    sent: tuple[Sent, ...]
    may_work: bool


def view(desk: Desk, about: About) -> Handoffs:
    """What was handed over, the newest first: recorded. Raises `NoSuchLead`, `NoSuchCase`."""
    desk.require(Permission.EVIDENCE_EXPORT, Verb.HANDOFF_VIEWED, about.subject)
    if about.case:
        case = find_case(desk, about.case)
        rows = Handoff.objects.filter(case__in=files_of(case))
        leads, victim = _inside(case), False
    else:
        lead = lead_row(desk, about.lead or 0)
        rows = Handoff.objects.filter(leads=lead)
        victim = lead.kind == LeadKind.POSSIBLE_VICTIM
        leads = () if victim else (lead.pk,)
    sent = _sent(rows, desk.now())
    desk.record(Verb.HANDOFF_VIEWED, subject=about.subject, count=len(sent))
    return Handoffs(about, leads, victim, sent, desk.may(Permission.LEADS_DECIDE))


def sent_of(lead_id: int, now: datetime) -> tuple[Sent, ...]:
    """What was handed over of a lead, the newest first. Call it inside a look that is recorded."""
    return _sent(Handoff.objects.filter(leads=lead_id), now)


def about(desk: Desk, handoff_id: int) -> About:
    """What that hand-off is about. Raises `NoSuchHandoff`."""
    row = Handoff.objects.filter(pk=handoff_id, unit=person_at(desk).unit_id).first()
    if row is None:
        raise NoSuchHandoff(handoff_id)
    return _about(row)


def hand_over(desk: Desk, about: About, order: Order) -> Handed:
    """A report for that receiver; its record, with receiver, reason and hash, is durable before this returns.

    Raises `NoReason`, `BadHandoff`, `VictimStays`, `NoSuchLead`, `NoSuchCase`, `LogUnsound`.
    """
    desk.require(Permission.EVIDENCE_EXPORT, Verb.HANDOFF_MADE, about.subject)
    if about.lead:
        exportable(desk, about.lead, Verb.HANDOFF_MADE)
    with desk.act(
        Permission.LEADS_READ, Verb.HANDOFF_MADE, subject=about.subject, reason=order.reason.strip()
    ) as act:
        refuse_unsound()
        order.refuse_incomplete(local_day(desk.now()))
        leads, case, retention = _found(desk, about)
        package = _package(desk, leads, order)
        content = packed(package)
        row = Handoff.objects.create(
            unit_id=person_at(desk).unit_id,
            case=case,
            retention=retention,
            receiver=order.receiver,
            platform=order.platform.strip(),
            sha256=hashlib.sha256(content).hexdigest(),
            by=person_at(desk),
            made_at=desk.now(),
            check_on=order.check_on,
        )
        row.leads.set(leads)
        act.purpose = f"case:{case.number}" if case else None
        act.count = len(package.items)
        act.details = {
            "handoff": row.pk,
            "receiver": order.receiver.value,
            "sha256": row.sha256,
            "leads": [lead.pk for lead in leads],
            "check_on": order.check_on.isoformat() if order.check_on else None,
        }
    return Handed(row.pk, f"notice-{row.pk}-{order.receiver.value}.zip", content)


def acknowledge(desk: Desk, handoff_id: int, reference: str, person: str, on: date) -> About:
    """Enter what the receiver answered: their reference number, who gave it, and when. It may be entered again.

    Raises `BadHandoff`, `NoSuchHandoff`.
    """
    with desk.act(
        Permission.LEADS_DECIDE, Verb.HANDOFF_ACKNOWLEDGED, subject=f"handoff:{handoff_id}"
    ) as act:
        row = _row(desk, handoff_id)
        number, who = reference.strip(), person.strip()
        if not number:
            raise BadHandoff("The reference number is missing.", "Write the number that they gave.")
        if max(len(number), len(who)) > LONGEST_NAME:
            raise BadHandoff("That is too long.", "Write at most 80 characters.")
        if not local_day(row.made_at) <= on <= local_day(desk.now()):
            raise BadHandoff(
                "It cannot have been acknowledged on that day.",
                "Write a day from the hand-off until today.",
            )
        told = {"reference": number, "person": who, "on": on.isoformat()}
        row.answer = seal(row.retention, json.dumps(told, ensure_ascii=False).encode())
        row.answered_at, row.answer_by = desk.now(), person_at(desk)
        row.save(update_fields=["answer", "answered_at", "answer_by"])
        act.details = {"leads": _leads_of(row)}
        return _about(row)


def check(desk: Desk, handoff_id: int, state: Availability, again_on: date | None) -> About:
    """Say whether it is still up, and when somebody looks again. Raises `BadHandoff`, `NoSuchHandoff`."""
    with desk.act(
        Permission.LEADS_DECIDE, Verb.HANDOFF_CHECKED, subject=f"handoff:{handoff_id}"
    ) as act:
        row = _row(desk, handoff_id)
        _refuse_day(local_day(desk.now()), again_on)
        HandoffCheck.objects.create(handoff=row, state=state, by=person_at(desk), at=desk.now())
        row.check_on = again_on
        row.save(update_fields=["check_on"])
        act.details = {
            "state": state.value,
            "leads": _leads_of(row),
            "check_on": again_on.isoformat() if again_on else None,
        }
        return _about(row)


def _refuse_day(today: date, day: date | None) -> None:
    if day is not None and not 0 <= (day - today).days <= FARTHEST_DAYS:
        raise BadHandoff(
            "Nobody can look again on that day.", "Write a day from today on, within a year."
        )


def _found(desk: Desk, about: About) -> tuple[list[Lead], Case | None, RetentionUnit]:
    """The leads that leave, and whose key their answer is kept with."""
    if about.case:
        case = find_case(desk, about.case)
        leads = list(Lead.objects.filter(pk__in=_inside(case)).order_by("pk"))
        if not leads:
            raise BadHandoff("This case has no lead to hand over.", "Put a lead into it first.")
        return leads, case, case.retention
    lead = lead_row(desk, about.lead or 0)
    if lead.kind == LeadKind.POSSIBLE_VICTIM:
        raise VictimStays(lead.pk)
    if lead.retention.wrapped_key is None:
        raise Forgotten(lead.retention)
    return [lead], None, lead.retention


def _inside(case: Case) -> tuple[int, ...]:
    places = places_of(files_of(case)).filter(detached_at=None)
    return tuple(sorted(set(places.values_list("lead_id", flat=True))))


def _package(desk: Desk, leads: Sequence[Lead], order: Order) -> Package:
    opened = opened_of([lead.pk for lead in leads])
    ordered = sorted(opened, key=lambda one: (one.row.lead_id, one.row.pk))
    return Package(
        receiver=order.receiver,
        platform=order.platform.strip(),
        unit=person_at(desk).unit.name,
        made_at=desk.now(),
        made_by=desk.actor.account,
        reason=order.reason.strip(),
        check_on=order.check_on.isoformat() if order.check_on else None,
        items=tuple(_item(desk, one, GIVEN[order.receiver]) for one in ordered),
    )


def _item(desk: Desk, one: OpenSighting, given: frozenset[str]) -> Item:
    row, post = one.row, one.post
    return Item(
        lead=row.lead_id,
        url=post.url,
        source=row.source.body["title"],
        category=row.lead.category,
        posted_at=post.posted_at,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        mandate=row.authorization.number,
        seal=row.capture.body_sha256,
        media=post.media,
        words=one.words if "words" in given else None,
        author=one.author if "author" in given else None,
        contacts=tuple((shown.kind, shown.value) for shown in one.offered())
        if "contacts" in given
        else (),
        images=revealed(desk, row) if "images" in given else (),
    )


def _row(desk: Desk, handoff_id: int) -> Handoff:
    rows = Handoff.objects.select_related("retention").select_for_update(of=("self",))
    row = rows.filter(pk=handoff_id, unit=person_at(desk).unit_id).first()
    if row is None:
        raise NoSuchHandoff(handoff_id)
    return row


def _leads_of(row: Handoff) -> list[int]:
    return list(row.leads.order_by("pk").values_list("pk", flat=True))


def _about(row: Handoff) -> About:
    return About(case=row.case_id) if row.case_id else About(lead=_leads_of(row)[0])


def _sent(rows: Iterable[Handoff], now: datetime) -> tuple[Sent, ...]:
    found = Handoff.objects.filter(pk__in=[row.pk for row in rows]).order_by("-pk")
    found = found.select_related("by", "retention").prefetch_related("leads", "checks__by")
    return tuple(_told(row, now) for row in found)


def _told(row: Handoff, now: datetime) -> Sent:
    answer: dict[str, str] = {}
    if row.answer is not None and row.retention.wrapped_key is not None:
        answer = json.loads(unseal(row.retention, row.answer))
    checks = sorted(row.checks.all(), key=lambda one: -one.pk)
    return Sent(
        id=row.pk,
        receiver=row.receiver,
        platform=row.platform,
        account=row.by.account,
        at=row.made_at,
        case_id=row.case_id,
        leads=tuple(sorted(lead.pk for lead in row.leads.all())),
        sha256=row.sha256,
        reference=answer.get("reference"),
        person=answer.get("person"),
        on=date.fromisoformat(answer["on"]) if answer else None,
        answered_at=row.answered_at,
        check_on=row.check_on,
        late=row.check_on is not None and row.check_on <= local_day(now),
        checks=tuple(Checked(one.state, one.by.account, one.at) for one in checks),
    )
