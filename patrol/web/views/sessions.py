"""Where one is signed in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.staffing import sessions
from patrol.web.access import Access, page
from patrol.web.forms import PlainForm
from patrol.web.request import Request


@page(Access.SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """The list of one's own."""
    found = sessions.mine(request.desk)
    return render(request, "sessions.html", {"sessions": found, "others": len(found) > 1})


@page(Access.SIGNED_IN, methods=("POST",))
def end(request: Request, name: str) -> HttpResponse:
    """End one at once."""
    PlainForm.checked(request.POST)
    sessions.end(request.desk, name)
    return redirect("sessions")


@page(Access.SIGNED_IN, methods=("POST",))
def end_others(request: Request) -> HttpResponse:
    """End all but this one."""
    PlainForm.checked(request.POST)
    sessions.end_others(request.desk)
    return redirect("sessions")
