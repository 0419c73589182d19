"""What can be said of one source for a period: due, read, blocked, expired, and its gaps in minutes."""

from django.http import HttpResponse
from django.shortcuts import render

from patrol.actions.collecting import statements
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import PeriodForm
from patrol.web.request import Request


@page(Permission.SOURCES_READ, shows=True)
def coverage(request: Request, name: str) -> HttpResponse:
    """The statement for the days asked for, or the last 30."""
    form = PeriodForm(request.GET)
    form.refuse_strangers()
    shown = form.shown(request.desk.now())
    stated = statements.stated(request.desk, name, shown["period"])
    told = {"stated": stated, "said": stated.statement, **shown}
    return render(request, "source_coverage.html", told, status=400 if form.errors else 200)
