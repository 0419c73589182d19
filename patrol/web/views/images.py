"""Image addresses of a lead: asking for them, allowing it, and reading them for an hour."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.disclosing import images
from patrol.actions.disclosing.images import NoImageReason, OwnReveal
from patrol.errors import PatrolError
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import ClosedForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.step_up import ask_again, is_fresh


class AskForm(ClosedForm):
    """What for."""

    reason = forms.CharField(max_length=images.LONGEST_REASON, required=False)


class AllowForm(ClosedForm):
    """Yes or no, and of which lead."""

    answer = forms.ChoiceField(choices=[("allow", "allow"), ("refuse", "refuse")])
    lead = forms.IntegerField(min_value=1)


@page(Permission.EVIDENCE_EXPORT, shows=True)
def of_lead(request: Request, lead_id: int) -> HttpResponse:
    """How many there are, and who asked for them."""
    return _shown(request, lead_id)


@page(Permission.EVIDENCE_EXPORT, shows=True, methods=("POST",))
def ask(request: Request, lead_id: int) -> HttpResponse:
    """Ask to read them."""
    form = AskForm.checked(request.POST).cleaned_data
    try:
        images.ask(request.desk, lead_id, form["reason"])
    except NoImageReason as error:
        return _shown(request, lead_id, error=error)
    return redirect("images", lead_id)


@page(Permission.AUTHORIZATIONS_APPROVE, shows=True, methods=("POST",))
def answer(request: Request, reveal_id: int) -> HttpResponseBase:
    """Allow a colleague's request, or refuse it."""
    form = AllowForm.checked(request.POST).cleaned_data
    if not is_fresh(request):
        return ask_again(reverse("images", args=[form["lead"]]))
    try:
        lead_id = images.answer(request.desk, reveal_id, allow=form["answer"] == "allow")
    except OwnReveal as error:
        return _shown(request, form["lead"], error=error)
    return redirect("images", lead_id)


@page(Permission.EVIDENCE_EXPORT, shows=True, methods=("POST",))
def read(request: Request, lead_id: int) -> HttpResponseBase:
    """Read them, as text that no program opens."""
    if not is_fresh(request):
        return ask_again(reverse("images", args=[lead_id]))
    return _shown(request, lead_id, found=images.read(request.desk, lead_id))


def _shown(
    request: Request,
    lead_id: int,
    *,
    error: PatrolError | None = None,
    found: tuple[str, ...] = (),
) -> HttpResponse:
    context: dict[str, Any] = {
        "images": images.view(request.desk, lead_id),
        "found": found,
        "fresh": is_fresh(request),
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
    }
    return render(request, "images.html", context, status=400 if error else 200)
