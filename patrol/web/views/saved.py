"""Saved filters of the queue."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from patrol.actions.triaging import views
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import PlainForm, queue_filter, queue_query
from patrol.web.request import Request
from patrol.web.work_forms import ViewForm


def _queue(query: str) -> HttpResponse:
    return redirect(reverse("queue") + (f"?{query}" if query else ""))


@page(Permission.LEADS_READ, methods=("POST",))
def save(request: Request) -> HttpResponse:
    """Save the address's filter under a name."""
    form = ViewForm.checked(request.POST).cleaned_data
    query = queue_query(queue_filter(request.GET))
    views.save(
        request.desk, form["name"], query, shared=form["shared"], is_default=form["is_default"]
    )
    return _queue(query)


@page(Permission.LEADS_READ, methods=("POST",))
def forget(request: Request, view_id: int) -> HttpResponse:
    """Remove one."""
    PlainForm.checked(request.POST)
    views.forget(request.desk, view_id)
    return _queue(queue_query(queue_filter(request.GET)))
