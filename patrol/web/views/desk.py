"""What an officer does on a lead beside deciding: take it up, assign it, write a note."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from patrol.actions.linking.campaigns import ReasonMissing
from patrol.actions.triaging import assigning, leases, notes, sparing, tags
from patrol.actions.triaging.leases import LeadHeld
from patrol.actions.triaging.triage import BadDecision
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import PlainForm, queue_filter, queue_query
from patrol.web.request import Request
from patrol.web.views.leads import held_page, lead_page, next_address
from patrol.web.work_forms import AssignForm, HoldForm, NoteForm, SpareForm, TagForm


def _back(request: Request, lead_id: int, then: str = "stay") -> HttpResponse:
    query = queue_query(queue_filter(request.GET))
    query = f"?{query}" if query else ""
    if then == "queue":
        return redirect(f"{reverse('queue')}{query}#lead-{lead_id}")
    return redirect(reverse("lead", args=[lead_id]) + query)


@page(Permission.LEADS_DECIDE, background=True, methods=("POST",))
def hold(request: Request, lead_id: int) -> HttpResponse:
    """The open page renews its lease, and hears when a colleague has taken it over."""
    HoldForm.checked(request.POST)
    try:
        leases.hold(request.desk, lead_id)
    except LeadHeld as error:
        sentence = _("{0} is reading this lead now.").format(error.lease.account)
        return JsonResponse({"mine": False, "sentence": sentence})
    return JsonResponse({"mine": True, "sentence": ""})


@page(Permission.LEADS_DECIDE, methods=("POST",))
def take(request: Request, lead_id: int) -> HttpResponse:
    """Take a lead up; from a colleague, if need be."""
    PlainForm.checked(request.POST)
    leases.hold(request.desk, lead_id, take_over=True)
    request.session["done"] = {"what": "held", "lead": lead_id}
    return _back(request, lead_id)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def assign(request: Request, lead_id: int) -> HttpResponse:
    """Make a lead somebody's work."""
    form = AssignForm.checked(request.POST).cleaned_data
    account = request.user.account if form["to"] == "me" else form["to"]
    try:
        done = assigning.assign(
            request.desk,
            lead_id,
            account,
            note=form["note"],
            keep_note=form["keep_note"],
            let_go=form["then"] == "pass",
        )
    except LeadHeld as error:
        return held_page(request, error)
    except BadDecision as error:
        return lead_page(request, lead_id, error, form["note"])
    request.session["done"] = {
        "what": "assigned" if done.account else "anybody",
        "lead": lead_id,
        "account": done.account or "",
    }
    if form["then"] == "pass":
        return redirect(next_address(request, lead_id))
    return _back(request, lead_id, form["then"])


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def note(request: Request, lead_id: int) -> HttpResponse:
    """Keep a note, or the next wording of one."""
    form = NoteForm.checked(request.POST)
    cleaned = form.cleaned_data
    try:
        notes.write(
            request.desk,
            lead_id,
            cleaned["note"],
            keep=cleaned["keep_note"],
            corrects=form.corrected(),
        )
    except BadDecision as error:
        return lead_page(request, lead_id, error, cleaned["note"])
    request.session["done"] = {"what": "noted", "lead": lead_id}
    return _back(request, lead_id)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def tag(request: Request, lead_id: int) -> HttpResponse:
    """Put a word on a lead."""
    form = TagForm.checked(request.POST).cleaned_data
    try:
        tags.put(request.desk, lead_id, form["tag"])
    except BadDecision as error:
        return lead_page(request, lead_id, error)
    request.session["done"] = {"what": "tagged", "lead": lead_id}
    return _back(request, lead_id)


@page(Permission.LEADS_DECIDE, methods=("POST",))
def spare(request: Request, lead_id: int) -> HttpResponse:
    """A contact is the victim's: masked everywhere, at once."""
    form = SpareForm.checked(request.POST).cleaned_data
    sparing.spare(request.desk, lead_id, form["contact"])
    request.session["done"] = {"what": "spared", "lead": lead_id}
    return _back(request, lead_id)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def unspare(request: Request, lead_id: int) -> HttpResponse:
    """It is not: shown again, for a reason."""
    form = SpareForm.checked(request.POST).cleaned_data
    try:
        sparing.unspare(request.desk, lead_id, form["contact"], form["why"], keep=form["keep"])
    except (BadDecision, ReasonMissing) as error:
        return lead_page(request, lead_id, error)
    request.session["done"] = {"what": "unspared", "lead": lead_id}
    return _back(request, lead_id)


@page(Permission.LEADS_DECIDE, methods=("POST",))
def untag(request: Request, lead_id: int) -> HttpResponse:
    """Take one off."""
    tags.take_off(request.desk, lead_id, TagForm.checked(request.POST).cleaned_data["tag"])
    request.session["done"] = {"what": "untagged", "lead": lead_id}
    return _back(request, lead_id)
