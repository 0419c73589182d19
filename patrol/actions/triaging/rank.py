"""The learned order: trained on officers' decisions, compared with the rules' order, switched on by a supervisor.

It orders and never hides: every lead stands in the queue as before, and
possible victims stand first and teach nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import person_at
from patrol.actions.triaging.once import SECONDS, forget, once
from patrol.actions.triaging.reading import OpenSighting
from patrol.errors import Refused
from patrol.models import DismissReason, LeadKind, LeadStatus, Permission, Verb, Verdict
from patrol.register.sealing import Forgotten, destroy, keyed_hash, new_unit, seal, unseal
from patrol.register.tables import Decision, Lead, RankSwitch, RankWeights, Sighting, Unit
from pipelines.fold import fold_all
from pipelines.near import without
from pipelines.rank import Share, Weights, ranks

LEAST = 200
"""Decisions before anything is learned."""
LEAST_OF_A_KIND = 10
"""Of relevant and of dismissed ones each, to learn from and to compare with."""
MOST = 10_000
"""The newest decisions that are learned from."""
HELD_OUT = 4
"""One part in so many, the newest decisions, is held out: nothing is learned from it."""
AT_ONCE = 200
"""Leads that are put in order in one transaction."""
_SAY_NOTHING = (DismissReason.DUPLICATE, DismissReason.KNOWN_CASE, DismissReason.UNDECIDABLE)
"""Dismissals that judge no words."""


class TooFewDecisions(Refused):
    def __init__(self, found: int, relevant: int) -> None:
        super().__init__(
            f"{found} decisions are there to learn from, {relevant} of them relevant.",
            why=f"An order is learned from {LEAST} decisions at least, with enough of both kinds.",
            do="Go on deciding; it is tried again every night.",
        )


class NotBetter(Refused):
    def __init__(self) -> None:
        super().__init__(
            gettext_noop("The learned order is no better than the order of the scores."),
            why="On decisions that it had not seen it puts relevant leads no earlier.",
            do="Leave it off; it is learned anew every night.",
        )


@dataclass(frozen=True)
class Lesson:
    """A decided lead, as it teaches."""

    lead: int
    said: str
    """Keyed hash of its words: copies are one."""
    text: str
    """Folded, without contacts: nobody's contact is learned."""
    relevant: bool
    score: int


@dataclass(frozen=True)
class Trained:
    """A training, and how well it orders decisions that were held out."""

    id: int
    trained_at: datetime
    decisions: int
    held_out: int
    relevant: int
    """Of those held out."""
    by_rules: float
    by_weights: float

    @property
    def better(self) -> bool:
        return self.by_weights > self.by_rules


@dataclass(frozen=True)
class Standing:
    """How it stands with a unit's learned order."""

    unit: str
    decisions: int
    """That could be learned from."""
    least: int
    newest: Trained | None
    used: Trained | None
    """None: the queue is ordered by scores."""
    switched_at: datetime | None
    switched_by: str | None
    """None: by night, with better weights or because they were worse."""


@dataclass(frozen=True)
class Ranked:
    """Why a lead stands where it does."""

    rank: int
    decisions: int
    shares: tuple[Share, ...]


def lessons(unit: int) -> list[Lesson]:
    """What officers of the unit decided, the oldest first. Never of a lead that is or was a possible victim's."""
    spared = Decision.objects.filter(lead__unit=unit, kind_before__isnull=False)
    rows = Decision.objects.filter(
        lead__unit=unit,
        lead__kind=LeadKind.LEAD,
        lead__retention__wrapped_key__isnull=False,
        verdict__in=(Verdict.RELEVANT, Verdict.ESCALATED, Verdict.DISMISSED, Verdict.REOPENED),
    )
    rows = rows.exclude(lead__in=spared.values("lead"))
    told = rows.order_by("pk").values_list("lead_id", "verdict", "dismiss_reason")
    last: dict[int, tuple[str, str | None]] = {}
    for lead, verdict, reason in told:
        last.pop(lead, None)
        last[lead] = verdict, reason
    decided = {
        lead: verdict != Verdict.DISMISSED
        for lead, (verdict, reason) in last.items()
        if verdict != Verdict.REOPENED and reason not in _SAY_NOTHING
    }
    return _read(dict(list(decided.items())[-MOST:]))


def _read(decided: dict[int, bool]) -> list[Lesson]:
    found: dict[int, Lesson] = {}
    opened = _weightiest(list(decided))
    texts = texts_of(list(opened.values()))
    for (lead, one), text in zip(opened.items(), texts, strict=True):
        row = one.row
        said = row.duplicate_hmac
        found[lead] = Lesson(lead, said, text, decided[lead], row.lead.score)
    return [found[lead] for lead in decided if lead in found]


def _weightiest(leads: Sequence[int]) -> dict[int, OpenSighting]:
    """The weightiest sighting of each lead, the newest of equals."""
    found: dict[int, OpenSighting] = {}
    for start in range(0, len(leads), 500):
        rows = Sighting.objects.filter(lead__in=leads[start : start + 500])
        rows = rows.exclude(unit__wrapped_key=None).order_by("score", "pk")
        rows = rows.select_related("unit", "lead").prefetch_related("handles")
        found |= {row.lead_id: OpenSighting(row) for row in rows}
    return found


def texts_of(opened: Sequence[OpenSighting]) -> tuple[str, ...]:
    """Their words as they are learned from: folded, with a gap for each contact."""
    bare = []
    for one in opened:
        spans = [(handle.span_start, handle.span_end) for handle in one.handle_rows]
        bare.append(without(one.words, spans))
    return tuple(fold_all(bare))


def train(desk: Desk, unit: Unit) -> Trained:
    """Learn from a unit's decisions, and compare with the order of scores on those held out. Raises `TooFewDecisions`.

    Where the learned order is in use, better weights take the place of the old
    ones; if they are worse than the scores, it is switched off.
    """
    from pipelines.rank_train import average_precision, train  # noqa: PLC0415  (75 MB, only here)

    desk.require(Permission.SYSTEM_OPERATE, Verb.RANK_TRAINED, f"unit:{unit.pk}")
    every = lessons(unit.pk)
    border = len(every) - len(every) // HELD_OUT
    learned, held = every[:border], every[border:]
    known = {one.said for one in learned}
    held = [one for one in held if one.said not in known]
    kinds = [(sum(one.relevant for one in part), len(part)) for part in (learned, held)]
    enough = all(LEAST_OF_A_KIND <= some <= whole - LEAST_OF_A_KIND for some, whole in kinds)
    if len(every) < LEAST or not enough:
        raise TooFewDecisions(len(every), sum(one.relevant for one in every))
    weights = train([one.text for one in learned], [one.relevant for one in learned], _key(unit.pk))
    relevant = [one.relevant for one in held]
    by_rules = average_precision(relevant, [one.score for one in held])
    by_weights = average_precision(relevant, ranks(weights, [one.text for one in held]))
    return _keep(
        desk, unit, weights, (len(learned), kinds[1][1], kinds[1][0], by_rules, by_weights)
    )


def train_all(desk: Desk) -> list[Trained]:
    """Learn from every unit's decisions; units with too few wait."""
    found = []
    for unit in Unit.objects.order_by("pk"):
        with suppress(TooFewDecisions):
            found.append(train(desk, unit))
    return found


def _key(unit: int) -> int:
    return int(keyed_hash("rank", str(unit)), 16) >> 192


def _keep(
    desk: Desk, unit: Unit, weights: Weights, told: tuple[int, int, int, float, float]
) -> Trained:
    subject = f"unit:{unit.pk}"
    with desk.act(Permission.SYSTEM_OPERATE, Verb.RANK_TRAINED, subject=subject) as act:
        now = desk.now()
        retention = new_unit("rank", f"unit {unit.pk}")
        row = RankWeights.objects.create(
            unit=unit,
            trained_at=now,
            retention=retention,
            body=seal(retention, weights.packed()),
            decisions=told[0],
            held_out=told[1],
            held_out_relevant=told[2],
            by_rules=told[3],
            by_weights=told[4],
        )
        trained = _trained(row)
        if in_use(unit.pk) is not None:
            used = row if trained.better else None
            RankSwitch.objects.create(unit=unit, weights=used, by=None, switched_at=now)
            if used is None:
                _by_score(unit.pk)
        for old in RankWeights.objects.filter(unit=unit).exclude(pk=row.pk):
            if old.retention.wrapped_key is not None:
                destroy(old.retention, now)
        act.count = row.decisions
        act.details = {**_figures(row), "used": in_use(unit.pk) is not None}
    return trained


def _figures(row: RankWeights) -> dict[str, Any]:
    """Per mille: records hold no fractions."""
    return {
        "weights": row.pk,
        "held_out": row.held_out,
        "by_rules": round(row.by_rules * 1000),
        "by_weights": round(row.by_weights * 1000),
    }


def _trained(row: RankWeights) -> Trained:
    return Trained(
        row.pk, row.trained_at, row.decisions, row.held_out, row.held_out_relevant, row.by_rules, row.by_weights,
    )  # fmt: skip


def _switch(unit: int) -> RankSwitch | None:
    rows = RankSwitch.objects.filter(unit=unit).select_related("weights__retention", "by")
    return rows.order_by("-pk").first()


def in_use(unit: int) -> RankWeights | None:
    """The weights that order the unit's queue now."""
    switch = _switch(unit)
    return switch.weights if switch else None


def orders(desk: Desk) -> bool:
    """Whether the person's queue is in the learned order."""
    unit = person_at(desk).unit_id
    return once(f"learned:{unit}", lambda: in_use(unit) is not None, SECONDS)


def view(desk: Desk) -> Standing:
    """How the unit's learned order stands. A look: recorded."""
    desk.require(Permission.RULES_READ, Verb.RANK_VIEWED)
    found = standing(person_at(desk).unit)
    desk.record(Verb.RANK_VIEWED, count=found.decisions)
    return found


def told(desk: Desk, unit: Unit) -> Standing:
    """The same of any unit, for the machine's operator. A look: recorded."""
    desk.require(Permission.SYSTEM_OPERATE, Verb.RANK_VIEWED, f"unit:{unit.pk}")
    found = standing(unit)
    desk.record(Verb.RANK_VIEWED, subject=f"unit:{unit.pk}", count=found.decisions)
    return found


def standing(unit: Unit) -> Standing:
    """How a unit's learned order stands. Counts alone, no words."""
    newest = RankWeights.objects.filter(unit=unit).order_by("-pk").first()
    switch = _switch(unit.pk)
    used = switch.weights if switch else None
    return Standing(
        unit=unit.name,
        decisions=_decided(unit.pk).values("lead").distinct().count(),
        least=LEAST,
        newest=_trained(newest) if newest else None,
        used=_trained(used) if used else None,
        switched_at=switch.switched_at if switch else None,
        switched_by=switch.by.account if switch and switch.by else None,
    )


def _decided(unit: int) -> QuerySet[Decision]:
    """Decisions that judge words of leads which are no possible victim's."""
    rows = Decision.objects.filter(lead__unit=unit, lead__kind=LeadKind.LEAD)
    rows = rows.filter(verdict__in=(Verdict.RELEVANT, Verdict.ESCALATED, Verdict.DISMISSED))
    return rows.exclude(dismiss_reason__in=_SAY_NOTHING)


def switch(desk: Desk, *, on: bool) -> Standing:
    """Order the unit's queue by what was learned (the clock's next minute does), or by scores again at once. Raises `TooFewDecisions`, `NotBetter`."""
    unit = person_at(desk).unit
    subject = f"unit:{unit.pk}"
    with desk.act(Permission.RULES_APPROVE, Verb.RANK_SWITCHED, subject=subject) as act:
        row = RankWeights.objects.filter(unit=unit).order_by("-pk").first()
        if on and row is None:
            raise TooFewDecisions(_decided(unit.pk).count(), 0)
        if on and row is not None and not _trained(row).better:
            raise NotBetter
        RankSwitch.objects.create(
            unit=unit, weights=row if on else None, by=desk.person, switched_at=desk.now()
        )
        if not on:
            _by_score(unit.pk)
        act.details = {"on": on, **(_figures(row) if row else {})}
    forget(f"learned:{unit.pk}")
    return standing(unit)


def _by_score(unit: int) -> None:
    ranked = Lead.objects.filter(unit=unit, ranked_by__isnull=False)
    ranked.exclude(kind=LeadKind.POSSIBLE_VICTIM).update(rank=F("score"), ranked_by=None)


def apply(desk: Desk) -> int:
    """Put leads that wait in the learned order, where it is switched on. Returns how many were."""
    done = 0
    for unit in RankSwitch.objects.values_list("unit", flat=True).distinct():
        row = in_use(unit)
        while row is not None and (some := _apply_some(desk, unit, row)):
            done += some
    return done


def _apply_some(desk: Desk, unit: int, row: RankWeights) -> int:
    waiting = Lead.objects.filter(
        unit=unit, kind=LeadKind.LEAD, status__in=(LeadStatus.NEW, LeadStatus.SNOOZED)
    )
    waiting = waiting.exclude(ranked_by=row).exclude(retention__wrapped_key=None)
    numbers = list(waiting.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    weights = _weights(row) if numbers else None
    if weights is None:
        return 0
    opened = _weightiest(numbers)
    if not opened:
        return 0
    told = dict(zip(opened, ranks(weights, texts_of(list(opened.values()))), strict=True))
    with desk.act(Permission.SYSTEM_OPERATE, Verb.RANK_APPLIED, subject=f"unit:{unit}") as act:
        for lead, rank in told.items():
            Lead.objects.filter(pk=lead, kind=LeadKind.LEAD).update(rank=rank, ranked_by=row)
        act.count = len(told)
        act.details = {"weights": row.pk, "leads": sorted(told)}
    return len(told)


def _weights(row: RankWeights) -> Weights | None:
    """Opened; None where newer ones took their place meanwhile."""
    try:
        return _unpacked(unseal(row.retention, row.body))
    except Forgotten:
        return None


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Weights:
    return Weights.unpacked(packed)


def explained(lead: Lead, opened: Sequence[OpenSighting]) -> Ranked | None:
    """Why a lead stands where it does; None where its score says so. Call it inside a look that is recorded."""
    row = in_use(lead.unit_id)
    weights = _weights(row) if row is not None and lead.ranked_by_id == row.pk else None
    if row is None or weights is None or not opened:
        return None
    (text,) = texts_of(opened[:1])
    return Ranked(lead.rank, row.decisions, weights.explain(text))
