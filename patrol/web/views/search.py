"""Searching flagged posts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from patrol.actions import finding
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.request import Request
from patrol.web.sentences import said

LONGEST = 300
"""Characters of a query."""


@page(Permission.POSTS_SEARCH, shows=True)
def search(request: Request) -> HttpResponse:
    """Leads whose posts hold the words."""
    asked = request.GET.get("q", "")[:LONGEST].strip()
    if not asked:
        return redirect("queue")
    before = request.GET.get("before", "")
    shown: dict[str, Any] = {"asked": asked, "may_search": True}
    try:
        found = finding.find(
            request.desk, asked, int(before) if before.isdecimal() and len(before) < 20 else None
        )
    except finding.BadQuery as error:
        told = {"what": said(error.what), "do": said(error.do)}
        return render(request, "search.html", {**shown, "error": told}, status=400)
    older = urlencode({"q": asked, "before": str(found.next)}) if found.next else None
    return render(request, "search.html", {**shown, "found": found, "older": older})
