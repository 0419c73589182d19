"""A person at work: what they may do, and the record of everything they did."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from patrol.config import read_roles
from patrol.errors import PatrolError, Refused
from patrol.models import Actor, Permission, Record, Result, Role, Verb
from patrol.register import clock, log
from patrol.register.tables import Person
from patrol.settings import Settings

Details = dict[str, str | int | bool | list[str] | list[int] | None]

_OPERATOR = frozenset(
    {
        Permission.SYSTEM_OPERATE,
        Permission.PEOPLE_MANAGE,
        Permission.SOURCES_READ,
        Permission.SOURCES_PROPOSE,
        Permission.SOURCES_RUN,
        Permission.POSTS_BRING,
        Permission.RULES_READ,
        Permission.RULES_PROPOSE,
        Permission.LOG_VERIFY,
    }
)
"""What the machine's operator and the schedule may do without a person: never read, never approve."""


class NotPermitted(Refused):
    """A role lacks a permission."""

    def __init__(self, permission: Permission, role: Role | None) -> None:
        super().__init__(
            f"This needs the permission `{permission}`.",
            why=f"The role `{role or 'operator'}` does not have it: duties are kept apart on purpose.",
            do="Ask a colleague whose role has it, or an administrator about yours.",
        )


@cache
def _roles(path: Path) -> dict[Role, frozenset[Permission]]:
    return read_roles(path)


def permissions(role: Role) -> frozenset[Permission]:
    """What `config/roles.yml` gives that role."""
    return _roles(_config(os.environ.get("PATROL_CONFIG")) / "roles.yml").get(role, frozenset())


@cache
def _config(_named: str | None) -> Path:
    """To read all settings for each question of permission takes longer than most acts."""
    return Settings().config


def _login() -> str:
    """The account of this machine that runs us; in a container it may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid:{os.getuid()}"


@dataclass
class Act:
    """What is being done, for its record: set `subject`, `purpose`, `count` and `details` before it ends."""

    subject: str | None
    purpose: str | None = None
    count: int | None = None
    details: Details = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """One person (or the system, without one), acting from somewhere."""

    person: Person | None
    actor: Actor
    records: list[int] = field(default_factory=list)
    """Sequence numbers of what this desk wrote into the log; a page that showed content and wrote none is refused."""

    @classmethod
    def system(cls, account: str = "patrol", origin: str | None = None) -> "Desk":
        """The schedule at work."""
        return cls(None, Actor(account=account, origin=origin))

    @classmethod
    def command_line(cls, person: Person | None = None) -> "Desk":
        """The operator of this machine, or a person for whom the operator acts."""
        origin = f"cli:{_login()}"
        if person is None:
            return cls(None, Actor(account="operator", origin=origin))
        return cls.of(person, origin=origin)

    @classmethod
    def of(cls, person: Person, *, origin: str | None, session: str | None = None) -> "Desk":
        """A person, signed in."""
        actor = Actor(
            person=person.pk,
            account=person.account,
            role=Role(person.role),
            origin=origin,
            session=session,
        )
        return cls(person, actor)

    def now(self) -> datetime:
        return clock.now()

    def may(self, permission: Permission) -> bool:
        """Whether the role has that permission; nobody who is not active has any."""
        if self.person is None:
            return permission in _OPERATOR
        return self.person.is_active and permission in permissions(Role(self.person.role))

    def require(self, permission: Permission, verb: Verb, subject: str | None = None) -> None:
        """Raise `NotPermitted`, recorded as a denial, unless the role has the permission."""
        if not self.may(permission):
            self.record(verb, subject=subject, result=Result.DENY)
            raise NotPermitted(permission, self.actor.role)

    def record(  # noqa: PLR0913  (the fields of a record)
        self,
        verb: Verb,
        *,
        subject: str | None = None,
        purpose: str | None = None,
        count: int | None = None,
        result: Result = Result.ALLOW,
        details: Details | None = None,
    ) -> int:
        """Write a look, a search or a denial, durable when this returns."""
        record = Record(
            verb=verb,
            actor=self.actor,
            subject=subject,
            result=result,
            purpose=purpose,
            count=count,
            details=details or {},
        )
        try:
            with log.durably():
                seq = log.append(record)
        except log.DiskFull:
            log.refused(record)
            raise
        self.records.append(seq)
        return seq

    @contextmanager
    def act(
        self,
        permission: Permission,
        verb: Verb,
        *,
        subject: str | None = None,
        reason: str | None = None,
    ) -> Iterator[Act]:
        """One transaction: permission asked, the act, its record last. A refusal within leaves only its record."""
        self.require(permission, verb, subject)
        act = Act(subject)
        try:
            with log.durably():
                yield act
                record = Record(
                    verb=verb,
                    actor=self.actor,
                    subject=act.subject,
                    purpose=act.purpose,
                    count=act.count,
                    details=act.details,
                )
                seq = log.append(record, reason=reason)
        except log.DiskFull:
            log.refused(
                Record(verb=verb, actor=self.actor, subject=act.subject, purpose=act.purpose)
            )
            raise
        except log.LogUnwritable:
            raise
        except PatrolError as error:
            forbidden = isinstance(error, Refused)
            self.record(
                verb,
                subject=act.subject,
                result=Result.DENY if forbidden else Result.ERROR,
                details={"error": type(error).__name__},
            )
            raise
        self.records.append(seq)
