"""Where somebody is signed in, and ending that from elsewhere.

The sessions themselves are the list: what is shown of one stands in it, so
what was ended cannot be listed and what is listed can be ended.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps

from patrol.actions.desk import Desk
from patrol.actions.notifying.notices import tell
from patrol.errors import NotFound
from patrol.models import NoticeKind, Record, Result, Verb
from patrol.register import log

AGENT_LETTERS = 200
MOST_ORIGINS = 20
"""Addresses of one session that are kept."""


class NoSuchSession(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such sign-in.",
            why="It has ended, or it is somebody else's.",
            do="See the list on your account's page.",
        )


@dataclass(frozen=True)
class SignedIn:
    """One browser in which this person is signed in."""

    name: str
    """As the access log calls it."""
    agent: str
    """What the browser says it is."""
    origins: tuple[str, ...]
    """Addresses from which it came, the last one last."""
    began_at: datetime | None
    seen_at: datetime | None
    here: bool
    """The one that asks."""


def name_of(key: str) -> str:
    """What the access log calls a session: enough to tell it from others, too little to use it."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def mine(desk: Desk) -> tuple[SignedIn, ...]:
    """One's own, this one first, then the last seen. Not recorded: it is one's own account."""
    found = [_told(desk, key, held) for key, held in _of(desk)]
    return tuple(sorted(found, key=lambda one: (not one.here, -_seconds(one.seen_at))))


def end(desk: Desk, name: str) -> None:
    """End that one at once. Raises `NoSuchSession`."""
    if not _end(desk, [key for key, _ in _of(desk) if name_of(key) == name]):
        raise NoSuchSession


def end_others(desk: Desk) -> int:
    """End all but the one that asks. Returns how many there were."""
    return _end(desk, [key for key, _ in _of(desk) if name_of(key) != desk.actor.session])


def taken(desk: Desk) -> None:
    """Another browser came with the session that asks: recorded as a denial, and its owner is told."""
    about = f"person:{desk.actor.person}"
    with log.durably():
        if desk.person is not None:
            tell(
                [desk.person],
                NoticeKind.SESSION_TAKEN,
                "/account/sessions/",
                about=about,
                urgent=True,
            )
        log.append(
            Record(
                verb=Verb.PERSON_SIGNED_OUT,
                actor=desk.actor,
                subject=about,
                result=Result.DENY,
                details={"by": "other browser"},
            )
        )


def end_all_of(person: int) -> int:
    """End all of that person's, within the caller's transaction and record. Returns how many there were."""
    keys = [key for key, held in _alive() if held.get("_auth_user_id") == str(person)]
    return int(_table().objects.filter(pk__in=keys).delete()[0])


def _end(desk: Desk, keys: list[str]) -> int:
    if not keys:
        return 0
    names = [name_of(key) for key in keys]
    with log.durably():
        _table().objects.filter(pk__in=keys).delete()
        log.append(
            Record(
                verb=Verb.PERSON_SIGNED_OUT,
                actor=desk.actor,
                subject=f"person:{desk.actor.person}",
                count=len(keys),
                details={"by": "revoked", "sessions": names},
            )
        )
    return len(keys)


def _of(desk: Desk) -> Iterator[tuple[str, dict[str, Any]]]:
    return (pair for pair in _alive() if pair[1].get("_auth_user_id") == str(desk.actor.person))


def _alive() -> Iterator[tuple[str, dict[str, Any]]]:
    for row in _table().objects.filter(expire_date__gt=Desk.system().now()).iterator():
        yield row.pk, row.get_decoded()


def _table() -> Any:
    return apps.get_model("sessions", "Session")  # of the workbench alone: spiders have none


def _told(desk: Desk, key: str, held: dict[str, Any]) -> SignedIn:
    name = name_of(key)
    return SignedIn(
        name=name,
        agent=held.get("agent", ""),
        origins=tuple(held.get("origins", ())),
        began_at=_time(held.get("began_at")),
        seen_at=_time(held.get("seen_at")),
        here=name == desk.actor.session,
    )


def _time(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
