"""Break-glass: one supervisor reads for a day without a second person, and auditors judge it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patrol.actions.collecting.binding import config_sha256
from patrol.actions.collecting.mandates import judge, scope_columns, source_row
from patrol.actions.desk import Desk
from patrol.actions.notifying.notices import tell
from patrol.actions.staffing.pairs import accounts_of, humans
from patrol.actions.triaging.leads import person_at
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import Category, LookVerdict, NoticeKind, Permission, Role, Scope, Verb
from patrol.register.tables import AuthorizationRow, LedgerIndex, LedgerRecord, Person, SourceRow

LASTS = timedelta(hours=24)
AUDITORS = 2
"""So many human beings are told, at least, besides whoever breaks it."""


class NobodyToTell(Refused):
    def __init__(self, there: int) -> None:
        super().__init__(
            f"Break-glass needs {AUDITORS} auditors who are told, other people than you, and there are {there}.",
            why="What one person does alone is judged by others.",
            do="Have another supervisor approve an ordinary authorization, or an administrator add auditors.",
        )


class NotJudgedYet(Refused):
    def __init__(self, number: int) -> None:
        super().__init__(
            f"The last break-glass of this source, authorization {number}, was not judged yet.",
            why="It is for once, and no second way around the second person.",
            do="Ask for an ordinary authorization, or ask an auditor to judge the last one.",
        )


class OwnEmergency(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nobody judges the glass that they broke.",
            why="Two accounts of one human being are one person.",
            do="Leave it to another auditor.",
        )


class NoReason(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "Break-glass needs its reason.",
            why="The auditors who are told judge by it.",
            do="Say in a sentence what cannot wait for a second person.",
        )


class NoSuchEmergency(NotFound):
    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no break-glass {number} in your unit.",
            why="An authorization belongs to a source, and a source to one unit.",
            do="See the access log's question `Break-glass`.",
        )


@dataclass(frozen=True)
class Emergency:
    """A break-glass that an auditor has not judged yet."""

    id: int
    source: str
    title: dict[str, str]
    requester: str
    requested_at: datetime
    valid_until: datetime
    record: int | None


def break_glass(  # noqa: PLR0913  (a mandate has many parts, and each is told by name)
    desk: Desk,
    source: str,
    *,
    basis: str,
    number: str,
    scope: Scope,
    categories: Sequence[Category],
    reason: str,
) -> AuthorizationRow:
    """A mandate of one person, in force at once and for 24 hours. Raises `NobodyToTell`, `NotJudgedYet`, `NoReason`, `BadAuthorization`."""
    with desk.act(
        Permission.AUTHORIZATIONS_APPROVE,
        Verb.AUTHORIZATION_GLASS_BROKEN,
        subject=f"source:{source}",
        reason=reason.strip() or None,
    ) as act:
        row = source_row(desk, source)
        told = _may_break(desk, row, reason)
        judge(row, basis, number, scope, categories)
        now = desk.now()
        made = AuthorizationRow.objects.create(
            source=row,
            basis=basis.strip(),
            number=number.strip(),
            **scope_columns(scope),
            categories=[category.value for category in categories],
            emergency=True,
            requester=person_at(desk),
            requested_at=now,
            valid_from=now,
            valid_until=now + LASTS,
        )
        _begin(made)
        act.subject, act.count = f"authorization:{made.pk}", len(told)
        act.details = {
            "source": source,
            "number": made.number,
            "hosts": made.hosts,
            "paths": made.paths,
            "categories": made.categories,
            "told": [person.pk for person in told],
            "config": made.config_sha256,
            "valid_until": made.valid_until.isoformat(),
        }
        _tell(told, made)
        return made


def _tell(auditors: list[Person], made: AuthorizationRow) -> None:
    tell(
        auditors,
        NoticeKind.GLASS_BROKEN,
        "/log/break-glass/",
        about=f"authorization:{made.pk}",
        once=f"glass:{made.pk}",
        urgent=True,
    )


def _begin(made: AuthorizationRow) -> None:
    """It binds what it is asked for, and the source is read at once."""
    made.config_sha256 = config_sha256(made)
    made.save(update_fields=["config_sha256"])
    if made.source.paused_at is None:
        made.source.next_due_at = made.valid_from
        made.source.save(update_fields=["next_due_at"])


def _may_break(desk: Desk, row: SourceRow, reason: str) -> list[Person]:
    """Who is to be told. Raises `NoReason`, `NobodyToTell`, `NotJudgedYet`."""
    if not reason.strip():
        raise NoReason
    told = auditors(desk)
    if (there := others(desk, told)) < AUDITORS:
        raise NobodyToTell(there)
    last = row.authorizations.filter(emergency=True).order_by("-pk").first()
    if last is not None and not _judgements(last.pk):
        raise NotJudgedYet(last.pk)
    return told


def auditors(desk: Desk) -> list[Person]:
    """Who is told: every active auditor of the unit."""
    unit = person_at(desk).unit_id
    return list(Person.objects.filter(unit=unit, role=Role.AUDITOR, is_active=True).order_by("pk"))


def others(desk: Desk, told: Sequence[Person]) -> int:
    """How many human beings these are, besides whoever breaks it."""
    own = accounts_of(desk.actor.person)
    return humans(one for one in told if one.pk not in own)


def waiting(desk: Desk) -> tuple[Emergency, ...]:
    """Break-glasses that this auditor has not judged, the newest first. No content: not recorded."""
    if desk.person is None or not desk.may(Permission.LOG_VERIFY):
        return ()
    rows = AuthorizationRow.objects.filter(
        emergency=True, source__unit=desk.person.unit_id
    ).select_related("source", "requester")
    subjects = LedgerIndex.objects.filter(
        verb=Verb.AUTHORIZATION_JUDGED, person=desk.person.pk, result="allow"
    ).values_list("subject", flat=True)
    mine = set(subjects)
    own = accounts_of(desk.person.pk)
    return tuple(
        Emergency(
            row.pk,
            row.source.name,
            row.source.body["title"],
            row.requester.account,
            row.requested_at,
            row.valid_until,
            _record(row.pk),
        )
        for row in rows.order_by("-pk")[:20]
        if f"authorization:{row.pk}" not in mine and row.requester_id not in own
    )


def judged(desk: Desk, authorization_id: int, verdict: LookVerdict, comment: str) -> None:
    """An auditor says what they think of it. Raises `NoSuchEmergency`, `OwnEmergency`, `NoReason`."""
    with desk.act(
        Permission.LOG_VERIFY,
        Verb.AUTHORIZATION_JUDGED,
        subject=f"authorization:{authorization_id}",
        reason=comment.strip() or None,
    ) as act:
        unit = person_at(desk).unit_id
        rows = AuthorizationRow.objects.filter(emergency=True, source__unit=unit)
        row = rows.filter(pk=authorization_id).first()
        if row is None:
            raise NoSuchEmergency(authorization_id)
        if row.requester_id in accounts_of(desk.actor.person):
            raise OwnEmergency
        if verdict is not LookVerdict.JUSTIFIED and not comment.strip():
            raise NoReason
        act.details = {"verdict": verdict.value}


def _judgements(authorization_id: int) -> list[str]:
    index = LedgerIndex.objects.filter(
        verb=Verb.AUTHORIZATION_JUDGED, subject=f"authorization:{authorization_id}", result="allow"
    )
    bodies = LedgerRecord.objects.filter(seq__in=index.values("seq")).order_by("seq")
    told = bodies.values_list("body", flat=True)
    return [json.loads(bytes(body))["details"]["verdict"] for body in told]


def _record(authorization_id: int) -> int | None:
    return (
        LedgerIndex.objects.filter(
            verb=Verb.AUTHORIZATION_GLASS_BROKEN, subject=f"authorization:{authorization_id}"
        )
        .values_list("seq", flat=True)
        .first()
    )
