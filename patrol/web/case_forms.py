"""What people send from the pages of campaigns and cases."""

from django import forms

from patrol.actions.linking.standing import CHOICES
from patrol.models import LinkState
from patrol.web.forms import ClosedForm


class WhyForm(ClosedForm):
    """Something said of a link, with its reason."""

    why = forms.CharField(max_length=500, required=False)
    keep_note = forms.BooleanField(required=False)


class LinkForm(WhyForm):
    """Whether a lead belongs to a campaign."""

    lead = forms.IntegerField(min_value=1, max_value=2**62)
    state = forms.ChoiceField(choices=[(word.value, word.value) for word in LinkState])


class HandleForm(WhyForm):
    """Whose a contact is."""

    tag = forms.RegexField(r"^[0-9a-f]{64}$")
    standing = forms.ChoiceField(choices=[(word.value, word.value) for word in CHOICES])


class OpeningForm(ClosedForm):
    """What a case would be opened with, in its address."""

    lead = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    campaign = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class CaseForm(OpeningForm):
    """A case's words, and what it is opened with."""

    title = forms.CharField(max_length=200, required=False)
    summary = forms.CharField(max_length=5000, required=False)
    keep_note = forms.BooleanField(required=False)


class DescribeForm(ClosedForm):
    """A case's words, changed."""

    version = forms.IntegerField(min_value=1)
    title = forms.CharField(max_length=200, required=False)
    summary = forms.CharField(max_length=5000, required=False)
    keep_note = forms.BooleanField(required=False)


class LeadOutForm(WhyForm):
    """A lead that is taken out of a case."""

    lead = forms.IntegerField(min_value=1, max_value=2**62)


class StandForm(WhyForm):
    """A case is closed, opened again, merged or parted."""

    does = forms.ChoiceField(
        choices=[(word, word) for word in ("close", "reopen", "merge", "unmerge")]
    )
    version = forms.IntegerField(min_value=1, required=False)
    into = forms.IntegerField(min_value=1, max_value=2**31, required=False)


class MemberForm(ClosedForm):
    """Who works on a case."""

    account = forms.CharField(max_length=64)
    does = forms.ChoiceField(choices=[(word, word) for word in ("on", "off")])


class TaskForm(ClosedForm):
    """Something to be done, or that is done."""

    what = forms.CharField(max_length=500, required=False)
    account = forms.CharField(max_length=64, required=False)
    due_on = forms.CharField(max_length=20, required=False)
    keep_note = forms.BooleanField(required=False)
    done = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class ExportForm(ClosedForm):
    """A case that leaves."""

    purpose = forms.CharField(max_length=300, required=False)
    kind = forms.ChoiceField(choices=[(word, word) for word in ("zip", "json", "csv")])
