"""The queue's filters as links and choices; their counts come by themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patrol.actions.staffing.shifts import shift_at
from patrol.actions.triaging.queue import ME, NOBODY
from patrol.actions.triaging.rows import titles_of
from patrol.actions.triaging.sifting import (
    NO_ENGINE,
    SEVERITIES,
    SIFTED,
    State,
    parted,
    state,
    turned,
)
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
    "engine": _("Engine"),
    "severity": _("Severity"),
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
}
MOST_RULES = 12
"""Of those that flagged most leads, offered beside the ones chosen."""
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
class Turn:
    """One value that is asked for, left out, or neither, and the address of its next state."""

    value: str
    title: str
    count: int | None
    state: State
    query: str


@dataclass(frozen=True)
class Sift:
    """A filter of such values; the chosen ones stand first."""

    name: str
    title: str
    turns: tuple[Turn, ...]


NEXT: Mapping[State, State] = {"": "with", "with": "without", "without": ""}


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    title: str
    value: str
    without: str
    wider: QueueFilter
    """The filter that is left then."""


def facets(wanted: QueueFilter, counts: Counts | None) -> tuple[Facet, ...]:
    """Of each filter of one value its values; with counts only those that any lead has, and the one chosen."""
    made = []
    for name, words in ORDER.items():
        chosen = str(getattr(wanted, name))
        number = None if counts is None else counts.get(name, {})
        offered = [word for word in words if number is None or number.get(word) or word == chosen]
        if chosen and chosen not in words:
            offered.append(chosen)
        options = tuple(
            Option(
                word, label(word), None if number is None else number.get(word, 0), word == chosen
            )
            for word in offered
        )
        made.append(Facet(name, str(TITLES[name]), options))
    return (*made, _assignees(wanted))


def sifts(found: Queue, wanted: QueueFilter, counts: Counts | None) -> tuple[Sift, ...]:
    """The filters whose values are asked for, left out, or neither; with counts only values that any lead has, and those chosen."""
    sources = {name: in_language(title) for name, title in found.sources.items()}
    engines = {name: engine_title(name) for name in found.engines}
    named = {
        "category": {word.value: label(word) for word in Category},
        "source": dict(sorted(sources.items(), key=lambda item: item[1])),
        "engine": dict(sorted(engines.items())),
        "severity": {name: label(name) for name in SEVERITIES},
    }
    return tuple(
        _sift(wanted, name, titles, None if counts is None else counts[name])
        for name, titles in named.items()
    )


def rule_sift(wanted: QueueFilter, counts: Counts) -> Sift:
    """The same for rules: those that flagged most of what the other filters leave."""
    asked, without = parted(wanted.rule)
    names = dict.fromkeys([*asked, *without, *list(counts["rule"])[:MOST_RULES]])
    said = titles_of(set(names))
    titles = {name: in_language(said[name]) if name in said else name for name in names}
    return _sift(wanted, "rule", titles, counts["rule"])


def _sift(
    wanted: QueueFilter, name: str, titles: Mapping[str, str], counts: Mapping[str, int] | None
) -> Sift:
    words = str(getattr(wanted, name))
    asked, without = parted(words)
    chosen = {word: word for word in (*asked, *without)}
    others = queue_query(wanted, **{name: ""})
    made = []
    for value, title in {**chosen, **titles}.items():
        stands = state(words, value)
        number = None if counts is None else counts.get(value, 0)
        if stands or number is None or number:
            then = quote(turned(words, value, NEXT[stands]), safe=",")
            query = "&".join(filter(None, [others, then and f"{name}={then}"]))
            made.append(Turn(value, title, number, stands, query))
    return Sift(name, str(TITLES[name]), tuple(sorted(made, key=lambda turn: not turn.state)))


def engine_title(name: str) -> str:
    """An engine as people read it."""
    return gettext("None known") if name == NO_ENGINE else name


def _assignees(wanted: QueueFilter) -> Facet:
    words = {ME: gettext("Me"), NOBODY: gettext("Nobody")}
    if wanted.assignee and wanted.assignee not in words:
        words[wanted.assignee] = wanted.assignee
    options = tuple(
        Option(word, title, None, word == wanted.assignee) for word, title in words.items()
    )
    return Facet("assignee", str(TITLES["assignee"]), options, counted=False)


def active_filters(found: Queue, wanted: QueueFilter) -> tuple[Chip, ...]:
    """What narrows the queue now, each value by itself."""
    chips = []
    for name, title in TITLES.items():
        value = str(getattr(wanted, name))
        if name in SIFTED:
            for shown, rest in _each(found, name, value):
                chips.append(_chip(wanted, name, str(title), shown, rest))
        elif value and not (name == "status" and value == LeadStatus.NEW):
            plain = LeadStatus.NEW.value if name == "status" else ""
            chips.append(_chip(wanted, name, str(title), _shown(name, value), plain))
    return tuple(chips)


def _chip(wanted: QueueFilter, name: str, title: str, shown: str, rest: str) -> Chip:
    less: dict[str, Any] = {name: rest}
    return Chip(title, shown, queue_query(wanted, **less), replace(wanted, **less))


def _each(found: Queue, name: str, words: str) -> Iterator[tuple[str, str]]:
    """Of each value of such a filter what it says, and the filter without it."""
    asked, without = parted(words)
    titles = found.sources if name == "source" else {}
    if name == "rule" and words:
        titles = titles_of({*asked, *without})
    for value in (*asked, *without):
        plain = engine_title(value) if name == "engine" else label(value)
        title = in_language(titles[value]) if value in titles else plain
        out = gettext("without {0}").format(title) if value in without else title
        yield out, turned(words, value, "")


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
