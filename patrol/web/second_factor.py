"""Who must have a second factor, and the few pages that they reach until they have one."""

from collections.abc import Callable

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase

from patrol.models import Role
from patrol.register.tables import Person

COMPULSORY = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.PRIVACY_OFFICER, Role.ADMIN})
"""Whoever approves, reads the log, answers people or adds people is never let in by one thing that can be seen over a shoulder."""
SET_UP_PAGE = "mfa_activate_totp"
SET_UP = {
    SET_UP_PAGE: Authenticator.Type.TOTP,
    "mfa_add_webauthn": Authenticator.Type.WEBAUTHN,
}
"""Pages that set one up, and which."""
REACHED_WITHOUT = frozenset({*SET_UP, "account_reauthenticate", "organisation_again"})
"""To set one up, and to show beforehand who one is. Signing out is open to anybody."""
PROVING = frozenset(
    {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", *SET_UP}
)
"""After these a session may do more than before, so it goes on under a new name."""
FIRST = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes alone are what is left of a factor."""
FEW_CODES = 2
"""So many left, or fewer, are told of."""


def is_demanded(role: Role) -> bool:
    """Whether that role needs one here. A laboratory demands none, and says so on each page: nothing in it is real."""
    return role in COMPULSORY and not settings.PATROL.laboratory_hosts


def is_lacking(person: Person) -> bool:
    """Whether they need a second factor and have none. Asked anew each time: it may just have been reset."""
    if not is_demanded(Role(person.role)):
        return False
    return not is_held(person)


def is_held(person: Person) -> bool:
    """Whether they have a second factor: an app or a passkey."""
    return bool(Authenticator.objects.filter(user=person.pk, type__in=FIRST).exists())


def codes_left(person: Person | AnonymousUser) -> int | None:
    """Recovery codes that they have not used; None where they have no second factor. Ten are made with the first one."""
    if isinstance(person, AnonymousUser) or not is_held(person):
        return None
    kept = Authenticator.objects.filter(user=person.pk, type=Authenticator.Type.RECOVERY_CODES)
    held = kept.first()
    return len(RecoveryCodes(held).get_unused_codes()) if held else 0


def renamed_session(
    view: Callable[..., HttpResponseBase], page: str
) -> Callable[..., HttpResponseBase]:
    """That view; when it has let somebody prove who they are, their session gets a new id."""
    if page not in PROVING:
        return view

    def proving(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        proven = request.method == "POST" and 300 <= response.status_code < 400
        if proven and request.user.is_authenticated:
            if page in SET_UP:  # its code was just read off: nobody is asked for it twice
                kind = SET_UP[page].value
                record_authentication(
                    request, request.user, method="mfa", type=kind, reauthenticated=True
                )
            request.session.cycle_key()
        return response

    return proving
