"""The queue's filters as links and counts."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patrol.actions.triage import Queue, QueueFilter
from patrol.models import Category, LeadKind, LeadStatus
from patrol.web.forms import queue_query
from patrol.web.words import in_language, label

TITLES: dict[str, str | Promise] = {
    "status": _("Status"),
    "kind": _("Kind"),
    "category": _("Category"),
    "source": _("Source"),
    "rule": _("Rule"),
    "channel": _("Channel"),
    "first": _("Opened from"),
    "last": _("Opened until"),
}
ORDER = {
    "status": [word.value for word in LeadStatus],
    "kind": [LeadKind.POSSIBLE_VICTIM.value, LeadKind.LEAD.value, LeadKind.TIP.value],
    "category": [word.value for word in Category],
}


@dataclass(frozen=True)
class Option:
    """One value of a facet, with its count and the address that chooses it."""

    value: str
    title: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter."""

    name: str
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    title: str
    value: str
    without: str


def facets(found: Queue, wanted: QueueFilter) -> tuple[Facet, ...]:
    """Of each filter its values with counts, those that are chosen always among them."""
    titles = {row.source: in_language(row.source_title) for row in found.rows}
    made = []
    for name, counts in found.facets.items():
        chosen = str(getattr(wanted, name))
        words = [word for word in ORDER.get(name, []) if counts.get(word)]
        words += [word for word in counts if word not in words]
        if chosen and chosen not in words:
            words.append(chosen)
        options = tuple(
            Option(
                word, titles.get(word) or label(word), counts.get(word, found.total), word == chosen
            )
            for word in words
        )
        made.append(Facet(name, str(TITLES[name]), options))
    return tuple(made)


def active_filters(wanted: QueueFilter) -> tuple[Chip, ...]:
    """What narrows the queue now."""
    chips = []
    for name, title in TITLES.items():
        value = str(getattr(wanted, name))
        if value and not (name == "status" and value == LeadStatus.NEW):
            plain = LeadStatus.NEW.value if name == "status" else ""
            chips.append(Chip(str(title), label(value), queue_query(wanted, **{name: plain})))
    return tuple(chips)
