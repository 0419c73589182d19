"""What people send us to say how often a source is read, and from how little on a run is not believed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrol.actions.collecting.schedules import Schedule
from patrol.models import Revisit, Source
from patrol.web.forms import ClosedForm

MOST = 10_080
"""Minutes of a week."""


class ScheduleForm(ClosedForm):
    """A source's schedule, its limits and its floor."""

    every_minutes = forms.IntegerField(
        min_value=1, max_value=MOST, label=_("Read every so many minutes")
    )
    fastest_minutes = forms.IntegerField(
        min_value=1,
        max_value=MOST,
        required=False,
        label=_("At most every so many minutes"),
        help_text=_(
            "With both limits it is read as often as it is written in. Empty: never moved."
        ),
    )
    slowest_minutes = forms.IntegerField(
        min_value=1, max_value=MOST, required=False, label=_("At least every so many minutes")
    )
    floor = forms.IntegerField(
        min_value=0,
        max_value=100_000,
        label=_("Rows that a healthy run reads at least"),
        help_text=_("Threads on lists, and posts. Fewer is suspiciously empty."),
    )
    learns_floor = forms.BooleanField(
        required=False,
        label=_("Learn from its runs what is too little"),
        help_text=_("By the hours of the week: a quiet night is none."),
    )

    @classmethod
    def of(cls, source: Source) -> "ScheduleForm":
        """Filled with what is so."""
        limits = source.revisit
        return cls(
            initial={
                "every_minutes": source.every_minutes,
                "fastest_minutes": limits.fastest_minutes if limits else None,
                "slowest_minutes": limits.slowest_minutes if limits else None,
                "floor": source.floor,
                "learns_floor": source.learns_floor,
            }
        )

    def clean(self) -> dict[str, Any]:
        """Both limits or none, with the schedule between them."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        fastest, slowest = cleaned["fastest_minutes"], cleaned["slowest_minutes"]
        if (fastest is None) != (slowest is None):
            lacking = "fastest_minutes" if fastest is None else "slowest_minutes"
            self.add_error(lacking, _("Give both limits, or none."))
        elif fastest is not None and not fastest <= cleaned["every_minutes"] <= slowest:
            self.add_error("every_minutes", _("It lies between the two limits."))
        return cleaned

    def schedule(self) -> Schedule:
        """As the action wants it."""
        cleaned = self.cleaned_data
        fastest, slowest = cleaned["fastest_minutes"], cleaned["slowest_minutes"]
        return Schedule(
            every_minutes=cleaned["every_minutes"],
            revisit=Revisit(fastest_minutes=fastest, slowest_minutes=slowest) if fastest else None,
            floor=cleaned["floor"],
            learns_floor=cleaned["learns_floor"],
        )
