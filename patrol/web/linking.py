"""Who offers which contact, drawn: authors to the left, contacts to the right, a line for each offer. The table beside it says the same."""

from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patrol.actions.linking.linked import Graph

MOST_DRAWN = 30
"""Authors, and contacts, of a drawing; the table has all."""
_ROW = 32
"""Pixels."""
_LEFT, _RIGHT = 36, 64
"""Per cent of the width at which lines begin and end."""
_WIDEST = 16
"""Half-width letters of a name, so that it fits on a phone."""


def drawing(found: Graph) -> SafeString:
    """An SVG that fills its place; nothing where no contact is offered."""
    if not found.lines:
        return SafeString()
    authors = [one.name or _("a guest") for one in found.authors[:MOST_DRAWN]]
    handles = [one.value for one in found.handles[:MOST_DRAWN]]
    height = max(len(authors), len(handles)) * _ROW
    lines = [
        (line.author, line.handle, len(line.leads))
        for line in found.lines
        if line.author < MOST_DRAWN and line.handle < MOST_DRAWN
    ]
    return format_html(
        '<svg class="links" role="img" width="100%" height="{}" aria-labelledby="links-t links-d" focusable="false">'
        '<title id="links-t">{}</title><desc id="links-d">{}</desc>{}{}{}</svg>',
        height,
        _("Who offers which contact"),
        _about(found),
        format_html_join("", '<line class="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>', (
            ("several" if leads > 1 else "one", _LEFT, _y(author, len(authors), height), _RIGHT, _y(handle, len(handles), height))
            for author, handle, leads in lines
        )),
        _names(authors, height, _LEFT, "end", -10),
        _names(handles, height, _RIGHT, "start", 10),
    )  # fmt: skip


def _names(names: list[str], height: int, x: int, anchor: str, aside: int) -> SafeString:
    kind = "author" if anchor == "end" else "contact"
    return format_html_join(
        "",
        '<circle class="{}" cx="{}%" cy="{}" r="5"/><text x="{}%" dx="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (kind, x, y, x, aside, y + 5, anchor, _cut(name))
            for name, y in zip(
                names, (_y(n, len(names), height) for n in range(len(names))), strict=True
            )
        ),
    )


def _y(place: int, count: int, height: int) -> int:
    """The middle of a row; the shorter column is spread over the height of the longer."""
    return round((place + 0.5) * height / count)


def _about(found: Graph) -> str:
    authors, handles = len(found.authors), len(found.handles)
    return " ".join(
        (
            ngettext("{0} author,", "{0} authors,", authors).format(authors),
            ngettext("{0} contact.", "{0} contacts.", handles).format(handles),
            _("The table below the drawing says the same."),
        )
    )


def _cut(name: str) -> str:
    width = 0
    for place, letter in enumerate(name):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > _WIDEST:
            return name[: max(1, place - 1)] + "…"
    return name
