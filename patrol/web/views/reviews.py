"""Second reviews: the next one, the verdict on it, and how far two officers agree."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.triaging import reviewing
from patrol.actions.triaging.triage import BadDecision
from patrol.models import DismissReason, Permission, Verdict
from patrol.web.access import page
from patrol.web.keys import REASONS
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.views.leads import words_of
from patrol.web.work_forms import ReviewForm


@page(Permission.LEADS_DECIDE)
def begin(request: Request) -> HttpResponse:
    """The next one, or that nothing waits. Numbers and no word of any lead."""
    found = reviewing.next_review(request.desk)
    if found is not None:
        return redirect("review", found)
    return render(request, "reviews.html", {"done": request.session.pop("reviewed", None)})


@page(Permission.LEADS_DECIDE, shows=True)
def review(request: Request, review_id: int) -> HttpResponse:
    """A decided lead as it was before anybody decided."""
    return _shown(request, review_id)


def _shown(request: Request, review_id: int, error: BadDecision | None = None) -> HttpResponse:
    blind = reviewing.show(request.desk, review_id)
    context = {
        "review": blind,
        **words_of(blind.lead),
        "reasons": REASONS,
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "done": request.session.pop("reviewed", None),
    }
    return render(request, "review.html", context, status=400 if error else 200)


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def judge(request: Request, review_id: int) -> HttpResponse:
    """Keep the second verdict, then show the next one."""
    form = ReviewForm.checked(request.POST).cleaned_data
    reason = DismissReason(form["dismiss"]) if form["dismiss"] else None
    verdict = Verdict.DISMISSED if reason else Verdict(form["verdict"])
    try:
        kept = reviewing.judge(request.desk, review_id, verdict, reason)
    except BadDecision as error:
        return _shown(request, review_id, error)
    request.session["reviewed"] = kept.lead_id
    return redirect("reviews")


@page(Permission.AGREEMENT_READ, shows=True)
def agreement(request: Request) -> HttpResponse:
    """How far first and second verdicts agree."""
    sheet = reviewing.agreement_sheet(request.desk)
    return render(request, "agreement.html", {"sheet": sheet, "fewest": reviewing.FEWEST_PEOPLE})
