"""Standing queries: one's own, one with what it found, and all of the unit for who oversees them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from patrol.actions.searching import queries
from patrol.actions.searching.finding import BadQuery
from patrol.actions.searching.queries import BadQueryToKeep, FollowsOne
from patrol.errors import PatrolError
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import PlainForm
from patrol.web.request import Request
from patrol.web.search_forms import DaysForm, KeepForm
from patrol.web.sentences import said
from patrol.web.views.search import fault


@page(Permission.POSTS_SEARCH)
def mine(request: Request) -> HttpResponse:
    """One's own."""
    return render(request, "queries.html", {"rows": queries.mine(request.desk), "mine": True})


@page(Permission.QUERIES_READ, shows=True)
def overseen(request: Request) -> HttpResponse:
    """All of the unit, in full."""
    context = {
        "rows": queries.overseen(request.desk),
        "mine": False,
        "may_propose": request.desk.may(Permission.RULES_PROPOSE),
    }
    return render(request, "queries.html", context)


@page(Permission.POSTS_SEARCH, methods=("POST",))
def save(request: Request) -> HttpResponse:
    """Keep what was searched for."""
    form = KeepForm.checked(request.POST).cleaned_data
    try:
        number = queries.save(request.desk, form["name"], form["q"], form["purpose"], form["days"])
    except (BadQueryToKeep, FollowsOne, BadQuery) as error:
        return _refused(request, error, form)
    return redirect("query", query_id=number)


def _refused(request: Request, error: PatrolError, sent: dict[str, object]) -> HttpResponse:
    told = (
        fault(error)
        if isinstance(error, BadQuery)
        else {"what": said(error.what), "why": said(error.why), "do": said(error.do)}
    )
    context = {"error": told, "sent": sent, "days": queries.DAYS, "asked": sent["q"]}
    return render(request, "query_refused.html", context, status=400)


@page(Permission.POSTS_SEARCH, shows=True)
def viewed(request: Request, query_id: int) -> HttpResponse:
    """One, with what it found."""
    found = queries.view(request.desk, query_id)
    context = {
        "page": found,
        "query": found.query,
        "days": queries.DAYS,
        "search": urlencode({"q": found.query.text}),
    }
    return render(request, "query.html", context)


@page(Permission.POSTS_SEARCH, methods=("POST",))
def end(request: Request, query_id: int) -> HttpResponse:
    """It runs no more."""
    PlainForm.checked(request.POST)
    queries.end(request.desk, query_id)
    return redirect("query", query_id=query_id)


@page(Permission.POSTS_SEARCH, methods=("POST",))
def renew(request: Request, query_id: int) -> HttpResponse:
    """It runs for longer, or again."""
    days = DaysForm.checked(request.POST).cleaned_data["days"]
    queries.renew(request.desk, query_id, days)
    return redirect("query", query_id=query_id)


@page(Permission.POSTS_SEARCH, methods=("POST",))
def suggest(request: Request, query_id: int) -> HttpResponse:
    """Offer it to the supervisors as a rule."""
    PlainForm.checked(request.POST)
    queries.suggest(request.desk, query_id)
    return redirect(f"{reverse('query', args=[query_id])}#rule")
