"""Questions to the index, written with elasticsearch.dsl; every back-end answers the same body.

Possible victims are never counted here: a count by day or source can be one
child. They stand apart, as one number, for those who may read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from dashboards.period import Period
from dashboards.precision import Share
from patrol.models import Category, Channel, LeadKind, LeadStatus
from patrol.search import DocumentKind, PostIndex, Query
from patrol.search.index import Body, Facet

MOST_SOURCES = 10_000
WAITING = (LeadStatus.NEW, LeadStatus.SNOOZED)
"""Nobody has decided them, or somebody has put them off."""
FOLLOWED = (LeadStatus.RELEVANT, LeadStatus.ESCALATED, LeadStatus.REFERRED)


@dataclass(frozen=True)
class Tally:
    """Leads of one kind, by where they stand."""

    by_status: Mapping[str, int]

    def of(self, status: str) -> int:
        """How many stand there."""
        return self.by_status.get(status, 0)

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def waiting(self) -> int:
        return sum(self.of(status) for status in WAITING)

    @property
    def followed(self) -> int:
        """Decided as worth following."""
        return sum(self.of(status) for status in FOLLOWED)

    @property
    def dismissed(self) -> int:
        return self.of(LeadStatus.DISMISSED)

    @property
    def precision(self) -> Share:
        """How many of those decided were worth following."""
        return Share(self.followed, self.followed + self.dismissed)

    def without(self, others: "Tally") -> "Tally":
        """What is left when others are taken away."""
        left = {status: n - others.of(status) for status, n in self.by_status.items()}
        return Tally({status: n for status, n in left.items() if n > 0})


@dataclass(frozen=True)
class LeadCounts:
    """Leads opened in a period, possible victims left out. Days, categories and channels have a tally each, 0 included."""

    all: Tally
    by_day: Mapping[date, Tally]
    by_category: Mapping[str, Tally]
    by_channel: Mapping[str, Tally]
    by_source: Mapping[str, Tally]
    """Sources that have any, the most frequent first."""
    without_category: Tally


def ask(index: PostIndex, unit: int, period: Period) -> LeadCounts:
    """Count the unit's leads. Raises `IndexAway`."""
    answers = index.count(_leads_of(unit, period), questions()).answers
    by_category = _tallies(answers["category"])
    in_one: dict[str, int] = {}
    for tally in by_category.values():
        for status, n in tally.by_status.items():
            in_one[status] = in_one.get(status, 0) + n
    everything = _statuses(answers["status"])
    days = _tallies(answers["day"])
    channels = _tallies(answers["channel"])
    none = Tally({})
    return LeadCounts(
        all=everything,
        by_day={day: days.get(day.isoformat(), none) for day in period.days},
        by_category={word.value: by_category.get(word.value, none) for word in Category},
        by_channel={word.value: channels.get(word.value, none) for word in Channel},
        by_source=_tallies(answers["source"]),
        without_category=everything.without(Tally(in_one)),
    )


def _leads_of(unit: int, period: Period) -> Query:
    return Query(
        filters={Facet.UNIT: (str(unit),), Facet.DOCUMENT: (DocumentKind.LEAD,)},
        excluded={Facet.KIND: (LeadKind.POSSIBLE_VICTIM,)},
        first_day=period.first,
        last_day=period.last,
    )


@cache
def questions() -> Mapping[str, Body]:
    """By day, category, channel and source, and each of them by status; the same for every unit and period."""
    from elasticsearch.dsl import A  # noqa: PLC0415  (takes a second to import)

    def by(facet: Facet, size: int, **options: Any) -> Any:
        asked = A("terms", field=facet.value, size=size, **options)
        asked.bucket("status", "terms", field=Facet.STATUS.value, size=len(LeadStatus))
        return asked.to_dict()

    return {
        "status": A("terms", field=Facet.STATUS.value, size=len(LeadStatus)).to_dict(),
        "day": by(Facet.DAY, 400, order={"_key": "asc"}),
        "category": by(Facet.CATEGORY, len(Category)),
        "channel": by(Facet.CHANNEL, len(Channel)),
        "source": by(Facet.SOURCE, MOST_SOURCES),
    }


def _tallies(answer: Mapping[str, Any]) -> dict[str, Tally]:
    return {bucket["key"]: _statuses(bucket["status"]) for bucket in answer["buckets"]}


def _statuses(answer: Mapping[str, Any]) -> Tally:
    return Tally({bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]})
