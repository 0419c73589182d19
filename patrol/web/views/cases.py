"""Cases: the list, one of them, opening one, and what is done with it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop

from patrol.actions.casework import case_notes, casefile, cases, similar
from patrol.actions.casework.cases import BadCase, CaseMoved, PurposeMissing
from patrol.actions.disclosing import case_bundle, case_export
from patrol.actions.disclosing.case_bundle import CaseTooLarge
from patrol.actions.linking.campaigns import ReasonMissing, VictimApart
from patrol.actions.triaging.assigning import colleagues
from patrol.actions.triaging.leads import NoSuchLead
from patrol.actions.triaging.notes import NoteChanged
from patrol.actions.triaging.verdicts import BadDecision, NoteQuestioned
from patrol.errors import PatrolError
from patrol.exports.case_bundle import LIMITS
from patrol.models import CaseStatus, Permission
from patrol.web import case_files, linking
from patrol.web.access import page
from patrol.web.case_forms import (
    CaseForm,
    DescribeForm,
    ExportForm,
    LeadOutForm,
    MemberForm,
    OpeningForm,
    StandForm,
    TaskForm,
)
from patrol.web.dates import read_date
from patrol.web.request import Request
from patrol.web.sentences import said
from patrol.web.step_up import ask_again, is_fresh
from patrol.web.work_forms import NoteForm

TOLD = (
    BadCase,
    BadDecision,
    CaseMoved,
    NoteChanged,
    ReasonMissing,
    NoteQuestioned,
    PurposeMissing,
    VictimApart,
    NoSuchLead,
)
"""What is said on the page that was sent, with what was written kept."""


@page(Permission.CASES_READ, shows=True)
def listed(request: Request) -> HttpResponse:
    """The cases of the unit."""
    status = request.GET.get("status", "")
    status = status if status in set(CaseStatus) else ""
    context = {
        "cases": casefile.listing(request.desk, request.GET.get("after", "")[:60], status=status),
        "status": status,
        "statuses": [one.value for one in CaseStatus],
        "may_work": request.desk.may(Permission.CASES_WORK),
    }
    return render(request, "cases.html", context)


@page(Permission.CASES_WORK, shows=True)
def new(request: Request) -> HttpResponse:
    """Similar cases first, then the form of a new one."""
    return _opening(request, OpeningForm.checked(request.GET).cleaned_data)


def _opening(
    request: Request, asked: dict[str, Any], error: PatrolError | None = None
) -> HttpResponse:
    found = similar.opening(request.desk, asked["lead"], asked["campaign"])
    context = {"opening": found, "lead_id": asked["lead"], "asked": asked, **_told(error)}
    return render(request, "case_new.html", context, status=400 if error else 200)


def _told(error: PatrolError | None) -> dict[str, Any]:
    return {
        "error": {"what": said(error.what), "do": said(error.do)} if error else None,
        "questioned": isinstance(error, NoteQuestioned),
    }


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def opened(request: Request) -> HttpResponse:
    """Open a case."""
    form = CaseForm.checked(request.POST).cleaned_data
    try:
        case_id = cases.open_case(
            request.desk,
            form["title"],
            form["summary"],
            leads=[form["lead"]] if form["lead"] else [],
            campaign_id=form["campaign"],
            keep=form["keep_note"],
        )
    except (BadCase, NoteQuestioned) as error:
        return _opening(request, form, error)
    return redirect("case", case_id)


@page(Permission.CASES_READ, shows=True)
def case(request: Request, case_id: int) -> HttpResponse:
    """One case."""
    return _shown(request, case_id)


def _shown(
    request: Request, case_id: int, error: PatrolError | None = None, why: str = ""
) -> HttpResponse:
    found = casefile.view(request.desk, case_id)
    working = not found.merged_into and found.status == CaseStatus.UNDER_WAY
    context = {
        "case": found,
        "drawing": linking.drawing(found.graph),
        "may_work": request.desk.may(Permission.CASES_WORK),
        "working": working and request.desk.may(Permission.CASES_WORK),
        "may_export": request.desk.may(Permission.CASES_EXPORT),
        "fresh": is_fresh(request),
        "limits": [zh if get_language() == "zh-hant" else en for zh, en in LIMITS],
        "colleagues": colleagues(request.desk),
        "notes": case_notes.notes_of(request.desk, case_id),
        "why": why,
        **_told(error),
    }
    return render(request, "case.html", context, status=400 if error else 200)


def _done(request: Request, case_id: int, act: Callable[[], object], why: str = "") -> HttpResponse:
    """Act, then show the case again."""
    try:
        act()
    except TOLD as error:
        return _shown(request, case_id, error, why)
    return redirect("case", case_id)


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def note(request: Request, case_id: int) -> HttpResponse:
    """Write a note, or correct one's own."""
    form = NoteForm.checked(request.POST)
    said = form.cleaned_data
    return _done(
        request,
        case_id,
        lambda: case_notes.write(
            request.desk,
            case_id,
            said["note"],
            keep=said["keep_note"],
            corrects=form.corrected(),
        ),
    )


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def describe(request: Request, case_id: int) -> HttpResponse:
    """Change its words."""
    form = DescribeForm.checked(request.POST).cleaned_data
    keep = form.pop("keep_note")
    return _done(request, case_id, lambda: cases.describe(request.desk, case_id, **form, keep=keep))


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def add(request: Request, case_id: int) -> HttpResponse:
    """Put leads in."""
    form = OpeningForm.checked(request.POST).cleaned_data
    leads = [form["lead"]] if form["lead"] else []

    def act() -> None:
        cases.add_leads(request.desk, case_id, leads=leads, campaign_id=form["campaign"])

    return _done(request, case_id, act)


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def detach(request: Request, case_id: int) -> HttpResponse:
    """Take a lead out."""
    form = LeadOutForm.checked(request.POST).cleaned_data

    def act() -> None:
        cases.detach(request.desk, case_id, form["lead"], form["why"], keep=form["keep_note"])

    return _done(request, case_id, act, form["why"])


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def stand(request: Request, case_id: int) -> HttpResponse:
    """Close it, open it again, merge it into another, or part it from that."""
    form = StandForm.checked(request.POST).cleaned_data
    does, why, keep = form["does"], form["why"], form["keep_note"]

    def act() -> None:
        if does == "merge":
            cases.merge(request.desk, case_id, form["into"] or 0, why, keep=keep)
        elif does == "unmerge":
            cases.unmerge(request.desk, case_id, why, keep=keep)
        else:
            change = cases.close if does == "close" else cases.reopen
            change(request.desk, case_id, form["version"] or 0, why, keep=keep)

    return _done(request, case_id, act, why)


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def member(request: Request, case_id: int) -> HttpResponse:
    """Put somebody on it, or take somebody off."""
    form = MemberForm.checked(request.POST).cleaned_data
    change = cases.put_on if form["does"] == "on" else cases.take_off
    return _done(request, case_id, lambda: change(request.desk, case_id, form["account"]))


@page(Permission.CASES_WORK, shows=True, methods=("POST",))
def task(request: Request, case_id: int) -> HttpResponse:
    """Write down what is to be done, or that it is done."""
    form = TaskForm.checked(request.POST).cleaned_data

    def act() -> None:
        if form["done"]:
            cases.finish_task(request.desk, case_id, form["done"])
            return
        try:
            due_on = read_date(form["due_on"]) if form["due_on"] else None
        except ValueError as error:
            raise BadCase(
                gettext_noop("This is no date."),
                gettext_noop("Write it as `2026-11-22` or `115/11/22`, or leave it out."),
            ) from error
        cases.set_task(
            request.desk, case_id, form["what"], account=form["account"], due_on=due_on,
            keep=form["keep_note"],
        )  # fmt: skip

    return _done(request, case_id, act, form["what"])


@page(Permission.CASES_EXPORT, shows=True, methods=("POST",))
def export(request: Request, case_id: int) -> HttpResponseBase:
    """The case as a file."""
    if not is_fresh(request):
        return ask_again(reverse("case", args=[case_id]))
    form = ExportForm.checked(request.POST).cleaned_data
    if form["kind"] == "zip":
        return _bundled(request, case_id, form["purpose"])
    write = case_files.csv_of if form["kind"] == "csv" else case_files.as_json
    try:
        content = case_export.export(request.desk, case_id, form["purpose"], write)
    except PurposeMissing as error:
        return _shown(request, case_id, error)
    kind = "text/csv; charset=utf-8" if form["kind"] == "csv" else "application/json"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="patrol-case-{case_id}.{form["kind"]}"'
    return answer


def _bundled(request: Request, case_id: int, purpose: str) -> HttpResponse:
    """All of it as evidence."""
    try:
        made = case_bundle.export(request.desk, case_id, purpose)
    except (PurposeMissing, CaseTooLarge) as error:
        return _shown(request, case_id, error)
    answer = HttpResponse(made.content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer
