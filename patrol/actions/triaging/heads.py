"""What every view of a lead begins with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patrol.register.tables import Lead


@dataclass(frozen=True)
class LeadHead:
    """A lead without its words."""

    id: int
    version: int
    kind: str
    category: str | None
    score: int
    status: str
    source: str
    source_title: dict[str, str]
    opened_at: datetime


def head_of(lead: Lead) -> dict[str, Any]:
    """The fields of `LeadHead`, for a view that has more of its own."""
    head = LeadHead(
        id=lead.pk,
        version=lead.version,
        kind=lead.kind,
        category=lead.category,
        score=lead.score,
        status=lead.status,
        source=lead.source.name,
        source_title=lead.source.body["title"],
        opened_at=lead.opened_at,
    )
    return vars(head)
