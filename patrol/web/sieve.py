"""The queue's filters as links and choices; their counts come by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patrol.actions.staffing.shifts import shift_at
from patrol.actions.triaging.queue import ME, NOBODY
from patrol.actions.triaging.triage import Queue, QueueFilter
from patrol.models import Category, LeadKind, LeadStatus
from patrol.web import dates
from patrol.web.forms import queue_query
from patrol.web.words import in_language, label

TITLES: dict[str, str | Promise] = {
    "status": _("Status"),
    "kind": _("Kind"),
    "category": _("Category"),
    "source": _("Source"),
    "assignee": _("Assigned to"),
    "rule": _("Rule"),
    "channel": _("Channel"),
    "tag": _("Tag"),
    "handle": _("Contact"),
    "first": _("Opened from"),
    "last": _("Opened until"),
    "since": _("New since"),
}
ORDER = {
    "status": [word.value for word in LeadStatus],
    "kind": [LeadKind.POSSIBLE_VICTIM.value, LeadKind.LEAD.value, LeadKind.TIP.value],
    "category": [word.value for word in Category],
}
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Option:
    """One value of a facet, with its count where it is known."""

    value: str
    title: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter."""

    name: str
    title: str
    options: tuple[Option, ...]
    counted: bool = True


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    title: str
    value: str
    without: str
    wider: QueueFilter
    """The filter that is left then."""


def facets(found: Queue, wanted: QueueFilter, counts: Counts | None) -> tuple[Facet, ...]:
    """Of each filter its values; with counts only those that any lead has, and those chosen."""
    titles = {name: in_language(title) for name, title in found.sources.items()}
    values = {**ORDER, "source": sorted(titles, key=lambda name: titles[name])}
    made = []
    for name, words in values.items():
        chosen = str(getattr(wanted, name))
        number = None if counts is None else counts.get(name, {})
        offered = [word for word in words if number is None or number.get(word) or word == chosen]
        if chosen and chosen not in offered and chosen not in words:
            offered.append(chosen)
        options = tuple(
            Option(
                word,
                titles.get(word) or label(word),
                None if number is None else number.get(word, 0),
                word == chosen,
            )
            for word in offered
        )
        made.append(Facet(name, str(TITLES[name]), options))
    return (*made, _assignees(wanted))


def _assignees(wanted: QueueFilter) -> Facet:
    words = {ME: gettext("Me"), NOBODY: gettext("Nobody")}
    if wanted.assignee and wanted.assignee not in words:
        words[wanted.assignee] = wanted.assignee
    options = tuple(
        Option(word, title, None, word == wanted.assignee) for word, title in words.items()
    )
    return Facet("assignee", str(TITLES["assignee"]), options, counted=False)


def active_filters(wanted: QueueFilter) -> tuple[Chip, ...]:
    """What narrows the queue now."""
    chips = []
    for name, title in TITLES.items():
        value = str(getattr(wanted, name))
        if value and not (name == "status" and value == LeadStatus.NEW):
            plain = LeadStatus.NEW.value if name == "status" else ""
            less: dict[str, Any] = {name: plain}
            without = queue_query(wanted, **less)
            chips.append(Chip(str(title), _shown(name, value), without, replace(wanted, **less)))
    return tuple(chips)


def recent(wanted: QueueFilter, now: datetime) -> tuple[tuple[str, str], ...]:
    """What was opened lately: a title and its query for this shift, a day and a week."""
    begun = {
        _("This shift"): shift_at(now).begins_at,
        _("24 hours"): now - timedelta(hours=24),
        _("7 days"): now - timedelta(days=7),
    }
    return tuple(
        (str(title), queue_query(wanted, since=at.isoformat(timespec="seconds"), first="", last=""))
        for title, at in begun.items()
    )


def _shown(name: str, value: str) -> str:
    """A filter's value in words; days and moments as the reader counts years."""
    if name == "handle":
        return gettext("the chosen one")
    if name == "assignee":
        return _person(value)
    if name in {"first", "last"}:
        return dates.day(date.fromisoformat(value))
    return dates.shown(datetime.fromisoformat(value)) if name == "since" else label(value)


def _person(value: str) -> str:
    return {ME: gettext("Me"), NOBODY: gettext("Nobody")}.get(value, value)
