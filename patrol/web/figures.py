"""Counts of leads as tables and drawings in the reader's language. Each count links to the list that it counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards import charts
from dashboards.charts import Stack
from dashboards.period import Period
from dashboards.precision import Share
from dashboards.questions import LeadCounts, Tally
from dashboards.table import Cell, Row, Table
from patrol.actions.collecting.dashboards import Dashboard
from patrol.actions.triaging.queue import SEARCHABLE, WAITING
from patrol.actions.triaging.sifting import NO_CATEGORY
from patrol.models import LeadKind, LeadStatus
from patrol.web import dates
from patrol.web.between import aside
from patrol.web.coverage import coverage_days, coverage_table, of_coverage
from patrol.web.forms import ANY
from patrol.web.words import in_language, label

__all__ = ["TABLES", "everything", "hatching", "of_coverage", "of_leads", "of_victims"]
Key = TypeVar("Key")
MOST_BARS = 12
"""Sources of a drawing; the table has all."""
hatching = charts.hatching
PARTS: tuple[tuple[str, str | Promise], ...] = (
    ("followed", gettext_lazy("Relevant or escalated")),
    ("waiting", gettext_lazy("Waiting or put off")),
    ("dismissed", gettext_lazy("Dismissed")),
)


@dataclass(frozen=True)
class Figure:
    """A drawing, the table behind it, and what its parts mean."""

    table: Table
    drawing: SafeString
    legend: tuple[tuple[SafeString, str], ...]
    more: int = 0
    """Rows that are in the table alone."""


@dataclass(frozen=True)
class Counted:
    """A count in a sentence."""

    title: str
    cell: Cell


def of_leads(shown: Dashboard) -> tuple[Figure, ...]:
    """By day, category, channel and source; none where the leads are not shown."""
    if shown.leads is None:
        return ()
    return (
        _figure(days(shown), _stacks(shown.leads.by_day, _short), charts.columns),
        _figure(categories(shown), _stacks(_categories(shown.leads), label), charts.bars),
        _figure(channels(shown), _stacks(shown.leads.by_channel, label), charts.bars),
        _figure(sources(shown), _stacks(shown.leads.by_source, _title(shown)), charts.bars),
    )


Drawer = Callable[[str, str, str, Sequence[Stack]], SafeString]


def _figure(table: Table, stacks: list[Stack], draw: Drawer) -> Figure:
    drawn = stacks if draw is charts.columns else stacks[:MOST_BARS]
    return Figure(
        table=table,
        drawing=draw(f"figure-{table.name}", table.title, _about(stacks), drawn),
        legend=tuple((charts.swatch(part), str(name)) for part, name in PARTS),
        more=len(stacks) - len(drawn),
    )


def _about(stacks: Sequence[Stack]) -> str:
    """What the drawing shows at a glance, for those who do not see it."""
    total = sum(stack.total for stack in stacks)
    words = ngettext("{0} lead.", "{0} leads.", total).format(total)
    most = sorted((stack for stack in stacks if stack.total), key=lambda stack: -stack.total)[:3]
    if most:
        named = ", ".join(f"{stack.label} {stack.total}" for stack in most)
        words = f"{words} {_('Most: {0}.').format(named)}"
    return f"{words} {_('All numbers are in the table below the drawing.')}"


def _stacks(tallies: Mapping[Key, Tally], name: Callable[[Key], str]) -> list[Stack]:
    return [
        Stack(name(key), (tally.followed, tally.waiting, tally.dismissed))
        for key, tally in tallies.items()
    ]


def days(shown: Dashboard) -> Table:
    """Each day of the period, those without a lead too."""
    rows = {
        (day.isoformat(), dates.day(day)): (tally, {"first": f"{day}", "last": f"{day}"})
        for day, tally in _leads(shown).by_day.items()
    }
    return _table(shown, "days", _("Leads by day"), _("Day"), rows)


def categories(shown: Dashboard) -> Table:
    """Each category, and those without one if there are any."""
    rows = {
        (word, label(word)): (tally, {"category": word})
        for word, tally in _categories(_leads(shown)).items()
    }
    return _table(shown, "categories", _("Leads by category"), _("Category"), rows)


def channels(shown: Dashboard) -> Table:
    rows = {
        (word, label(word)): (tally, {"channel": word})
        for word, tally in _leads(shown).by_channel.items()
    }
    return _table(shown, "channels", _("Leads by channel"), _("Channel"), rows)


def sources(shown: Dashboard) -> Table:
    """Sources that have any, the most frequent first."""
    rows = {
        (name, _title(shown)(name)): (tally, {"source": name})
        for name, tally in _leads(shown).by_source.items()
    }
    return _table(shown, "sources", _("Leads by source"), _("Source"), rows)


TABLES: Mapping[str, Callable[[Dashboard], Table]] = {
    "days": days,
    "categories": categories,
    "channels": channels,
    "sources": sources,
    "coverage": coverage_table,
    "coverage_days": coverage_days,
}
"""What leaves as CSV is what the page shows."""


def everything(shown: Dashboard) -> tuple[Counted, ...]:
    """The leads of the whole period, by where they stand."""
    if shown.leads is None:
        return ()
    statuses = _statuses(shown.leads.all)
    counted = [Counted(_("Leads"), _count(shown.period, shown.leads.all.total, {}))]
    for status in statuses:
        cell = _count(shown.period, _of(shown.leads.all, status), {"status": status})
        counted.append(Counted(label(status), cell))
    share = _percent(shown.leads.all.precision)
    return (*counted, Counted(_("Precision"), Cell(share)))


def of_victims(shown: Dashboard) -> tuple[Counted, ...]:
    """Possible victims: three numbers, for those who may read them."""
    if shown.victims is None:
        return ()
    kind = {"kind": LeadKind.POSSIBLE_VICTIM.value}
    referred = LeadStatus.REFERRED.value
    return (
        Counted(_("Possible victims"), _count(shown.period, shown.victims.total, kind)),
        Counted(
            label(WAITING),
            _count(shown.period, shown.victims.waiting, {**kind, "status": WAITING}),
        ),
        Counted(
            label(referred),
            _count(shown.period, shown.victims.referred, {**kind, "status": referred}),
        ),
    )


Named = Mapping[tuple[str, str], tuple[Tally, dict[str, str]]]
"""What is counted, by code and title; its tally, and what narrows the queue to it."""


def _table(shown: Dashboard, name: str, title: str, head: str, rows: Named) -> Table:
    statuses = _statuses(_leads(shown).all)
    return Table(
        name=name,
        title=title,
        columns=(head, _("Total"), *(label(status) for status in statuses), _("Precision")),
        rows=tuple(
            Row(
                code=code,
                head=Cell(words),
                cells=(
                    _count(shown.period, tally.total, narrow),
                    *(
                        _count(shown.period, _of(tally, status), {**narrow, "status": status})
                        for status in statuses
                    ),
                    Cell(_percent(tally.precision)),
                ),
                faint=tally.precision.few,
            )
            for (code, words), (tally, narrow) in rows.items()
        ),
    )


def _count(period: Period, n: int, narrow: Mapping[str, str]) -> Cell:
    """A number, and the queue narrowed to exactly those leads."""
    if not n:
        return Cell(0)
    asked = {
        "status": ANY,
        "kind": SEARCHABLE,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "sort": "newest",
        **narrow,
    }
    return Cell(n, f"{_queue()}?{urlencode(asked)}")


@cache
def _queue() -> str:
    return reverse("queue")


def _statuses(everything: Tally) -> tuple[str, ...]:
    """The columns; together they are the total. Only possible victims are referred, so that one seldom stands there."""
    words = [WAITING, LeadStatus.RELEVANT.value, LeadStatus.ESCALATED.value]
    if everything.of(LeadStatus.REFERRED):
        words.append(LeadStatus.REFERRED.value)
    return (*words, LeadStatus.DISMISSED.value)


def _of(tally: Tally, status: str) -> int:
    return tally.waiting if status == WAITING else tally.of(status)


def _percent(share: Share) -> str:
    """With the interval in which the true share is, or nothing where nothing was decided."""
    if share.value is None:
        return "–"
    low, high = (f"{end * 100:.0f}" for end in share.interval)
    return f"{share.value * 100:.0f} %{aside(f'{low}–{high}')}"


def _leads(shown: Dashboard) -> LeadCounts:
    if shown.leads is None:
        raise ValueError("the leads of this dashboard were not counted")
    return shown.leads


def _categories(leads: LeadCounts) -> dict[str, Tally]:
    found = dict(leads.by_category)
    if leads.without_category.total:
        found[NO_CATEGORY] = leads.without_category
    return found


def _title(shown: Dashboard) -> Callable[[str], str]:
    return lambda name: in_language(shown.titles.get(name, {"en": name}))


def _short(day: date) -> str:
    return f"{day.month}/{day.day}"
