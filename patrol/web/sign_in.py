"""Signing in and out, on record: each of allauth's changes and its record are one transaction.

allauth's own signals tell what happened, some of them only after the commit;
so they merely take notes, and the wrapper writes the records as the last
statements of the view's transaction. A change that sent no signal is
recorded by its page's name. If the log cannot be written nothing has changed,
the session included.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.signals import authentication_step_completed, user_logged_in
from allauth.account.utils import perform_login
from allauth.mfa.signals import authentication_failed
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.conf import settings
from django.contrib.auth import get_user, logout
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.core.cache import cache
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from patrol.actions.desk import Details
from patrol.actions.staffing import people
from patrol.errors import Refused
from patrol.models import Actor, Record, Result, Role, Verb
from patrol.register import log
from patrol.register.tables import Person
from patrol.web import known_browser
from patrol.web.request import origin, session_hash
from patrol.web.second_factor import SET_UP, renamed_session

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SLOWED_TOLD_SECONDS = 300


@dataclass(frozen=True)
class Note:
    """What happened, to be recorded."""

    verb: Verb
    person: Person | None
    result: Result = Result.ALLOW
    details: Details = field(default_factory=dict)


def _note(request: HttpRequest | None, note: Note) -> None:
    notes: list[Note] | None = getattr(request, "notes", None)
    if notes is not None:
        notes.append(note)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, response: HttpResponse, user: Person, **_: Any) -> None:
    known_browser.mark(request, response, user)
    shown = [one["method"] for one in get_authentication_records(request, user)]
    first = next((method for method in reversed(shown) if method != "mfa"), "password")
    by = "passkey" if did_use_passwordless_login(request, user) else first
    _note(request, Note(Verb.PERSON_SIGNED_IN, user, details={"by": by}))


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    if user is not None:
        _note(request, Note(Verb.PERSON_SIGNED_OUT, user))


@receiver(user_login_failed)
def _failed(request: HttpRequest | None, credentials: dict[str, Any], **_: Any) -> None:
    _note_failed(request, credentials.get("username", ""), {"by": "password"})


def note_slowed(request: HttpRequest, account: str, key: str) -> None:
    """Tries are no longer looked at: on record once while they go on, however many they are."""
    if cache.add(f"slowed:{key}", 1, SLOWED_TOLD_SECONDS):
        _note_failed(request, account, {"by": "password", "slowed": True})


def _note_failed(request: HttpRequest | None, account: str, details: Details) -> None:
    known = Person.objects.filter(account__iexact=account).first()
    _note(request, Note(Verb.PERSON_SIGN_IN_FAILED, known, Result.DENY, details))


@receiver(authentication_failed)
def _factor_failed(request: HttpRequest, user: Person, **_: Any) -> None:
    _note(request, Note(Verb.PERSON_SIGN_IN_FAILED, user, Result.DENY, {"by": "second factor"}))


@receiver(authentication_step_completed)
def _step(request: HttpRequest, user: Person, method: str, **more: Any) -> None:
    if more.get("reauthenticated"):
        _note(request, Note(Verb.PERSON_SIGNED_IN, user, details={"by": method, "again": True}))


def _write(request: HttpRequest, response: HttpResponseBase, page: str) -> None:
    notes: list[Note] = request.notes  # type: ignore[attr-defined]
    person = request.user if isinstance(request.user, Person) else None
    if (
        "credential" in request.POST
        and page not in SET_UP
        and not 300 <= response.status_code < 400
    ):
        details: Details = {"by": "passkey"}
        notes.append(Note(Verb.PERSON_SIGN_IN_FAILED, _asked_of(request), Result.DENY, details))
    told = bool(notes) and page not in SET_UP
    if not told and person is not None and 300 <= response.status_code < 400:
        notes.append(Note(Verb.PERSON_ACCOUNT_CHANGED, person, details={"page": page}))
    for note in notes:
        log.append(_record(request, note))


def _record(request: HttpRequest, note: Note) -> Record:
    actor = Actor(
        person=note.person.pk if note.person else None,
        account=note.person.account if note.person else "anonymous",
        role=Role(note.person.role) if note.person else None,
        session=session_hash(request),
        origin=origin(request),
    )
    return Record(
        verb=note.verb,
        actor=actor,
        subject=f"person:{note.person.pk}" if note.person else None,
        result=note.result,
        details=note.details,
    )


def _asked_of(request: HttpRequest) -> Person | None:
    """Whose factor is asked for: of whoever is signed in, or has given a password and nothing more."""
    if isinstance(request.user, Person):
        return request.user
    stage = getattr(request, "_login_stage", None)
    return stage.login.user if stage else None


def _session_before(request: HttpRequest) -> None:
    """Forget what the view made of the session: its transaction was rolled back."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]


def on_record(
    view: Callable[..., HttpResponseBase], page: str, *, looks: frozenset[str] = SAFE
) -> Callable[..., HttpResponseBase]:
    """The view, its change and its records in one transaction. Looks (GET) are left as they are."""
    proving = renamed_session(view, page)

    @wraps(view)
    def recorded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in looks:
            return view(request, *args, **kwargs)
        request.notes = []  # type: ignore[attr-defined]
        try:
            with log.durably():
                response = proving(request, *args, **kwargs)
                _write(request, response, page)
        except log.DiskFull:
            _session_before(request)
            for note in request.notes:  # type: ignore[attr-defined]
                log.refused(_record(request, note))
            raise
        except Exception:
            _session_before(request)
            raise
        return response

    return recorded


def onward(wanted: str) -> str:
    """That address if it is a page of this workbench, named by its path alone; the first page otherwise."""
    place = urlsplit(wanted) if wanted.isascii() and wanted.isprintable() else None
    if place is None or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return "/"
    try:
        resolve(place.path)
    except Resolver404:
        return "/"
    return wanted


def by_link(request: HttpRequest, token: str) -> HttpResponse | Refused:
    """Sign in with a link that works once, and go on to its `next` if that is a page of ours.

    A person with a second factor is asked for it. Call it on record.
    """
    try:
        person = people.sign_in_by_link(token)
    except Refused as refused:
        _note(request, Note(Verb.PERSON_SIGN_IN_FAILED, None, Result.DENY))
        return refused
    record_authentication(request, person, method="link")
    response: HttpResponse = perform_login(
        request, person, redirect_url=onward(request.GET.get("next", ""))
    )
    return response


def by_organisation(request: HttpRequest, person: Person, wanted: str) -> HttpResponse:
    """Sign in whom the organisation's provider named. One with a second factor is asked for it. Call it on record."""
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, person, method="organisation")
    response: HttpResponse = perform_login(request, person, redirect_url=onward(wanted))
    return response


def again_by_organisation(request: HttpRequest, wanted: str) -> HttpResponse:
    """Who is signed in has shown at the provider that it is them; the session may do more now. Call it on record."""
    record_authentication(request, request.user, method="organisation", reauthenticated=True)
    request.session.cycle_key()
    return redirect(onward(wanted))


def refused(
    request: HttpRequest, verb: Verb, person: Person | None, result: Result, details: Details
) -> None:
    """Write down who was not let in, durable when this returns."""
    with log.durably():
        log.append(_record(request, Note(verb, person, result, details)))
