"""Who hands something over, or approves, has shown who they are a moment ago."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from patrol.web import organisation, second_factor
from patrol.web.request import Request

NEW_WAYS_IN = frozenset({*second_factor.SET_UP, "account_set_password"})


def is_fresh(request: Request) -> bool:
    """Whether this person signed in, or showed it again, within the last minutes.

    Whoever has a second factor has shown that one: a password is what somebody else may have watched being typed.
    Nobody can be asked again who has neither password, second factor nor the organisation's account; who must have a
    second factor is the door's question.
    """
    if not (get_reauthentication_flows(request.user) or organisation.may_show(request.user)):
        return True
    shown = get_authentication_records(request, request.user)
    if second_factor.is_held(request.user):
        shown = [one for one in shown if one["method"] == "mfa"]
    at = max((one["at"] for one in shown), default=0)
    return bool(time.time() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def forget(request: HttpRequest) -> None:
    """What this person has shown is as if it had been long ago."""
    shown = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**one, "at": 0} for one in shown]


def shown_first(
    view: Callable[..., HttpResponseBase], page: str
) -> Callable[..., HttpResponseBase]:
    """That view. Where it gives a new way in, whoever can only be asked by the organisation's provider is asked first.

    allauth asks those itself who have a password or a second factor.
    """
    if page not in NEW_WAYS_IN:
        return view

    def asked(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        by_provider_only = request.user.is_authenticated and not get_reauthentication_flows(
            request.user
        )
        if by_provider_only and not is_fresh(request):
            return ask_again(request.path)
        return view(request, *args, **kwargs)

    return asked


def ask_again(back: str) -> HttpResponseRedirect:
    """To the page that asks who they are, and then back."""
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
