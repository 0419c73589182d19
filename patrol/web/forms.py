"""What people send us. A field that we did not ask for is refused, not ignored."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Self, cast
from urllib.parse import urlencode

from allauth.account.forms import LoginForm
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboards.period import BadPeriod, Period
from patrol.actions.collecting.sources import RunFilter
from patrol.actions.triaging.later import Later
from patrol.actions.triaging.queue import SEARCHABLE, WAITING, Sort
from patrol.actions.triaging.sifting import MOST, NO_CATEGORY, SEVERITIES, parted, written
from patrol.actions.triaging.triage import QueueFilter
from patrol.errors import BadInput
from patrol.models import (
    Category,
    Channel,
    DismissReason,
    LeadKind,
    LeadStatus,
    Outcome,
    Role,
    Verdict,
)
from patrol.web.dates import read_date

ANY = "any"
VICTIM = "victim"
"""As a verdict: refer to help, and the lead becomes a possible victim's."""
SORTS: tuple[Sort, ...] = ("score", "newest", "oldest", "cluster")
PERIODS = (7, 30, 90)
USUAL_PERIOD = 30
"""Days of figures."""
LONGEST = 1_000
"""Characters of one filter of the queue."""
RUN_OUTCOMES = frozenset({*(word.value for word in Outcome), "good", "bad", "refused"})


class BadForm(BadInput):
    """A form cannot be read."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The form's field `{field}` cannot be read.",
            why="A page's form sends only what the page asked for.",
            do="Go back, reload the page and send it again.",
        )


class ClosedForm(forms.Form):
    """A form that refuses fields it does not know."""

    @classmethod
    def checked(cls, data: QueryDict) -> Self:
        """The form, valid. Raises `BadForm` with the first field that is not."""
        form = cls(data)
        form.refuse_strangers()
        if not form.is_valid():
            raise BadForm(next(iter(form.errors)))
        return form

    def refuse_strangers(self) -> None:
        """Raise `BadForm` for a field that we did not ask for."""
        for name in self.data:
            if name not in self.fields and name != "csrfmiddlewaretoken":
                raise BadForm(name)


def queue_filter(query: QueryDict) -> QueueFilter:
    """Which leads an address asks for. What cannot be read is as if it were not there."""

    def one_of(name: str, words: list[str], default: str = "") -> str:
        value = query.get(name, default)
        return value if value in words else default

    status = one_of("status", [*LeadStatus, WAITING, ANY], LeadStatus.NEW.value)
    return QueueFilter(
        status="" if status == ANY else status,
        category=_sifted(query, "category", [*Category, NO_CATEGORY]),
        kind=one_of("kind", [*LeadKind, SEARCHABLE]),
        source=_sifted(query, "source"),
        engine=_sifted(query, "engine"),
        severity=_sifted(query, "severity", list(SEVERITIES)),
        rule=_sifted(query, "rule"),
        channel=one_of("channel", list(Channel)),
        first=_day(query.get("first", "")),
        last=_day(query.get("last", "")),
        since=instant(query.get("since", "")),
        assignee=query.get("assignee", "")[:64],
        tag=query.get("tag", "")[:30],
        handle=query.get("handle", "")[:64],
        sort=cast("Sort", one_of("sort", list(SORTS), "score")),
        after=query.get("after", "")[:40],
    )


def _sifted(query: QueryDict, name: str, words: list[str] | None = None) -> str:
    """`fraud,-drugs`, in one order however it was written; of a closed list what is on it."""
    asked, without = (
        tuple(one[:63] for one in some if words is None or one in words)[:MOST]
        for some in parted(query.get(name, "")[:LONGEST])
    )
    return written(asked, without)


def _day(words: str) -> str:
    """`2026-11-22`, also where `115/11/22` was written, or nothing."""
    try:
        day = read_date(words)
    except ValueError:
        return ""
    return day.isoformat() if 1970 <= day.year < 2200 else ""


def instant(words: str) -> str:
    """`2026-11-22T07:00:00+00:00`, or nothing."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return ""
    return at.isoformat() if at.tzinfo is not None and 1970 <= at.year < 2200 else ""


def queue_query(wanted: QueueFilter, **changes: str) -> str:
    """The address's query for that filter with changes; only what differs from the plain queue."""
    plain = asdict(QueueFilter())
    chosen = {**asdict(wanted), **changes}
    chosen.pop("size")
    if "after" not in changes:
        chosen.pop("after")
    if chosen["status"] == "":
        chosen["status"] = ANY
    changed = {name: value for name, value in chosen.items() if value != plain[name]}
    return urlencode(changed, safe=",")


def run_filter(query: QueryDict) -> RunFilter | None:
    """Which runs of a source an address asks for; None for the last ones."""
    outcome = query.get("outcome", "")
    wanted = RunFilter(
        first=_day(query.get("first", "")),
        last=_day(query.get("last", "")),
        outcome=outcome if outcome in RUN_OUTCOMES else "",
    )
    return wanted if wanted != RunFilter() else None


class DecisionForm(ClosedForm):
    """An officer's decision. Exactly one of verdict, dismiss and snooze comes from the button pressed."""

    version = forms.IntegerField(min_value=1)
    verdict = forms.ChoiceField(
        choices=[
            (word, word)
            for word in [*Verdict, VICTIM]
            if word not in {Verdict.DISMISSED, Verdict.SNOOZED}
        ],
        required=False,
    )
    dismiss = forms.ChoiceField(
        choices=[(word.value, word.value) for word in DismissReason], required=False
    )
    snooze = forms.ChoiceField(choices=[(word.value, word.value) for word in Later], required=False)
    back_on = forms.CharField(max_length=40, required=False)
    """The day, with `snooze=date`; what cannot be read is no day."""
    false_rule = forms.CharField(max_length=63, required=False)
    note = forms.CharField(max_length=2000, required=False)
    keep_note = forms.BooleanField(required=False)
    then = forms.ChoiceField(
        choices=[(word, word) for word in ("next", "queue", "stay")], required=False
    )

    def clean(self) -> dict[str, Any]:
        """Exactly one button."""
        cleaned = super().clean() or self.cleaned_data
        if sum(bool(cleaned.get(name)) for name in ("verdict", "dismiss", "snooze")) != 1:
            self.add_error("verdict", "one")
        return cleaned

    def decision(self) -> dict[str, Any]:
        """What `triage.decide` wants."""
        cleaned = self.cleaned_data
        reason = DismissReason(cleaned["dismiss"]) if cleaned["dismiss"] else None
        verdict = Verdict.DISMISSED if reason else Verdict.SNOOZED
        victim = cleaned["verdict"] == VICTIM
        if cleaned["verdict"]:
            verdict = Verdict.REFERRED if victim else Verdict(cleaned["verdict"])
        false_rule = cleaned["false_rule"] or None
        return {
            "version": cleaned["version"],
            "verdict": verdict,
            "dismiss_reason": reason,
            "note": cleaned["note"] or None,
            "keep_note": cleaned["keep_note"],
            "false_rule": false_rule if reason is DismissReason.RULE_FALSE_HIT else None,
            "victim": victim,
            "later": Later(cleaned["snooze"] or Later.SHIFT),
            "back_on": day_or_none(cleaned["back_on"]),
        }


def day_or_none(words: str) -> date | None:
    """The day, in the calendar of either year count; None where none can be read."""
    try:
        return read_date(words)
    except ValueError:
        return None


class ReasonForm(ClosedForm):
    """An act that needs its reason."""

    reason = forms.CharField(max_length=500, label=_("Reason"))


class RoleForm(ReasonForm):
    """Another role, and why."""

    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role])


class ApprovalForm(ClosedForm):
    """An approval, and the hash of what was approved."""

    shown = forms.RegexField(regex=r"^[0-9a-f]{64}$")


class PlainForm(ClosedForm):
    """An act that needs nothing but the button."""


class LanguageForm(ClosedForm):
    """Which language, and the page to go back to."""

    language = forms.ChoiceField(choices=[("zh-hant", "zh-hant"), ("en", "en")])
    back = forms.CharField(max_length=500, required=False)


class YearsForm(ClosedForm):
    """How somebody counts years."""

    years = forms.ChoiceField(choices=[("common", "common"), ("republic", "republic")])


class DayField(forms.CharField):
    """A day, in the calendar of either year count."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        """Read it."""
        words = super().clean(value)
        try:
            return read_date(words) if words else None
        except ValueError:
            raise forms.ValidationError(_("Write the day like 2026-11-22 or 115/11/22.")) from None


class PeriodForm(ClosedForm):
    """Which days' figures: the last ones, or from one day to another."""

    days = forms.TypedChoiceField(
        choices=[(count, count) for count in PERIODS],
        coerce=int,
        required=False,
        empty_value=None,
    )
    first = DayField(required=False, label=_("First day"))
    last = DayField(required=False, label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        """Both days, or neither; in order, and no more than a year of them."""
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("first")) != bool(cleaned.get("last")) and not self.errors:
            raise forms.ValidationError(_("Write both days, or choose one of the periods."))
        if cleaned.get("first"):
            try:
                Period(cleaned["first"], cleaned["last"])
            except (BadPeriod, KeyError):
                raise forms.ValidationError(
                    _("The last day is the first one or later, and there are 366 days at most.")
                ) from None
        return cleaned

    def period(self, now: datetime) -> Period:
        """The one asked for, or the last 30 days."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        if cleaned.get("first"):
            return Period(cleaned["first"], cleaned["last"])
        return Period.last_days(cleaned.get("days") or USUAL_PERIOD, now)

    def shown(self, now: datetime) -> dict[str, Any]:
        """What `parts/period.html` shows of it."""
        period = self.period(now)
        return {
            "form": self,
            "period": period,
            "periods": [(count, Period.last_days(count, now) == period) for count in PERIODS],
            "errors": [error for some in self.errors.values() for error in some],
        }


class SignInForm(LoginForm):  # type: ignore[misc]
    """Account and password; labels instead of placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Account")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs.update(
            {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        )
