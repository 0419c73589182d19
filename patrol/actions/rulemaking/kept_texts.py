"""Posts whose words are still kept, for rule tests: those of unflagged days, and those of leads.

Read a few hundred at a time by their number, so that no reader stands in the
way of who collects.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from patrol.actions.collecting.mandates import in_force
from patrol.actions.desk import Desk
from patrol.errors import BadInput
from patrol.models import Category, LeadKind, Post
from patrol.register.sealing import Forgotten, unseal
from patrol.register.tables import BacktestPost, RetentionUnit, Sighting, SourceRow
from patrol.settings import Settings

AT_ONCE = 512


class BeyondText(BadInput):
    """Days are asked for of which no words are kept."""

    def __init__(self, days: int, begin: datetime, kept_days: int) -> None:
        super().__init__(
            f"The text of ordinary posts begins on {begin:%Y-%m-%d}; {days} days go back further.",
            why=f"Unflagged words are kept for {kept_days} days and then forgotten: a rule cannot be compared with them any more.",
            do=f"Ask for {max(kept_days, 1)} days at most.",
        )


@dataclass(frozen=True)
class Kept:
    """A post with its words."""

    kind: str
    """`seen` for an unflagged post, `sighting` for one of a lead."""
    id: int
    day: str
    source: str
    post: Post
    lead: int | None = None
    lead_kind: str = ""
    lead_category: str | None = None
    lead_status: str = ""
    rules: tuple[str, ...] = ()
    """Those that flagged it when it was read."""

    @property
    def shown(self) -> bool:
        """Whether its words may serve as a sample: never those of a possible victim."""
        return self.lead_kind != LeadKind.POSSIBLE_VICTIM


def since(desk: Desk, days: int) -> datetime:
    """The first instant of so many days, today included. Raises `BeyondText` for more than are kept."""
    kept_days = Settings().unflagged_days
    today = desk.now().replace(hour=0, minute=0, second=0, microsecond=0)
    begin = today - timedelta(days=max(kept_days - 1, 0))
    if not 1 <= days <= kept_days:
        raise BeyondText(days, begin, kept_days)
    return today - timedelta(days=days - 1)


def sources_for(
    unit: int | None, category: Category | None, now: datetime
) -> tuple[list[SourceRow], list[str]]:
    """Sources on which rules of that category may run, and the names of the others; None is all units."""
    rows = SourceRow.objects.order_by("name")
    if unit is not None:
        rows = rows.filter(unit=unit)
    covered, left_out = [], []
    for row in rows:
        mandate = in_force(row, now)
        named = mandate is not None and (category is None or category in mandate.categories)
        if named:
            covered.append(row)
        else:
            left_out.append(row.name)
    return covered, left_out


def each_batch(sources: Sequence[SourceRow], begin: datetime) -> Iterator[list[Kept]]:
    """All posts of these sources that were first read since then, flagged or not, a few hundred at a time."""
    names = {row.pk: row.name for row in sources}
    yield from _unflagged(names, begin)
    yield from _flagged(names, Sighting.objects.filter(first_seen_at__gte=begin))


def each_confirmed(sources: Sequence[SourceRow], statuses: Sequence[str]) -> Iterator[list[Kept]]:
    """All posts of leads that were decided so and are no possible victim's, a few hundred at a time."""
    names = {row.pk: row.name for row in sources}
    wanted = Sighting.objects.filter(lead__status__in=statuses, lead__kind=LeadKind.LEAD)
    yield from _flagged(names, wanted)


def one(kind: str, number: int) -> Kept | None:
    """A single post, if its words are still kept."""
    names = dict(SourceRow.objects.values_list("pk", "name"))
    if kind == "seen":
        rows = BacktestPost.objects.filter(seen_id=number)
        return next(iter(_opened_unflagged(rows.select_related("seen", "unit"), names)), None)
    sightings = Sighting.objects.filter(pk=number)
    return next(iter(_opened_flagged(sightings, names)), None)


def _unflagged(names: dict[int, str], begin: datetime) -> Iterator[list[Kept]]:
    last = 0
    while True:
        rows = list(
            BacktestPost.objects.filter(pk__gt=last, seen__first_seen_at__gte=begin)
            .filter(seen__source__in=names)
            .select_related("seen", "unit")
            .order_by("pk")[:AT_ONCE]
        )
        if not rows:
            return
        last = rows[-1].pk
        yield _opened_unflagged(rows, names)


def _flagged(names: dict[int, str], wanted: "QuerySet[Sighting]") -> Iterator[list[Kept]]:
    last = 0
    while True:
        rows = list(
            wanted.filter(pk__gt=last, source__in=names)
            .select_related("unit", "lead")
            .prefetch_related("matches")
            .order_by("pk")[:AT_ONCE]
        )
        if not rows:
            return
        last = rows[-1].pk
        yield _opened_flagged(rows, names)


def _opened_unflagged(rows: Iterable[BacktestPost], names: dict[int, str]) -> list[Kept]:
    found = []
    for row in rows:
        post = _post(row.unit, row.body)
        if post is not None:
            day = f"{row.seen.first_seen_at:%Y-%m-%d}"
            found.append(Kept("seen", row.seen_id, day, names[row.seen.source_id], post))
    return found


def _opened_flagged(rows: Iterable[Sighting], names: dict[int, str]) -> list[Kept]:
    found = []
    for row in rows:
        post = _post(row.unit, row.body)
        if post is not None:
            found.append(
                Kept(
                    "sighting",
                    row.pk,
                    f"{row.first_seen_at:%Y-%m-%d}",
                    names[row.source_id],
                    post,
                    lead=row.lead_id,
                    lead_kind=row.lead.kind,
                    lead_category=row.lead.category,
                    lead_status=row.lead.status,
                    rules=tuple(sorted({match.rule for match in row.matches.all()})),
                )
            )
    return found


def _post(unit: RetentionUnit, body: bytes | memoryview) -> Post | None:
    try:
        return Post.model_validate_json(unseal(unit, body))
    except Forgotten:
        return None
