"""Rules: what is looked for, by whose word, and how right it was."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards import charts
from dashboards.charts import Stack
from patrol.actions.rulemaking import rule_drafts, rule_sheets, rule_versions, trials
from patrol.actions.rulemaking.rule_sheets import RulePage
from patrol.actions.searching import query_rule
from patrol.errors import ManyErrors, PatrolError
from patrol.models import Permission
from patrol.settings import Settings
from patrol.web import dates
from patrol.web.access import page
from patrol.web.forms import PlainForm, ReasonForm
from patrol.web.request import Request
from patrol.web.rule_forms import DraftForm, PairForm, VersionForm
from patrol.web.step_up import ask_again, is_fresh

EXAMPLE = """\
title: {en: ..., zh-Hant: ...}
category: fraud
level: medium
why: What the officer reads beside the marked words. A reason to look, never proof.
terms:
  offer: {words: [..., ...]}
  reach: {handle: [any]}
when: offer and reach
within: 80
falsepositives:
  - ...
examples:
  hit:
    - {text: ..., spans: [..., ...]}
  miss:
    - {text: ..., because: ...}
"""


@page(Permission.RULES_READ, shows=True)
def listed(request: Request) -> HttpResponse:
    """All rules."""
    lines = rule_sheets.listed(request.desk)
    context = {
        "lines": lines,
        "review": [line for line in lines if line.status == "review"],
        "waiting": [line for line in lines if line.waiting or line.status in {"draft", "shadow"}],
        "ending": [line for line in lines if line.ends_soon],
        "may_propose": request.desk.may(Permission.RULES_PROPOSE),
    }
    return render(request, "rules.html", context)


@page(Permission.RULES_READ, shows=True)
def viewed(request: Request, name: str) -> HttpResponse:
    """One rule."""
    wanted = VersionForm.checked(request.GET).cleaned_data["version"]
    found = rule_sheets.viewed(request.desk, name, wanted)
    may = request.desk.may
    proposes = may(Permission.RULES_PROPOSE)
    context: dict[str, Any] = {
        "page": found,
        "line": found.line,
        "rule": found.rule,
        "shown": found.shown,
        "drawing": _drawing(found),
        "before": next((one for one in found.versions if one.version < found.shown.version), None),
        "may_propose": proposes,
        "may_approve": may(Permission.RULES_APPROVE),
        "may_leads": may(Permission.LEADS_READ),
        "own": found.shown.proposed_by_id == request.desk.actor.person,
        "days": Settings().unflagged_days,
        "trials": trials.newest(request.desk, name) if proposes else (),
    }
    return render(request, "rule.html", context)


def _drawing(found: RulePage) -> Any:
    stacks = [
        Stack(dates.month_and_day(day), (posts - aside, aside, 0))
        for day, posts, aside in found.by_day
    ]
    total = sum(stack.total for stack in stacks)
    about = _("{0} posts in 14 days. All numbers are in the table below the drawing.").format(total)
    return charts.columns("figure-rule", _("Posts hit by day"), about, stacks) if total else None


@page(Permission.RULES_READ, shows=True)
def differences(request: Request, name: str) -> HttpResponse:
    """What two versions differ in."""
    pair = PairForm.checked(request.GET).cleaned_data
    found = rule_sheets.differences(request.desk, name, pair["old"], pair["new"])
    context = {
        "name": name,
        "diff": found,
        "days": Settings().unflagged_days,
        "may_propose": request.desk.may(Permission.RULES_PROPOSE),
    }
    return render(request, "rule_diff.html", context)


@page(Permission.RULES_PROPOSE, shows=True, methods=("GET", "HEAD", "POST"))
def write(request: Request, name: str = "") -> HttpResponse:
    """Write a rule's next version, or a new rule."""
    form = _draft(request, name)
    checked = error = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        texts = [line.strip() for line in asked["texts"].splitlines() if line.strip()]
        try:
            if asked["do"] == "propose":
                row = rule_drafts.write(
                    request.desk, asked["name"], asked["text"], asked["because"]
                ).row
                return redirect(f"/rules/{row.name}/?version={row.version}")
        except ManyErrors:
            pass  # each of them is said by the check below
        except PatrolError as problem:
            error = problem
        checked = rule_drafts.check(request.desk, asked["name"], asked["text"], texts)
    elif request.method == "POST":
        rule_drafts.check(request.desk, name or "?", "", [])
    refused = request.method == "POST" and (
        error is not None or not form.is_valid() or bool(checked and checked.faults)
    )
    context = {"form": form, "name": name, "checked": checked, "error": error}
    return render(request, "rule_write.html", context, status=400 if refused else 200)


def _draft(request: Request, name: str) -> DraftForm:
    """What was sent; else the version that counts most; else an example."""
    if request.method == "POST":
        form = DraftForm(request.POST)
        form.refuse_strangers()
        return form
    if name:
        found = rule_sheets.viewed(request.desk, name)
        return DraftForm(initial={"name": name, "text": found.text})
    if request.GET.get("query", "").isdecimal():
        drafted, text = query_rule.draft_of(request.desk, int(request.GET["query"][:9]))
        return DraftForm(initial={"name": drafted, "text": text})
    rule_drafts.check(request.desk, "?", "", [])
    return DraftForm(initial={"text": EXAMPLE})


@page(Permission.RULES_PROPOSE, methods=("POST",))
def try_out(request: Request, name: str, version: int) -> HttpResponse:
    """Put a draft on trial."""
    PlainForm.checked(request.POST)
    rule_versions.try_out(request.desk, name, version)
    return redirect(f"/rules/{name}/?version={version}")


@page(Permission.RULES_APPROVE, methods=("POST",))
def approve(request: Request, name: str, version: int) -> HttpResponse:
    """Make a version live."""
    if not is_fresh(request):
        return ask_again(f"{reverse('rule', args=[name])}?version={version}")
    PlainForm.checked(request.POST)
    rule_versions.approve(request.desk, name, version)
    return redirect("rule", name=name)


@page(Permission.RULES_PROPOSE, methods=("POST",))
def retire(request: Request, name: str, version: int) -> HttpResponse:
    """End a version."""
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    rule_versions.retire(request.desk, name, version, reason)
    return redirect("rule", name=name)


@page(Permission.RULES_APPROVE, methods=("POST",))
def release(request: Request, name: str) -> HttpResponse:
    """Let a rule make leads again."""
    if not is_fresh(request):
        return ask_again(reverse("rule", args=[name]))
    reason = ReasonForm.checked(request.POST).cleaned_data["reason"]
    rule_versions.release(request.desk, name, reason)
    return redirect("rule", name=name)
