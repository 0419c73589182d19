"""Evidence: what may be handed over of a lead, and handing it over."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from patrol.actions.disclosing import evidence, sharing
from patrol.exports.edges import LIMITS
from patrol.exports.handles import Format
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.forms import ClosedForm
from patrol.web.request import Request
from patrol.web.step_up import ask_again, is_fresh


class EvidenceForm(ClosedForm):
    """Why, and which of the two."""

    reason = forms.CharField(max_length=500, label=_("Reason"))
    which = forms.ChoiceField(choices=[("complete", "complete"), ("redacted", "redacted")])


@page(Permission.EVIDENCE_EXPORT, shows=True)
def offer(request: Request, lead_id: int) -> HttpResponse:
    """What a bundle holds, and those that were made."""
    return _offered(request, lead_id, EvidenceForm(initial={"which": "complete"}))


@page(Permission.EVIDENCE_EXPORT, shows=True, methods=("POST",))
def export(request: Request, lead_id: int) -> HttpResponseBase:
    """Hand one over. Recorded before its first byte leaves."""
    if not is_fresh(request):
        return ask_again(reverse("evidence", args=[lead_id]))
    form = EvidenceForm(request.POST)
    form.refuse_strangers()
    if not form.is_valid():
        return _offered(request, lead_id, form, status=400)
    told = form.cleaned_data
    made = evidence.export(request.desk, lead_id, told["reason"], twin=told["which"] == "redacted")
    return _file(made.name, made.content, "application/zip")


class ContactsForm(ClosedForm):
    """Why, and in whose format."""

    reason = forms.CharField(max_length=500, label=_("Reason"))
    form = forms.ChoiceField(choices=[(word.value, word.value) for word in Format])


@page(Permission.EVIDENCE_EXPORT, shows=True, methods=("POST",))
def contacts(request: Request, lead_id: int) -> HttpResponseBase:
    """The contacts that it offers, for other people's tools."""
    if not is_fresh(request):
        return ask_again(reverse("evidence", args=[lead_id]))
    told = ContactsForm.checked(request.POST).cleaned_data
    made = sharing.share(request.desk, lead_id, Format(told["form"]), told["reason"])
    return _file(made.name, made.content, made.media_type)


@page(Permission.EVIDENCE_EXPORT, shows=True)
def proof(request: Request, lead_id: int, record: int) -> HttpResponse:
    """The proof that the log has the record of an export."""
    proven = evidence.proof(request.desk, lead_id, record)
    return _file(proven.name, proven.text.encode(), "text/plain; charset=utf-8")


def _offered(request: Request, lead_id: int, form: EvidenceForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "offer": evidence.offer(request.desk, lead_id),
        "form": form,
        "limits": [zh if get_language() == "zh-hant" else en for zh, en in LIMITS],
        "fresh": is_fresh(request),
        "formats": list(Format),
    }
    return render(request, "evidence.html", context, status=status)


def _file(name: str, content: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
