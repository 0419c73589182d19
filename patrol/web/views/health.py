"""What machines ask: is it alive, is it ready. Words only, the same for everybody."""

from django.http import HttpRequest, HttpResponse

from patrol.actions.maintaining.readiness import readiness
from patrol.settings import Settings
from patrol.web.access import Access, page


@page(Access.ANYONE)
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; it says nothing else."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")


@page(Access.ANYONE)
def ready(request: HttpRequest) -> HttpResponse:
    """Whether pages can be served: 503 while records cannot be written. The index away is told and fails nothing."""
    del request
    found = readiness(Settings())
    said = "".join(
        f"{part} {'ok' if well else 'away'}\n"
        for part, well in (("register", found.register), ("index", found.index))
    )
    return HttpResponse(said, content_type="text/plain", status=200 if found.ready else 503)
