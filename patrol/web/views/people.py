"""People, whom auditors vouch for, and what each role may do."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.desk import Desk, permissions
from patrol.actions.staffing import accounts, organisation, people, vouching
from patrol.models import Permission, Role, Verb
from patrol.register.tables import Person
from patrol.web import second_factor
from patrol.web.access import page
from patrol.web.forms import PlainForm, ReasonForm, RoleForm
from patrol.web.permission_words import MEANING
from patrol.web.request import Request
from patrol.web.step_up import ask_again, is_fresh


@page(Permission.PEOPLE_MANAGE, shows=True)
def listed(request: Request) -> HttpResponse:
    """Everybody, and who has a second factor."""
    everybody = people.everybody(request.desk)
    found = Authenticator.objects.filter(type__in=second_factor.FIRST).values_list(
        "user", flat=True
    )
    context = {
        "people": everybody,
        "with_factor": set(found),
        "linked": organisation.linked_people(),
        "asked_about": vouching.asked_about(),
        "roles": list(Role),
        "fresh": is_fresh(request),
    }
    return render(request, "people.html", context)


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def reset(request: Request, person_id: int) -> HttpResponseBase:
    """Remove a lost second factor; an auditor's waits for another auditor's word."""
    return _changed(request, person_id, vouching.reset_factor)


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def release(request: Request, person_id: int) -> HttpResponseBase:
    """Unlink somebody's account at the organisation's provider."""
    return _changed(request, person_id, organisation.release)


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def close(request: Request, person_id: int) -> HttpResponseBase:
    """Shut somebody out for good; an auditor waits for another auditor's word."""
    return _changed(request, person_id, accounts.close)


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def reopen(request: Request, person_id: int) -> HttpResponseBase:
    """Let somebody in again, by a new sign-in link."""
    return _changed(request, person_id, accounts.reopen)


@page(Permission.PEOPLE_MANAGE, methods=("POST",))
def give_role(request: Request, person_id: int) -> HttpResponseBase:
    """Give somebody another role."""
    if not is_fresh(request):
        return ask_again(reverse("people"))
    asked = RoleForm.checked(request.POST).cleaned_data
    person = people.numbered(person_id)
    accounts.give_role(request.desk, person, Role(asked["role"]), asked["reason"])
    return redirect("people")


def _changed(
    request: Request, person_id: int, change: Callable[[Desk, Person, str], object]
) -> HttpResponseBase:
    """Change an account for a reason, by somebody who showed a moment ago who they are."""
    if not is_fresh(request):
        return ask_again(reverse("people"))
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    change(request.desk, people.numbered(person_id), reason)
    return redirect("people")


@page(Permission.PEOPLE_VOUCH, shows=True)
def waiting(request: Request) -> HttpResponse:
    """What waits for an auditor's word."""
    context = {"waiting": vouching.waiting(request.desk), "fresh": is_fresh(request)}
    return render(request, "vouching.html", context)


@page(Permission.PEOPLE_VOUCH, methods=("POST",))
def vouch(request: Request, number: int) -> HttpResponseBase:
    """Give one's word."""
    return _answered(request, number, granted=True)


@page(Permission.PEOPLE_VOUCH, methods=("POST",))
def decline(request: Request, number: int) -> HttpResponseBase:
    """Refuse it."""
    return _answered(request, number, granted=False)


def _answered(request: Request, number: int, *, granted: bool) -> HttpResponseBase:
    if not is_fresh(request):
        return ask_again(reverse("vouching"))
    PlainForm.checked(request.POST)
    vouching.answer(request.desk, number, granted=granted)
    return redirect("vouching")


@page(Permission.ROLES_READ, shows=True)
def roles(request: Request) -> HttpResponse:
    """What each role may do, as `config/roles.yml` says it now."""
    request.desk.record(Verb.ROLES_VIEWED)
    allowed = {role: permissions(role) for role in Role}
    rows = [
        (meaning, permission, [(role, permission in allowed[role]) for role in Role])
        for permission, meaning in MEANING.items()
    ]
    context = {
        "roles": list(Role),
        "rows": rows,
        "factors": [(role, role in second_factor.COMPULSORY) for role in Role],
    }
    return render(request, "roles.html", context)
