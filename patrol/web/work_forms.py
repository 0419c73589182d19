"""What officers send beside decisions: views, selections, leases, assignments, notes."""

from datetime import datetime
from typing import Any

from django import forms

from patrol.actions.staffing.care import Mask
from patrol.actions.triaging.later import Later, comes_back
from patrol.actions.triaging.verdicts import Choice
from patrol.models import Category, DismissReason, Verdict
from patrol.web.forms import ClosedForm, day_or_none


class ViewForm(ClosedForm):
    """A filter's name; the filter is the address's."""

    name = forms.CharField(max_length=100, required=False)
    shared = forms.BooleanField(required=False)
    is_default = forms.BooleanField(required=False)


class TogetherForm(ClosedForm):
    """What to decide on a selection. Exactly one comes from the button pressed."""

    verdict = forms.ChoiceField(
        choices=[(word, word) for word in (Verdict.RELEVANT, Verdict.ESCALATED)], required=False
    )
    dismiss = forms.ChoiceField(
        choices=[(word.value, word.value) for word in DismissReason], required=False
    )
    snooze = forms.ChoiceField(choices=[(word.value, word.value) for word in Later], required=False)
    back_on = forms.CharField(max_length=40, required=False)
    note = forms.CharField(max_length=2000, required=False)
    keep_note = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Exactly one button."""
        cleaned = super().clean() or self.cleaned_data
        if sum(bool(cleaned.get(name)) for name in ("verdict", "dismiss", "snooze")) != 1:
            self.add_error("verdict", "one")
        return cleaned

    def choice(self, now: datetime) -> Choice:
        """What `bulk.decide_together` wants."""
        cleaned = self.cleaned_data
        reason = DismissReason(cleaned["dismiss"]) if cleaned["dismiss"] else None
        verdict = Verdict.DISMISSED if reason else Verdict.SNOOZED
        return Choice(
            verdict=Verdict(cleaned["verdict"]) if cleaned["verdict"] else verdict,
            dismiss_reason=reason,
            note=cleaned["note"] or None,
            keep_note=cleaned["keep_note"],
            snoozed_until=comes_back(Later(cleaned["snooze"]), now, day_or_none(cleaned["back_on"]))
            if cleaned["snooze"]
            else None,
        )


class ReviewForm(ClosedForm):
    """A second verdict. Exactly one comes from the button pressed."""

    verdict = forms.ChoiceField(
        choices=[
            (word.value, word.value)
            for word in (Verdict.RELEVANT, Verdict.ESCALATED, Verdict.REFERRED)
        ],
        required=False,
    )
    dismiss = forms.ChoiceField(
        choices=[(word.value, word.value) for word in DismissReason], required=False
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one button."""
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("verdict")) == bool(cleaned.get("dismiss")):
            self.add_error("verdict", "one")
        return cleaned


class CareForm(ClosedForm):
    """How somebody wants to be spared."""

    mask = forms.ChoiceField(choices=[(word.value, word.value) for word in Mask])
    forewarn = forms.BooleanField(required=False)
    without = forms.MultipleChoiceField(
        choices=[(word.value, word.value) for word in Category], required=False
    )


class BackForm(ClosedForm):
    """The page to go back to."""

    back = forms.CharField(max_length=1000, required=False)


class HoldForm(ClosedForm):
    """The lease of an open lead."""

    take_over = forms.BooleanField(required=False)


class AssignForm(ClosedForm):
    """Whose work a lead is from now on; `me` is who asks, nothing is anybody."""

    to = forms.CharField(max_length=64, required=False)
    version = forms.IntegerField(min_value=1, required=False)
    note = forms.CharField(max_length=2000, required=False)
    keep_note = forms.BooleanField(required=False)
    then = forms.ChoiceField(
        choices=[(word, word) for word in ("queue", "stay", "pass")], required=False
    )


class TagForm(ClosedForm):
    """A tag."""

    tag = forms.CharField(max_length=100, required=False)


class SpareForm(ClosedForm):
    """A contact by its tag, and why it is shown again."""

    contact = forms.RegexField(r"^[0-9a-f]{64}$")
    why = forms.CharField(max_length=500, required=False)
    keep = forms.BooleanField(required=False)


class NoteForm(ClosedForm):
    """A note by itself, or the next wording of one. It comes from the form of decisions too."""

    note = forms.CharField(max_length=2000, required=False)
    keep_note = forms.BooleanField(required=False)
    corrects = forms.RegexField(r"^\d{1,6}\.\d{1,6}$", required=False)
    version = forms.IntegerField(min_value=1, required=False)
    false_rule = forms.CharField(max_length=63, required=False)
    back_on = forms.CharField(max_length=40, required=False)
    then = forms.CharField(max_length=10, required=False)

    def corrected(self) -> tuple[int, int] | None:
        """Number and version of the note that it corrects."""
        if not self.cleaned_data["corrects"]:
            return None
        number, version = self.cleaned_data["corrects"].split(".")
        return int(number), int(version)
