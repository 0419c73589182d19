"""Passkeys: allauth's ceremonies with our pages, and the reason where a browser will not make one.

A browser keeps a passkey for the name of a host that it is sure of, so over
plain HTTP and for a bare address there is none (WebAuthn level 3, sections
5.1.2 and 13.4.9). What fails is shown on the page and recorded, where allauth
would lead elsewhere without a word.
"""

from ipaddress import ip_address
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patrol.web import second_factor
from patrol.web.forms import SignInForm
from patrol.web.organisation import is_offered

NAMELESS = _(
    "Passkeys do not work at this address: a browser keeps them for the name of a host, and this page was opened by a number. Open it by its name."
)
OPEN_LINE = _(
    "Passkeys do not work over plain HTTP: a browser makes them only where it is sure whom it speaks to. An administrator sets up HTTPS (`PATROL_HTTPS`)."
)


def why_not(request: HttpRequest) -> str | Promise | None:
    """Why a browser makes no passkey for this page; None where it does."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    try:
        ip_address(host)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        return None if local or request.is_secure() else OPEN_LINE
    return NAMELESS


def _held(user: Any, kind: str) -> bool:
    return bool(Authenticator.objects.filter(user=user.pk, type=kind).exists())


class _Barred:
    """Adds to a page whether passkeys work here."""

    request: HttpRequest

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)  # type: ignore[misc]
        left = second_factor.codes_left(self.request.user)
        return {
            **context,
            "why_not": why_not(self.request),
            "codes": left,
            "few_codes": second_factor.FEW_CODES,
        }


class AddForm(AddWebAuthnForm):  # type: ignore[misc]
    """What cannot even be read does not fit either."""

    def clean(self) -> dict[str, Any]:
        """The credential, read."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except (ValueError, TypeError, AttributeError) as error:
            raise forms.ValidationError(_("That passkey did not fit. Try again.")) from error
        return cleaned


class Add(_Barred, AddWebAuthnView):  # type: ignore[misc]
    """Make one."""

    form_class = AddForm

    def get_form(self, form_class: Any = None) -> forms.Form:
        """Labels that say what each choice does."""
        form: forms.Form = super().get_form(form_class)
        form.fields["name"].label = _("Name of this passkey")
        form.fields["name"].widget.attrs["maxlength"] = 60
        form.fields["passwordless"].label = _("Sign in with it alone, without a password")
        form.fields["passwordless"].initial = True
        form.fields["passwordless"].help_text = _(
            "The device then asks for your finger, face or PIN. Untick it for a key that has none."
        )
        return form


class Index(_Barred, IndexView):  # type: ignore[misc]
    """What somebody has."""


class Remove(RemoveWebAuthnView):  # type: ignore[misc]
    """Remove one's own."""

    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Whether it is the last one."""
        context: dict[str, Any] = super().get_context_data(**more)
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        held = Authenticator.objects.filter(user=self.request.user.pk, type__in=kinds).count()
        return {**context, "last": held == 1}


class Ask(_Barred, AuthenticateView):  # type: ignore[misc]
    """The second factor, after the password."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Which kinds this person has."""
        context: dict[str, Any] = super().get_context_data(**more)
        user = self.stage.login.user
        return {
            **context,
            "has_app": _held(user, Authenticator.Type.TOTP),
            "has_passkey": _held(user, Authenticator.Type.WEBAUTHN),
        }


class Again(_Barred, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Shown once more, before something that weighs more."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The same page, with what was wrong."""
        page: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=400)
        return page


class SignIn(_Barred, LoginView):  # type: ignore[misc]
    """Account and password, a passkey where one works, or the organisation's account where there is a provider."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Whether there is one."""
        return {**super().get_context_data(**more), "organisation": is_offered()}


class Enter(LoginWebAuthnView):  # type: ignore[misc]
    """Sign in with a passkey alone."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The page of signing in, with what was wrong."""
        del form
        context = {
            "form": SignInForm(request=self.request),
            "passkey_failed": True,
            "organisation": is_offered(),
        }
        return render(self.request, "account/login.html", context, status=400)


add = Add.as_view()
index = Index.as_view()
remove = Remove.as_view()
ask = Ask.as_view()
again = Again.as_view()
sign_in = SignIn.as_view()
enter = Enter.as_view()
