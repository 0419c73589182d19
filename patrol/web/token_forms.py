"""The form of a token."""

from typing import Any

from django import forms

from patrol.actions.staffing.tokens import MAX_DAYS
from patrol.models import TokenScope
from patrol.web.forms import ClosedForm


class TokenForm(ClosedForm):
    """What a program is called, what it may ask, and for how long. What of it is allowed is the act's question."""

    label = forms.CharField(max_length=60, required=False)
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.value) for scope in TokenScope], required=False
    )
    days = forms.IntegerField(min_value=1, max_value=MAX_DAYS)

    def clean(self) -> dict[str, Any]:
        """Scopes as our own words."""
        told = super().clean() or self.cleaned_data
        told["scopes"] = [TokenScope(scope) for scope in told.get("scopes", [])]
        return told
