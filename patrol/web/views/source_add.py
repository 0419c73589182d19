"""A new source: its address, a look at it, and the proposal. Nothing is enabled here."""

import hashlib

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from pydantic import ValidationError

from patrol.actions.collecting import sources, sources_look
from patrol.actions.collecting.sources_look import Look
from patrol.errors import PatrolError, Refused, TryLater
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.source_forms import SELECTORS, AddressForm, SourceForm
from spiders.selectors import BadSelectors

KEPT_SECONDS = 900
"""How long a page that was looked at stays in this process's memory, for selectors to be tried on."""


@page(Permission.SOURCES_PROPOSE)
def add(request: Request) -> HttpResponse:
    """Where an address is written."""
    return _shown(request, AddressForm(initial={"address": request.GET.get("address", "")[:2000]}))


@page(Permission.SOURCES_PROPOSE, shows=True, methods=("POST",))
def look(request: Request) -> HttpResponse:
    """Look at the address as far as that is lawful now, and show what was seen."""
    form = AddressForm.checked(request.POST)
    try:
        seen = sources_look.look(request.desk, form.cleaned_data["address"])
    except PatrolError as error:
        return _shown(request, form, error=error, status=_status(error))
    cache.set(_key(request, seen.address), seen.model_dump_json(), KEPT_SECONDS)
    if seen.source and seen.glance:
        _remember(request, seen.source, seen)
    return _shown(request, form, seen, SourceForm.of(seen.proposal.source))


@page(Permission.SOURCES_PROPOSE, shows=True, methods=("POST",))
def try_selectors(request: Request) -> HttpResponse:
    """Read the page that was looked at by the selectors of the form. `X-Part` asks for the sample alone."""
    form = SourceForm(request.POST)
    form.refuse_strangers()
    form.is_valid()
    seen = _kept(request, form.cleaned_data.get("address", ""))
    if seen is None:
        sources.looked_before(request.desk)
        return _shown(
            request,
            AddressForm(initial={"address": form.data.get("address", "")}),
            expired=True,
            status=409,
        )
    try:
        chosen = None if any(name in form.errors for name in SELECTORS) else form.selectors()
        seen = sources_look.tried(request.desk, seen, chosen) if chosen else _untried(request, seen)
    except BadSelectors as error:
        form.add_error(error.name, _bad_selector())
        seen = _untried(request, seen)
    if request.headers.get("X-Part"):
        return render(request, "parts/sample.html", {"seen": seen, "source_form": form})
    address = AddressForm(initial={"address": seen.address})
    return _shown(request, address, seen, form, status=400 if form.errors else 200)


@page(Permission.SOURCES_PROPOSE, shows=True, methods=("POST",))
def propose(request: Request) -> HttpResponse:
    """Propose the source; it is read once an authorization is approved."""
    form = SourceForm(request.POST)
    form.refuse_strangers()
    seen = _kept(request, form.data.get("address", ""))
    if form.is_valid():
        try:
            source = form.source(seen.proposal.source.browser if seen else None)
            sources_look.refuse_guarded(source.start[0])
            row = sources.propose_new(request.desk, source)
        except BadSelectors as error:
            form.add_error(error.name, _bad_selector())
        except sources.NameTaken as error:
            form.add_error("name", f"{said(error.what)} {said(error.do)}")
        except ValidationError:
            form.add_error("address", _("This cannot be a source's address."))
        else:
            if seen is not None:
                _remember(request, row.name, seen)
            return redirect("source", name=row.name)
    sources.looked_before(request.desk)
    address = AddressForm(initial={"address": form.data.get("address", "")})
    return _shown(request, address, seen, form, status=400)


def _remember(request: Request, name: str, seen: Look) -> None:
    """For the form in which that source's authorization is asked for."""
    request.session[f"covers:{name}"] = seen.proposal.scope.model_dump(mode="json")


def _untried(request: Request, seen: Look) -> Look:
    sources.looked_before(request.desk)
    return seen


def _bad_selector() -> str:
    return _(
        "This is no CSS selector that can be read. Write it like div.post, .author a or time@datetime."
    )


def _shown(  # noqa: PLR0913  (what the page may hold)
    request: Request,
    form: AddressForm,
    seen: Look | None = None,
    source_form: SourceForm | None = None,
    *,
    error: PatrolError | None = None,
    expired: bool = False,
    status: int = 200,
) -> HttpResponse:
    told = {
        "form": form,
        "seen": seen,
        "source_form": source_form,
        "error": error,
        "expired": expired,
    }
    return render(request, "source_add.html", told, status=status)


def _status(error: PatrolError) -> int:
    if isinstance(error, Refused):
        return 403
    return 503 if isinstance(error, TryLater) else 400


def _key(request: Request, address: str) -> str:
    """Of one person's look at one address; nobody else's session finds it."""
    session = request.session.session_key or ""
    return f"look:{hashlib.sha256(f'{session} {address}'.encode()).hexdigest()}"


def _kept(request: Request, address: str) -> Look | None:
    found = cache.get(_key(request, address))
    return Look.model_validate_json(found) if found else None
