"""Browsers that an account was signed in with before: guesses made elsewhere do not shut them out.

Tries of passwords are counted by account, or a password could be guessed; so
whoever knows an account's name could keep its owner out. A browser that was
signed in with gets a mark (OWASP's device cookie), and tries in it are counted
for themselves. The cookie tells no account's name: it holds a number drawn
for the browser, and for each account a tag that only we can make of both. It
opens nothing.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from patrol.register.tables import Person

DAYS = 180
"""So long after its last sign-in a browser is known."""
ACCOUNTS = 10
"""So many people share a desk; who signed in longest ago is forgotten first."""
COOKIE = "__Host-patrol-browser" if settings.PATROL.https else "patrol-browser"
_SALT = "patrol.web.known_browser"


def number_of(request: HttpRequest, account: str | None = None) -> str | None:
    """The number of this browser, if it is known: by that account, or by any. None if not."""
    number, tags = _read(request)
    known = bool(tags) if account is None else _tag(account, number) in tags
    return number if known else None


def mark(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Know this browser by that account from now on."""
    number, tags = _read(request)
    tag = _tag(person.account, number)
    tags = [tag, *(other for other in tags if other != tag)][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([number, tags], salt=_SALT),
        max_age=DAYS * 86_400,
        samesite="Strict",
        httponly=True,
        secure=settings.PATROL.https,
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """The browser's number and its accounts' tags; of one we do not know, a new number and none."""
    try:
        number, tags = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=DAYS * 86_400
        )
    except signing.BadSignature:
        return secrets.token_hex(16), []
    return number, tags


def _tag(account: str, number: str) -> str:
    return salted_hmac(_SALT, f"{number}:{account.lower()}", algorithm="sha256").hexdigest()[:32]
