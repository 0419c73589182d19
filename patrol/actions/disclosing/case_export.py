"""A case as a file that leaves: recorded, with its hash and purpose, before anybody has it. What speaks against it is in it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from patrol.actions.casework.case_notes import NoteFact, told_of
from patrol.actions.casework.casefile import CaseSheet, files_of, places_of, sheet
from patrol.actions.casework.cases import LONGEST_PURPOSE, PurposeMissing, find_case
from patrol.actions.desk import Desk
from patrol.actions.disclosing.exhibits import looks_at
from patrol.actions.disclosing.soundness import refuse_unsound
from patrol.actions.linking.members import opened_of
from patrol.exports.exhibit import LookFact
from patrol.models import Permission, Verb
from patrol.register.tables import Decision


@dataclass(frozen=True)
class Exhibit:
    """A post of the case, in the words of the board, and where it came from."""

    lead_id: int
    status: str
    category: str | None
    source: str
    url: str
    author: str | None
    posted_at: datetime | None
    captured_at: datetime
    capture_sha256: str
    """Of the page as received."""
    authorization: str
    """Its number."""
    contacts: tuple[tuple[str, str], ...]
    """Kind and value of those that it offers; others are nobody's business."""
    words: str


@dataclass(frozen=True)
class Verdict:
    """What an officer decided on a lead of the case."""

    lead_id: int
    verdict: str
    reason: str | None
    account: str
    at: datetime


@dataclass(frozen=True)
class CaseFile:
    """All of a case that leaves."""

    sheet: CaseSheet
    exhibits: tuple[Exhibit, ...]
    verdicts: tuple[Verdict, ...]
    notes: tuple[NoteFact, ...]
    """Every wording of every note on it."""
    looks: tuple[LookFact, ...]
    """Who read the case or did something with it, as the access log has it."""
    exported_by: str
    exported_at: datetime
    purpose: str


def export(desk: Desk, case_id: int, purpose: str, write: Callable[[CaseFile], bytes]) -> bytes:
    """The case as a file. Built first, then recorded with its hash, then given away. Raises `PurposeMissing`, `NoSuchCase`."""
    subject = f"case:{case_id}"
    said = purpose.strip()[:LONGEST_PURPOSE]
    with desk.act(
        Permission.CASES_EXPORT, Verb.CASE_EXPORTED, subject=subject, reason=said or None
    ) as act:
        refuse_unsound()
        if not said:
            raise PurposeMissing
        found = _file(desk, case_id, said)
        content = write(found)
        act.purpose = f"case:{found.sheet.number}"
        act.count = len(found.exhibits)
        act.details = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "leads": sorted({one.lead_id for one in found.exhibits}),
        }
    return content


def _file(desk: Desk, case_id: int, purpose: str) -> CaseFile:
    case = find_case(desk, case_id)
    read = sheet(desk, case)
    places = places_of(files_of(case))
    leads = sorted({place.lead_id for place in places})
    inside = [one.lead_id for one in read.leads]
    exhibits = []
    for one in opened_of(inside):
        row = one.row
        exhibits.append(
            Exhibit(
                lead_id=row.lead_id,
                status=row.lead.status,
                category=row.lead.category,
                source=row.source.name,
                url=one.post.url,
                author=one.author,
                posted_at=row.posted_at,
                captured_at=row.capture.fetched_at,
                capture_sha256=row.capture.raw_sha256,
                authorization=row.authorization.number,
                contacts=tuple((handle.kind, handle.value) for handle in one.offered()),
                words=one.words,
            )
        )
    rows = Decision.objects.filter(lead__in=leads).select_related("by").order_by("lead", "pk")
    return CaseFile(
        sheet=read,
        exhibits=tuple(sorted(exhibits, key=lambda one: (one.lead_id, one.captured_at, one.url))),
        verdicts=tuple(
            Verdict(row.lead_id, row.verdict, row.dismiss_reason, row.by.account, row.decided_at)
            for row in rows
        ),
        notes=told_of(files_of(case)),
        looks=tuple(one for file in files_of(case) for one in looks_at(f"case:{file}")),
        exported_by=desk.actor.account,
        exported_at=desk.now(),
        purpose=purpose,
    )
