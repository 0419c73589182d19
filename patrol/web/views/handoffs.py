"""Hand-offs of a lead or a case: making one, what came back, and whether it is still up."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop

from patrol.actions.disclosing import handoff
from patrol.actions.disclosing.evidence import NoReason
from patrol.actions.disclosing.handoff import About, BadHandoff, Order
from patrol.actions.disclosing.soundness import LogUnsound
from patrol.errors import PatrolError
from patrol.models import Availability, Permission, Receiver
from patrol.web.access import page
from patrol.web.dates import read_date
from patrol.web.forms import ClosedForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.step_up import ask_again, is_fresh

LONGEST_DAY = 20


class HandoffForm(ClosedForm):
    """To whom, why, and when to look again."""

    receiver = forms.ChoiceField(choices=[(word.value, word.value) for word in Receiver])
    platform = forms.CharField(max_length=handoff.LONGEST_NAME, required=False)
    reason = forms.CharField(max_length=handoff.LONGEST_REASON, required=False)
    check_on = forms.CharField(max_length=LONGEST_DAY, required=False)


class AnswerForm(ClosedForm):
    """What they answered."""

    reference = forms.CharField(max_length=handoff.LONGEST_NAME, required=False)
    person = forms.CharField(max_length=handoff.LONGEST_NAME, required=False)
    on = forms.CharField(max_length=LONGEST_DAY, required=False)


class CheckForm(ClosedForm):
    """Whether it is still up, and when to look again."""

    state = forms.ChoiceField(choices=[(word.value, word.value) for word in Availability])
    again_on = forms.CharField(max_length=LONGEST_DAY, required=False)


@page(Permission.EVIDENCE_EXPORT, shows=True)
def of_lead(request: Request, lead_id: int) -> HttpResponse:
    """What was handed over of a lead."""
    return _shown(request, About(lead=lead_id))


@page(Permission.EVIDENCE_EXPORT, shows=True)
def of_case(request: Request, case_id: int) -> HttpResponse:
    """What was handed over of a case."""
    return _shown(request, About(case=case_id))


@page(Permission.EVIDENCE_EXPORT, shows=True, methods=("POST",))
def lead(request: Request, lead_id: int) -> HttpResponseBase:
    """Hand a lead over."""
    return _made(request, About(lead=lead_id))


@page(Permission.EVIDENCE_EXPORT, shows=True, methods=("POST",))
def case(request: Request, case_id: int) -> HttpResponseBase:
    """Hand a case over."""
    return _made(request, About(case=case_id))


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def acknowledge(request: Request, handoff_id: int) -> HttpResponseBase:
    """Enter what they answered."""
    form = AnswerForm.checked(request.POST).cleaned_data

    def act() -> About:
        on = _day(form["on"])
        if on is None:
            raise BadHandoff(
                gettext_noop("The day of the acknowledgement is missing."),
                gettext_noop("Write it as `2026-11-22` or `115/11/22`."),
            )
        return handoff.acknowledge(request.desk, handoff_id, form["reference"], form["person"], on)

    return _done(request, handoff_id, act)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def check(request: Request, handoff_id: int) -> HttpResponseBase:
    """Say whether it is still up."""
    form = CheckForm.checked(request.POST).cleaned_data

    def act() -> About:
        state = Availability(form["state"])
        return handoff.check(request.desk, handoff_id, state, _day(form["again_on"]))

    return _done(request, handoff_id, act)


def _made(request: Request, about: About) -> HttpResponseBase:
    """Recorded before its first byte leaves."""
    if not is_fresh(request):
        return ask_again(_address(about))
    form = HandoffForm.checked(request.POST).cleaned_data
    try:
        order = Order(
            receiver=Receiver(form["receiver"]),
            reason=form["reason"],
            platform=form["platform"],
            check_on=_day(form["check_on"]),
        )
        made = handoff.hand_over(request.desk, about, order)
    except (BadHandoff, NoReason, LogUnsound) as error:
        return _shown(request, about, error)
    answer = HttpResponse(made.content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _done(request: Request, handoff_id: int, act: Callable[[], About]) -> HttpResponse:
    try:
        return redirect(f"{_address(act())}#handoff-{handoff_id}")
    except BadHandoff as error:
        return _shown(request, handoff.about(request.desk, handoff_id), error)


def _day(words: str) -> date | None:
    try:
        return read_date(words) if words.strip() else None
    except ValueError as error:
        raise BadHandoff(
            gettext_noop("That day cannot be read."),
            gettext_noop("Write it as `2026-11-22` or `115/11/22`."),
        ) from error


def _address(about: About) -> str:
    if about.case:
        return reverse("case_handoffs", args=[about.case])
    return reverse("handoffs", args=[about.lead])


def _shown(request: Request, about: About, error: PatrolError | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "handoffs": handoff.view(request.desk, about),
        "address": _address(about),
        "fresh": is_fresh(request),
        "receivers": list(Receiver),
        "states": list(Availability),
        "asked": request.POST,
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
    }
    return render(request, "handoffs.html", context, status=400 if error else 200)
