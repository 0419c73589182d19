"""What allauth asks us: nobody signs up, second factors are encrypted, and a provider is asked over a line of ours."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from patrol.register.secrets import secret_file
from patrol.register.tables import Person
from patrol.web import known_browser, organisation, second_factor, sign_in
from patrol.web.organisation_line import Line


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  (allauth's signature)
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """By what tries are counted beside the account: a known browser's number, or the address, which a whole unit may share."""
        address: str = super().get_client_ip(request)
        return known_browser.number_of(request) or address

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """Count this try: for itself in a browser that knows the account, else with all that are made anywhere.

        Accounts are found in either case, so they are counted in one.
        """
        account = credentials["username"].lower()
        number = known_browser.number_of(request, account) or ""
        key = f"{account}:{number}"
        usage = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
        if usage is None:
            sign_in.note_slowed(request, credentials["username"], key)
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage = usage  # taken back by allauth where the password is right

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """How somebody shows again who they are: whoever has a second factor by that one, never by a password alone."""
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        if not user.is_authenticated:
            return methods
        if organisation.may_show(user):
            place = reverse("organisation_again")
            return [*methods, {"id": "organisation", "description": "", "url": place}]
        if not second_factor.is_held(user):
            return methods
        methods = [one for one in methods if one["id"] != "reauthenticate"]
        has_app = Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.TOTP).exists()
        return methods if has_app else methods[::-1]  # a passkey before recovery codes


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are kept encrypted, with a key apart from the register."""

    def encrypt(self, text: str) -> str:
        """For the register."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the register."""
        return _vault().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002  (allauth's name)
        """What a passkey is called until its owner names it."""
        count = Authenticator.objects.filter(user=user.pk, type=type).count()
        return _("Passkey {0}").format(count + 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For whom a device keeps a passkey: the host's name, told as ours."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Patrol"}


class OrganisationAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whoever comes from a provider makes no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:  # noqa: ARG002  (allauth's signature)
        """Never."""
        return False

    def list_apps(self, *_: object, **__: object) -> list[object]:
        """None of the register's: the settings name the only one."""
        return []

    def get_requests_session(self) -> Line:
        """A line that is verified and ends."""
        return Line()


def _vault() -> Fernet:
    key = secret_file(settings.PATROL.keys_path / "factor.key")
    return Fernet(base64.urlsafe_b64encode(key))
