"""What the register holds of sightings and leads, read many at a time: a query a table, not a query a row."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from patrol.models import HandleRole, LeadKind, Post
from patrol.register.sealing import Forgotten, SealBroken, unseal
from patrol.register.tables import HandleRow, Lead, MatchRow, RetentionUnit, Sighting, SourceRow
from patrol.search.tokens import PART

Fold = Callable[[Sequence[str]], Sequence[str]]
"""One spelling of each text."""
AT_ONCE = 500
"""Rows that one query names."""
LEAD_SIGHTINGS = 50
"""The first ones of a lead: their words find the lead. A longer one is the same words again and again."""


class SightingRow(NamedTuple):
    pk: int
    lead: int
    source: int
    retention: int
    body: bytes | memoryview
    score: int
    posted_at: datetime | None
    posted_precision: str | None
    seen_at: datetime


class LeadRow(NamedTuple):
    pk: int
    unit: int
    source: int
    retention: int
    kind: str
    category: str | None
    status: str
    score: int
    opened_at: datetime

    @property
    def victim(self) -> bool:
        return self.kind == LeadKind.POSSIBLE_VICTIM


class Match(NamedTuple):
    rule: str
    category: str | None
    weight: int


class Source(NamedTuple):
    name: str
    channel: str


class Rows:
    """The sightings and leads of these numbers, and all that belongs to them."""

    def __init__(self, sightings: Collection[int], leads: Collection[int], fold: Fold) -> None:
        self.asked_sightings = tuple(sightings)
        self.asked_leads = tuple(leads)
        self.leads: dict[int, LeadRow] = {row.pk: row for row in _leads(leads)}
        plain = [number for number, row in self.leads.items() if not row.victim]
        first = _first_sightings(plain)
        wanted = {*sightings, *(number for some in first.values() for number in some)}
        self.sightings: dict[int, SightingRow] = {row.pk: row for row in _sightings(wanted)}
        self.of_lead = {
            lead: [number for number in some if number in self.sightings]
            for lead, some in first.items()
        }
        others = {row.lead for row in self.sightings.values()} - set(self.leads)
        self.leads |= {row.pk: row for row in _leads(others)}
        self.sources = _sources(
            {row.source for row in self.sightings.values()}
            | {row.source for row in self.leads.values()}
        )
        self.units = _units(
            {row.retention for row in self.sightings.values()}
            | {row.retention for row in self.leads.values()}
        )
        shown = [row for row in self.sightings.values() if not self.leads[row.lead].victim]
        self.matches, self.offered = _matches(shown), _offered(shown)
        self._faults: dict[int, Exception] = {}
        self._words = self._opened(shown, fold)

    def words(self, number: int) -> str:
        """Folded words of a sighting. Raises what opening them raised: `Forgotten`, `SealBroken`, `ValueError`."""
        if number in self._faults:
            raise self._faults[number]
        return self._words[number]

    def _opened(self, rows: Iterable[SightingRow], fold: Fold) -> dict[int, str]:
        texts: dict[int, str] = {}
        for row in rows:
            try:
                post = Post.model_validate_json(unseal(self.units[row.retention], row.body))
            except (Forgotten, SealBroken, ValueError) as error:
                self._faults[row.pk] = error
            else:
                texts[row.pk] = post.words
        folded = fold(list(texts.values()))
        return {
            number: words.replace(PART, " ") for number, words in zip(texts, folded, strict=True)
        }


def _pieces(numbers: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    for at in range(0, len(ordered), AT_ONCE):
        yield ordered[at : at + AT_ONCE]


def _sightings(numbers: Collection[int]) -> Iterator[SightingRow]:
    for some in _pieces(numbers):
        for row in Sighting.objects.filter(pk__in=some).values_list(
            "pk",
            "lead_id",
            "source_id",
            "unit_id",
            "body",
            "score",
            "posted_at",
            "posted_precision",
            "first_seen_at",
        ):
            yield SightingRow(*row)


def _leads(numbers: Collection[int]) -> Iterator[LeadRow]:
    for some in _pieces(numbers):
        for row in Lead.objects.filter(pk__in=some).values_list(
            "pk",
            "unit_id",
            "source_id",
            "retention_id",
            "kind",
            "category",
            "status",
            "score",
            "opened_at",
        ):
            yield LeadRow(*row)


def _first_sightings(leads: Collection[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    for some in _pieces(leads):
        rows = Sighting.objects.filter(lead_id__in=some).order_by("pk")
        for lead, number in rows.values_list("lead_id", "pk").iterator():
            there = found.setdefault(lead, [])
            if len(there) < LEAD_SIGHTINGS:
                there.append(number)
    return found


def _sources(numbers: Collection[int]) -> Mapping[int, Source]:
    rows = SourceRow.objects.filter(pk__in=numbers).values_list("pk", "name", "body")
    return {number: Source(name, body["channel"]) for number, name, body in rows}


def _units(numbers: Collection[int]) -> Mapping[int, RetentionUnit]:
    return {
        unit.pk: unit
        for some in _pieces(numbers)
        for unit in RetentionUnit.objects.filter(pk__in=some)
    }


def _matches(sightings: Collection[SightingRow]) -> Mapping[int, list[Match]]:
    found: dict[int, list[Match]] = {}
    for some in _pieces([row.pk for row in sightings]):
        rows = MatchRow.objects.filter(sighting_id__in=some).order_by("pk")
        for number, *match in rows.values_list("sighting_id", "rule", "category", "weight"):
            found.setdefault(number, []).append(Match(*match))
    return found


def _offered(sightings: Collection[SightingRow]) -> Mapping[int, set[str]]:
    """Only an offered contact links; one that is merely mentioned can be anybody's."""
    found: dict[int, set[str]] = {}
    for some in _pieces([row.pk for row in sightings]):
        rows = HandleRow.objects.filter(sighting_id__in=some, role=HandleRole.OFFERED)
        for number, tag in rows.values_list("sighting_id", "tag"):
            found.setdefault(number, set()).add(tag)
    return found
