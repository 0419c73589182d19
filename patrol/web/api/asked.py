"""A program asks: by a token in `Authorization`, within its pace, answered in JSON whatever happens."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from patrol.actions.desk import Desk
from patrol.actions.staffing import tokens
from patrol.actions.staffing.tokens import TokenRefused
from patrol.errors import BadInput, PatrolError
from patrol.models import Model, Result, TokenScope, Verb
from patrol.web import second_factor
from patrol.web.access import Access, page
from patrol.web.api.answers import Problem
from patrol.web.faults import STATUS
from patrol.web.request import origin

_log = structlog.get_logger()
PER_MINUTE = 60
"""So often one token may ask."""
WRONG_PER_MINUTE = 10
"""So many tokens that do not work may come from one address; each is on record."""
MAX_TOKEN_LETTERS = 100
Asked = Callable[[Desk, HttpRequest], Model]


class ProblemAnswer(HttpResponse):
    """An answer that holds no content."""

    is_fault = True


def asked(scope: TokenScope) -> Callable[[Asked], Callable[[HttpRequest], HttpResponse]]:
    """Declare what answers a program whose token has that scope. GET only; nothing is changed."""

    def declare(answer: Asked) -> Callable[[HttpRequest], HttpResponse]:
        @page(Access.TOKEN, shows=True)
        @wraps(answer)
        def asked_for(request: HttpRequest) -> HttpResponse:
            try:
                return _answered(request, scope, answer)
            except PatrolError as error:
                status = 401 if isinstance(error, TokenRefused) else STATUS[error.exit_code]
                return problem(status, error.what, error.why, error.do)
            except DatabaseError as error:
                _log.error("register did not answer", error=type(error).__name__)
                return problem(503, "The register cannot be read or written.", "It is busy or away.", "Ask again in a moment.")  # fmt: skip

        return asked_for  # type: ignore[return-value]

    return declare


def _answered(request: HttpRequest, scope: TokenScope, answer: Asked) -> HttpResponse:
    place = origin(request)
    wrong = f"api:wrong:{place}"
    if cache.get(wrong, 0) >= WRONG_PER_MINUTE:
        return _too_often()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    given = token if kind.lower() == "bearer" and len(token) <= MAX_TOKEN_LETTERS else ""
    try:
        desk = tokens.admit(given, scope, place)
    except TokenRefused:
        _count(wrong)
        nobody = Desk.system("anonymous", place)
        nobody.record(Verb.PERSON_SIGN_IN_FAILED, result=Result.DENY, details={"by": "token"})
        raise
    if desk.person is not None and second_factor.is_lacking(desk.person):
        desk.record(Verb.API_ASKED, result=Result.DENY, details={"needs": "second factor"})
        raise TokenRefused
    if _count(f"api:{desk.actor.session}") > PER_MINUTE:
        return _too_often()
    request.desk = desk  # type: ignore[attr-defined]
    told = answer(desk, request)
    return HttpResponse(told.model_dump_json(), content_type="application/json")


def _count(key: str) -> int:
    """How often within this minute, this time included."""
    cache.add(key, 0, 60)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ended in between
        return 1


def _too_often() -> HttpResponse:
    answer = problem(429, "Asked too often.", "A program may ask once a second on average.", "Wait a minute.")  # fmt: skip
    answer["Retry-After"] = "60"
    return answer


def problem(status: int, what: str, why: str, do: str) -> HttpResponse:
    """Why there is no answer."""
    told = Problem(title=what, detail=why, status=status, do=do)
    answer = ProblemAnswer(
        told.model_dump_json(), content_type="application/problem+json", status=status
    )
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="patrol"'
    return answer


def closed(request: HttpRequest, known: dict[str, Any]) -> dict[str, str]:
    """The query's parameters; raises `BadQuery` for one that is not asked for, or is there twice."""
    for name in request.GET:
        if name not in known or len(request.GET.getlist(name)) != 1:
            raise BadQuery(name)
    return {name: request.GET.get(name, str(usual)) for name, usual in known.items()}


class BadQuery(BadInput):
    """A parameter that cannot be read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The parameter `{name[:40]}` cannot be read.",
            why="What is not asked for is refused, not ignored.",
            do="See /api/openapi.json.",
        )
