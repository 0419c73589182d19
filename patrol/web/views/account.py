"""The first page, one's own account, the language, the keys, and the door's own pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from patrol.actions.desk import Desk
from patrol.actions.staffing.organisation import linked_at
from patrol.actions.triaging.views import default_query
from patrol.errors import Refused
from patrol.models import Permission, Record, Role, Verb
from patrol.register import log
from patrol.register.tables import Person
from patrol.web import faults, second_factor, sign_in
from patrol.web.access import Access, page
from patrol.web.forms import LanguageForm, PlainForm, YearsForm
from patrol.web.organisation import is_offered
from patrol.web.request import Request
from patrol.web.step_up import is_fresh

FIRST_PAGES: dict[Role, tuple[tuple[Permission, str], ...]] = {
    Role.OFFICER: ((Permission.LEADS_READ, "queue"),),
    Role.SUPERVISOR: ((Permission.SOURCES_READ, "sources"), (Permission.LEADS_READ, "queue")),
    Role.AUDITOR: ((Permission.LOG_READ, "log"),),
    Role.PRIVACY_OFFICER: ((Permission.PRIVACY_ANSWER, "privacy"),),
    Role.ADMIN: ((Permission.SOURCES_READ, "sources"),),
}


@page(Access.SIGNED_IN)
def home(request: Request) -> HttpResponse:
    """Where somebody of that role begins the day."""
    for permission, place in FIRST_PAGES[Role(request.user.role)]:
        if request.desk.may(permission):
            query = default_query(request.desk) if place == "queue" else None
            return redirect(reverse(place) + (f"?{query}" if query else ""))
    return redirect("account")


@page(Access.SIGNED_IN)
def account(request: Request) -> HttpResponse:
    """One's own account."""
    desk = request.desk
    context = {
        "may_make_tokens": desk.may(Permission.TOKENS_MAKE),
        "may_people": desk.may(Permission.PEOPLE_MANAGE),
        "may_vouch": desk.may(Permission.PEOPLE_VOUCH),
        "may_roles": desk.may(Permission.ROLES_READ),
        "organisation": is_offered(),
        "linked_at": linked_at(settings.PATROL.oidc_issuer, request.user.pk),
        "codes": second_factor.codes_left(request.user),
        "few_codes": second_factor.FEW_CODES,
        "fresh": is_fresh(request),
    }
    return render(request, "account.html", context)


@page(Access.ANYONE, methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; kept with the person."""
    form = LanguageForm.checked(request.POST).cleaned_data
    back = form["back"] or reverse("home")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("home")
    if isinstance(request.user, Person):
        _keep(request.desk, request.user, language=form["language"])  # type: ignore[attr-defined]
    response = redirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        form["language"],
        max_age=31_536_000,
        samesite="Strict",
        httponly=True,
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


@page(Access.SIGNED_IN, methods=("POST",))
def years(request: Request) -> HttpResponse:
    """Count years as this person reads them from now on."""
    republic = YearsForm.checked(request.POST).cleaned_data["years"] == "republic"
    _keep(request.desk, request.user, counts_republic=republic)
    return redirect("account")


def _keep(desk: Desk, person: Person, **changed: str | bool) -> None:
    record = Record(
        verb=Verb.PERSON_ACCOUNT_CHANGED,
        actor=desk.actor,
        subject=f"person:{person.pk}",
        details={**changed},
    )
    try:
        with log.durably():
            Person.objects.filter(pk=person.pk).update(**changed)
            log.append(record)
    except log.DiskFull:
        log.refused(record)
        raise


@page(Access.ANYONE, methods=("GET", "HEAD", "POST"))
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """A sign-in link: a page with a button, so that a preview of the link does not use it up."""
    if request.method != "POST":
        return render(request, "enter.html")
    PlainForm.checked(request.POST)
    found: list[Refused] = []

    def entered(request: HttpRequest) -> HttpResponseBase:
        answer = sign_in.by_link(request, token)
        if isinstance(answer, Refused):
            found.append(answer)
            return HttpResponse(status=403)
        return answer

    response = sign_in.on_record(entered, "enter")(request)
    return faults.told(request, found[0]) if found else response
