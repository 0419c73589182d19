"""What is under a legal hold: asked by the purge, and before anything held is changed.

A request protects from being forgotten for a week, so that no purge comes
before the second person; it stops nobody's work. A hold on a case holds its
leads, and the cases merged with it. A hold on a source keeps its leads and its
configuration, and its leads are worked on all the same. Words of ordinary
posts are never held: they serve rule tests alone.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from patrol.errors import Refused
from patrol.register.tables import Case, CaseLead, Lead, LegalHold, Sighting, SourceRow

WAITS = timedelta(days=7)
"""How long a request protects, and may be answered."""


class UnderHold(Refused):
    """What is to be changed is held."""

    def __init__(self, what: str, hold: LegalHold) -> None:
        super().__init__(
            what,
            why="Until two persons lift it, nothing of what is held is forgotten or changed.",
            do=f"Ask for hold {hold.pk} to be lifted, or leave it as it is.",
        )


class LeadUnderHold(UnderHold):
    def __init__(self, lead: Lead, hold: LegalHold) -> None:
        super().__init__(f"Lead {lead.pk} is under a legal hold.", hold)


class CaseUnderHold(UnderHold):
    def __init__(self, case: Case, hold: LegalHold) -> None:
        super().__init__(f"Case {case.number} is under a legal hold.", hold)


class SourceUnderHold(UnderHold):
    def __init__(self, source: SourceRow, hold: LegalHold) -> None:
        super().__init__(f"Source {source.name} is under a legal hold.", hold)


def placed() -> QuerySet[LegalHold]:
    """Holds that two persons placed and nobody has lifted."""
    return LegalHold.objects.filter(placed_at__isnull=False, lifted_at=None)


def protecting(now: datetime) -> QuerySet[LegalHold]:
    """Those, and requests that wait for their second person."""
    return LegalHold.objects.filter(
        Q(placed_at__isnull=False) | Q(asked_at__gt=now - WAITS), lifted_at=None
    )


def families() -> dict[int, int]:
    """Of every case the one that goes on with it, itself where none does."""
    into = dict(Case.objects.values_list("pk", "merged_into"))
    found = {}
    for case in into:
        root, seen = case, {case}
        while (other := into.get(root)) is not None and other not in seen:
            seen.add(other)
            root = other
        found[case] = root
    return found


def held_cases(holds: QuerySet[LegalHold]) -> set[int]:
    """All cases of the families in which one is held."""
    named = set(holds.filter(case__isnull=False).values_list("case", flat=True))
    if not named:
        return set()
    roots = families()
    held = {roots[case] for case in named if case is not None}
    return {case for case, root in roots.items() if root in held}


def held_leads(holds: QuerySet[LegalHold]) -> Q:
    """Leads that are held themselves, with their case, or with their source."""
    sources = holds.filter(source__isnull=False).values("source")
    read_there = Exists(Sighting.objects.filter(lead=OuterRef("pk"), source__in=sources))
    return _frozen(holds) | Q(source__in=sources) | Q(read_there)


def _frozen(holds: QuerySet[LegalHold]) -> Q:
    """Leads that are held themselves or with their case: those are not changed either."""
    inside = CaseLead.objects.filter(
        lead=OuterRef("pk"), detached_at=None, case__in=held_cases(holds)
    )
    return Q(pk__in=holds.filter(lead__isnull=False).values("lead")) | Q(Exists(inside))


def maybe_on_lead(lead_id: int) -> LegalHold | None:
    """The hold by which that lead is not to be changed."""
    holds = placed()
    if not holds.exists() or not Lead.objects.filter(_frozen(holds), pk=lead_id).exists():
        return None
    cases = CaseLead.objects.filter(lead=lead_id, detached_at=None).values_list("case", flat=True)
    roots = families()
    mine = {roots[case] for case in cases}
    return next(
        hold
        for hold in holds.order_by("pk")
        if hold.lead_id == lead_id or (hold.case_id and roots[hold.case_id] in mine)
    )


def maybe_on_case(case_id: int) -> LegalHold | None:
    """The hold on that case, or on one of its family."""
    holds = placed().filter(case__isnull=False).order_by("pk")
    if not holds.exists():
        return None
    roots = families()
    return next((hold for hold in holds if roots[hold.case_id or 0] == roots[case_id]), None)


def maybe_on_source(name: str) -> LegalHold | None:
    """The hold on that source."""
    return placed().filter(source__name=name).order_by("pk").first()


def refuse_lead(lead: Lead) -> None:
    """Raise `UnderHold` where the lead is held itself or with its case."""
    if (hold := maybe_on_lead(lead.pk)) is not None:
        raise LeadUnderHold(lead, hold)


def refuse_case(case: Case) -> None:
    """Raise `UnderHold` where the case, or one of its family, is held."""
    if (hold := maybe_on_case(case.pk)) is not None:
        raise CaseUnderHold(case, hold)


def refuse_source(row: SourceRow) -> None:
    """Raise `UnderHold` where the source is held."""
    if (hold := maybe_on_source(row.name)) is not None:
        raise SourceUnderHold(row, hold)
