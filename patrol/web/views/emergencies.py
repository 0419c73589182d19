"""Break-glass: a supervisor asks for a day alone, and auditors judge it."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from patrol.actions.collecting import emergencies, mandates
from patrol.actions.collecting.mandates import BadAuthorization
from patrol.models import Category, LookVerdict, Permission, Scope, Verb
from patrol.web.access import page
from patrol.web.forms import ClosedForm
from patrol.web.mandate_forms import MandateForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.step_up import ask_again, is_fresh


class EmergencyForm(MandateForm):
    """A mandate of one person: its reason in place of its days and its document."""

    valid_from = None  # type: ignore[assignment]
    valid_until = None  # type: ignore[assignment]
    document_sha256 = None  # type: ignore[assignment]
    directed_at = None  # type: ignore[assignment]
    https_only = None  # type: ignore[assignment]
    query_allow = None  # type: ignore[assignment]
    query_deny = None  # type: ignore[assignment]
    overrides_robots = None  # type: ignore[assignment]
    user_agent = None  # type: ignore[assignment]
    terms = None  # type: ignore[assignment]
    conduct_reason = None  # type: ignore[assignment]
    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("What cannot wait for a second person. The auditors who are told judge by it."),
    )

    def mandate(self) -> dict[str, Any]:
        """What `emergencies.break_glass` wants."""
        cleaned = self.cleaned_data
        return {
            "basis": cleaned["basis"],
            "number": cleaned["number"],
            "scope": Scope(hosts=cleaned["hosts"], paths=cleaned["paths"]),
            "categories": [Category(word) for word in cleaned["categories"]],
            "reason": cleaned["reason"],
        }


class JudgementForm(ClosedForm):
    """What an auditor says of it."""

    verdict = forms.ChoiceField(choices=[(word.value, word.value) for word in LookVerdict])
    comment = forms.CharField(max_length=500, required=False, label=_("Why"))


@page(Permission.AUTHORIZATIONS_APPROVE, shows=True, methods=("GET", "HEAD", "POST"))
def break_glass(request: Request, name: str) -> HttpResponseBase:
    """What breaking the glass means, and doing it."""
    hosts = mandates.start_hosts(request.desk, name)
    if request.method != "POST":
        return _shown(
            request, name, EmergencyForm(initial={"hosts": "\n".join(hosts), "paths": "/"})
        )
    if not is_fresh(request):
        return ask_again(reverse("break_glass", args=[name]))
    form = EmergencyForm(request.POST)
    form.refuse_strangers()
    if form.is_valid():
        try:
            emergencies.break_glass(request.desk, name, **form.mandate())
        except BadAuthorization as error:
            form.add_error(None, f"{said(error.what)} {said(error.do)}")
        else:
            return redirect("source", name=name)
    return _shown(request, name, form, status=400)


def _shown(request: Request, name: str, form: EmergencyForm, status: int = 200) -> HttpResponse:
    request.desk.record(Verb.SOURCE_VIEWED, subject=f"source:{name}")
    told = emergencies.auditors(request.desk)
    context = {
        "name": name,
        "form": form,
        "categories": list(Category),
        "fresh": is_fresh(request),
        "told": [one.account for one in told],
        "others": emergencies.others(request.desk, told),
        "needed": emergencies.AUDITORS,
    }
    return render(request, "break_glass.html", context, status=status)


@page(Permission.LOG_VERIFY, shows=True)
def waiting(request: Request) -> HttpResponse:
    """Break-glasses that wait for this auditor's judgement."""
    found = emergencies.waiting(request.desk)
    request.desk.record(Verb.LOG_LISTED, count=len(found), details={"preset": "break_glass"})
    context = {"waiting": found, "verdicts": list(LookVerdict)}
    return render(request, "emergencies.html", context)


@page(Permission.LOG_VERIFY, methods=("POST",))
def judge(request: Request, authorization_id: int) -> HttpResponseBase:
    """Judge one."""
    told = JudgementForm.checked(request.POST).cleaned_data
    emergencies.judged(
        request.desk, authorization_id, LookVerdict(told["verdict"]), told["comment"]
    )
    return redirect("emergencies")
