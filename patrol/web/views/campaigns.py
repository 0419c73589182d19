"""Campaigns: the list, one of them, and what an officer says of its links."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.linking import campaigns
from patrol.actions.linking.campaigns import ReasonMissing
from patrol.actions.linking.standing import CHOICES
from patrol.actions.triaging.verdicts import NoteQuestioned
from patrol.errors import PatrolError
from patrol.models import HandleStanding, LinkState, Permission
from patrol.web import linking
from patrol.web.access import page
from patrol.web.case_forms import HandleForm, LinkForm
from patrol.web.request import Request
from patrol.web.sentences import said


@page(Permission.LEADS_READ, shows=True)
def listed(request: Request) -> HttpResponse:
    """The campaigns of the unit."""
    found = campaigns.listing(request.desk, request.GET.get("after", "")[:60])
    return render(request, "campaigns.html", {"campaigns": found})


@page(Permission.LEADS_READ, shows=True)
def campaign(request: Request, campaign_id: int) -> HttpResponse:
    """One campaign."""
    return _shown(request, campaign_id)


def _shown(
    request: Request, campaign_id: int, error: PatrolError | None = None, why: str = ""
) -> HttpResponse:
    found = campaigns.view(request.desk, campaign_id)
    if found.merged_into and not error:
        return redirect("campaign", found.merged_into)
    context = {
        "campaign": found,
        "drawing": linking.drawing(found.graph),
        "standings": [one.value for one in CHOICES],
        "may_decide": request.desk.may(Permission.LEADS_DECIDE),
        "may_file": request.desk.may(Permission.CASES_WORK),
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "questioned": isinstance(error, NoteQuestioned),
        "why": why,
    }
    return render(request, "campaign.html", context, status=400 if error else 200)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def judge(request: Request, campaign_id: int) -> HttpResponse:
    """A lead belongs there, or it does not."""
    form = LinkForm.checked(request.POST).cleaned_data
    try:
        campaigns.judge(
            request.desk,
            campaign_id,
            form["lead"],
            LinkState(form["state"]),
            form["why"],
            keep=form["keep_note"],
        )
    except (ReasonMissing, NoteQuestioned) as error:
        return _shown(request, campaign_id, error, form["why"])
    return redirect("campaign", campaign_id)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def judge_handle(request: Request, campaign_id: int) -> HttpResponse:
    """Whose a contact is."""
    form = HandleForm.checked(request.POST).cleaned_data
    try:
        campaigns.judge_handle(
            request.desk,
            campaign_id,
            form["tag"],
            HandleStanding(form["standing"]),
            form["why"],
            keep=form["keep_note"],
        )
    except (ReasonMissing, NoteQuestioned) as error:
        return _shown(request, campaign_id, error, form["why"])
    return redirect("campaign", campaign_id)
