"""What the index should hold of the register: a sighting or a lead becomes a document, in its present state."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db import models

from patrol.models import Precision
from patrol.register.sealing import Forgotten, SealBroken
from patrol.register.tables import Lead, Sighting
from patrol.search.index import LOCAL, DocumentKind, IndexedPost
from patrol.search.rows import AT_ONCE, Fold, LeadRow, Rows, SightingRow
from patrol.search.tokens import PART

_POST, _LEAD, _SECOND = DocumentKind.POST, DocumentKind.LEAD, Precision.SECOND
_WEIGHT = attrgetter("weight")
_OWN_AT_ONCE = 4 * AT_ONCE
"""Sightings of a thousand leads that are read with them."""


@dataclass
class Loaded:
    """Documents, and what could not become one."""

    posts: list[IndexedPost] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Ids of what the register no longer holds, or holds without words."""
    faults: dict[str, str] = field(default_factory=dict)
    """Reason by id, without collected text."""
    whole: set[int] = field(default_factory=set)
    """Leads of which every sighting was loaded too."""


class Documents:
    """Makes documents of sightings and leads. `fold` makes one spelling of their words."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold

    def load(self, sightings: Collection[int], leads: Collection[int]) -> Loaded:
        """The posts of these sightings, and these leads."""
        return _Maker(Rows(sightings, leads, self.fold)).all()

    def shelf(self, shelf: str, faults: dict[str, str]) -> Iterator[IndexedPost]:
        """Everything first seen in that month. What cannot be read is added to `faults`."""
        first, behind = _ends(shelf)
        seen = Sighting.objects.filter(first_seen_at__gte=first, first_seen_at__lt=behind)
        opened = Lead.objects.filter(opened_at__gte=first, opened_at__lt=behind)
        for loaded in chain(self._leads(seen, opened), self._others(seen, opened)):
            faults |= loaded.faults
            yield from loaded.posts

    def _leads(
        self, seen: "models.QuerySet[Any]", opened: "models.QuerySet[Any]"
    ) -> Iterator[Loaded]:
        """Leads with their sightings, whose words are opened once for both."""
        for leads in _batches(opened):
            own = list(seen.filter(lead__in=leads).order_by("pk").values_list("pk", flat=True))
            yield self.load(own[:_OWN_AT_ONCE], leads)
            for at in range(_OWN_AT_ONCE, len(own), _OWN_AT_ONCE):
                yield self.load(own[at : at + _OWN_AT_ONCE], ())

    def _others(
        self, seen: "models.QuerySet[Any]", opened: "models.QuerySet[Any]"
    ) -> Iterator[Loaded]:
        """Sightings of leads of another month."""
        for numbers in _batches(seen.exclude(lead__in=opened)):
            yield self.load(numbers, ())


class _Maker:
    """Makes documents of rows, telling apart what is gone and what is broken."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._loaded = Loaded(whole=rows.whole)

    def all(self) -> Loaded:
        rows = self._rows
        for number in rows.asked_leads:
            self._make(_LEAD, number, rows.leads.get(number), self._lead)
        for number in rows.asked_sightings:
            self._make(_POST, number, rows.sightings.get(number), self._post)
        return self._loaded

    def _make(
        self, kind: DocumentKind, number: int, row: Any, make: Callable[[Any], IndexedPost]
    ) -> None:
        name = f"{kind}:{number}"
        if row is None or self._rows.units[row.retention].wrapped_key is None:
            self._loaded.gone.add(name)
            return
        try:
            self._loaded.posts.append(make(row))
        except Forgotten:
            self._loaded.gone.add(name)
        except SealBroken as error:
            self._loaded.faults[name] = error.what
        except ValueError as error:
            self._loaded.faults[name] = f"no document can be made of it: {type(error).__name__}"

    def _post(self, row: SightingRow) -> IndexedPost:
        lead = self._rows.leads[row.lead]
        known = row.posted_at is not None and row.posted_precision is not None
        fields = self._common(_POST, row, lead)
        fields["at"] = row.posted_at if known else row.seen_at
        fields["precision"] = row.posted_precision if known else _SECOND
        fields["seen_at"] = row.seen_at
        if not lead.victim:
            matches = self._rows.matches.get(row.pk, ())
            heaviest = sorted(matches, key=_WEIGHT, reverse=True)
            fields["category"] = next(
                (each.category for each in heaviest if each.category), lead.category
            )
            fields["rules"] = sorted({match.rule for match in matches})
            fields["handles"] = sorted(self._rows.offered.get(row.pk, ()))
            fields["text"] = self._rows.words(row.pk)
        return IndexedPost(**fields)

    def _lead(self, row: LeadRow) -> IndexedPost:
        fields = self._common(_LEAD, row, row)
        fields["at"] = fields["seen_at"] = row.opened_at
        if not row.victim:
            sightings = self._rows.of_lead.get(row.pk, ())
            matches = self._rows.matches
            offered = self._rows.offered
            fields["category"] = row.category
            fields["rules"] = sorted(
                {match.rule for each in sightings for match in matches.get(each, ())}
            )
            fields["handles"] = sorted({tag for each in sightings for tag in offered.get(each, ())})
            fields["text"] = PART.join(dict.fromkeys(map(self._rows.words, sightings)))
        return IndexedPost(**fields)

    def _common(
        self, kind: DocumentKind, row: SightingRow | LeadRow, lead: LeadRow
    ) -> dict[str, Any]:
        source = self._rows.sources[row.source]
        return {
            "document": kind,
            "number": row.pk,
            "unit": lead.unit,
            "lead": lead.pk,
            "source": source.name,
            "channel": source.channel,
            "kind": lead.kind,
            "category": None,
            "status": lead.status,
            "score": row.score,
        }


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


def _batches(rows: "models.QuerySet[Any]") -> Iterator[list[int]]:
    last = 0
    ordered = rows.order_by("pk").values_list("pk", flat=True)
    while some := list(ordered.filter(pk__gt=last)[:AT_ONCE]):
        yield some
        last = some[-1]


def _ends(shelf: str) -> tuple[datetime, datetime]:
    year, _, month = shelf.partition("-")
    first = datetime(int(year), int(month), 1, tzinfo=LOCAL)
    behind = (first + timedelta(days=32)).replace(day=1)
    return first, behind
