"""What people send us to search: the box's twin as fields, a list of terms, a query to keep."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from patrol.actions.searching import batches, queries
from patrol.models import MOST_POINTS, Category, Channel, LeadKind, LeadStatus
from patrol.search.index import Facet, Query
from patrol.search.query import quoted
from patrol.web.forms import ClosedForm, DayField
from patrol.web.words import label

_WORDS: Mapping[str, Iterable[str]] = {
    "category": Category,
    "status": LeadStatus,
    "channel": Channel,
    "kind": [kind for kind in LeadKind if kind is not LeadKind.POSSIBLE_VICTIM],
}


def _choice(name: str, title: Any) -> forms.ChoiceField:
    def choices() -> list[tuple[str, Any]]:
        return [("", _("Any")), *((str(word), label(str(word))) for word in _WORDS[name])]

    return forms.ChoiceField(choices=choices, required=False, label=title)


class TwinForm(ClosedForm):
    """The search box as fields. What it says is written into the box, and asked there."""

    words = forms.CharField(max_length=200, required=False, label=_("All these words"))
    phrase = forms.CharField(max_length=100, required=False, label=_("Words that stand together"))
    without = forms.CharField(max_length=100, required=False, label=_("None of these words"))
    source = forms.CharField(max_length=200, required=False, label=_("Source"))
    category = _choice("category", _("Category"))
    status = _choice("status", _("Status"))
    kind = _choice("kind", _("Kind"))
    channel = _choice("channel", _("Channel"))
    rule = forms.CharField(max_length=63, required=False, label=_("Rule"))
    first = DayField(
        required=False, label=pgettext_lazy("time", "From"), help_text=_("2026-11-22 or 115/11/22")
    )
    last = DayField(required=False, label=pgettext_lazy("time", "Until"))
    score = forms.IntegerField(
        min_value=0, max_value=MOST_POINTS, required=False, label=_("Score, at least")
    )
    twin = forms.CharField(max_length=3, required=False, widget=forms.HiddenInput)

    def text(self) -> str:
        """The same as one line, in the words of the box."""
        said = self.cleaned_data
        pieces = [quoted(word) for word in said["words"].split()]
        pieces += [f'"{said["phrase"].replace(chr(34), " ")}"'] if said["phrase"] else []
        pieces += [f"-{quoted(word)}" for word in said["without"].split()]
        named = ("source", "category", "status", "kind", "channel", "rule")
        pieces += [f"{name}:{said[name].strip()}" for name in named if said[name].strip()]
        first, last = said["first"], said["last"]
        if first or last:
            pieces.append(f"day:{first or ''}..{last or ''}")
        if said["score"] is not None:
            pieces.append(f"score:{said['score']}..")
        return " ".join(pieces)

    @classmethod
    def of(cls, query: Query | None) -> "TwinForm":
        """Filled with what the box asks, as far as fields can say it. Words are as they were written."""
        if query is None:
            return cls()
        alone = [word for word in query.words if " " not in word]
        together = [word for word in query.words if " " in word]
        filled: dict[str, Any] = {
            "words": " ".join(alone),
            "phrase": together[0] if together else "",
            "without": " ".join(query.without),
            "first": query.first_day,
            "last": query.last_day,
            "score": query.least_score,
        }
        for facet in (Facet.SOURCE, Facet.RULE, *(Facet(name) for name in _WORDS)):
            filled[facet.value] = ",".join(query.filters.get(facet, ()))
        return cls(initial=filled)


class BatchForm(ClosedForm):
    """A list of terms, pasted or as a file, and what it is for."""

    terms = forms.CharField(
        max_length=batches.MOST * (batches.LONGEST + 1),
        required=False,
        strip=False,
        label=_("Terms"),
        help_text=_("One a line, in the words of the search box; at most 1,000."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        required=False,
        label=_("Or a file"),
        help_text=_("Text or CSV; the first column counts. It is read and not kept."),
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,text/plain,text/csv"}),
    )
    purpose = forms.CharField(
        max_length=batches.LONGEST_PURPOSE,
        label=_("What for"),
        help_text=_("The access log keeps it."),
    )


class KeepForm(ClosedForm):
    """A query that is kept."""

    q = forms.CharField(max_length=300, required=False, strip=False)
    name = forms.CharField(max_length=200, required=False)
    purpose = forms.CharField(max_length=1000, required=False)
    days = forms.TypedChoiceField(
        coerce=int, choices=[(str(days), str(days)) for days in queries.DAYS]
    )


class DaysForm(ClosedForm):
    """For how long it is needed from now on."""

    days = forms.TypedChoiceField(
        coerce=int, choices=[(str(days), str(days)) for days in queries.DAYS]
    )
