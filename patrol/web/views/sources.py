"""Sources: where we look, how it went, and under which mandate."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.collecting import mandates, sources
from patrol.actions.collecting.endings import endings
from patrol.actions.collecting.mandates import BadAuthorization
from patrol.actions.triaging.verdicts import NoteQuestioned
from patrol.models import Category, Permission
from patrol.web.access import page
from patrol.web.forms import ApprovalForm, PlainForm, ReasonForm, run_filter
from patrol.web.mandate_forms import MandateForm
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.shell import toast
from patrol.web.step_up import ask_again, is_fresh


@page(Permission.SOURCES_READ, shows=True)
def listed(request: Request) -> HttpResponse:
    """All sources of the unit."""
    found = sources.listed(request.desk)
    return render(
        request,
        "sources.html",
        {
            "sources": found,
            "endings": endings(request.desk),
            "ailing": sum(1 for one in found if one.last_run and not _green(one.last_run)),
            "unread": sum(1 for one in found if not _mandated(one)),
            "may_propose": request.desk.may(Permission.SOURCES_PROPOSE),
        },
    )


def _green(run: sources.RunSheet) -> bool:
    return run.outcome is None or run.outcome.green


def _mandated(sheet: sources.SourceSheet) -> bool:
    return sheet.authorization is not None and sheet.authorization.state in {
        "in_force",
        "emergency",
    }


@page(Permission.SOURCES_READ, shows=True)
def viewed(request: Request, name: str) -> HttpResponse:
    """One source."""
    return _viewed(request, name)


def _viewed(
    request: Request, name: str, form: MandateForm | None = None, status: int = 200
) -> HttpResponse:
    wanted = run_filter(request.GET)
    found = sources.viewed(request.desk, name, wanted)
    hosts = dict.fromkeys(urlsplit(address).netloc for address in found.sheet.start)
    seen = request.session.get(f"covers:{name}") or {"hosts": list(hosts), "paths": ["/"]}
    scope = {key: "\n".join(one) if isinstance(one, list) else one for key, one in seen.items()}
    may = request.desk.may
    return render(
        request,
        "source.html",
        {
            "page": found,
            "wanted": wanted,
            "toast": toast(request),
            "sheet": found.sheet,
            "form": form or MandateForm(initial=scope),
            "age_hosts": sources.age_hosts_of(request.desk, name),
            "may_propose": may(Permission.SOURCES_PROPOSE),
            "categories": list(Category),
            "may_run": may(Permission.SOURCES_RUN),
            "may_bring": may(Permission.POSTS_BRING),
            "may_leads": may(Permission.LEADS_READ),
            "may_request": may(Permission.AUTHORIZATIONS_REQUEST),
            "may_approve": may(Permission.AUTHORIZATIONS_APPROVE),
            "may_revoke": may(Permission.AUTHORIZATIONS_REVOKE),
        },
        status=status,
    )


@page(Permission.AUTHORIZATIONS_REQUEST, shows=True, methods=("POST",))
def request_authorization(request: Request, name: str) -> HttpResponse:
    """Ask for a mandate; what is wrong with it is said beside its field."""
    form = MandateForm(request.POST)
    form.refuse_strangers()
    if form.is_valid():
        try:
            mandates.request(request.desk, name, **form.mandate())
        except (BadAuthorization, NoteQuestioned) as error:
            form.add_error(None, f"{said(error.what)} {said(error.do)}")
        else:
            return redirect("source", name=name)
    return _viewed(request, name, form, status=400)


@page(Permission.AUTHORIZATIONS_APPROVE, methods=("POST",))
def approve(request: Request, authorization_id: int) -> HttpResponse:
    """Put a mandate in force, exactly as it was shown."""
    if not is_fresh(request):
        return ask_again(reverse("sources"))
    shown = ApprovalForm.checked(request.POST).cleaned_data["shown"]
    row = mandates.approve(request.desk, authorization_id, shown)
    return redirect("source", name=row.source.name)


@page(Permission.AUTHORIZATIONS_REVOKE, methods=("POST",))
def revoke(request: Request, authorization_id: int) -> HttpResponse:
    """End a mandate now."""
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    row = mandates.revoke(request.desk, authorization_id, reason)
    return redirect("source", name=row.source.name)


@page(Permission.SOURCES_RUN, methods=("POST",))
def run_now(request: Request, name: str) -> HttpResponse:
    """Ask the clock for a run."""
    PlainForm.checked(request.POST)
    sources.run_now(request.desk, name)
    return redirect("source", name=name)


@page(Permission.SOURCES_RUN, methods=("POST",))
def stop(request: Request, name: str) -> HttpResponse:
    """Stop what reads it now."""
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    sources.stop_run(request.desk, name, reason)
    return redirect("source", name=name)


@page(Permission.SOURCES_RUN, methods=("POST",))
def pause(request: Request, name: str) -> HttpResponse:
    """No run from now on."""
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    sources.pause(request.desk, name, reason)
    return redirect("source", name=name)


@page(Permission.SOURCES_RUN, methods=("POST",))
def resume(request: Request, name: str) -> HttpResponse:
    """Runs again."""
    PlainForm.checked(request.POST)
    sources.resume(request.desk, name)
    return redirect("source", name=name)
