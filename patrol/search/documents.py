"""What the index should hold of the register: a sighting or a lead becomes a document, in its present state."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet

from patrol.models import HandleRole, LeadKind, Post, Precision
from patrol.register.sealing import Forgotten, SealBroken, unseal
from patrol.register.tables import Lead, Sighting
from patrol.search.index import LOCAL, DocumentKind, IndexedPost
from patrol.search.tokens import PART

Row = TypeVar("Row", bound=models.Model)
_AT_ONCE = 500
_LEAD_SIGHTINGS = 50
"""The first ones of a lead: their words find the lead. A longer one is the same words again and again."""


@dataclass
class Loaded:
    """Documents, and what could not become one."""

    posts: list[IndexedPost] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Ids of what the register no longer holds, or holds without words."""
    faults: dict[str, str] = field(default_factory=dict)
    """Reason by id, without collected text."""

    def add(self, other: "Loaded") -> None:
        self.posts += other.posts
        self.gone |= other.gone
        self.faults |= other.faults


class Documents:
    """Reads sightings and leads. `fold` makes one spelling of their words."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self.fold = fold

    def sightings(self, numbers: Collection[int]) -> Loaded:
        """The posts of these sightings."""
        return self._load(DocumentKind.POST, numbers, _sightings(), self._post)

    def leads(self, numbers: Collection[int]) -> Loaded:
        """These leads."""
        return self._load(DocumentKind.LEAD, numbers, _leads(), self._lead)

    def shelf(self, shelf: str, faults: dict[str, str]) -> Iterator[IndexedPost]:
        """Everything first seen in that month. What cannot be read is added to `faults`."""
        first, behind = _ends(shelf)
        seen = _sightings().filter(first_seen_at__gte=first, first_seen_at__lt=behind)
        for sightings in _each_some(seen):
            yield from self._made(DocumentKind.POST, sightings, self._post, faults)
        opened = _leads().filter(opened_at__gte=first, opened_at__lt=behind)
        for leads in _each_some(opened):
            yield from self._made(DocumentKind.LEAD, leads, self._lead, faults)

    def _made(
        self,
        kind: DocumentKind,
        rows: Iterable[Row],
        make: Callable[[Row], IndexedPost],
        faults: dict[str, str],
    ) -> list[IndexedPost]:
        loaded = _Maker(kind, make).all(rows)
        faults |= loaded.faults
        return loaded.posts

    def _load(
        self,
        kind: DocumentKind,
        numbers: Collection[int],
        rows: "QuerySet[Row]",
        make: Callable[[Row], IndexedPost],
    ) -> Loaded:
        loaded = Loaded()
        wanted = sorted(numbers)
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            there = {row.pk: row for row in rows.filter(pk__in=some)}
            loaded.gone |= {f"{kind}:{number}" for number in some if number not in there}
            loaded.add(_Maker(kind, make).all(there.values()))
        return loaded

    def _post(self, sighting: Sighting) -> IndexedPost:
        lead = sighting.lead
        matches = sorted(sighting.matches.all(), key=lambda match: -match.weight)
        known = sighting.posted_at is not None and sighting.posted_precision is not None
        victim = lead.kind == LeadKind.POSSIBLE_VICTIM
        fields: dict[str, Any] = {
            "document": DocumentKind.POST,
            "number": sighting.pk,
            "source": sighting.source.name,
            "channel": sighting.source.body["channel"],
            "score": sighting.score,
            "at": sighting.posted_at if known else sighting.first_seen_at,
            "precision": sighting.posted_precision if known else Precision.SECOND,
            "seen_at": sighting.first_seen_at,
        }
        if not victim:
            fields |= {
                "category": next((row.category for row in matches if row.category), lead.category),
                "rules": sorted({match.rule for match in matches}),
                "handles": _offered(sighting),
                "text": self._words(sighting),
            }
        return IndexedPost(**(_of_lead(lead) | fields))

    def _lead(self, lead: Lead) -> IndexedPost:
        fields: dict[str, Any] = {
            "document": DocumentKind.LEAD,
            "number": lead.pk,
            "source": lead.source.name,
            "channel": lead.source.body["channel"],
            "score": lead.score,
            "at": lead.opened_at,
            "seen_at": lead.opened_at,
        }
        if lead.kind != LeadKind.POSSIBLE_VICTIM:
            sightings = list(_sightings().filter(lead=lead).order_by("pk")[:_LEAD_SIGHTINGS])
            rules = (match.rule for sighting in sightings for match in sighting.matches.all())
            tags = (tag for sighting in sightings for tag in _offered(sighting))
            texts = dict.fromkeys(self._words(sighting) for sighting in sightings)
            fields |= {
                "category": lead.category,
                "rules": sorted(set(rules)),
                "handles": sorted(set(tags)),
                "text": PART.join(texts),
            }
        return IndexedPost(**(_of_lead(lead) | fields))

    def _words(self, sighting: Sighting) -> str:
        post = Post.model_validate_json(unseal(sighting.unit, sighting.body))
        return self.fold(post.words).replace(PART, " ")


@dataclass(frozen=True)
class _Maker:
    """Makes documents of rows, telling apart what is gone and what is broken."""

    kind: DocumentKind
    make: Callable[[Any], IndexedPost]

    def all(self, rows: Iterable[Any]) -> Loaded:
        loaded = Loaded()
        for row in rows:
            name = f"{self.kind}:{row.pk}"
            unit = row.unit if self.kind is DocumentKind.POST else row.retention
            if unit.wrapped_key is None:
                loaded.gone.add(name)
                continue
            try:
                loaded.posts.append(self.make(row))
            except Forgotten:
                loaded.gone.add(name)
            except SealBroken as error:
                loaded.faults[name] = error.what
            except ValueError as error:
                loaded.faults[name] = f"no document can be made of it: {type(error).__name__}"
        return loaded


def shelves() -> set[str]:
    """Months in which something that the index should hold was first seen."""
    months = {
        *Sighting.objects.datetimes("first_seen_at", "month", tzinfo=LOCAL),
        *Lead.objects.datetimes("opened_at", "month", tzinfo=LOCAL),
    }
    return {f"{month:%Y-%m}" for month in months}


def numbers_by_lead(leads: Collection[int]) -> Mapping[int, list[int]]:
    """Sightings of each of these leads."""
    found: dict[int, list[int]] = {}
    rows = Sighting.objects.filter(lead_id__in=leads).values_list("lead_id", "pk")
    for lead, number in rows:
        found.setdefault(lead, []).append(number)
    return found


def _sightings() -> "QuerySet[Sighting]":
    rows = Sighting.objects.select_related("source", "lead", "unit")
    return rows.prefetch_related("matches", "handles")


def _leads() -> "QuerySet[Lead]":
    return Lead.objects.select_related("source", "retention")


def _of_lead(lead: Lead) -> dict[str, Any]:
    return {
        "unit": lead.unit_id,
        "lead": lead.pk,
        "kind": lead.kind,
        "category": None,
        "status": lead.status,
    }


def _offered(sighting: Sighting) -> list[str]:
    """Only an offered contact links; one that is merely mentioned can be anybody's."""
    rows = sighting.handles.all()
    return sorted({row.tag for row in rows if row.role == HandleRole.OFFERED})


def _each_some(rows: "QuerySet[Row]") -> Iterator[list[Row]]:
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield some
        last = some[-1].pk


def _ends(shelf: str) -> tuple[datetime, datetime]:
    year, _, month = shelf.partition("-")
    first = datetime(int(year), int(month), 1, tzinfo=LOCAL)
    behind = (first + timedelta(days=32)).replace(day=1)
    return first, behind
