"""What an approval binds: the mandate's words together with the source's configuration, as the approver saw them."""

import hashlib
from typing import Any

from patrol.errors import Refused
from patrol.ledger.canonical import encode
from patrol.models import Conduct, Scope, SiteTerms, Source, UserAgent
from patrol.register.tables import AuthorizationRow


class ChangedSinceShown(Refused):
    """Somebody changed what is approved while the approver was reading it."""

    def __init__(self) -> None:
        super().__init__(
            "What you approve is no longer what you were shown.",
            why="An approval binds the mandate and the source's configuration exactly as they stood on the page.",
            do="Read it again, and approve what it is now.",
        )


_WORKED = frozenset({"title", "every_minutes", "revisit", "floor", "learns_floor"})
"""Settings of everyday work: what they change is neither what is read nor how."""


def config_sha256(row: AuthorizationRow) -> str:
    """Of everything that an approval of it is about, as canonical JSON."""
    source = row.source
    told: dict[str, object] = {
        "source": source.name,
        "configuration": configuration(source.body),
        "basis": row.basis,
        "number": row.number,
        "document": row.document_sha256,
        "hosts": list(row.hosts),
        "paths": list(row.paths),
        "categories": sorted(row.categories),
        "directed": row.directed,
        "trial": row.trial,
        "age": [row.age_host, row.age_cookie],
        "emergency": row.emergency,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat(),
    }
    if row.directed:
        told["directed_at"] = [sorted(tags) for tags in row.directed_tags]
    if row.https_only or row.query_allow or row.query_deny:
        told["query"] = [row.https_only, sorted(row.query_allow), sorted(row.query_deny)]
    if (conduct := conduct_of(row)) != Conduct():
        told["conduct"] = conduct.model_dump(mode="json")
    return hashlib.sha256(encode(told)).hexdigest()


def scope_of(row: AuthorizationRow) -> Scope:
    """Which addresses it covers."""
    return Scope(
        hosts=tuple(row.hosts),
        paths=tuple(row.paths),
        https_only=row.https_only,
        query_allow=tuple(row.query_allow),
        query_deny=tuple(row.query_deny),
    )


def conduct_of(row: AuthorizationRow) -> Conduct:
    """How the site is met under it."""
    return Conduct(
        overrides_robots=row.overrides_robots,
        user_agent=UserAgent(row.user_agent),
        terms=SiteTerms(row.terms),
        reason=row.conduct_reason,
    )


def declared_age(row: AuthorizationRow) -> str | None:
    """The one cookie that may be sent, and the host that gets it, for people; None declares nothing."""
    return f"{row.age_cookie} → {row.age_host}" if row.age_host else None


def configuration(body: Any) -> object:
    """How and where a source is read, as far as it differs from the defaults: an option that a later version brings changes no approval."""
    told = Source.model_validate(body).model_dump(mode="json", exclude_defaults=True)
    return _plain({name: value for name, value in told.items() if name not in _WORKED})


def binds(row: AuthorizationRow) -> bool:
    """Whether it is still what was approved: a source that was changed since needs a new approval."""
    return row.config_sha256 is None or row.config_sha256 == config_sha256(row)


def _plain(value: object) -> object:
    """Canonical JSON has no fractions of numbers: they are told as words."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
