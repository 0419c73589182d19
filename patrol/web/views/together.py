"""Leads decided on together: the selection, its preview, the act, its undo."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from patrol.actions.triaging import bulk
from patrol.actions.triaging.later import laters
from patrol.actions.triaging.triage import BadDecision
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import (
    BadForm,
    PlainForm,
    queue_filter,
    queue_query,
)
from patrol.web.keys import REASONS
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.work_forms import TogetherForm

_FIELDS = {"lead", "take", "csrfmiddlewaretoken"}


@page(Permission.LEADS_DECIDE, methods=("POST",))
def select(request: Request) -> HttpResponse:
    """Freeze the leads that are ticked, or all that match."""
    for name in request.POST:
        if name not in _FIELDS:
            raise BadForm(name)
    wanted = queue_filter(request.GET)
    everything = request.POST.get("take") == "all"
    picked = None if everything else _picked(request.POST)
    made = bulk.select(request.desk, wanted, queue_query(wanted), picked)
    return redirect("selection", made)


def _picked(data: QueryDict) -> list[tuple[int, int]]:
    """Numbers and versions of the ticked rows. Raises `BadForm`."""
    found = []
    for ticked in data.getlist("lead"):
        number, _, version = ticked.partition(".")
        if not (number.isdecimal() and version.isdecimal() and len(ticked) < 30):
            raise BadForm("lead")
        found.append((int(number), int(version)))
    return found


@page(Permission.LEADS_DECIDE, shows=True)
def selection(request: Request, selection_id: int) -> HttpResponse:
    """What would become, or became, of each lead."""
    return _shown(request, selection_id)


def _shown(
    request: Request, selection_id: int, error: BadDecision | None = None, note: str = ""
) -> HttpResponse:
    context = {
        "selection": bulk.preview(request.desk, selection_id),
        "cap": bulk.CAP,
        "reasons": REASONS,
        "laters": laters(request.desk.now()),
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "note": note,
    }
    return render(request, "selection.html", context, status=400 if error else 200)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def decide(request: Request, selection_id: int) -> HttpResponse:
    """Decide on all of them."""
    form = TogetherForm.checked(request.POST)
    try:
        bulk.decide_together(request.desk, selection_id, form.choice(request.desk.now()))
    except BadDecision as error:
        return _shown(request, selection_id, error, form.cleaned_data["note"])
    return redirect("selection", selection_id)


@page(Permission.LEADS_DECIDE, methods=("POST",))
def undo(request: Request, selection_id: int) -> HttpResponse:
    """Take it back, for every lead that is still as it was left."""
    PlainForm.checked(request.POST)
    bulk.undo_together(request.desk, selection_id)
    return redirect("selection", selection_id)
