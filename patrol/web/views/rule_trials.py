"""Comparisons with posts whose words are kept: backtests, changes, candidates for terms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dashboards import charts
from dashboards.charts import Stack
from patrol.actions.rulemaking import backtests, rulebook, trials
from patrol.actions.rulemaking.trials import Wanted
from patrol.models import Permission
from patrol.web import dates
from patrol.web.access import page
from patrol.web.request import Request
from patrol.web.rule_forms import BacktestForm


@page(Permission.RULES_PROPOSE, methods=("POST",))
def ask(request: Request, name: str) -> HttpResponse:
    """Ask for a backtest, or for what changes from another version."""
    asked = BacktestForm.checked(request.POST).cleaned_data
    kind = "changes" if asked["against"] else "backtest"
    wanted = Wanted(kind, asked["days"], name, asked["version"], asked["against"])
    return redirect("trial", number=trials.ask(request.desk, wanted).pk)


@page(Permission.RULES_PROPOSE, methods=("POST",))
def discover(request: Request) -> HttpResponse:
    """Ask for candidates."""
    asked = BacktestForm.checked(request.POST).cleaned_data
    return redirect("trial", number=trials.ask(request.desk, Wanted("terms", asked["days"])).pk)


@page(Permission.RULES_PROPOSE, shows=True)
def viewed(request: Request, number: int) -> HttpResponse:
    """A comparison: how far it is, or what it found."""
    sheet = trials.viewed(request.desk, number)
    context: dict[str, Any] = {"sheet": sheet, "result": sheet.result, "titles": rulebook.titles()}
    if sheet.result and sheet.kind == "backtest":
        context |= _figures(dict(sheet.result))
    return render(request, "trial.html", context)


def _figures(result: dict[str, Any]) -> dict[str, Any]:
    stacks = [
        Stack(dates.month_and_day(day), (hits, 0, 0))
        for day, (_posts, hits) in result["by_day"].items()
    ]
    about = _("{0} posts would have been flagged. All numbers are in the table below.").format(
        result["hits"]
    )
    return {
        "drawing": charts.columns("figure-trial", _("Would be flagged, by day"), about, stacks),
        "agreed": backtests.agreement(result),
        "again": backtests.found_again(result),
    }
