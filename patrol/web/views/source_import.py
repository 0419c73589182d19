"""Posts that a person brings by hand: what would be read is shown before it is kept."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.collecting import imports
from patrol.errors import PatrolError, Refused
from patrol.models import Permission, ReadPage
from patrol.web.access import page
from patrol.web.request import Request
from patrol.web.source_forms import BringForm

SHOWN = 20
"""Posts of what would be read."""


@page(Permission.POSTS_BRING)
def ask(request: Request, name: str) -> HttpResponse:
    """Where it is pasted."""
    return _shown(request, name, BringForm())


@page(Permission.POSTS_BRING, shows=True, methods=("POST",))
def look(request: Request, name: str) -> HttpResponse:
    """Show what would be read; nothing is kept."""
    form = BringForm(request.POST)
    form.refuse_strangers()
    return _tried(request, name, form)


@page(Permission.POSTS_BRING, shows=True, methods=("POST",))
def keep(request: Request, name: str) -> HttpResponse:
    """Keep what was shown. What was changed since is shown first."""
    form = BringForm(request.POST)
    form.refuse_strangers()
    if not form.is_valid() or form.cleaned_data["shown"] != form.digest():
        return _tried(request, name, form, changed=form.is_valid())
    try:
        kept = imports.bring(request.desk, form.brought(name))
    except PatrolError as error:
        return _refused(request, name, form, error)
    request.session["done"] = {"what": "brought", "lead": kept.posts_new, "account": kept.leads}
    return redirect("source", name=name)


def _tried(request: Request, name: str, form: BringForm, *, changed: bool = False) -> HttpResponse:
    if not form.is_valid():
        imports.unread(request.desk, name)
        return _shown(request, name, form, status=400)
    try:
        read = imports.tried(request.desk, form.brought(name))
    except PatrolError as error:
        return _refused(request, name, form, error)
    filled = BringForm(initial={**form.cleaned_data, "shown": form.digest()})
    return _shown(request, name, filled, read=read, changed=changed, status=409 if changed else 200)


def _refused(request: Request, name: str, form: BringForm, error: PatrolError) -> HttpResponse:
    return _shown(
        request, name, form, error=error, status=403 if isinstance(error, Refused) else 400
    )


def _shown(  # noqa: PLR0913  (what the page may hold)
    request: Request,
    name: str,
    form: BringForm,
    *,
    read: ReadPage | None = None,
    error: PatrolError | None = None,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    told = {
        "name": name,
        "title": imports.title_of(request.desk, name),
        "form": form,
        "read": read,
        "posts": read.posts[:SHOWN] if read else (),
        "error": error,
        "changed": changed,
    }
    return render(request, "source_import.html", told, status=status)
