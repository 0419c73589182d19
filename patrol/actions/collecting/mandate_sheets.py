"""A mandate as people see it."""

from dataclasses import dataclass
from datetime import datetime

from patrol.actions.collecting.binding import binds, conduct_of, config_sha256, declared_age
from patrol.actions.searching.following import directed_at
from patrol.models import Conduct
from patrol.register.tables import AuthorizationRow


@dataclass(frozen=True)
class AuthorizationSheet:
    """A mandate as people see it. `state` is pending, in_force, trial, not_yet, expired or revoked."""

    id: int
    state: str
    basis: str
    number: str
    document_sha256: str | None
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    https_only: bool
    query_allow: tuple[str, ...]
    query_deny: tuple[str, ...]
    categories: tuple[str, ...]
    requester: str
    requester_id: int
    approver: str | None
    valid_from: datetime
    valid_until: datetime
    days_left: int
    config: str
    """SHA-256 of what an approval of it binds, as it is now."""
    trial: bool
    """It covers single looks only."""
    directed_at: tuple[str, ...]
    """Contacts and authors whom it names; empty is general patrol."""
    declares_age: str | None
    """The one cookie that may be sent, and the host that gets it; None declares nothing."""
    conduct: Conduct


def authorization_sheet(row: AuthorizationRow, now: datetime) -> AuthorizationSheet:
    """The row as people see it."""
    if row.revoked_at is not None:
        state = "revoked"
    elif row.valid_until <= now:
        state = "expired"
    elif row.approver_id is None and not row.emergency:
        state = "pending"
    elif not binds(row):
        state = "changed"
    elif row.emergency:
        state = "emergency"
    elif row.valid_from > now:
        state = "not_yet"
    else:
        state = "trial" if row.trial else "in_force"
    return AuthorizationSheet(
        id=row.pk,
        state=state,
        basis=row.basis,
        number=row.number,
        document_sha256=row.document_sha256,
        hosts=tuple(row.hosts),
        paths=tuple(row.paths),
        https_only=row.https_only,
        query_allow=tuple(row.query_allow),
        query_deny=tuple(row.query_deny),
        categories=tuple(row.categories),
        requester=row.requester.account,
        requester_id=row.requester_id,
        approver=row.approver.account if row.approver else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        days_left=max(0, (row.valid_until - now).days),
        config=config_sha256(row),
        trial=row.trial,
        directed_at=directed_at(row),
        declares_age=declared_age(row),
        conduct=conduct_of(row),
    )
