"""Coverage as a drawing, a table and a grid of days. What was not seen is said first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards import charts
from dashboards.charts import Lane
from dashboards.coverage import DayCount, DayState, SourceCoverage
from dashboards.period import Period
from dashboards.table import Cell, Row, Table
from patrol.actions.collecting.dashboards import Dashboard
from patrol.models import Outcome
from patrol.web.between import colon, comma
from patrol.web.dates import shown as moment
from patrol.web.words import in_language, label

MOST_LANES = 20
"""Sources of the drawing, the least watched ones; the table has all."""
STATES: Mapping[DayState, tuple[str, str | Promise]] = {
    DayState.READ: ("●", gettext_lazy("Read, with new posts")),
    DayState.QUIET: ("○", gettext_lazy("Read, nothing new")),
    DayState.PARTLY: ("◐", gettext_lazy("Some runs failed")),
    DayState.BROKEN: ("✕", gettext_lazy("No run was good")),
    DayState.UNREAD: ("▢", gettext_lazy("No run, although one was due")),
    DayState.GOING: ("…", gettext_lazy("Being read")),
    DayState.NOT_DUE: ("–", gettext_lazy("None due")),
    DayState.BEFORE: ("", gettext_lazy("Not there yet")),
}
"""A mark and a name for each; no two are told apart by colour alone."""


@dataclass(frozen=True)
class DayMark:
    """A cell of the grid."""

    mark: str
    state: str
    words: str
    address: str | None


@dataclass(frozen=True)
class GridRow:
    title: str
    address: str
    cells: tuple[DayMark, ...]


@dataclass(frozen=True)
class Coverage:
    """The whole of it."""

    table: Table
    drawing: SafeString
    legend: tuple[tuple[SafeString, str, str], ...]
    more: int
    days: tuple[date, ...]
    grid: tuple[GridRow, ...]
    unwatched: int
    """Sources that were not seen for some time."""


def of_coverage(shown: Dashboard) -> Coverage | None:
    """None where the role sees no sources, or the unit has none."""
    if not shown.coverage:
        return None
    drawn = shown.coverage[:MOST_LANES]
    lanes = [
        Lane(in_language(one.title), tuple(day.state.value for day in one.days), _unseen(one))
        for one in drawn
    ]
    unwatched = sum(one.unseen_hours > 0 for one in shown.coverage)
    labels = [f"{day.month}/{day.day}" for day in shown.period.days]
    title = _("Coverage by source")
    return Coverage(
        table=coverage_table(shown),
        drawing=charts.lanes(
            "figure-coverage", title, _about(shown.coverage, unwatched), lanes, labels
        ),
        legend=tuple(
            (charts.swatch(state.value), mark, str(name))
            for state, (mark, name) in STATES.items()
            if mark
        ),
        more=len(shown.coverage) - len(drawn),
        days=shown.period.days,
        grid=tuple(_grid_row(one) for one in shown.coverage),
        unwatched=unwatched,
    )


def _about(sources: tuple[SourceCoverage, ...], unwatched: int) -> str:
    words = ngettext("{0} source.", "{0} sources.", len(sources)).format(len(sources))
    if unwatched:
        worst = comma(f"{in_language(one.title)}{colon()}{_unseen(one)}" for one in sources[:3])
        words = f"{words} {_('Least watched: {0}.').format(worst)}"
    return f"{words} {_('All numbers are in the table below the drawing.')}"


def _unseen(one: SourceCoverage) -> str:
    if not one.unseen_hours:
        return _("nothing missed")
    return _("{0} h not seen").format(hours(one.unseen_hours))


def hours(n: float) -> str:
    """Whole hours, or tenths of a few; never 0 for something."""
    if n >= 10:
        return f"{n:.0f}"
    return f"{max(0.1, n):.1f}" if n else "0"


def coverage_table(shown: Dashboard) -> Table:
    """A row a source, the least watched first."""
    return Table(
        name="coverage",
        title=_("Coverage by source"),
        columns=(
            _("Source"),
            _("Hours not seen"),
            _("Of its schedule"),
            _("Last good reading"),
            _("Runs"),
            _("Good"),
            _("Not good"),
            _("Stopped early"),
            _("Refused requests"),
            _("Pages"),
            _("Posts"),
            _("New posts"),
        ),
        rows=tuple(_row(one, shown.period) for one in shown.coverage or ()),
    )


def _row(one: SourceCoverage, period: Period) -> Row:
    def runs(n: int, outcome: str = "") -> Cell:
        return Cell(n, _runs(one.name, period.first, period.last, outcome) if n else None)

    return Row(
        code=one.name,
        head=Cell(in_language(one.title), reverse("source", args=[one.name])),
        cells=(
            Cell(hours(one.unseen_hours)),
            Cell(f"{one.unseen * 100:.0f} %"),
            Cell(moment(one.last_good_at) if one.last_good_at else _("never")),
            runs(one.sum("runs")),
            runs(one.sum("good"), "good"),
            runs(one.sum("bad"), "bad"),
            runs(one.ended(Outcome.STOPPED), Outcome.STOPPED.value),
            runs(one.sum("refused"), "refused"),
            runs(one.sum("pages")),
            runs(one.sum("posts")),
            runs(one.sum("posts_new")),
        ),
    )


def coverage_days(shown: Dashboard) -> Table:
    """A row for each source and day."""
    return Table(
        name="coverage_days",
        title=_("Coverage by source and day"),
        columns=(
            _("Day"),
            _("Source"),
            _("State"),
            _("Hours not seen"),
            _("Runs"),
            _("Good"),
            _("Not good"),
            _("Refused requests"),
            _("Pages"),
            _("Posts"),
            _("New posts"),
        ),
        rows=tuple(
            Row(
                code=one.name,
                head=Cell(day.day.isoformat()),
                cells=(
                    Cell(in_language(one.title)),
                    Cell(str(STATES[day.state][1])),
                    Cell(hours(day.unseen_hours)),
                    *(Cell(n) for n in (day.runs, day.good, day.bad, day.refused)),
                    *(Cell(n) for n in (day.pages, day.posts, day.posts_new)),
                ),
            )
            for one in shown.coverage or ()
            for day in one.days
        ),
    )


def _grid_row(one: SourceCoverage) -> GridRow:
    return GridRow(
        title=in_language(one.title),
        address=reverse("source", args=[one.name]),
        cells=tuple(_mark(one.name, day) for day in one.days),
    )


def _mark(name: str, day: DayCount) -> DayMark:
    mark, title = STATES[day.state]
    words = [str(title)]
    if day.runs:
        words.append(ngettext("{0} run", "{0} runs", day.runs).format(day.runs))
    green = {outcome.value for outcome in Outcome if outcome.green}
    words += [
        f"{label(outcome)} {n}" for outcome, n in day.outcomes.items() if outcome not in green
    ]
    if day.unseen_hours:
        words.append(_("{0} h not seen").format(hours(day.unseen_hours)))
    there = bool(day.runs) or day.state is DayState.UNREAD
    return DayMark(
        mark, day.state.value, " · ".join(words), _runs(name, day.day, day.day) if there else None
    )


def _runs(name: str, first: date, last: date, outcome: str = "") -> str:
    """The source's page with exactly these runs."""
    asked = {"first": first.isoformat(), "last": last.isoformat(), "outcome": outcome}
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"{reverse('source', args=[name])}?{query}#runs"
