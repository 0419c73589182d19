"""Authorizations: asked for by one person, approved by another, ended at any time."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q

from patrol.actions.collecting.binding import (
    ChangedSinceShown,
    binds,
    conduct_of,
    config_sha256,
    scope_of,
)
from patrol.actions.collecting.declaring import declaration
from patrol.actions.desk import Act, Desk
from patrol.actions.searching.following import directed
from patrol.actions.staffing.pairs import same_person
from patrol.actions.triaging.verdicts import questioned
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import (
    BREAK_GLASS,
    AgeDeclaration,
    Authorization,
    Category,
    Conduct,
    Permission,
    Scope,
    Source,
    Verb,
)
from patrol.register.log import MAX_REASON_LETTERS
from patrol.register.tables import AuthorizationRow, Person, SourceRow
from spiders.gate.refusal import Refusal
from spiders.gate.scope import Coverage, place

MAX_DAYS = 90
LEAST_REASON = 10
"""Letters of a reason to depart from what a site asks for."""
MAX_TRIAL_DAYS = 14
"""A trial covers single looks at a source that is being set up, not its reading."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")
"""ASCII (names in other scripts in their `xn--` form), exact."""
_PARAMETER = re.compile(r"[^\s&;#=]{1,100}(=[^\s&;#]{0,100})?")


class NoSuchSource(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no source `{name}` in your unit.",
            why="A source belongs to one unit and is named like its file.",
            do="Choose one from the list of sources (`patrol source list`).",
        )


class BadAuthorization(BadInput):
    """An authorization is asked for that could not be enforced."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="Nothing is read without a mandate that can be enforced.", do=do)


class CannotApprove(Refused):
    """Four eyes are not one pair."""

    def __init__(self, what: str) -> None:
        super().__init__(
            what,
            why="A mandate binds only when a second person has approved exactly what was asked for.",
            do="Have another supervisor of the unit approve it before it ends, or ask anew.",
        )


def source_row(desk: Desk, name: str) -> SourceRow:
    """The source, if it is this unit's. Raises `NoSuchSource`: another unit's is told apart by nobody."""
    rows = SourceRow.objects.filter(name=name)
    if desk.person is not None:
        rows = rows.filter(unit=desk.person.unit_id)
    row = rows.first()
    if row is None:
        raise NoSuchSource(name)
    return row


def start_hosts(desk: Desk, name: str) -> tuple[str, ...]:
    """Hosts (with their port, where one is named) of the addresses where reading that source begins."""
    addresses = source_row(desk, name).body["start"]
    return tuple(dict.fromkeys(urlsplit(address).netloc.lower() for address in addresses))


def authorization(row: AuthorizationRow) -> Authorization:
    """The row as a noun."""
    return Authorization(
        id=row.pk,
        source=row.source.name,
        basis=row.basis,
        number=row.number,
        document_sha256=row.document_sha256,
        scope=scope_of(row),
        categories=tuple(Category(category) for category in row.categories),
        directed=row.directed,
        trial=row.trial,
        age_declaration=AgeDeclaration(host=row.age_host, cookie=row.age_cookie)
        if row.age_host and row.age_cookie
        else None,
        conduct=conduct_of(row),
        requester=row.requester.account,
        approver=row.approver.account if row.approver else BREAK_GLASS if row.emergency else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
    )


def in_force(source: SourceRow, at: datetime, *, trial: bool = False) -> AuthorizationRow | None:
    """The authorization under which that source may be read at that instant; the one that lasts longest.

    With `trial`, also one that covers single looks only, where there is no other. A source that was changed
    after its approval is covered by none.
    """
    rows = (
        source.authorizations.select_related("source", "requester", "approver")
        .filter(
            Q(approver__isnull=False) | Q(emergency=True),
            revoked_at=None,
            valid_from__lte=at,
            valid_until__gt=at,
        )
        .order_by("trial", "-valid_until")
    )
    return next(filter(binds, rows if trial else rows.filter(trial=False)), None)


def request(  # noqa: PLR0913  (a mandate has many parts, and each is asked for by name)
    desk: Desk,
    source: str,
    *,
    basis: str,
    number: str,
    scope: Scope,
    categories: Sequence[Category],
    valid_from: datetime,
    valid_until: datetime,
    document_sha256: str | None = None,
    trial: bool = False,
    age_host: str | None = None,
    conduct: Conduct | None = None,
    directed_at: Sequence[str] = (),
) -> AuthorizationRow:
    """Ask for a mandate. Nothing is in force until another person approves it. Raises `BadAuthorization`.

    A `trial` covers single looks and no run. `age_host` may be told our age by the cookie of the source's engine.
    `conduct` is how the site is met; its reason goes into the mandate, and into the log as a reason does.
    With `directed_at` it is person-directed: those contacts or authors' names, and no others, may be followed.
    """
    met = _columns(conduct or Conduct())
    verb, reason = Verb.AUTHORIZATION_REQUESTED, met["conduct_reason"]
    with desk.act(Permission.AUTHORIZATIONS_REQUEST, verb, reason=reason) as act:
        row = source_row(desk, source)
        judge(row, basis, number, scope, categories)
        _judge_days(valid_from, valid_until, MAX_TRIAL_DAYS if trial else MAX_DAYS)
        declares = _declares(row, scope, age_host)
        _judge_conduct(conduct or Conduct(), reason)
        made = AuthorizationRow.objects.create(
            source=row,
            basis=basis.strip(),
            number=number.strip(),
            document_sha256=document_sha256 or None,
            **scope_columns(scope),
            categories=[category.value for category in categories],
            requester=_person(desk),
            requested_at=desk.now(),
            valid_from=valid_from,
            valid_until=valid_until,
            trial=trial,
            age_host=declares.host if declares else None,
            age_cookie=declares.cookie if declares else None,
            **met,
            **directed(row, directed_at),
        )
        _describe(act, made)
        return made


def approve(desk: Desk, authorization_id: int, shown: str | None = None) -> AuthorizationRow:
    """Put a mandate in force. Raises `CannotApprove` for its requester, or when it is over.

    `shown` is the hash of what the approver read; `ChangedSinceShown` when it is something else by now.
    """
    subject = f"authorization:{authorization_id}"
    with desk.act(
        Permission.AUTHORIZATIONS_APPROVE, Verb.AUTHORIZATION_APPROVED, subject=subject
    ) as act:
        row = _authorization_row(desk, authorization_id)
        if same_person(row.requester, _person(desk)):
            raise CannotApprove("The requester of an authorization cannot approve it.")
        if row.approver_id is not None:
            raise CannotApprove("This authorization was approved before.")
        if row.revoked_at is not None or row.valid_until <= desk.now():
            raise CannotApprove("This authorization is over.")
        if shown is not None and shown != config_sha256(row):
            raise ChangedSinceShown
        row.approver = _person(desk)
        row.approved_at = desk.now()
        row.config_sha256 = config_sha256(row)
        row.save(update_fields=["approver", "approved_at", "config_sha256"])
        source = row.source
        if source.next_due_at is None and source.paused_at is None and not row.trial:
            source.next_due_at = max(desk.now(), row.valid_from)
            source.save(update_fields=["next_due_at"])
        _describe(act, row)
        return row


def revoke(desk: Desk, authorization_id: int, reason: str) -> AuthorizationRow:
    """End a mandate now; a run under it stops within seconds."""
    subject = f"authorization:{authorization_id}"
    with desk.act(
        Permission.AUTHORIZATIONS_REVOKE,
        Verb.AUTHORIZATION_REVOKED,
        subject=subject,
        reason=reason,
    ) as act:
        row = _authorization_row(desk, authorization_id)
        if row.revoked_at is None:
            row.revoked_at = desk.now()
            row.revoked_by = _person(desk)
            row.save(update_fields=["revoked_at", "revoked_by"])
        _describe(act, row)
        return row


def judge(
    row: SourceRow, basis: str, number: str, scope: Scope, categories: Sequence[Category]
) -> None:
    """Raise `BadAuthorization` for a mandate that could not be enforced on that source."""
    _judge(basis, number, categories)
    _judge_scope(row, scope)


def _judge(basis: str, number: str, categories: Sequence[Category]) -> None:
    if not basis.strip() or not number.strip():
        raise BadAuthorization(
            "An authorization needs its legal basis and its document's number.",
            "Enter the statute and article, and the number on the document.",
        )
    if not categories:
        raise BadAuthorization(
            "An authorization names at least one category.",
            "Name the offences that the document names.",
        )


def _judge_days(valid_from: datetime, valid_until: datetime, longest: int) -> None:
    if valid_until <= valid_from:
        raise BadAuthorization("The authorization ends before it begins.", "Check the two dates.")
    if valid_until - valid_from > timedelta(days=longest):
        raise BadAuthorization(
            f"The authorization would last more than {longest} days.",
            "Ask for a shorter one and renew it.",
        )


def scope_columns(scope: Scope) -> dict[str, Any]:
    """What is covered, as the register holds it."""
    told = scope.model_dump()
    return {name: list(one) if isinstance(one, tuple) else one for name, one in told.items()}


def _columns(conduct: Conduct) -> dict[str, Any]:
    """How a site is met, as the register holds it."""
    return {
        "overrides_robots": conduct.overrides_robots,
        "user_agent": conduct.user_agent,
        "terms": conduct.terms,
        "conduct_reason": (conduct.reason or "").strip() or None,
    }


def _judge_conduct(conduct: Conduct, reason: str | None) -> None:
    """Raise `BadAuthorization`, or `NoteQuestioned`, for a departure from what the site asks for without a reason to weigh."""
    if conduct.departs and reason is None:
        raise BadAuthorization(
            "Why what the site asks for is not followed is not said.",
            "Say in a sentence why its robots.txt, or its terms, give way here: the approver weighs it.",
        )
    if reason is not None and not LEAST_REASON <= len(reason) <= MAX_REASON_LETTERS:
        raise BadAuthorization(
            f"The reason has {len(reason)} letters.",
            f"Say it in {LEAST_REASON} to {MAX_REASON_LETTERS} letters.",
        )
    questioned(reason, keep=False)


def _declares(row: SourceRow, scope: Scope, host: str | None) -> AgeDeclaration | None:
    """What may be declared to that host. Raises `BadAuthorization` where nothing may."""
    if not host:
        return None
    found = declaration(Source.model_validate(row.body), host, engine=row.detected_engine)
    if found is None:
        raise BadAuthorization(
            "This source's engine declares no age.",
            "Leave the declaration of age out; it is known for few places, such as PTT.",
        )
    if found.host not in scope.hosts:
        raise BadAuthorization(
            f"The age would be declared to {found.host}, which the authorization does not name.",
            "Choose one of its hosts.",
        )
    return found


def _judge_scope(row: SourceRow, scope: Scope) -> None:
    for host in scope.hosts:
        if not _HOST.fullmatch(host):
            raise BadAuthorization(
                f"`{host}` is no host name that can be enforced.",
                "Write exact hosts in lower case, `board.example` or `board.example:8080`; no `*`.",
            )
    for path in scope.paths:
        if not path.startswith("/") or any(char.isspace() for char in path):
            raise BadAuthorization(
                f"`{path}` is no beginning of a path.", "Write paths that begin with `/`."
            )
    for pattern in (*scope.query_allow, *scope.query_deny):
        if not _PARAMETER.fullmatch(pattern):
            raise BadAuthorization(
                f"`{pattern[:100]}` is no pattern of a parameter.",
                "Write `name=value` or `name`, as in an address before it is encoded; `*` stands for anything.",
            )
    for address in row.body["start"]:
        try:
            Coverage(scope).check(place(address))
        except Refusal as refusal:
            raise BadAuthorization(
                f"It does not cover {address}, where reading that source begins.",
                "Widen its hosts, paths or parameters, or propose the source with other addresses.",
            ) from refusal


def _authorization_row(desk: Desk, authorization_id: int) -> AuthorizationRow:
    rows = AuthorizationRow.objects.select_related("source", "requester", "approver")
    row = rows.filter(pk=authorization_id, source__unit=_person(desk).unit_id).first()
    if row is None:
        raise NotFound(
            f"There is no authorization {authorization_id} in your unit.",
            why="An authorization belongs to a source, and a source to one unit.",
            do="See the source's page.",
        )
    return row


def _person(desk: Desk) -> Person:
    if desk.person is None:
        raise Refused(
            "Only a person can do this.",
            why="A mandate is asked for and approved by two named people.",
            do="Name one: `--as ACCOUNT`.",
        )
    return desk.person


def _describe(act: Act, row: AuthorizationRow) -> None:
    act.subject = f"authorization:{row.pk}"
    act.details = {
        "source": row.source.name,
        "number": row.number,
        "hosts": list(row.hosts),
        "paths": list(row.paths),
        "https_only": row.https_only,
        "parameters": [*row.query_allow, *(f"-{one}" for one in row.query_deny)],
        "categories": list(row.categories),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "requester": row.requester_id,
        "config": row.config_sha256,
        "trial": row.trial,
        "directed_at": len(row.directed_tags),
        "declares_age": f"{row.age_host} {row.age_cookie}" if row.age_host else None,
        "overrides_robots": row.overrides_robots,
        "user_agent": str(row.user_agent),
        "terms": str(row.terms),
    }
