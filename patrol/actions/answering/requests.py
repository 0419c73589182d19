"""Privacy requests: entered, given more time once, and listed by the day on which they are due.

Days are those of Taiwan's Personal Data Protection Act, article 13 (as of
2023-05-31; the amendment of 2025-11-11 leaves articles 3, 10, 11 and 13 alone):
15 to decide on access, 30 on rectification and erasure, and at most as many
again, told in writing. They are counted from the day after the request arrived, and a day of
rest at the end moves nothing: the earlier day is the safe one.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from patrol.actions.desk import Act, Desk
from patrol.actions.triaging.leads import person_at
from patrol.actions.triaging.verdicts import questioned
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import (
    Carried,
    Identified,
    Permission,
    PrivacyAnswer,
    PrivacyGround,
    PrivacyRight,
    Verb,
)
from patrol.register.sealing import new_unit, seal, unseal
from patrol.register.tables import PrivacyRequest, SourceRow
from patrol.search.index import LOCAL

KEPT_AS = "privacy"
"""The kind of the retention unit, one for each request."""
DAYS = {PrivacyRight.ACCESS: 15, PrivacyRight.RECTIFICATION: 30, PrivacyRight.ERASURE: 30}
OLDEST = timedelta(days=180)
"""A request that arrived longer ago is a slip of the pen."""
NEAR = timedelta(days=3)
"""Before the end, from which on a request is shown as pressing."""
ANSWERED_SHOWN = 50
LONGEST = {"name": 100, "quote": 4_000, "requester": 200}
"""Letters of what is kept."""


class BadPrivacyRequest(BadInput):
    """A request, or what is to be done about it, lacks something."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(
            what, why="Somebody's right hangs on it, and what we answer must be true.", do=do
        )


class NoSuchPrivacyRequest(NotFound):
    """Not there, or another unit's."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no privacy request {number} here.",
            why="Privacy requests are answered by the unit that received them.",
            do="Go back to the list.",
        )


class PrivacyRequestChanged(Refused):
    """A colleague was quicker; nothing was overwritten."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Privacy request {number} changed while you were reading it.",
            why="A colleague did something about it; nothing of theirs was overwritten.",
            do="Read what it is now, and decide then.",
        )


@dataclass(frozen=True)
class Asked:
    """What a request says. Its words are forgotten some time after the answer."""

    right: PrivacyRight
    name: str
    """A contact or an author's name, as it is written there."""
    quote: str
    """A whole post, as it is written there."""
    requester: str
    """How the answer reaches whoever asks: as little as will do."""
    source: str
    """The source's name; empty is any."""
    received_on: date


@dataclass(frozen=True)
class Line:
    """A request in the list. None of its words."""

    id: int
    right: PrivacyRight
    received_at: datetime
    due_at: datetime
    extended: bool
    days: int
    """Whole days until it is due, 0 on the last one; below 0 it is overdue by as many."""
    handed: bool
    told: Carried | None
    answer: PrivacyAnswer | None
    answered_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.answer is None and self.days < 0

    @property
    def is_near(self) -> bool:
        return self.answer is None and 0 <= self.days <= NEAR.days

    @property
    def late_by(self) -> int:
        """Whole days."""
        return max(0, -self.days)


@dataclass(frozen=True)
class Listed:
    """Open requests by their due day, and those that were answered last."""

    open: tuple[Line, ...]
    answered: tuple[Line, ...]

    @property
    def late(self) -> int:
        return sum(one.is_late for one in self.open)


@dataclass(frozen=True)
class Sheet:
    """One request, whole, for the privacy officer."""

    line: Line
    version: int
    asked: Asked | None
    """None once its words were erased."""
    identified: Identified
    entered_by: str
    searched_at: datetime | None
    told_ground: PrivacyGround | None
    ground: PrivacyGround | None
    answered_by: str | None
    erased_at: datetime | None
    words_end_at: datetime | None
    """When its words are forgotten; None before it is answered."""


def rows(desk: Desk) -> QuerySet[PrivacyRequest]:
    """Those of the desk's unit."""
    related = ("retention", "source", "entered_by", "answered_by")
    return PrivacyRequest.objects.filter(unit=person_at(desk).unit_id).select_related(*related)


def row_of(desk: Desk, number: int) -> PrivacyRequest:
    """The unit's request with that number. Raises `NoSuchPrivacyRequest`."""
    row = rows(desk).filter(pk=number).first()
    if row is None:
        raise NoSuchPrivacyRequest(number)
    return row


@contextmanager
def changing(  # noqa: PLR0913  (what an act needs)
    desk: Desk,
    number: int,
    version: int,
    verb: Verb,
    *,
    permission: Permission = Permission.PRIVACY_ANSWER,
    reason: str | None = None,
) -> Iterator[tuple[Act, PrivacyRequest]]:
    """An act on an open request, which is saved and counted at its end. Raises `PrivacyRequestChanged`, `BadPrivacyRequest`."""
    words = (reason or "").strip()
    with desk.act(permission, verb, subject=f"privacy:{number}", reason=words or None) as act:
        questioned(words, keep=False)
        locked = PrivacyRequest.objects.select_for_update(of=("self",))
        if not locked.filter(pk=number, unit=person_at(desk).unit_id).exists():
            raise NoSuchPrivacyRequest(number)
        row = row_of(desk, number)
        if row.version != version:
            raise PrivacyRequestChanged(number)
        if row.answered_at is not None:
            raise BadPrivacyRequest(
                "This request was answered.", "Enter a new one if the person asks again."
            )
        yield act, row
        row.version += 1
        row.save()


def words_of(row: PrivacyRequest) -> Asked | None:
    """What it asks; None once that was erased. Call it inside a look that is recorded."""
    if row.retention.wrapped_key is None:
        return None
    told: dict[str, Any] = json.loads(unseal(row.retention, row.body))
    return Asked(
        right=PrivacyRight(row.right),
        source=row.source.name if row.source else "",
        received_on=row.received_at.astimezone(LOCAL).date(),
        **told,
    )


def due(received_on: date, right: PrivacyRight, times: int = 1) -> datetime:
    """The first instant after the last day: the day of arrival does not count."""
    last = received_on + timedelta(days=DAYS[right] * times)
    return datetime.combine(last + timedelta(days=1), time(), LOCAL)


def enter(desk: Desk, asked: Asked) -> int:
    """Keep a request that arrived. Returns its number. Raises `BadPrivacyRequest`."""
    with desk.act(Permission.PRIVACY_ANSWER, Verb.PRIVACY_ENTERED) as act:
        words = {name: getattr(asked, name).strip()[:most] for name, most in LONGEST.items()}
        _judge(asked, words, desk.now())
        unit = person_at(desk).unit
        source = SourceRow.objects.filter(unit=unit, name=asked.source).first()
        if asked.source and source is None:
            raise BadPrivacyRequest(
                "That source is not there.", "Choose one of the list, or none for all."
            )
        retention = new_unit(KEPT_AS, "")
        row = PrivacyRequest.objects.create(
            unit=unit,
            right=asked.right,
            retention=retention,
            body=seal(retention, json.dumps(words).encode()),
            source=source,
            entered_by=person_at(desk),
            received_at=datetime.combine(asked.received_on, time(), LOCAL),
            due_at=due(asked.received_on, asked.right),
        )
        act.subject = f"privacy:{row.pk}"
        act.details = {"right": asked.right.value, "ends_at": row.due_at.isoformat()}
        return row.pk


def _judge(asked: Asked, words: dict[str, str], now: datetime) -> None:
    if not (words["name"] or words["quote"]):
        raise BadPrivacyRequest(
            "There is nothing to look for.",
            "Write the contact or the author's name, or a whole post, as it is written there.",
        )
    today = now.astimezone(LOCAL).date()
    if not today - OLDEST <= asked.received_on <= today:
        raise BadPrivacyRequest(
            "It cannot have arrived on that day.",
            "Write the day on which it reached the house, today at the latest.",
        )


def listed(desk: Desk) -> Listed:
    """The unit's requests. Recorded."""
    desk.require(Permission.PRIVACY_ANSWER, Verb.PRIVACY_LISTED)
    found, now = rows(desk), desk.now()
    waiting = tuple(
        line_of(row, now) for row in found.filter(answered_at=None).order_by("due_at", "pk")
    )
    done = found.exclude(answered_at=None).order_by("-answered_at", "-pk")[:ANSWERED_SHOWN]
    desk.record(Verb.PRIVACY_LISTED, count=len(waiting))
    return Listed(waiting, tuple(line_of(row, now) for row in done))


def line_of(row: PrivacyRequest, now: datetime) -> Line:
    """The request as a list shows it."""
    last = row.due_at.astimezone(LOCAL).date() - timedelta(days=1)
    return Line(
        id=row.pk,
        right=PrivacyRight(row.right),
        received_at=row.received_at,
        due_at=row.due_at,
        extended=row.extended_at is not None,
        days=(last - now.astimezone(LOCAL).date()).days,
        handed=row.handed_at is not None,
        told=Carried(row.told) if row.told else None,
        answer=PrivacyAnswer(row.answer) if row.answer else None,
        answered_at=row.answered_at,
    )


def sheet(desk: Desk, number: int) -> Sheet:
    """One request with its words. Recorded. Raises `NoSuchPrivacyRequest`."""
    subject = f"privacy:{number}"
    desk.require(Permission.PRIVACY_ANSWER, Verb.PRIVACY_VIEWED, subject)
    row = row_of(desk, number)
    found = Sheet(
        line=line_of(row, desk.now()),
        version=row.version,
        asked=words_of(row),
        identified=Identified(row.identified),
        entered_by=row.entered_by.account,
        searched_at=row.searched_at,
        told_ground=PrivacyGround(row.told_ground) if row.told_ground else None,
        ground=PrivacyGround(row.ground) if row.ground else None,
        answered_by=row.answered_by.account if row.answered_by else None,
        erased_at=row.erased_at,
        words_end_at=row.retention.expires_at,
    )
    desk.record(Verb.PRIVACY_VIEWED, subject=subject)
    return found


def identify(desk: Desk, number: int, version: int, how: Identified) -> None:
    """Say how whoever asks has shown who they are. Raises `PrivacyRequestChanged`."""
    with changing(desk, number, version, Verb.PRIVACY_CHANGED) as (act, row):
        row.identified = how
        act.details = {"identified": how.value}


def extend(desk: Desk, number: int, version: int, reason: str) -> None:
    """As many days again, once, with its reason. Raises `BadPrivacyRequest`, `PrivacyRequestChanged`."""
    with changing(desk, number, version, Verb.PRIVACY_EXTENDED, reason=reason) as (act, row):
        if not reason.strip():
            raise BadPrivacyRequest(
                "More time needs its reason.", "Write it: the person is told of it in writing."
            )
        if row.extended_at is not None:
            raise BadPrivacyRequest(
                "This request has had more time.", "The law gives it once. Answer it now."
            )
        if row.due_at <= desk.now():
            raise BadPrivacyRequest(
                "Its days are over.", "More time is given before they are. Answer it now."
            )
        row.extended_at = desk.now()
        day = row.received_at.astimezone(LOCAL).date()
        row.due_at = due(day, PrivacyRight(row.right), times=2)
        act.details = {"ends_at": row.due_at.isoformat()}


def late(desk: Desk) -> int:
    """How many open requests of the unit are overdue, for who answers them. A number: not recorded."""
    if desk.person is None or not desk.may(Permission.PRIVACY_ANSWER):
        return 0
    found = PrivacyRequest.objects.filter(unit=desk.person.unit_id, answered_at=None)
    return found.filter(due_at__lte=desk.now()).count()


def sources(desk: Desk) -> list[tuple[str, dict[str, str]]]:
    """Names and titles of the unit's sources, to say where something stands."""
    desk.require(Permission.PRIVACY_ANSWER, Verb.PRIVACY_LISTED)
    found = SourceRow.objects.filter(unit=person_at(desk).unit_id).order_by("name")
    return [(name, body["title"]) for name, body in found.values_list("name", "body")]
