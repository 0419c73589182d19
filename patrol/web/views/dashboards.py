"""Figures: what was found, and what was not seen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from dashboards.period import Period
from dashboards.table import as_csv
from patrol.actions.collecting import dashboards
from patrol.actions.collecting.dashboards import Dashboard
from patrol.models import Permission
from patrol.web import figures
from patrol.web.access import page
from patrol.web.forms import PeriodForm
from patrol.web.request import Request


def _query(period: Period) -> str:
    return urlencode({"first": period.first.isoformat(), "last": period.last.isoformat()})


@page(Permission.DASHBOARDS_READ, shows=True)
def dashboard(request: Request) -> HttpResponse:
    """All figures of a period."""
    form = PeriodForm(request.GET)
    form.refuse_strangers()
    period = form.period(request.desk.now())
    shown = dashboards.view(request.desk, period)
    context: dict[str, Any] = {
        "shown": shown,
        **form.shown(request.desk.now()),
        "query": _query(period),
        "figures": figures.of_leads(shown),
        "everything": figures.everything(shown),
        "victims": figures.of_victims(shown),
        "coverage": figures.of_coverage(shown),
        "hatching": figures.hatching(),
        "reads_leads": request.desk.may(Permission.LEADS_READ),
    }
    return render(request, "dashboards.html", context, status=400 if form.errors else 200)


@page(Permission.DASHBOARDS_READ, shows=True)
def figures_csv(request: Request, name: str) -> HttpResponse:
    """One table, for a spreadsheet."""
    form = PeriodForm.checked(request.GET)
    period = form.period(request.desk.now())

    def write(shown: Dashboard) -> tuple[bytes, int]:
        table = figures.TABLES[name](shown)
        return as_csv(table), len(table.rows)

    content = dashboards.export(request.desk, period, name, write)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    file = f"patrol-{name}-{period.first}-{period.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer
