"""Searching flagged posts: one box, its twin as fields, facets, one's own searches, lists of terms."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.searching import batches, finding, history, queries
from patrol.actions.searching.finding import BadQuery, Found
from patrol.models import Permission, Verb
from patrol.search.query import without_field
from patrol.web.access import page
from patrol.web.request import Request
from patrol.web.search_forms import BatchForm, TwinForm
from patrol.web.sentences import said
from patrol.web.sieve import TITLES
from patrol.web.words import in_language, label

LONGEST = 300
"""Characters of a query."""


@dataclass(frozen=True)
class Value:
    """One value of a facet: how many leads have it, and the search with or without it."""

    title: str
    count: int
    chosen: bool
    query: str
    """Of the address."""


@page(Permission.POSTS_SEARCH, shows=True)
def search(request: Request) -> HttpResponse:
    """Leads whose posts hold the words; without any, where to begin."""
    if request.GET.get("twin"):
        return _twin(request)
    asked = request.GET.get("q", "")[:LONGEST].strip()
    if not asked:
        return _begin(request)
    before = request.GET.get("before", "")
    context = _around(request, asked)
    try:
        found = finding.find(
            request.desk, asked, int(before) if before.isdecimal() and len(before) < 20 else None
        )
    except BadQuery as error:
        return render(request, "search.html", {**context, "error": fault(error)}, status=400)
    context |= {
        "found": found,
        "facets": _facets(asked, found),
        "older": urlencode({"q": asked, "before": str(found.next)}) if found.next else None,
        "twin": TwinForm.of(finding.written(asked)),
        "days": queries.DAYS,
    }
    return render(request, "search.html", context)


def _twin(request: Request) -> HttpResponse:
    """What the fields say, as the box would ask it."""
    form = TwinForm(request.GET)
    form.refuse_strangers()
    if form.is_valid() and form.text():
        return redirect(f"{reverse('search')}?{urlencode({'q': form.text()})}")
    context = _own(request, {**_around(request, ""), "twin": form})
    return render(request, "search.html", context, status=400)


def _begin(request: Request) -> HttpResponse:
    """No search yet: one's own past ones and kept ones. Nothing collected is shown."""
    return render(request, "search.html", _own(request, _around(request, "")))


def _own(request: Request, context: dict[str, Any]) -> dict[str, Any]:
    """The same, once it is on record that somebody read their own queries."""
    request.desk.record(Verb.QUERIES_LISTED, count=len(context.get("kept", ())))
    return context


def _around(request: Request, asked: str) -> dict[str, Any]:
    """What stands beside every search."""
    return {
        "asked": asked,
        "may_search": True,
        "twin": TwinForm(),
        "past": history.mine(request.desk),
        "kept": [one for one in queries.mine(request.desk) if one.runs or one.unseen],
    }


def fault(error: BadQuery) -> dict[str, str]:
    """A query that cannot be read: what, where, and what to write."""
    return {
        "what": said(error.sentence),
        "picture": error.picture,
        "why": said(error.why),
        "do": said(error.do),
    }


def _facets(asked: str, found: Found) -> list[tuple[str, list[Value]]]:
    made = []
    for facet in finding.FACETS:
        chosen = found.query.filters.get(facet, ())
        rest = without_field(asked, facet.value)
        counts = {**found.facets[facet], **{one: found.facets[facet].get(one, 0) for one in chosen}}
        titles = found.titles.get(facet, {})
        values = [
            Value(
                title=in_language(titles[value]) if value in titles else str(label(value)),
                count=count,
                chosen=value in chosen,
                query=urlencode(
                    {"q": rest if value in chosen else f"{rest} {facet.value}:{value}"}
                ),
            )
            for value, count in counts.items()
        ]
        if values:
            made.append((str(TITLES[facet.value]), values))
    return made


@page(Permission.POSTS_SEARCH, shows=True, methods=("GET", "HEAD", "POST"))
def listed(request: Request) -> HttpResponse:
    """Search for all terms of a list: one act, with its purpose."""
    if request.method != "POST":
        return render(request, "search_list.html", _own(request, {"form": BatchForm()}))
    form = BatchForm(request.POST, request.FILES)
    form.refuse_strangers()
    batch = None
    if form.is_valid():
        try:
            batch = batches.search(request.desk, _terms(form), form.cleaned_data["purpose"])
        except batches.BadBatch as error:
            form.add_error(None, f"{said(error.what)} {said(error.do)}")
    if batch is None and not request.desk.records:
        request.desk.record(Verb.POSTS_COUNTED, count=0)
    rows = [
        (row, urlencode({"q": row.term}), fault(row.fault) if row.fault else None)
        for row in (batch.rows if batch else ())
    ]
    context = {"form": form, "batch": batch, "rows": rows}
    return render(request, "search_list.html", context, status=400 if form.errors else 200)


def _terms(form: BatchForm) -> tuple[str, ...]:
    sent = form.cleaned_data["file"]
    if sent is None:
        return batches.listed(form.cleaned_data["terms"])
    return batches.terms_of(sent.read(batches.MOST * (batches.LONGEST + 1) * 4))
