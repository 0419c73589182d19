"""Notes on a lead. A correction is the next version; the earlier wording stays beside it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from patrol.actions.desk import Desk, Details
from patrol.actions.keeping.holding import refuse_lead
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.actions.triaging.verdicts import BadDecision, questioned
from patrol.errors import Refused
from patrol.models import Permission, Verb
from patrol.register.sealing import keyed_hash, seal, unseal
from patrol.register.tables import Lead, NoteVersion

LONGEST = 2000
"""Characters of a note."""


@dataclass(frozen=True)
class Wording:
    """One version of a note."""

    version: int
    account: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Note:
    """A note with all its wordings, the newest first."""

    number: int
    wordings: tuple[Wording, ...]
    mine: bool

    @property
    def now(self) -> Wording:
        return self.wordings[0]

    @property
    def earlier(self) -> tuple[Wording, ...]:
        return self.wordings[1:]


class NoteChanged(Refused):
    """Somebody else's note, or one that has moved on."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Note {number} cannot be corrected like this.",
            why="A note is corrected by its author, from its newest wording.",
            do="Read the lead again, or write a note of your own.",
        )


def write(
    desk: Desk,
    lead_id: int,
    text: str,
    *,
    keep: bool = False,
    corrects: tuple[int, int] | None = None,
) -> None:
    """Write a note, or the next wording of one: `corrects` names its number and the version read.

    Raises `BadDecision` for an empty one, `NoteQuestioned`, `NoteChanged`, `NoSuchLead`.
    """
    subject = f"lead:{lead_id}"
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_NOTED, subject=subject) as act:
        act.details = add_note(desk, lead_row(desk, lead_id), text, keep=keep, corrects=corrects)


def add_note(
    desk: Desk,
    lead: Lead,
    text: str,
    *,
    keep: bool = False,
    corrects: tuple[int, int] | None = None,
) -> Details:
    """The same inside the caller's act. Returns what its record says."""
    words = text.strip()[:LONGEST]
    if not words:
        raise BadDecision("The note is empty.", "Write a few words.")
    held = questioned(words, keep=keep)
    if corrects is not None:
        refuse_lead(lead)
    number, version = _next(desk, lead, corrects)
    NoteVersion.objects.create(
        lead=lead,
        number=number,
        version=version,
        body=seal(lead.retention, words.encode()),
        by=person_at(desk),
        written_at=desk.now(),
    )
    details: Details = {
        "note": number,
        "note_version": version,
        "note_hmac": keyed_hash("note", words),
    }
    if held:
        details["note_kept"] = [kind.value for kind in held]
    return details


def _next(desk: Desk, lead: Lead, corrects: tuple[int, int] | None) -> tuple[int, int]:
    notes = NoteVersion.objects.filter(lead=lead)
    if corrects is None:
        return (notes.aggregate(last=Max("number"))["last"] or 0) + 1, 1
    number, version = corrects
    newest = notes.filter(number=number).order_by("-version").first()
    mine = newest is not None and desk.person is not None and newest.by_id == desk.person.pk
    if newest is None or not mine or newest.version != version:
        raise NoteChanged(number)
    return number, version + 1


def notes_of(desk: Desk, lead: Lead) -> tuple[Note, ...]:
    """All notes on a lead, the newest first. Call it inside a look that is recorded."""
    wordings: dict[int, list[Wording]] = {}
    authors: dict[int, int] = {}
    for row in lead.notes.select_related("by").order_by("-number", "-version"):
        text = unseal(lead.retention, row.body).decode()
        wordings.setdefault(row.number, []).append(
            Wording(row.version, row.by.account, row.written_at, text)
        )
        authors.setdefault(row.number, row.by_id)
    me = desk.person.pk if desk.person else None
    return tuple(
        Note(number, tuple(found), authors[number] == me) for number, found in wordings.items()
    )
