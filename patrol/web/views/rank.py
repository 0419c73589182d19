"""The learned order of leads: how it compares with the rules', and the switch."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.triaging import rank
from patrol.errors import PatrolError
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import ClosedForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.step_up import ask_again, is_fresh


class SwitchForm(ClosedForm):
    """On or off."""

    order = forms.ChoiceField(choices=[("learned", "learned"), ("score", "score")])


@page(Permission.RULES_READ, shows=True)
def viewed(request: Request) -> HttpResponse:
    """How it stands."""
    return _shown(request)


@page(Permission.RULES_APPROVE, shows=True, methods=("POST",))
def switch(request: Request) -> HttpResponse:
    """Order the queue by what was learned, or by scores again."""
    if not is_fresh(request):
        return ask_again(reverse("order"))
    form = SwitchForm.checked(request.POST).cleaned_data
    try:
        rank.switch(request.desk, on=form["order"] == "learned")
    except (rank.TooFewDecisions, rank.NotBetter) as error:
        return _shown(request, error)
    return redirect("order")


def _shown(request: Request, error: PatrolError | None = None) -> HttpResponse:
    context = {
        "standing": rank.view(request.desk),
        "may_switch": request.desk.may(Permission.RULES_APPROVE),
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
    }
    return render(request, "order.html", context, status=400 if error else 200)
