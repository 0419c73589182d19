"""Tokens of programs: made by a person for themself, shown once, for so long and no more than they were made for."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import person_at
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import Permission, Result, TokenScope, Verb
from patrol.register import log
from patrol.register.tables import ApiToken

MAX_DAYS = 90
MOST = 10
"""Tokens of one person that work at the same time."""
PREFIX = "patrol_"
"""By which a program that looks for lost secrets knows one."""
NEEDS = {
    TokenScope.INBOX: Permission.INBOX_READ,
    TokenScope.COVERAGE: Permission.SOURCES_READ,
    TokenScope.HEALTH: Permission.SYSTEM_OPERATE,
    TokenScope.CHECKPOINT: Permission.LOG_READ,
}
"""What its person must be allowed, now and whenever it is used."""


class BadToken(BadInput):
    """A token cannot be made as told."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(
            what, why="A token can do what it was made for, and ends by itself.", do=do
        )


class NoSuchToken(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such token.",
            why="It was revoked, or it is somebody else's.",
            do="See the list on your account's page.",
        )


class TokenRefused(Refused):
    """A token that is unknown, revoked or over, or whose person left: told apart by nobody."""

    def __init__(self) -> None:
        super().__init__(
            "This token does not work.",
            why="It is unknown, revoked or over.",
            do="Make a new one on your account's page.",
        )


class ScopeRefused(Refused):
    """A token was not made for this, or its person may not do it any more."""

    def __init__(self, scope: TokenScope) -> None:
        super().__init__(
            f"This token may not ask for `{scope}`.",
            why="It was made for something else, or its person's role has changed.",
            do="Make one that may, on the account's page of somebody whose role allows it.",
        )


@dataclass(frozen=True)
class Token:
    """One's own token, as it is listed. What it reads is shown once, when it is made."""

    id: int
    label: str
    scopes: tuple[TokenScope, ...]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    over: bool


def may_have(desk: Desk) -> tuple[TokenScope, ...]:
    """What a token of this person could be made for."""
    return tuple(scope for scope, needed in NEEDS.items() if desk.may(needed))


def mine(desk: Desk) -> tuple[Token, ...]:
    """One's own that were not revoked, the newest first. Not recorded: it is one's own account."""
    rows = ApiToken.objects.filter(person=person_at(desk), revoked_at=None).order_by("-pk")
    return tuple(_told(row, desk.now()) for row in rows)


def make(desk: Desk, label: str, scopes: Sequence[TokenScope], days: int) -> str:
    """A new token; this is the only time that it can be read. Raises `BadToken`."""
    with desk.act(Permission.TOKENS_MAKE, Verb.TOKEN_MADE) as act:
        person = person_at(desk)
        if not label.strip():
            raise BadToken("A token needs a name.", "Name the program that will use it.")
        wanted = sorted(set(scopes))
        if not wanted or not set(wanted) <= set(may_have(desk)):
            raise BadToken(
                "A token may be made for what your role may ask.", "Choose at least one of these."
            )
        if not 1 <= days <= MAX_DAYS:
            raise BadToken(f"A token lasts 1 to {MAX_DAYS} days.", "Choose when it ends.")
        alive = ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=desk.now())
        if alive.count() >= MOST:
            raise BadToken(f"You have {MOST} tokens that work.", "Revoke one first.")
        token = f"{PREFIX}{secrets.token_urlsafe(32)}"
        row = ApiToken.objects.create(
            token_sha256=_digest(token),
            person=person,
            label=label.strip()[:60],
            scopes=wanted,
            made_at=desk.now(),
            expires_at=desk.now() + timedelta(days=days),
        )
        act.subject = f"token:{row.pk}"
        act.details = {"scopes": [scope.value for scope in wanted], "days": days}
        return token


def revoke(desk: Desk, token_id: int) -> None:
    """End one's own token at once. Raises `NoSuchToken`."""
    subject = f"token:{token_id}"
    with desk.act(Permission.TOKENS_MAKE, Verb.TOKEN_REVOKED, subject=subject):
        rows = ApiToken.objects.filter(pk=token_id, person=person_at(desk), revoked_at=None)
        if not rows.update(revoked_at=desk.now()):
            raise NoSuchToken


def admit(token: str, scope: TokenScope, origin: str | None) -> Desk:
    """The desk of whoever made that token. Raises `TokenRefused`, `ScopeRefused` (recorded as a denial)."""
    row = (
        ApiToken.objects.select_related("person__unit")
        .filter(token_sha256=_digest(token), revoked_at=None, person__is_active=True)
        .first()
    )
    now = Desk.system().now()
    if row is None or row.expires_at <= now:
        raise TokenRefused
    desk = Desk.of(row.person, origin=origin, session=f"token:{row.pk}")
    if scope not in row.scopes:
        desk.record(Verb.API_ASKED, subject=f"api:{scope}", result=Result.DENY)
        raise ScopeRefused(scope)
    if row.used_at is None or now - row.used_at >= timedelta(hours=1):
        with log.durably():
            ApiToken.objects.filter(pk=row.pk).update(used_at=now)
    return desk


def _told(row: ApiToken, now: datetime) -> Token:
    scopes = tuple(TokenScope(scope) for scope in row.scopes)
    over = row.expires_at <= now
    return Token(row.pk, row.label, scopes, row.made_at, row.expires_at, row.used_at, over)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
