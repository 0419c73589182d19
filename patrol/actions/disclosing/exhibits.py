"""Gathers a lead as evidence: what was found, how it came here, and what speaks against it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from pydantic import ValidationError

from patrol.actions.collecting.binding import conduct_of, declared_age
from patrol.actions.desk import Desk
from patrol.actions.disclosing.against import failed, gaps, precision
from patrol.actions.triaging.reading import OpenSighting
from patrol.actions.triaging.seen_by import Seen, seen_by
from patrol.exports.exhibit import (
    CaptureFact,
    DecisionFact,
    Exhibit,
    HandleFact,
    LookFact,
    MandateFact,
    MatchFact,
    RunFact,
    SightingFact,
)
from patrol.models import BREAK_GLASS, Capture, HandleRole, LeadKind, Part, Post, Verb
from patrol.register.sealing import Forgotten, unseal
from patrol.register.tables import (
    AuthorizationRow,
    CaptureRow,
    Lead,
    LedgerIndex,
    LedgerRecord,
    Purge,
    RuleVersion,
    RunRow,
    Sighting,
)

RESTORED = "a backup had brought back what was forgotten before"
"""Why something is purged a second time."""
VICTIM_IN_IT = "Words or contacts of a possible victim stand on the same page."
"""Why a capture is not handed over."""


@dataclass(frozen=True)
class Gathered:
    """An exhibit, the sealed captures that go with it, and the records that are to be proven."""

    exhibit: Exhibit
    captures: dict[str, bytes]
    records: tuple[int, ...]


@dataclass
class _Page:
    """A capture, opened."""

    row: CaptureRow
    body: bytes | None
    """None once it is forgotten."""
    posts: dict[str, list[str]] = field(default_factory=dict)
    """Words by the board's key."""
    page: Capture | None = None
    victim: bool = False


def gather(desk: Desk, lead: Lead, reason: str) -> Gathered:
    """All of it. Call it inside an export that is recorded. Raises `Forgotten` when the words are gone."""
    rows = list(
        Sighting.objects.filter(lead=lead)
        .select_related("unit", "lead", "source", "capture__unit", "run")
        .prefetch_related("matches", "handles")
        .order_by("pk")
    )
    pages = {row.capture_id: _opened(row.capture, row.source_id) for row in rows}
    seals = _seal_records(rows)
    captures = [_capture(page, seals.get(page.row.pk)) for page in pages.values()]
    sightings = tuple(_sighting(row, pages[row.capture_id], _rulebook(rows)) for row in rows)
    mandates = _mandates(rows)
    looks = _looks(lead)
    now = desk.now()
    exhibit = Exhibit(
        lead=lead.pk,
        unit=lead.unit.name,
        kind=lead.kind,
        category=lead.category,
        status=lead.status,
        score=lead.score,
        lead_version=lead.version,
        opened_at=lead.opened_at,
        made_at=now,
        made_by=desk.actor.account,
        reason=reason,
        sightings=sightings,
        captures=tuple(captures),
        mandates=mandates,
        runs=tuple(run_fact(run) for run in {row.run_id: row.run for row in rows}.values()),
        decisions=_decisions(lead),
        looks=looks,
        failed=tuple(map(run_fact, failed(rows, now))),
        gaps=gaps(rows, now),
        precision=precision(rows),
        forgotten=tuple(_forgotten(pages.values(), lead.opened_at)),
    )
    kept = {
        f"captures/{page.row.pk}.json": page.body
        for page in pages.values()
        if page.body is not None and not page.victim
    }
    about = [*(look.record for look in looks), *seals.values(), *_mandate_records(mandates)]
    return Gathered(exhibit, kept, tuple(sorted({*about, *_run_records(exhibit.runs)})))


def _opened(row: CaptureRow, source: int) -> _Page:
    try:
        body = unseal(row.unit, row.body)
    except Forgotten:
        return _Page(row, None)
    page = _Page(row, body)
    told: dict[str, Any] = json.loads(body)
    for said in told.get("posts", ()):
        post = Post.model_validate(said)
        page.posts.setdefault(post.key, []).append(post.words)
    try:
        page.page = Capture.model_validate(told.get("capture", told))
    except ValidationError:
        page.page = None
    spared = Q(lead__kind=LeadKind.POSSIBLE_VICTIM) | Q(handles__role=HandleRole.SPARED)
    victims = Sighting.objects.filter(spared, source=source, key__in=page.posts)
    page.victim = victims.exists()
    return page


def _capture(page: _Page, record: int | None) -> CaptureFact:
    row = page.row
    digest = hashlib.sha256(page.body).hexdigest() if page.body is not None else None
    given = page.body is not None and not page.victim
    why = None if given else VICTIM_IN_IT if page.victim else "It was forgotten."
    return CaptureFact(
        id=row.pk,
        page=page.page,
        fetched_at=row.fetched_at,
        raw_sha256=row.raw_sha256,
        seal=row.body_sha256,
        holds=None if digest is None else digest == row.body_sha256,
        record=record,
        file=f"captures/{row.pk}.json" if given else None,
        left_out=why,
    )


def _seal_records(rows: Sequence[Sighting]) -> dict[int, int]:
    """The record that names each capture's seal, where one does."""
    runs = {f"run:{row.run_id}" for row in rows}
    kept = LedgerIndex.objects.filter(verb=Verb.POSTS_KEPT, subject__in=runs).values("seq")
    seals = {row.capture.body_sha256: row.capture_id for row in rows}
    found: dict[int, int] = {}
    bodies = LedgerRecord.objects.filter(seq__in=kept).values_list("seq", "body")
    for seq, body in bodies.iterator():
        seal = json.loads(bytes(body))["details"].get("seal")
        if seal in seals:
            found[seals[seal]] = seq
    return found


def _rulebook(rows: Iterable[Sighting]) -> dict[tuple[str, int], dict[str, Any]]:
    names = {match.rule for row in rows for match in row.matches.all()}
    return {(row.name, row.version): row.body for row in RuleVersion.objects.filter(name__in=names)}


def _sighting(
    row: Sighting, page: _Page, rulebook: dict[tuple[str, int], dict[str, Any]]
) -> SightingFact:
    one = OpenSighting(row)
    post = one.post
    return SightingFact(
        id=row.pk,
        source=row.source.name,
        source_title=row.source.body["title"],
        channel=row.source.body["channel"],
        key=row.key,
        version=row.version,
        url=post.url,
        author=one.author,
        posted_at=post.posted_at,
        words=one.words,
        media=post.media,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        missed_at=row.missed_at if row.removed_seen_at else None,
        gone_at=row.removed_seen_at,
        score=row.score,
        parts=tuple(Part.model_validate(part) for part in row.parts),
        ruleset_sha256=row.ruleset_sha256,
        engine=row.engine,
        matches=_matches(row, rulebook),
        handles=_handles(one),
        authorization=row.authorization_id,
        run=row.run_id,
        capture=row.capture_id,
        agrees=post.words in page.posts.get(row.key, ()) if page.body is not None else None,
    )


def _matches(
    row: Sighting, rulebook: dict[tuple[str, int], dict[str, Any]]
) -> tuple[MatchFact, ...]:
    found = []
    for match in row.matches.all():
        rule = rulebook.get((match.rule, match.version), {})
        found.append(
            MatchFact(
                rule=match.rule,
                version=match.version,
                title=rule.get("title") or {"en": match.rule},
                category=match.category,
                weight=match.weight,
                why=str(rule.get("why") or ""),
                offence=str(rule["offence"]) if rule.get("offence") else None,
                places=tuple((start, end) for start, end in match.spans),
            )
        )
    return tuple(found)


def _handles(one: OpenSighting) -> tuple[HandleFact, ...]:
    places: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for handle in one.handle_rows:
        places.setdefault((handle.kind, handle.tag), []).append(
            (handle.span_start, handle.span_end)
        )
    return tuple(
        HandleFact(
            kind=shown.kind,
            value=shown.value,
            role=shown.role,
            confidence=shown.confidence,
            places=tuple(places[shown.kind, shown.tag]),
        )
        for shown in one.handles()
    )


def _mandates(rows: Iterable[Sighting]) -> tuple[MandateFact, ...]:
    numbers = {row.authorization_id for row in rows}
    found = AuthorizationRow.objects.filter(pk__in=numbers).select_related("requester", "approver")
    return tuple(
        MandateFact(
            id=row.pk,
            basis=row.basis,
            number=row.number,
            document_sha256=row.document_sha256,
            hosts=tuple(row.hosts),
            paths=tuple(row.paths),
            https_only=row.https_only,
            parameters=tuple(row.query_allow),
            parameters_refused=tuple(row.query_deny),
            categories=tuple(row.categories),
            directed_at=len(row.directed_tags),
            trial=row.trial,
            declares_age=declared_age(row),
            conduct=conduct_of(row),
            emergency=row.emergency,
            requester=row.requester.account,
            approver=row.approver.account
            if row.approver
            else BREAK_GLASS
            if row.emergency
            else None,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            revoked_at=row.revoked_at,
        )
        for row in found.order_by("pk")
    )


def run_fact(run: RunRow) -> RunFact:
    """A reading, as evidence tells it."""
    return RunFact(
        id=run.pk,
        source=run.source.name,
        authorization=run.authorization_id,
        due_at=run.due_at,
        begun_at=run.begun_at,
        ended_at=run.ended_at,
        outcome=run.outcome,
        detail=run.detail,
        pages=run.pages,
        posts=run.posts,
        requests_refused=run.requests_refused,
        media_cut=run.media_cut,
    )


def _decisions(lead: Lead) -> tuple[DecisionFact, ...]:
    rows = list(lead.decisions.select_related("by").order_by("pk"))
    return tuple(
        DecisionFact(
            at=row.decided_at,
            account=row.by.account,
            verdict=row.verdict,
            reason=row.dismiss_reason,
            false_rule=row.false_rule,
            note=unseal(lead.retention, row.note).decode() if row.note else None,
            overruled=row is not rows[-1],
        )
        for row in rows
    )


def _looks(lead: Lead) -> tuple[LookFact, ...]:
    return _told(seen_by(lead.pk, lead.opened_at).rows)


def looks_at(subject: str) -> tuple[LookFact, ...]:
    """Who read that or did something with it, oldest first."""
    return _told(list(LedgerIndex.objects.filter(subject=subject).order_by("seq")))


def _told(rows: Sequence[Seen | LedgerIndex]) -> tuple[LookFact, ...]:
    roles = _roles([row.seq for row in rows])
    return tuple(
        LookFact(
            record=row.seq,
            at=row.at,
            account=row.account,
            role=roles.get(row.seq),
            verb=row.verb,
            result=row.result,
        )
        for row in rows
    )


def _roles(numbers: Sequence[int]) -> dict[int, str | None]:
    bodies = LedgerRecord.objects.filter(seq__in=numbers).values_list("seq", "body")
    return {seq: json.loads(bytes(body))["actor"]["role"] for seq, body in bodies}


def _forgotten(pages: Iterable[_Page], since: datetime) -> Iterable[str]:
    for page in pages:
        if page.body is None:
            yield f"Capture {page.row.pk} was forgotten at {page.row.unit.destroyed_at}."
    for purge in Purge.objects.filter(begun_at__gte=since).order_by("number"):
        for key, gone in sorted(purge.done.items()):
            days = purge.rule.get(key.partition(" ")[0])
            why = f"kept for {days} days, and that was over" if purge.cause == "due" else RESTORED
            ended = f"record {purge.record}" if purge.record else "not ended yet"
            yield (
                f"Purge {purge.number}, {purge.begun_at:%Y-%m-%dT%H:%M:%SZ}, {key}: {gone.get('posts', 0)} posts, "
                f"{gone.get('leads', 0)} leads, {gone.get('captures', 0)} captures; {why} ({ended})."
            )


def _mandate_records(mandates: Iterable[MandateFact]) -> list[int]:
    subjects = [f"authorization:{one.id}" for one in mandates]
    return list(LedgerIndex.objects.filter(subject__in=subjects).values_list("seq", flat=True))


def _run_records(runs: Iterable[RunFact]) -> list[int]:
    told = LedgerIndex.objects.filter(
        subject__in=[f"run:{one.id}" for one in runs], verb__in=(Verb.RUN_BEGUN, Verb.RUN_ENDED)
    )
    return list(told.values_list("seq", flat=True))
