"""What people send us to add a source: an address, then what a look made of it."""

import hashlib
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrol.actions.collecting.imports import Brought
from patrol.models import BroughtAs, Channel, Selectors, Source
from patrol.web.forms import ClosedForm
from patrol.web.notice_forms import MomentField
from patrol.web.words import label
from spiders.engines import engine_names

SELECTORS = ("row", "author", "date", "text", "next", "thread")


class AddressForm(ClosedForm):
    """The address of a board, a thread or a feed."""

    address = forms.CharField(
        max_length=2000,
        label=_("Address"),
        help_text=_("Of a thread list, a thread or a feed, as the browser shows it."),
    )


class SourceForm(ClosedForm):
    """A source as it is proposed."""

    address = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    name = forms.RegexField(
        regex=r"^[a-z][a-z0-9_]{0,62}$",
        label=_("Name"),
        help_text=_("Lower-case letters, digits and _; it stays."),
        error_messages={"invalid": _("Lower-case letters, digits and _, a letter first.")},
    )
    title_zh = forms.CharField(max_length=120, label=_("Title in Chinese"))
    title_en = forms.CharField(max_length=120, label=_("Title in English"))
    channel = forms.ChoiceField(
        choices=lambda: [(word.value, label(word)) for word in Channel], label=_("Channel")
    )
    engine = forms.ChoiceField(
        choices=[("", _("recognised when it is read, or by selectors"))]
        + [(name, name) for name in engine_names()],
        required=False,
        label=_("Engine"),
    )
    every_minutes = forms.IntegerField(
        min_value=1, max_value=10_080, label=_("Read every so many minutes")
    )
    row = forms.CharField(max_length=300, required=False, label=_("Row: one element for each post"))
    author = forms.CharField(max_length=300, required=False, label=_("Author"))
    date = forms.CharField(max_length=300, required=False, label=_("Date"))
    text = forms.CharField(max_length=300, required=False, label=_("Text"))
    next = forms.CharField(max_length=300, required=False, label=_("Link to the next page"))
    thread = forms.CharField(
        max_length=300, required=False, label=_("Links to threads, on a page that lists them")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SELECTORS:
            self.fields[name].widget.attrs.update(
                {"spellcheck": "false", "autocapitalize": "none", "class": "selector"}
            )

    @classmethod
    def of(cls, source: Source) -> "SourceForm":
        """Filled with what is proposed."""
        told = source.selectors.model_dump(exclude_none=True) if source.selectors else {}
        return cls(
            initial={
                "address": source.start[0],
                "name": source.name,
                "title_zh": source.title.get("zh-Hant", ""),
                "title_en": source.title.get("en", ""),
                "channel": source.channel.value,
                "engine": source.engine or "",
                "every_minutes": source.every_minutes,
                **told,
            }
        )

    def selector_names(self) -> list[forms.BoundField]:
        """The fields of the selectors."""
        return [self[name] for name in SELECTORS]

    def clean(self) -> dict[str, Any]:
        """Selectors begin with a row, and stand in an engine's place."""
        cleaned = super().clean() or self.cleaned_data
        if any(cleaned.get(name) for name in SELECTORS) and not cleaned.get("row"):
            self.add_error("row", _("Without a row the others find nothing."))
        return cleaned

    def selectors(self) -> Selectors | None:
        """As written; None where no row is."""
        told = {name: self.cleaned_data.get(name) or None for name in SELECTORS}
        return Selectors.model_validate(told) if told["row"] else None

    def source(self, browser: str | None) -> Source:
        """What is proposed. Raises `ValidationError` of pydantic where it cannot be."""
        cleaned = self.cleaned_data
        selectors = self.selectors()
        return Source(
            name=cleaned["name"],
            title={"en": cleaned["title_en"], "zh-Hant": cleaned["title_zh"]},
            channel=Channel(cleaned["channel"]),
            engine=None if selectors else cleaned["engine"] or None,
            selectors=selectors,
            start=(cleaned["address"],),
            every_minutes=cleaned["every_minutes"],
            browser=browser,
        )


SHAPES = {
    BroughtAs.PAGE: _("A page's source (HTML), as saved"),
    BroughtAs.TABLE: _("A table (CSV): its first row names author, date, url, title, text"),
    BroughtAs.WORDS: _("Copied words: a line of --- between two posts"),
}


class BringForm(ClosedForm):
    """What a person brings by hand, and from where."""

    address = forms.CharField(
        max_length=2000,
        label=_("Address"),
        help_text=_("Where it stood when it was saved. An authorization in force has to cover it."),
    )
    brought_as = forms.ChoiceField(
        choices=lambda: [(shape.value, words) for shape, words in SHAPES.items()],
        label=_("What it is"),
    )
    saved_at = MomentField(
        required=False,
        label=_("Saved at"),
        help_text=_(
            "2026/11/22 15:04 or 115/11/22 15:04. Times such as “3 hours ago” are counted from here. Empty is now."
        ),
    )
    content = forms.CharField(
        strip=False,
        label=_("Content"),
        help_text=_(
            "Words only; pictures are cut. A large page is brought on the machine itself: patrol import."
        ),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    """Tells what was shown: only that is kept."""

    def digest(self) -> str:
        """Of all that decides what is read."""
        told = [
            str(self.cleaned_data[name])
            for name in ("address", "brought_as", "saved_at", "content")
        ]
        return hashlib.sha256("\0".join(told).encode()).hexdigest()

    def brought(self, source: str) -> Brought:
        """As the action wants it. A page that came as text is UTF-8 now, whatever it says of itself."""
        shape = BroughtAs(self.cleaned_data["brought_as"])
        mark = "\ufeff" if shape is BroughtAs.PAGE else ""
        saved_at: datetime | None = self.cleaned_data["saved_at"]
        return Brought(
            source=source,
            brought_as=shape,
            address=self.cleaned_data["address"],
            content=(mark + self.cleaned_data["content"]).encode("utf-8", "replace"),
            saved_at=saved_at,
        )
