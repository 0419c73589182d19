"""What people send about notices: what they have read, how they are reached, who is on call, and a referral."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from patrol.actions.notifying.reach import EVERY, USUAL, Chosen
from patrol.actions.triaging.referrals import Filled
from patrol.models import HelpPlace
from patrol.web.dates import read_moment, shown
from patrol.web.forms import ClosedForm


class MomentField(forms.CharField):
    """A day and a time of the clock, in the calendar of either year count."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def prepare_value(self, value: Any) -> Any:
        """An instant as it would be written here."""
        return shown(value) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        """None where nothing was written."""
        words = super().clean(value)
        if not words:
            return None
        try:
            return read_moment(words)
        except ValueError:
            raise forms.ValidationError(_("Write it as 2026/11/22 15:04.")) from None


class ReadForm(ClosedForm):
    """One notice, or all of them."""

    notice = forms.IntegerField(min_value=1, required=False)


class LetterForm(ClosedForm):
    """One document that the index refused, or all of them."""

    document = forms.CharField(max_length=30, required=False)


class ReachForm(ClosedForm):
    """How somebody wants to be reached."""

    mail = forms.CharField(max_length=254, required=False)
    every = forms.ChoiceField(
        choices=[(str(minutes), str(minutes)) for minutes in EVERY], required=False
    )
    quiet_from = forms.TimeField(required=False)
    quiet_until = forms.TimeField(required=False)

    def chosen(self) -> Chosen:
        """What `reach.choose` wants."""
        cleaned = self.cleaned_data
        begin: time | None = cleaned["quiet_from"]
        until: time | None = cleaned["quiet_until"]
        return Chosen(cleaned["mail"].strip(), int(cleaned["every"] or USUAL), begin, until)


class TurnForm(ClosedForm):
    """Somebody's turn on call."""

    account = forms.CharField(max_length=64, label=_("Colleague"))
    begins_at = MomentField(label=pgettext_lazy("time", "From"))
    ends_at = MomentField(label=pgettext_lazy("time", "Until"))


class ReferralForm(ClosedForm):
    """What is known of a referral. Everything may be filled in later."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    receiver = forms.ChoiceField(
        choices=[("", ""), *((word.value, word.value) for word in HelpPlace)],
        required=False,
        label=_("To whom"),
    )
    sent_at = MomentField(required=False, label=_("When it was sent"))
    reference = forms.CharField(max_length=60, required=False, label=_("Their number"))
    acknowledged_at = MomentField(required=False, label=_("When they said that it arrived"))

    def filled(self) -> Filled:
        """What `referrals.fill_in` wants."""
        cleaned = self.cleaned_data
        return Filled(
            receiver=HelpPlace(cleaned["receiver"]) if cleaned["receiver"] else None,
            sent_at=cleaned["sent_at"],
            reference=cleaned["reference"].strip() or None,
            acknowledged_at=cleaned["acknowledged_at"],
        )
