"""The auditor's desk: who saw a lead, its words for a reason, and looks drawn for review."""

from datetime import UTC, date, datetime

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from patrol.actions.auditing import one_record, sampling
from patrol.actions.searching import history
from patrol.models import LookVerdict, Permission
from patrol.web.access import page
from patrol.web.dates import TAIPEI
from patrol.web.forms import ClosedForm, ReasonForm
from patrol.web.request import Request
from patrol.web.step_up import ask_again, is_fresh


class LookForm(ClosedForm):
    """What an auditor says of a look."""

    verdict = forms.ChoiceField(choices=[(word.value, word.value) for word in LookVerdict])
    comment = forms.CharField(max_length=500, required=False, label=_("Why"))
    month = forms.CharField(max_length=7, required=False)


@page(Permission.LOG_READ, shows=True)
def lead(request: Request, lead_id: int) -> HttpResponse:
    """Who saw it. Never a word of it."""
    return _trail(request, lead_id, None)


def _trail(
    request: Request, lead_id: int, unlocked: one_record.Unlocked | None, status: int = 200
) -> HttpResponse:
    context = {
        "trail": one_record.trail(request.desk, lead_id),
        "unlocked": unlocked,
        "may_unlock": request.desk.may(Permission.LOG_UNLOCK),
        "fresh": is_fresh(request),
    }
    return render(request, "log_lead.html", context, status=status)


@page(Permission.LOG_UNLOCK, shows=True, methods=("POST",))
def unlock(request: Request, lead_id: int) -> HttpResponseBase:
    """Its words, once, for a reason that is on record."""
    if not is_fresh(request):
        return ask_again(reverse("log_lead", args=[lead_id]))
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    return _trail(request, lead_id, one_record.unlock(request.desk, lead_id, reason))


@page(Permission.LOG_UNLOCK, shows=True, methods=("POST",))
def unlock_search(request: Request, seq: int) -> HttpResponseBase:
    """The words of a search, once, for a reason that is on record."""
    if not is_fresh(request):
        return ask_again(reverse("log_record", args=[seq]))
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    context = {
        "words": history.unlock(request.desk, seq, reason),
        "sheet": one_record.one_record(request.desk, seq),
    }
    return render(request, "log_record.html", context)


@page(Permission.LOG_READ, shows=True)
def sample(request: Request) -> HttpResponse:
    """Looks drawn of a month."""
    month = _month(request.GET.get("month", ""), request.desk.now())
    drawn = sampling.sample(request.desk, month)
    context = {
        "sample": drawn,
        "verdicts": list(LookVerdict),
        "may_review": request.desk.may(Permission.LOG_VERIFY),
        "months": _months(request.desk.now()),
    }
    return render(request, "log_review.html", context)


@page(Permission.LOG_VERIFY, methods=("POST",))
def review(request: Request, seq: int) -> HttpResponseBase:
    """Judge one of them."""
    told = LookForm.checked(request.POST).cleaned_data
    sampling.review(request.desk, seq, LookVerdict(told["verdict"]), told["comment"])
    month = _month(told["month"], request.desk.now())
    return redirect(f"{reverse('log_review')}?month={month:%Y-%m}#record-{seq}")


def _month(words: str, now: datetime) -> date:
    """`2026-11`, or this month."""
    try:
        found = datetime.strptime(words, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        found = now.astimezone(TAIPEI).date()
    return found.replace(day=1) if 1970 < found.year < 2199 else now.date().replace(day=1)


def _months(now: datetime) -> list[date]:
    """This one and the five before."""
    here = now.astimezone(TAIPEI).date()
    places = [here.year * 12 + here.month - 1 - back for back in range(6)]
    return [date(place // 12, place % 12 + 1, 1) for place in places]
