"""Notes on a case. A correction is the next version; the earlier wording stays beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from patrol.actions.casework.cases import CaseMoved, find_case
from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import person_at
from patrol.actions.triaging.notes import LONGEST, Note, NoteChanged, Wording
from patrol.actions.triaging.verdicts import BadDecision, questioned
from patrol.models import CaseStatus, Permission, Verb
from patrol.register.sealing import keyed_hash, seal, unseal
from patrol.register.tables import Case, CaseEvent, CaseNote


def write(
    desk: Desk,
    case_id: int,
    text: str,
    *,
    keep: bool = False,
    corrects: tuple[int, int] | None = None,
) -> None:
    """Write a note on a case that is under way, or the next wording of one: `corrects` names its number and the version read.

    Raises `BadDecision` for an empty one, `NoteQuestioned`, `NoteChanged`, `CaseMoved`, `NoSuchCase`.
    """
    with desk.act(Permission.CASES_WORK, Verb.CASE_NOTED, subject=f"case:{case_id}") as act:
        case = find_case(desk, case_id)
        if case.merged_into_id or case.status == CaseStatus.CLOSED:
            raise CaseMoved(case.number)
        words = text.strip()[:LONGEST]
        if not words:
            raise BadDecision("The note is empty.", "Write a few words.")
        held = questioned(words, keep=keep)
        number, version = _next(desk, case, corrects)
        CaseNote.objects.create(
            case=case,
            number=number,
            version=version,
            body=seal(case.retention, words.encode()),
            by=person_at(desk),
            written_at=desk.now(),
        )
        CaseEvent.objects.create(case=case, verb=Verb.CASE_NOTED, by=person_at(desk), at=desk.now())
        case.moved_at = desk.now()
        case.save(update_fields=["moved_at"])
        act.details = {
            "note": number,
            "note_version": version,
            "note_hmac": keyed_hash("note", words),
        }
        if held:
            act.details["note_kept"] = [kind.value for kind in held]


def _next(desk: Desk, case: Case, corrects: tuple[int, int] | None) -> tuple[int, int]:
    notes = CaseNote.objects.filter(case=case)
    if corrects is None:
        return (notes.aggregate(last=Max("number"))["last"] or 0) + 1, 1
    number, version = corrects
    newest = notes.filter(number=number).order_by("-version").first()
    if newest is None or newest.by_id != person_at(desk).pk or newest.version != version:
        raise NoteChanged(number)
    return number, version + 1


def notes_of(desk: Desk, case_id: int) -> tuple[Note, ...]:
    """All notes on a case, the newest first. Call it inside a look that is recorded. Raises `NoSuchCase`."""
    case = find_case(desk, case_id)
    wordings: dict[int, list[Wording]] = {}
    authors: dict[int, int] = {}
    for row in case.notes.select_related("by").order_by("-number", "-version"):
        text = unseal(case.retention, row.body).decode()
        wordings.setdefault(row.number, []).append(
            Wording(row.version, row.by.account, row.written_at, text)
        )
        authors[row.number] = row.by_id
    me = person_at(desk).pk
    return tuple(
        Note(number, tuple(found), authors[number] == me) for number, found in wordings.items()
    )


@dataclass(frozen=True)
class NoteFact:
    """One wording of a note, as it leaves with its case."""

    case_number: int
    number: int
    version: int
    account: str
    at: datetime
    words: str


def told_of(cases: Iterable[int]) -> tuple[NoteFact, ...]:
    """Every wording of every note on those cases, the oldest first. Call it inside an act that is recorded."""
    rows = (
        CaseNote.objects.filter(case__in=cases, case__retention__wrapped_key__isnull=False)
        .select_related("case__retention", "by")
        .order_by("written_at", "pk")
    )
    return tuple(
        NoteFact(
            row.case.number,
            row.number,
            row.version,
            row.by.account,
            row.written_at,
            unseal(row.case.retention, row.body).decode(),
        )
        for row in rows
    )
