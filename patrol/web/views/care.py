"""How somebody wants to be spared, what they have read, and a break."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from patrol.actions.staffing import care
from patrol.actions.staffing.care import Care, Mask
from patrol.actions.staffing.shifts import settings_now
from patrol.models import Category, Permission
from patrol.web.access import page
from patrol.web.request import Request
from patrol.web.work_forms import BackForm, CareForm

BREAK_MINUTES = 5
LATER_MINUTES = 10
MOST_LATERS = 2


def rested_at(request: Request) -> datetime | None:
    """When this session's person took a break."""
    at = request.session.get("rested_at")
    return datetime.fromisoformat(at) if at else None


def nudge(request: Request) -> dict[str, object] | None:
    """What a page says about a break, if anything. Only to the person themself."""
    spent = care.exposure(request.desk, rested_at(request))
    if not (spent.wants_break or spent.is_full):
        return None
    told = request.session.get("nudge", {})
    if told.get("until", "") > request.desk.now().isoformat():
        return None
    return {"spent": spent, "may_wait": told.get("times", 0) < MOST_LATERS}


@page(Permission.LEADS_READ, methods=("GET", "HEAD", "POST"))
def mine(request: Request) -> HttpResponse:
    """One's own choice and one's own minutes. No word of any lead."""
    if request.method == "POST":
        form = CareForm.checked(request.POST).cleaned_data
        chosen = Care(
            mask=Mask(form["mask"]),
            forewarn=form["forewarn"],
            without=frozenset(Category(word) for word in form["without"]),
        )
        care.keep(request.desk, chosen)
        return redirect(reverse("care") + "?kept=yes")
    context = {
        "care": care.care_of(request.user),
        "masks": list(Mask),
        "categories": list(Category),
        "heavy": set(settings_now().care_heavy),
        "spent": care.exposure(request.desk, rested_at(request)),
        "contacts": care.contacts(),
        "kept": request.GET.get("kept"),
        "break_minutes": settings_now().care_break_minutes,
        "day_minutes": settings_now().care_day_minutes,
    }
    return render(request, "care.html", context)


@page(Permission.LEADS_READ)
def rest(request: Request) -> HttpResponse:
    """A break: nothing to read but when it began."""
    spent = care.exposure(request.desk, rested_at(request))
    now = request.desk.now()
    request.session["rested_at"] = now.isoformat()
    request.session.pop("nudge", None)
    context = {
        "spent": spent,
        "begun_at": now,
        "minutes": BREAK_MINUTES,
        "back": _back(request.GET.get("back", "")),
        "contacts": care.contacts(),
    }
    return render(request, "rest.html", context)


@page(Permission.LEADS_READ, methods=("POST",))
def later(request: Request) -> HttpResponse:
    """Ask again in a few minutes; twice at most."""
    form = BackForm.checked(request.POST).cleaned_data
    told = request.session.get("nudge", {})
    times = told.get("times", 0) + 1
    if times <= MOST_LATERS:
        until = request.desk.now() + timedelta(minutes=LATER_MINUTES)
        request.session["nudge"] = {"until": until.isoformat(), "times": times}
    return redirect(_back(form["back"]))


def _back(address: str) -> str:
    """Where one came from; the queue where that is no address of ours."""
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours and urlsplit(address).path.startswith("/") else reverse("queue")
