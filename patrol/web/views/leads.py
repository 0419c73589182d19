"""The queue, a lead, and a decision on it."""

from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from patrol.actions.triaging import around as neighbours
from patrol.actions.triaging import rank, reviewing, triage, views
from patrol.actions.triaging.assigning import colleagues
from patrol.actions.triaging.forewarning import due, forewarn
from patrol.actions.triaging.later import laters
from patrol.actions.triaging.leases import BEAT_SECONDS
from patrol.actions.triaging.queue import how_many, spared
from patrol.actions.triaging.sifting import SIFTED
from patrol.actions.triaging.tags import used_tags
from patrol.actions.triaging.triage import (
    BadDecision,
    Decided,
    LeadChanged,
    LeadForgotten,
    LeadHeld,
    LeadSheet,
    NoteQuestioned,
    QueueFilter,
)
from patrol.errors import PatrolError
from patrol.models import HandleRole, LeadStatus, Permission, Verdict
from patrol.web.access import page
from patrol.web.forms import DecisionForm, instant, queue_filter, queue_query
from patrol.web.keys import REASONS
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.shell import toast
from patrol.web.sieve import Chip, active_filters, facets, recent, rule_sift, sifts
from patrol.web.views.care import nudge


def choices(request: Request) -> dict[str, object]:
    """What a decision may be completed with."""
    return {"reasons": REASONS, "laters": laters(request.desk.now())}


@page(Permission.LEADS_READ, shows=True)
def queue(request: Request) -> HttpResponse:
    """What waits, in its order."""
    wanted = queue_filter(request.GET)
    visited = _last_visit(request)
    counted = triage.counts(request.desk, wanted) if request.GET.get("counts") else None
    kept = request.session.get("decided", {}).get("lead")
    found = triage.queue(request.desk, wanted, kept)
    query = queue_query(wanted)
    filters = active_filters(found, wanted)
    return render(
        request,
        "queue.html",
        {
            "queue": found,
            "wanted": wanted,
            "query": query,
            "older": queue_query(wanted, after=found.next) if found.next else None,
            "newest_page": query if wanted.after else None,
            "facets": facets(wanted, counted),
            "sifts": sifts(found, wanted, counted),
            "rules": rule_sift(wanted, counted) if counted is not None else None,
            "sifted": [(name, getattr(wanted, name)) for name in SIFTED if getattr(wanted, name)],
            "counted": counted is not None,
            "recent": recent(wanted, found.as_of),
            "filters": filters,
            "wider": _wider(request, filters) if filters and not found.total else (),
            "views": views.views(request.desk),
            "may_share": views.may_share(request.desk),
            "visited": visited,
            "since_visit": queue_query(wanted, since=visited.isoformat()) if visited else None,
            "toast": toast(request),
            "may_decide": request.desk.may(Permission.LEADS_DECIDE),
            "nudge": nudge(request),
            "spared": spared(request.desk),
            "to_review": reviewing.waiting(request.desk),
            "may_see_agreement": request.desk.may(Permission.AGREEMENT_READ),
            "may_search": request.desk.may(Permission.POSTS_SEARCH),
            "unread": found.last_run_at is None,
            "learned": rank.orders(request.desk),
            "colleagues": colleagues(request.desk),
            **choices(request),
        },
    )


def _wider(request: Request, filters: tuple[Chip, ...]) -> list[tuple[Chip, int]]:
    """Filters of which one alone keeps leads away, and how many; the one that keeps most away first."""
    counted = [(chip, how_many(request.desk, chip.wider)) for chip in filters]
    return sorted((one for one in counted if one[1]), key=lambda one: -one[1])


def _last_visit(request: Request) -> datetime | None:
    """When this person last read the queue before this session began."""
    if "visited" not in request.session:
        at = triage.last_visit(request.desk)
        request.session["visited"] = at.isoformat() if at else None
    visited = request.session["visited"]
    return datetime.fromisoformat(visited) if visited else None


@page(Permission.LEADS_READ, background=True)
def counts(request: Request) -> HttpResponse:
    """The counts beside the filters: asked for after the page, so that nobody waits for them."""
    wanted = queue_filter(request.GET)
    counted = triage.counts(request.desk, wanted)
    rules = render_to_string("parts/sift.html", {"sift": rule_sift(wanted, counted)}, request)
    return JsonResponse({**counted, "rules": rules})


@page(Permission.LEADS_READ, background=True)
def arrived(request: Request) -> HttpResponse:
    """How many leads came since the page was made, and the sentence that says so."""
    since = request.GET.get("newest", "")
    since_id = int(since) if since.isdecimal() and len(since) < 19 else 0
    as_of = instant(request.GET.get("as_of", ""))
    count = triage.arrived(
        request.desk,
        queue_filter(request.GET),
        since_id,
        datetime.fromisoformat(as_of) if as_of else None,
    )
    sentence = ngettext("{0} new lead", "{0} new leads", count).format(count)
    return JsonResponse({"count": count, "sentence": sentence})


@page(Permission.LEADS_READ, shows=True)
def lead(request: Request, lead_id: int) -> HttpResponse:
    """One lead. Whoever comes upon a heavy one without having chosen it is told before."""
    if request.GET.get("unasked"):
        wanted = queue_filter(request.GET)
        told = forewarn(request.desk, lead_id, wanted)
        if told is not None:
            context = {
                "told": told,
                "query": queue_query(wanted),
                "toast": toast(request),
                "may_decide": request.desk.may(Permission.LEADS_DECIDE),
            }
            return render(request, "forewarned.html", context)
    return lead_page(request, lead_id)


@page(Permission.LEADS_READ, shows=True)
def around(request: Request, lead_id: int, sighting_id: int) -> HttpResponse:
    """What was posted before and after a flagged post."""
    context = {
        "around": neighbours.around(request.desk, lead_id, sighting_id),
        "query": queue_query(queue_filter(request.GET)),
    }
    return render(request, "around.html", context)


def lead_page(
    request: Request, lead_id: int, error: PatrolError | None = None, note: str = ""
) -> HttpResponse:
    """A lead, with what was wrong with an act on it."""
    wanted = queue_filter(request.GET)
    try:
        sheet = triage.look(request.desk, lead_id, wanted)
    except LeadForgotten as forgotten:
        context = {"forgotten": forgotten, "query": queue_query(wanted)}
        return render(request, "forgotten.html", context, status=410)
    context = {
        **words_of(sheet),
        "query": queue_query(wanted),
        "toast": toast(request),
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "choosing": error is not None and request.POST.get("dismiss", "") != "",
        "note": note,
        "questioned": isinstance(error, NoteQuestioned),
        "may_decide": request.desk.may(Permission.LEADS_DECIDE),
        "may_refer": request.desk.may(Permission.VICTIMS_READ),
        "may_export": request.desk.may(Permission.EVIDENCE_EXPORT),
        "may_sources": request.desk.may(Permission.SOURCES_READ),
        "may_rules": request.desk.may(Permission.RULES_READ),
        "colleagues": colleagues(request.desk),
        "nudge": nudge(request),
        "heavy": due(request.desk, sheet.next_id, sheet.previous_id),
        "used_tags": used_tags(request.desk),
        "beat_seconds": BEAT_SECONDS,
        **choices(request),
    }
    return render(request, "lead.html", context, status=400 if error else 200)


def words_of(sheet: LeadSheet) -> dict[str, object]:
    """A lead's sightings with the rules that marked them, for a page."""
    matches = {match.rule: match for one in sheet.sightings for match in one.matches}
    contacts = {
        handle.tag: handle
        for one in sheet.sightings
        for handle in one.handles
        if handle.role != HandleRole.SPARED
    }
    return {
        "lead": sheet,
        "best": sheet.sightings[0],
        "others": sheet.sightings[1:],
        "titles": {rule: match.title for rule, match in matches.items()},
        "matches": tuple(matches.values()),
        "sparable": tuple(contacts.values()),
    }


@page(Permission.LEADS_DECIDE, shows=True, methods=("POST",))
def decide(request: Request, lead_id: int) -> HttpResponse:
    """Record the officer's decision, then show the next lead."""
    form = DecisionForm.checked(request.POST)
    wanted = queue_filter(request.GET)
    decision = form.decision()
    try:
        decided = triage.decide(request.desk, lead_id, wanted=wanted, **decision)
    except LeadChanged as changed:
        return _changed(request, changed, decision["verdict"])
    except LeadHeld as held:
        return held_page(request, held)
    except BadDecision as error:
        return lead_page(request, lead_id, error, decision["note"] or "")
    request.session["decided"] = {
        "lead": decided.lead_id,
        "status": decided.status,
        "version": decided.version,
    }
    return redirect(_onward(request, decided, wanted, form.cleaned_data["then"]))


def next_address(request: Request, lead_id: int) -> str:
    """Where one goes on after leaving a lead to others: the next one, or the queue at its end."""
    wanted = queue_filter(request.GET)
    query = queue_query(wanted)
    query = f"?{query}" if query else ""
    following = triage.following(request.desk, lead_id, wanted)
    if following is None:
        return reverse("queue") + query
    return _lead_address(request, following, query)


def _lead_address(request: Request, lead_id: int, query: str) -> str:
    """Of a lead that nobody chose: a heavy one is told of before."""
    if lead_id in due(request.desk, lead_id):
        query = (f"{query}&" if query else "?") + "unasked=yes"
    return reverse("lead", args=[lead_id]) + query


def _onward(request: Request, decided: Decided, wanted: QueueFilter, then: str) -> str:
    query = queue_query(wanted)
    query = f"?{query}" if query else ""
    if then == "stay":
        return reverse("lead", args=[decided.lead_id]) + query
    if decided.status == LeadStatus.REFERRED:
        return reverse("referral", args=[decided.lead_id]) + query
    if then == "next" and decided.next_id is not None:
        return _lead_address(request, decided.next_id, query)
    place = f"#lead-{decided.next_id}" if decided.next_id is not None else ""
    return reverse("queue") + query + place


def _changed(request: Request, changed: LeadChanged, verdict: Verdict) -> HttpResponse:
    """Both versions, and nothing overwritten."""
    return render(
        request,
        "changed.html",
        {
            "changed": changed,
            "mine": verdict,
            "query": queue_query(queue_filter(request.GET)),
        },
        status=409,
    )


def held_page(request: Request, held: LeadHeld) -> HttpResponse:
    """A colleague reads the lead: nothing was saved, and it may be taken over."""
    query = queue_query(queue_filter(request.GET))
    return render(request, "held.html", {"held": held, "query": query}, status=409)
