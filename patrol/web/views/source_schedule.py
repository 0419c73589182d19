"""How often a source is read and why, and what is too little to be believed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.collecting import schedules, sources
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import ReasonForm
from patrol.web.request import Request
from patrol.web.schedule_forms import ScheduleForm


@page(Permission.SOURCES_PROPOSE, shows=True)
def ask(request: Request, name: str) -> HttpResponse:
    """As it is, to be changed."""
    return _shown(request, name)


@page(Permission.SOURCES_PROPOSE, shows=True, methods=("POST",))
def keep(request: Request, name: str) -> HttpResponse:
    """As it is from now on."""
    form = ScheduleForm(request.POST)
    form.refuse_strangers()
    if not form.is_valid():
        return _shown(request, name, form, status=400)
    schedules.reschedule(request.desk, name, form.schedule())
    return redirect("source", name=name)


@page(Permission.SOURCES_PROPOSE, methods=("POST",))
def relearn(request: Request, name: str) -> HttpResponse:
    """It is right as it is: what was read before is not compared with any more."""
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    schedules.relearn(request.desk, name, reason)
    return redirect("source", name=name)


def _shown(
    request: Request, name: str, form: ScheduleForm | None = None, status: int = 200
) -> HttpResponse:
    sheet = sources.viewed(request.desk, name).sheet
    told = {"sheet": sheet, "form": form or ScheduleForm.of(sheet.schedule)}
    return render(request, "source_schedule.html", told, status=status)
