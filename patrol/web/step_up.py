"""Who hands something over, or approves, has shown who they are a moment ago."""

import time
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse

from patrol.web import second_factor
from patrol.web.request import Request


def is_fresh(request: Request) -> bool:
    """Whether this person signed in, or showed it again, within the last minutes.

    Whoever has a second factor has shown that one: a password is what somebody else may have watched being typed.
    Nobody can be asked again who has neither password nor second factor; who must have one is the door's question.
    """
    if not get_reauthentication_flows(request.user):
        return True
    shown = get_authentication_records(request, request.user)
    if second_factor.is_held(request.user):
        shown = [one for one in shown if one["method"] == "mfa"]
    at = max((one["at"] for one in shown), default=0)
    return bool(time.time() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def ask_again(back: str) -> HttpResponseRedirect:
    """To the page that asks who they are, and then back."""
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")
