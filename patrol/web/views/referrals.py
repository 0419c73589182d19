"""Possible victims who were referred to help: the form, and what is unfinished."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.triaging import referrals
from patrol.actions.triaging.referrals import BadReferral, ReferralChanged, Referred
from patrol.models import HelpPlace, Permission
from patrol.web.access import page
from patrol.web.dates import shown
from patrol.web.forms import queue_filter, queue_query
from patrol.web.notice_forms import ReferralForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.shell import toast
from patrol.web.views.leads import next_address


@page(Permission.VICTIMS_READ, shows=True)
def listed(request: Request) -> HttpResponse:
    """What waits for somebody, the most urgent first."""
    return render(request, "referrals.html", {"referrals": referrals.listed(request.desk)})


@page(Permission.VICTIMS_READ, shows=True, methods=("GET", "HEAD", "POST"))
def referral(request: Request, lead_id: int) -> HttpResponse:
    """To whom, when, under which number, and whether it arrived. Without words of the lead."""
    if request.method != "POST":
        one = referrals.referral(request.desk, lead_id)
        return _shown(request, one, ReferralForm(initial=_initial(one)))
    form = ReferralForm(request.POST)
    form.refuse_strangers()
    if not form.is_valid():
        return _shown(request, referrals.referral(request.desk, lead_id), form, status=400)
    try:
        referrals.fill_in(request.desk, lead_id, form.cleaned_data["version"], form.filled())
    except BadReferral as error:
        form.add_error(None, f"{said(error.what)} {said(error.do)}")
        return _shown(request, referrals.referral(request.desk, lead_id), form, status=400)
    except ReferralChanged as error:
        one = referrals.referral(request.desk, lead_id)
        form = ReferralForm(initial=_initial(one))
        return _shown(
            request, one, form, status=409, changed=f"{said(error.what)} {said(error.do)}"
        )
    request.session["done"] = {"what": "referral", "lead": lead_id}
    return redirect(next_address(request, lead_id))


def _initial(one: Referred) -> dict[str, object]:
    filled = one.filled
    return {
        "version": one.version,
        "receiver": filled.receiver or "",
        "sent_at": shown(filled.sent_at) if filled.sent_at else "",
        "reference": filled.reference or "",
        "acknowledged_at": shown(filled.acknowledged_at) if filled.acknowledged_at else "",
    }


def _shown(
    request: Request, one: Referred, form: ReferralForm, status: int = 200, changed: str = ""
) -> HttpResponse:
    context = {
        "one": one,
        "form": form,
        "receivers": list(HelpPlace),
        "now": request.desk.now(),
        "query": queue_query(queue_filter(request.GET)),
        "onward": next_address(request, one.lead_id),
        "changed": changed,
        "toast": toast(request),
        "may_decide": request.desk.may(Permission.LEADS_DECIDE),
    }
    return render(request, "referral.html", context, status=status)
