"""Filters and tags of our templates."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from dashboards.table import Cell, Row, Table
from patrol.actions.disclosing.provenance import Change
from patrol.actions.staffing.care import Mask
from patrol.actions.triaging.pieces import Piece
from patrol.actions.triaging.sifting import severity_of
from patrol.models import Level
from patrol.web import agents, between, dates, words
from patrol.web.facts import facts
from patrol.web.keys import Board
from patrol.web.sentences import said

register = template.Library()

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
"""Letters and marks that show nothing."""


@lru_cache(maxsize=8_192)
def _hides(letter: str) -> bool:
    if letter in "\n\t":
        return False
    return (
        unicodedata.category(letter) in _HIDDEN
        or letter in _BLANK
        or "\U000e0100" <= letter <= "\U000e01ef"
    )


@register.filter
def visible(text: object) -> SafeString:
    """Collected text, escaped, with what hides or turns text around made visible as `⟦U+202E⟧`."""
    plain = str(text).replace("\r\n", "\n")
    shown: str = escape(plain)
    for letter in filter(_hides, set(plain)):
        shown = shown.replace(letter, f'<span class="cp">⟦U+{ord(letter):04X}⟧</span>')
    return mark_safe(shown)  # noqa: S308  (escaped, and no letter that hides is one of markup)


def joined(between: str, pieces: Sequence[SafeString]) -> SafeString:
    """Pieces of markup as one; what is no markup is escaped. `format_html_join` takes a call for each."""
    return format_html(between.join(["{}"] * len(pieces)), *pieces)


def _marked(text: str, *, covered: bool) -> SafeString:
    return format_html('<span class="under">{}</span>', visible(text)) if covered else visible(text)


def _piece(
    piece: Piece, titles: dict[str, dict[str, str]] | None, *, covered: bool = False
) -> SafeString:
    if not piece.rules:
        return _sought(visible(piece.text), piece)
    if titles is None:
        return format_html("<mark>{}</mark>", _sought(_marked(piece.text, covered=covered), piece))
    places = {rule: str(place) for place, rule in enumerate(titles, 1)}
    rules = sorted(piece.rules, key=lambda rule: int(places.get(rule, len(places) + 1)))
    named = between.comma(words.in_language(titles.get(rule, {"en": rule})) for rule in rules)
    numbers = " ".join(places[rule] for rule in rules if rule in places)
    return format_html(
        '<mark{} title="{}">{}<span class="sr"> ({})</span></mark>',
        format_html(' data-rule="{}"', numbers) if len(titles) > 1 else "",
        named,
        _marked(piece.text, covered=covered),
        named,
    )


def _sought(shown: SafeString, piece: Piece) -> SafeString:
    return format_html('<u class="sought">{}</u>', shown) if piece.sought else shown


def _named(pieces: Sequence[Piece], shown: list[SafeString]) -> Iterator[SafeString]:
    """The same, and behind each searched word that it was searched: said once, however many pieces it is in."""
    for place, (piece, one) in enumerate(zip(pieces, shown, strict=True), 1):
        yield one
        if piece.sought and not (place < len(pieces) and pieces[place].sought):
            yield format_html('<span class="sr"> ({})</span>', _("searched"))


@register.simple_tag(takes_context=True)
def text_of(
    context: Mapping[str, Any],
    pieces: Sequence[Piece],
    titles: dict[str, dict[str, str]] | None = None,
) -> SafeString:
    """Collected words with their marks, and searched words among them; with `titles`, the marks carry those of their rules."""
    covered = context.get("mask") == Mask.TERMS
    shown = [_piece(piece, titles, covered=covered) for piece in pieces]
    return joined("", list(_named(pieces, shown)))


_CHANGED = {"gone": ("del", gettext_lazy("taken out")), "new": ("ins", gettext_lazy("put in"))}


def _change(change: Change) -> SafeString:
    if change.kind == "same":
        return visible(change.text)
    tag, said_first = _CHANGED[change.kind]
    return format_html(
        '<{} class="{}"><span class="sr">[{}: </span>{}<span class="sr">]</span></{}>',
        SafeString(tag), change.kind, said_first, visible(change.text), SafeString(tag),
    )  # fmt: skip


@register.simple_tag
def changes_of(changes: Iterable[Change]) -> SafeString:
    """What changed from one version of a post to the next, in the words of both."""
    return joined("", [_change(change) for change in changes])


@register.filter
def preset_label(preset: object) -> str:
    """A question to the access log, in the reader's language."""
    return str(words.PRESETS[str(preset)])


@register.filter
def agent(told: str) -> str:
    """The browser and the system that a sign-in's browser says it is, in words."""
    return agents.in_words(told)


@register.filter
def label(word: object) -> str:
    """What people read for a word of a closed list."""
    return words.label(word)


@register.filter
def verdict_label(verdict: str) -> str:
    """What a verdict's button says."""
    return str({str(key): text for key, text in words.VERDICTS.items()}.get(str(verdict), verdict))


@register.simple_tag(takes_context=True)
def key(context: Mapping[str, Any], does: str) -> SafeString:
    """The key of a command as it is printed on its button; nothing while keys are off."""
    board: Board = context["board"]
    strokes = board.shown(does).split()
    return format_html_join(" ", "<kbd>{}</kbd>", ((stroke,) for stroke in strokes))


@register.simple_tag(takes_context=True)
def keys_table(context: Mapping[str, Any], kind: str = "") -> SafeString:
    """All keys of this person, or their `ways`. The same keys in the same language are one table, written once."""
    board: Board = context["board"]
    keys = tuple(key for key in board.keys if key.is_way or kind != "ways")
    return _keys_table(get_language() or "", tuple(key.shown for key in keys), _Same(Board(keys)))


@dataclass(frozen=True)
class _Same:
    """A board that counts as any other: what tells tables apart stands beside it."""

    board: Board = field(compare=False)


@lru_cache(maxsize=256)
def _keys_table(language: str, shown: tuple[str, ...], of: _Same) -> SafeString:
    del language, shown  # the template's, and the board's
    return render_to_string("parts/keys_table.html", {"board": of.board})


@register.simple_tag(takes_context=True)
def shortcut(context: Mapping[str, Any], does: str) -> SafeString:
    """The same for assistive technology, as an attribute."""
    board: Board = context["board"]
    shown = board.shown(does)
    return format_html('aria-keyshortcuts="{}"', shown) if shown else SafeString()


@register.filter
def fate_label(fate: str) -> str:
    """What becomes, or became, of one lead of a selection."""
    return str(words.FATES.get(str(fate), fate))


@register.filter
def mandate_state(state: str) -> str:
    """A mandate's state."""
    return str(words.MANDATE_STATES.get(state, state))


@register.filter
def in_language(titles: dict[str, str]) -> str:
    """The title in the reader's language."""
    return words.in_language(titles)


@register.filter(name="said")
def said_filter(sentence: str) -> str:
    """A sentence of ours, in the reader's language."""
    return said(sentence)


@register.filter
def told(sentence: str) -> SafeString:
    """A sentence that a run, a rule or the verifier wrote, in the reader's language where it is known."""
    words = said(sentence)
    if words == sentence and words.isascii() and get_language() != "en":
        return format_html('<span lang="en">{}</span>', visible(words))
    return visible(words)


@register.filter
def fault_label(kind: str) -> str:
    """What happened to a log that does not hold."""
    return str(words.FAULTS.get(kind, kind))


@register.filter(name="facts")
def facts_filter(details: Mapping[str, Any]) -> list[SafeString | str]:
    """What a record says beside its columns, as far as it is one word each."""
    return facts(details)


@register.filter
def when(at: datetime | None, precision: str | None = None) -> SafeString | str:
    """An instant in Taipei, with its exact form for machines."""
    if at is None:
        return _("time unknown")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), dates.shown(at, precision))


@register.filter
def day(one: date | str, precision: str | None = None) -> str:
    """A day, or its ISO form, as this person counts years; `day:"month"` leaves the day out."""
    return dates.day(date.fromisoformat(one) if isinstance(one, str) else one, precision)


@register.filter
def ago(at: datetime | None) -> str:
    """How long since, in the largest unit that fits."""
    if at is None:
        return _("never")
    minutes = int((timezone.now() - at).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("{0} minute ago", "{0} minutes ago", minutes).format(minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("{0} hour ago", "{0} hours ago", hours).format(hours)
    return ngettext("{0} day ago", "{0} days ago", hours // 24).format(hours // 24)


@register.filter
def spelled(hours: int, minutes: int) -> str:
    """A length of time: days and hours from two days on, else hours and minutes."""
    if hours < 48:
        return _("{0} h {1} min").format(hours, minutes)
    return ngettext("{0} day {1} h", "{0} days {1} h", hours // 24).format(hours // 24, hours % 24)


@register.filter
def every(minutes: int) -> str:
    """How often."""
    if minutes % 1440 == 0:
        return ngettext("every {0} day", "every {0} days", minutes // 1440).format(minutes // 1440)
    if minutes % 60 == 0:
        return ngettext("every {0} hour", "every {0} hours", minutes // 60).format(minutes // 60)
    return ngettext("every {0} minute", "every {0} minutes", minutes).format(minutes)


@register.simple_block_tag(end_name="endgrid")
def grid(content: str, caption_id: str, caption: str, kind: str = "") -> SafeString:
    """A table that is scrolled by itself where it is too wide, by the keyboard too, under a name for readers."""
    return format_html(
        '<div class="scroll" role="region" aria-labelledby="{0}" tabindex="0">'
        '<table class="{3}"><caption id="{0}" class="sr">{1}</caption>{2}</table></div>',
        caption_id,
        caption,
        content,
        f"grid {kind}".strip(),
    )


register.filter("enumerated", between.comma)


@register.filter
def band(score: int) -> str:
    """How high a score is, as a word for the style sheet and for readers."""
    return _HEIGHTS[severity_of(score)]


_HEIGHTS: dict[str, str] = {Level.HIGH: "high", Level.MEDIUM: "middle", Level.LOW: "low"}
BANDS = {"high": ("▲", Level.HIGH), "middle": ("■", Level.MEDIUM), "low": ("▼", Level.LOW)}
"""A shape and a word for each, so that it is told by more than its colour."""


@register.filter
def band_sign(height: str) -> str:
    """The band's shape, for eyes alone."""
    return BANDS[height][0]


@register.filter
def band_word(height: str) -> str:
    """The band in the reader's language."""
    return words.label(BANDS[height][1])


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "")


@register.filter
def attribute(thing: object, name: str) -> Any:
    """An attribute whose name is known only here."""
    return getattr(thing, name)


@register.filter
def labelled(table: Table, row: Row) -> list[tuple[str, Cell]]:
    """A row's cells, each with its column's heading."""
    return list(zip(table.columns[1:], row.cells, strict=True))


@register.filter
def linked(cell: Cell) -> SafeString | str:
    """A figure, as a link to the list that it counts."""
    words = "" if cell.value is None else cell.value
    if cell.address is None:
        return visible(words)
    return format_html('<a href="{}">{}</a>', cell.address, visible(words))


@register.filter
def agreement_line(category: str) -> str:
    """A line of the table of second reviews: a category, or all of them."""
    return str(words.AGREEMENT_LINES.get(category) or words.label(category))


@register.filter
def mask_label(mask: str) -> str:
    """What of collected words is covered."""
    return str(words.MASKS.get(str(mask), mask))


@register.filter
def wait_label(reason: str) -> str:
    """Why a heavy lead should not come next."""
    return str(words.WAITS.get(str(reason), reason))


@register.filter
def later_label(later: str) -> str:
    """When a lead comes back."""
    return str(words.LATERS.get(str(later), later))


@register.filter
def part_label(name: str, titles: dict[str, dict[str, str]]) -> str:
    """A part of a score: the title of its rule, or what else it counts."""
    rule = name.removeprefix("rule:")
    if rule in titles:
        return in_language(titles[rule])
    return words.part(name)


@register.filter
def magnitude(points: int) -> int:
    """For a meter, which knows no minus."""
    return abs(points)


@register.filter
def last_day(until: datetime) -> SafeString | str:
    """The last day on which something that ends at that instant holds."""
    return when(until - timedelta(microseconds=1), "day")


@register.filter
def inline_svg(svg: str) -> SafeString:
    """A drawing by allauth's adapter as part of the page: our pages load no image, not even their own."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308  (drawn here, from a secret of ours)
