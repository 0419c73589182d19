"""What one was told, how one is reached, who is on call, and what left this machine."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from patrol.actions.notifying import alarms, delivery, notices, oncall, reach
from patrol.actions.notifying.oncall import BadTurn
from patrol.actions.notifying.reach import BadReach
from patrol.actions.staffing.shifts import settings_now
from patrol.models import Permission, Verb
from patrol.web.access import page
from patrol.web.forms import PlainForm
from patrol.web.notice_forms import ReachForm, ReadForm, TurnForm
from patrol.web.request import Request
from patrol.web.sentences import said


@page(Permission.INBOX_READ, shows=True)
def inbox(request: Request) -> HttpResponse:
    """What one was told, unread first."""
    before = request.GET.get("before", "")
    known = before.isdecimal() and len(before) < 19
    context = {
        "inbox": notices.inbox(request.desk, int(before) if known else None),
        "may_set": request.desk.may(Permission.ONCALL_SET),
        "may_operate": request.desk.may(Permission.SYSTEM_OPERATE),
        "calls": {one.lead_id for one in alarms.raised(request.desk)},
    }
    return render(request, "inbox.html", context)


@page(Permission.INBOX_READ, methods=("POST",))
def read(request: Request) -> HttpResponse:
    """Put one notice aside, or all."""
    form = ReadForm.checked(request.POST).cleaned_data
    notices.put_aside(request.desk, form["notice"])
    return redirect("inbox")


@page(Permission.INBOX_READ, methods=("GET", "HEAD", "POST"))
def reached(request: Request) -> HttpResponse:
    """One's own mail address and quiet hours. Shown to nobody else."""
    error: BadReach | None = None
    chosen = reach.chosen(request.desk)
    if request.method == "POST":
        form = ReachForm.checked(request.POST)
        chosen = form.chosen()
        try:
            reach.choose(request.desk, chosen)
        except BadReach as fault:
            error = fault
        else:
            return redirect(reverse("reach") + "?kept=yes")
    context = {
        "chosen": chosen,
        "every": reach.EVERY,
        "mails": bool(settings_now().mail_server),
        "domains": settings_now().mail_domains,
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "kept": request.GET.get("kept"),
    }
    return render(request, "reach.html", context, status=400 if error else 200)


@page(Permission.ONCALL_SET, shows=True, methods=("GET", "HEAD", "POST"))
def on_call(request: Request) -> HttpResponse:
    """Who is on call, and putting somebody there."""
    form = TurnForm(request.POST or None)
    error: BadTurn | None = None
    if request.method == "POST":
        form.refuse_strangers()
        if form.is_valid():
            told = form.cleaned_data
            try:
                oncall.put_on_call(
                    request.desk, told["account"], told["begins_at"], told["ends_at"]
                )
            except BadTurn as fault:
                error = fault
            else:
                return redirect("on_call")
    context = {
        "turns": oncall.turns(request.desk),
        "accounts": oncall.may_be_called(request.desk),
        "form": form,
        "now": request.desk.now(),
        "minutes": settings_now().alarm_minutes,
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
    }
    return render(request, "on_call.html", context, status=400 if form.errors or error else 200)


@page(Permission.ONCALL_SET, methods=("POST",))
def off_call(request: Request, turn_id: int) -> HttpResponse:
    """Take a turn back."""
    PlainForm.checked(request.POST)
    oncall.take_off(request.desk, turn_id)
    return redirect("on_call")


@page(Permission.LEADS_DECIDE, methods=("POST",))
def acknowledge(request: Request, lead_id: int) -> HttpResponse:
    """Take a possible victim's lead upon oneself, and read it."""
    PlainForm.checked(request.POST)
    alarms.acknowledge(request.desk, lead_id)
    return redirect("lead", lead_id)


@page(Permission.SYSTEM_OPERATE, shows=True, methods=("GET", "HEAD", "POST"))
def messages(request: Request) -> HttpResponse:
    """How delivery goes, without what was told to whom; dead letters may be tried again."""
    if request.method == "POST":
        PlainForm.checked(request.POST)
        delivery.try_again(request.desk)
        return redirect("messages")
    standing = delivery.standing()
    request.desk.record(Verb.INBOX_VIEWED, count=standing.waiting, details={"messages": True})
    context = {"standing": standing, "ways": delivery.configured()}
    return render(request, "messages.html", context)
