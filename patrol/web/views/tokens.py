"""One's own tokens: what programs may ask in one's name."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.staffing import tokens
from patrol.errors import BadInput
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import PlainForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.step_up import ask_again, is_fresh
from patrol.web.token_forms import TokenForm


@page(Permission.TOKENS_MAKE, methods=("GET", "HEAD", "POST"))
def mine(request: Request) -> HttpResponseBase:
    """The list, and a new one: it is shown in the answer to the form, and never again."""
    if not is_fresh(request):
        return ask_again(reverse("tokens"))
    if request.method != "POST":
        return _shown(request)
    form = TokenForm.checked(request.POST).cleaned_data
    try:
        made = tokens.make(request.desk, form["label"], form["scopes"], form["days"])
    except BadInput as error:
        return _shown(request, error=error)
    return _shown(request, made=made)


@page(Permission.TOKENS_MAKE, methods=("POST",))
def revoke(request: Request, token_id: int) -> HttpResponse:
    """End one at once."""
    PlainForm.checked(request.POST)
    tokens.revoke(request.desk, token_id)
    return redirect("tokens")


def _shown(request: Request, *, made: str = "", error: BadInput | None = None) -> HttpResponse:
    context = {
        "tokens": tokens.mine(request.desk),
        "scopes": tokens.may_have(request.desk),
        "made": made,
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "most_days": tokens.MAX_DAYS,
    }
    return render(request, "tokens.html", context, status=400 if error else 200)
