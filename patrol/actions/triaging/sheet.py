"""What an officer reads of one lead: its sightings, why they were flagged, who saw and decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patrol.actions.collecting.mandate_sheets import AuthorizationSheet, authorization_sheet
from patrol.actions.desk import Desk
from patrol.actions.disclosing.provenance import CaptureShown, Versions, captures, versions
from patrol.actions.linking.alike import Alike, alike
from patrol.actions.rulemaking.rulebook import bodies
from patrol.actions.triaging.heads import LeadHead, head_of
from patrol.actions.triaging.later import PutOff, put_offs
from patrol.actions.triaging.leases import Lease, lease
from patrol.actions.triaging.notes import Note, notes_of
from patrol.actions.triaging.pieces import MASK, Piece
from patrol.actions.triaging.queue import QueueFilter, after_lead
from patrol.actions.triaging.rank import Ranked, explained
from patrol.actions.triaging.reading import SIGHTINGS_SHOWN, HandleShown, OpenSighting
from patrol.actions.triaging.sparing import Spared, spared_of
from patrol.actions.triaging.tags import tags_of
from patrol.models import HandleKind, HandleRole, LeadKind, Part, Term, Verb
from patrol.register.sealing import unseal
from patrol.register.tables import Lead, LedgerIndex, Sighting
from pipelines.disguises import plainly
from pipelines.met import Met, Things


@dataclass(frozen=True)
class MatchSheet:
    """Why a rule flagged it."""

    rule: str
    title: dict[str, str]
    category: str | None
    weight: int
    why: str
    offence: str | None
    hits: tuple[str, ...]
    """Examples that the rule carries with it."""
    misses: tuple[tuple[str, str], ...]
    """Examples that it must leave alone, each with why."""
    note: str
    """What else the rule's author asks the officer to look at."""
    mistakes: tuple[str, ...]
    """What the rule is known to be wrong about."""
    met: tuple[Met, ...]
    """Contacts, prices, ages and numbers that it asked for, and what they say."""


@dataclass(frozen=True)
class SightingSheet:
    """One version of a post, with its words."""

    id: int
    pieces: tuple[Piece, ...]
    author: str | None
    url: str
    media: int
    posted_at: datetime | None
    posted_precision: str | None
    captured_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    missed_at: datetime | None
    """When its page was first read whole without it; only told where it is gone."""
    gone_at: datetime | None
    """When that was so for the second time; None where it is not called gone."""
    version: int
    source: str
    source_title: dict[str, str]
    engine: str
    score: int
    parts: tuple[Part, ...]
    matches: tuple[MatchSheet, ...]
    handles: tuple[HandleShown, ...]
    words_sha256: str
    """Of the page as received: what an exhibit is compared with."""
    seen_through: tuple[tuple[str, str], ...]
    """Marked words that were disguised, and as what the rules read them."""


@dataclass(frozen=True)
class HistoryLine:
    """Who saw or decided, and when."""

    at: datetime
    account: str
    what: str
    """The verb of its record, or the verdict."""
    reason: str | None
    note: str | None


@dataclass(frozen=True)
class LeadSheet(LeadHead):
    """A lead as an officer reads it."""

    sightings: tuple[SightingSheet, ...]
    """The weightiest first."""
    history: tuple[HistoryLine, ...]
    elsewhere: tuple[tuple[HandleShown, int], ...]
    """Offered contacts of this lead, with the number of other leads that offer the same."""
    authorization: AuthorizationSheet
    next_id: int | None
    previous_id: int | None
    lease: Lease | None
    assigned_to: str | None
    put_off: PutOff | None
    notes: tuple[Note, ...]
    alike: tuple[Alike, ...]
    captures: tuple[CaptureShown, ...]
    versions: tuple[Versions, ...]
    tags: tuple[str, ...]
    spared: tuple[Spared, ...]
    """Contacts that are a victim's, and the exports that had them."""
    ranked: Ranked | None
    """Why it stands where it does, where the queue is in the learned order."""


def lead_sheet(desk: Desk, lead: Lead, wanted: QueueFilter) -> LeadSheet:
    """All that an officer reads of a lead. Call it inside a look that is recorded."""
    rows = list(
        Sighting.objects.filter(lead=lead)
        .select_related("unit", "lead", "source", "capture")
        .prefetch_related("matches", "handles")
        .order_by("-score", "-pk")[:SIGHTINGS_SHOWN]
    )
    rulebook = _rulebook(rows)
    opened = [OpenSighting(row) for row in rows]
    mandate = rows[0].authorization
    return LeadSheet(
        **head_of(lead),
        sightings=tuple(_sighting_sheet(one, rulebook) for one in opened),
        history=_history(lead),
        elsewhere=() if lead.kind == LeadKind.POSSIBLE_VICTIM else _elsewhere(lead, opened),
        authorization=authorization_sheet(mandate, desk.now()),
        next_id=after_lead(desk, wanted, lead),
        previous_id=after_lead(desk, wanted, lead, forward=False),
        lease=lease(desk, lead),
        assigned_to=lead.assigned_to.account if lead.assigned_to else None,
        put_off=put_offs([lead], desk.now()).get(lead.pk),
        notes=notes_of(desk, lead),
        alike=alike(desk, lead, opened),
        captures=captures(opened),
        versions=versions(opened),
        tags=tags_of([lead.pk]).get(lead.pk, ()),
        spared=spared_of(desk, {tag for one in opened for tag in one.spared}),
        ranked=explained(lead, opened),
    )


def _rulebook(rows: list[Sighting]) -> dict[tuple[str, int], dict[str, Any]]:
    names = {match.rule for row in rows for match in row.matches.all()}
    return bodies(names)


def _sighting_sheet(
    one: OpenSighting, rulebook: dict[tuple[str, int], dict[str, Any]]
) -> SightingSheet:
    row = one.row
    things = _things(one)
    matches = []
    for match in sorted(row.matches.all(), key=lambda match: -match.weight):
        rule = rulebook.get((match.rule, match.version), {})
        title = rule.get("title")
        matches.append(
            MatchSheet(
                rule=match.rule,
                title=dict(title) if isinstance(title, dict) else {"en": match.rule},
                category=match.category,
                weight=match.weight,
                why=str(rule.get("why") or ""),
                offence=str(rule["offence"]) if rule.get("offence") else None,
                **_examples(rule),
                note=str(rule.get("note") or ""),
                mistakes=tuple(str(one) for one in rule.get("falsepositives") or ()),
                met=tuple(things.met(_terms(rule), match.spans)),
            )
        )
    return SightingSheet(
        id=row.pk,
        pieces=one.pieces(),
        author=one.author,
        url=one.post.url,
        media=one.post.media,
        posted_at=row.posted_at,
        posted_precision=row.posted_precision,
        captured_at=row.capture.fetched_at,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        missed_at=row.missed_at,
        gone_at=row.removed_seen_at,
        version=row.version,
        source=row.source.name,
        source_title=row.source.body["title"],
        engine=row.engine,
        score=row.score,
        parts=tuple(Part.model_validate(part) for part in row.parts),
        matches=tuple(matches),
        handles=one.handles(),
        words_sha256=row.capture.raw_sha256,
        seen_through=_seen_through(one),
    )


def _things(one: OpenSighting) -> Things:
    """Of its words as they are shown: a masked contact says nothing more here."""
    return Things(
        one.words,
        [
            ((row.span_start, row.span_end), HandleKind(row.kind), HandleRole(row.role))
            for row in one.row.handles.all()
        ],
    )


def _terms(rule: dict[str, Any]) -> dict[str, Term]:
    terms = rule.get("terms") or {}
    return {name: Term.model_validate(term) for name, term in terms.items()}


EXAMPLES_SHOWN = 3


def _examples(rule: dict[str, Any]) -> dict[str, Any]:
    examples = rule.get("examples") or {}
    hits = examples.get("hit") or []
    misses = examples.get("miss") or []
    return {
        "hits": tuple(str(hit["text"]) for hit in hits[:EXAMPLES_SHOWN]),
        "misses": tuple((str(m["text"]), str(m["because"])) for m in misses[:EXAMPLES_SHOWN]),
    }


def _seen_through(one: OpenSighting) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for piece in one.pieces():
        if piece.marked and MASK not in piece.text:
            plain = plainly(piece.text)
            says = any(map(str.isalnum, plain))  # a wide comma hides nothing
            if says and _bare(plain) != _bare(piece.text.lower()):
                found[piece.text] = plain
    return tuple(found.items())


def _bare(words: str) -> str:
    return "".join(words.split())


_TOLD = (
    Verb.LEAD_VIEWED,
    Verb.LEAD_HELD,
    Verb.LEAD_ASSIGNED,
    Verb.LEAD_NOTED,
    Verb.LEAD_TAGGED,
    Verb.THREAD_VIEWED,
)


def _history(lead: Lead) -> tuple[HistoryLine, ...]:
    lines = [
        HistoryLine(
            at=decision.decided_at,
            account=decision.by.account,
            what=str(decision.verdict),
            reason=decision.dismiss_reason,
            note=unseal(lead.retention, decision.note).decode() if decision.note else None,
        )
        for decision in lead.decisions.select_related("by")
    ]
    looks = LedgerIndex.objects.filter(
        subject=f"lead:{lead.pk}", verb__in=_TOLD, result="allow"
    ).order_by("-seq")[:50]
    lines += _whereabouts(lead)
    lines += [HistoryLine(look.at, look.account, str(look.verb), None, None) for look in looks]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _whereabouts(lead: Lead) -> Iterator[HistoryLine]:
    """When its posts went from their board, and when they came back."""
    found = lead.sightings.exclude(removed_seen_at=None, back_at=None)
    moments = set(found.values_list("removed_seen_at", "back_at"))
    for gone_at, back_at in sorted(moments, key=str):
        if gone_at is not None:
            yield HistoryLine(gone_at, "", "post.gone", None, None)
        if back_at is not None:
            yield HistoryLine(back_at, "", "post.back", None, None)


def _elsewhere(lead: Lead, opened: list[OpenSighting]) -> tuple[tuple[HandleShown, int], ...]:
    offered = {
        handle.tag: handle for one in opened for handle in one.handles() if handle.role == "offered"
    }
    counted = []
    for tag, handle in offered.items():
        others = (
            Lead.objects.filter(unit=lead.unit_id)
            .filter(sightings__handles__tag=tag, sightings__handles__role="offered")
            .exclude(pk=lead.pk)
            .exclude(kind=LeadKind.POSSIBLE_VICTIM)
            .distinct()
            .count()
        )
        if others:
            counted.append((handle, others))
    return tuple(counted)
