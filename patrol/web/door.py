"""The door: every page is closed until what it declares is satisfied, and content without a record is not served."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from patrol.actions.desk import Desk, NotPermitted
from patrol.actions.staffing import sessions
from patrol.errors import PatrolError
from patrol.models import Permission, Result, Verb
from patrol.web import agents, faults, second_factor, step_up
from patrol.web.access import Access, Declaration, declaration, page_above, undeclared
from patrol.web.request import desk_of, origin

SEEN_EVERY_SECONDS = 60
"""The session is written once a minute at most: every write takes its turn."""
_BEGINNINGS = frozenset({"home", "account"})
"""Where signing in leads by itself: to be sent on from there is no attempt at anything."""


class Door:
    """Deny by default. Puts `request.desk` on every request; None for nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        open_ones = undeclared()
        if open_ones:
            raise ImproperlyConfigured(
                f"These addresses declare no permission: {', '.join(open_ones)}. Put @page(...) on their views."
            )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        shown: Declaration | None = getattr(request, "shown", None)
        if shown is not None and shown.shows and _holds_content(response):
            desk: Desk = request.desk  # type: ignore[attr-defined]
            if not desk.records:
                response = faults.unrecorded(request)
        if response.status_code == 405 and request.method == "GET":
            response = faults.takes_a_form(request, response.headers.get("Allow", ""))
        response.headers.setdefault("Cache-Control", "no-store")
        match = request.resolver_match
        if match is not None and match.url_name == "account_logout" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the request in, or answer it here."""
        del args, kwargs
        declared = declaration(view)
        if declared is None:
            raise ImproperlyConfigured(f"{request.path} declares no permission.")
        request.desk = None  # type: ignore[attr-defined]
        try:
            return _stopped(request, declared)
        except (PatrolError, DatabaseError) as error:
            return self.process_exception(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A fault of ours is a sentence; what cannot be recorded is not served."""
        if isinstance(error, PatrolError):
            return faults.told(request, error)
        if isinstance(error, DatabaseError):
            return faults.unwritable(request, error)
        return None


def _holds_content(response: HttpResponseBase) -> bool:
    elsewhere = 300 <= response.status_code < 400
    return not (elsewhere or response.status_code == 405 or getattr(response, "is_fault", False))


def _stopped(request: HttpRequest, declared: Declaration) -> HttpResponseBase | None:
    """The answer to a request that may not go on; None lets it in. Raises what the log raises."""
    if declared.needs is Access.TOKEN:
        request.shown = declared  # type: ignore[attr-defined]
        return None
    ended = _ended(request, keeps_awake=not declared.background)
    desk = None if ended else desk_of(request)
    confined = (
        desk is not None and desk.person is not None and second_factor.is_lacking(desk.person)
    )
    request.desk, request.confined = desk, confined  # type: ignore[attr-defined]
    if declared.needs is Access.ANYONE:
        return None
    if desk is None:
        return redirect_to_login(_back(request))
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    if confined and name not in second_factor.REACHED_WITHOUT:
        return _sent_to_set_up(desk, name)
    if isinstance(declared.needs, Permission) and not desk.may(declared.needs):
        _refused(desk, name, declared.needs.value)
        raise NotPermitted(declared.needs, desk.actor.role)
    request.shown = declared  # type: ignore[attr-defined]
    return None


def _sent_to_set_up(desk: Desk, name: str) -> HttpResponseBase:
    """Somebody without the second factor that their role needs sets one up, wherever they wanted to go."""
    if name not in _BEGINNINGS:
        _refused(desk, name, "second factor")
    return redirect(second_factor.SET_UP_PAGE)


def _refused(desk: Desk, name: str, needs: str) -> None:
    desk.record(
        Verb.PAGE_REFUSED, subject=f"page:{name}", result=Result.DENY, details={"needs": needs}
    )


def _back(request: HttpRequest) -> str:
    """Where one comes back to after signing in again: what one asked for, or the page that one was writing on."""
    if request.method == "GET":
        return request.get_full_path()
    query = request.META.get("QUERY_STRING", "")
    return page_above(request.path) + (f"?{query}" if query else "")


def _ended(request: HttpRequest, *, keeps_awake: bool) -> bool:
    """Whether the session slept too long, is as old as one gets, or comes from another browser; it is ended then, on record."""
    if not request.user.is_authenticated:
        return False
    now = int(time.time())
    seen = request.session.get("seen_at")
    slept = seen is not None and now - seen > settings.IDLE_SECONDS
    old = now - request.session.get("began_at", now) > settings.SESSION_COOKIE_AGE
    other = _is_another_browser(request)
    if slept or old or other:
        desk = desk_of(request)
        if desk is not None and other:
            sessions.taken(desk)
        elif desk is not None:
            by = "idle" if slept else "age"
            desk.record(Verb.PERSON_SIGNED_OUT, details={"by": by})
        logout(request)
        return True
    _note_address(request)
    if keeps_awake and (seen is None or now - seen >= SEEN_EVERY_SECONDS):
        request.session["seen_at"] = now
        request.session.setdefault("began_at", now)
        request.session["agent"] = _agent(request)
    return False


def _is_another_browser(request: HttpRequest) -> bool:
    """Whether the cookie came with a browser that cannot be the one it was given to, whatever its version is by now."""
    before = agents.family(request.session.get("agent", ""))
    return any(before) and agents.family(_agent(request)) != before


def _agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[: sessions.AGENT_LETTERS]


def _note_address(request: HttpRequest) -> None:
    """From another address one goes on, on record, and shows again who one is before anything that asks for it."""
    here, known = origin(request) or "", request.session.get("origins", [])
    if here in known:
        return
    desk = desk_of(request)
    if known and desk is not None:
        desk.record(Verb.PERSON_MOVED)
        step_up.forget(request)
    request.session["origins"] = [*known, here][-sessions.MOST_ORIGINS :]
