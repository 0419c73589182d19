"""Rows of leads as lists show them, written straight.

A page has up to a hundred, each with two dozen words, links and marks: as a
template they took half of the queue's page. `benches/queue_row.html` says the
same as a template; a test compares both, word for word.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patrol.actions.staffing.care import Mask
from patrol.actions.triaging.leases import Lease
from patrol.actions.triaging.reading import HandleShown
from patrol.actions.triaging.rows import QueueRow
from patrol.models import HandleRole, LeadKind, LeadStatus
from patrol.web.between import colon
from patrol.web.templatetags.patrol import (
    ago,
    band,
    band_sign,
    band_word,
    joined,
    text_of,
    visible,
    when,
)
from patrol.web.words import in_language, label

register = template.Library()

MOST_RULES = 2
MOST_HANDLES = 3
SIGNS: dict[str, str] = {
    LeadStatus.NEW: "○",
    LeadStatus.RELEVANT: "●",
    LeadStatus.ESCALATED: "▲",
    LeadStatus.REFERRED: "◆",
    LeadStatus.DISMISSED: "✕",
}
"""Of each status, so that it is told by more than its colour."""
_OTHER_SIGN = "◷"
_COVERED = frozenset({Mask.COVER.value, Mask.SUMMARY.value})


@dataclass(frozen=True)
class _Page:
    """What is the same for all rows of a page."""

    context: Mapping[str, Any]
    before: str
    """Of a lead's address, what stands before its number."""
    behind: str
    queue: str
    query: str
    ticks: bool
    visited: datetime | None
    is_covered: bool

    def lead(self, number: int) -> str:
        return f"{self.before}{number}{self.behind}"


@register.simple_tag(takes_context=True)
def lead_rows(context: Mapping[str, Any], shown: Iterable[QueueRow]) -> SafeString:
    """These leads as items of a list."""
    before, _zero, behind = reverse("lead", args=[0]).rpartition("0")
    query = context.get("query")
    page = _Page(
        context=context,
        before=before,
        behind=behind,
        queue=reverse("queue"),
        query=f"?{query}" if query else "",
        ticks=bool(context.get("may_decide") and context.get("queue")),
        visited=context.get("visited"),
        is_covered=context.get("mask") in _COVERED,
    )
    return joined("\n", [_row(page, row) for row in shown])


def _said(sentence: str, **facts: object) -> SafeString:
    """A translated sentence with facts put in."""
    return format_html(_with_places(sentence), **facts)


@lru_cache(maxsize=128)
def _with_places(sentence: str) -> str:
    return _PLACE.sub(r"{\1}", sentence)


_PLACE = re.compile(r"%\((\w+)\)s")
_NONE = SafeString()


def _row(page: _Page, row: QueueRow) -> SafeString:
    return format_html(
        '<li class="row{gone}" id="lead-{id}" data-kind="{kind}" data-lead="{id}" data-version="{version}"'
        ' data-base="{base}"><div class="lead-mark">{mark}</div><div class="what"><p class="line">{line}</p>'
        '{words}{contacts}</div><div class="where">{where}</div></li>',
        gone=" gone" if row.gone else "",
        id=row.id,
        kind=row.kind,
        version=row.version,
        base=page.lead(row.id),
        mark=_mark(page, row),
        line=_line(page, row),
        words=_words(page, row),
        contacts=_contacts(page, row),
        where=_where(row),
    )


def _mark(page: _Page, row: QueueRow) -> SafeString:
    height = band(row.score)
    score = format_html(
        '<span class="score" data-band="{}"><span class="sr">{}</span> <span aria-hidden="true">{}</span> {}'
        ' <span class="band">{}</span></span>',
        *(height, _("Score"), band_sign(height), row.score, band_word(height)),
    )
    if not page.ticks or row.gone:
        return score
    return format_html(
        '{} <label class="tick"><input type="checkbox" form="bulk" name="lead" value="{}.{}">'
        ' <span class="sr">{}</span></label>',
        *(score, row.id, row.version, _said(_("Select lead %(number)s"), number=row.id)),
    )


def _line(page: _Page, row: QueueRow) -> SafeString:
    """What it is and where it stands, chip by chip."""
    chips = [_quiet(_("Decided; it leaves this list"))] if row.gone else []
    chips += [_kind(row), _standing(row)]
    if page.visited and row.opened_at > page.visited:
        chips.append(_chip(_("new"), "chip new"))
    if row.lease:
        chips.append(_held(row.lease))
    if row.assigned_to:
        chips.append(_chip(f"{_('assigned to')} {row.assigned_to}"))
    chips += [_chip(f"#{tag}") for tag in row.tags]
    chips += [_chip(in_language(title), "rule") for title in row.rules[:MOST_RULES]]
    if len(row.rules) > MOST_RULES:
        chips.append(_chip(f"+{len(row.rules) - MOST_RULES}", "rule"))
    return joined(" ", [chip for chip in chips if chip])


@lru_cache(maxsize=1_024, typed=True)  # markup and the same words unescaped are not the same
def _chip(words: str, kind: str = "chip") -> SafeString:
    return format_html('<span class="{}">{}</span>', kind, words)


def _signed(kind: str, sign: str, words: str, status: str = "") -> SafeString:
    """A chip with a sign before its words, for eyes alone."""
    return format_html(
        '<span class="{}"{}><span aria-hidden="true">{}</span> {}</span>',
        *(kind, format_html(' data-status="{}"', status) if status else "", sign, words),
    )


def _quiet(words: str) -> SafeString:
    return _chip(words, "quiet")


def _kind(row: QueueRow) -> SafeString:
    if row.kind == LeadKind.POSSIBLE_VICTIM:
        return _chip(f"◆ {label(row.kind)}", "chip victim")
    return _chip(label(row.category or row.kind), "chip category")


def _standing(row: QueueRow) -> SafeString:
    """That it was put off, or its status where it waits no more."""
    put_off = row.put_off
    if put_off and put_off.is_back:
        at = when(put_off.at)
        said = _said(_("back: put off by %(account)s on %(at)s"), account=put_off.account, at=at)
        return _signed("chip returned", "↩", said)
    if put_off:
        until = when(put_off.until)
        said = _said(
            _("put off by %(account)s until %(until)s"), account=put_off.account, until=until
        )
        return format_html('<span class="chip" data-status="snoozed">{}</span>', said)
    if row.status == LeadStatus.NEW:
        return _NONE
    sign = SIGNS.get(row.status, _OTHER_SIGN)
    return _signed("chip status", sign, label(row.status), row.status)


def _held(lease: Lease) -> SafeString:
    if lease.mine:
        return _signed("chip held", "◉", _("open on your screen"))
    return _signed("chip held", "◉", _said(_("%(account)s is reading it"), account=lease.account))


def _words(page: _Page, row: QueueRow) -> SafeString:
    named = f"{_('Lead')} {row.id}"
    veil = _chip(f"{named}{colon()}{_('words covered')}", "veil") if page.is_covered else _NONE
    if row.pieces:
        shown = format_html("<bdi>{}</bdi>", text_of(page.context, row.pieces))
    else:
        shown = _quiet(f"{named}{colon()}{_('its words are gone, as their retention demands')}")
    return format_html(
        '<a class="words" href="{}{}">{}{}</a>', page.lead(row.id), page.query, veil, shown
    )


def _contacts(page: _Page, row: QueueRow) -> SafeString:
    if not row.handles and not row.in_cases:
        return _NONE
    shown = [_contact(page, row, handle) for handle in row.handles[:MOST_HANDLES]]
    if len(row.handles) > MOST_HANDLES:
        shown.append(_quiet(f"+{len(row.handles) - MOST_HANDLES}"))
    if row.in_cases:
        said = ngettext("seen in %(number)s case", "seen in %(number)s cases", row.in_cases)
        shown.append(_chip(said % {"number": row.in_cases}))
    return format_html('<p class="line">{}</p>', joined("", shown))


def _contact(page: _Page, row: QueueRow, handle: HandleShown) -> SafeString:
    """What leads to others that offer it, where it may link leads at all."""
    shown = format_html(
        '<span class="handle" data-role="{}"><span class="kind">{}</span> <bdi>{}</bdi>'
        ' <span class="role">{}</span></span>',
        *(handle.role, label(handle.kind), visible(handle.value), label(handle.role)),
    )
    if handle.role != HandleRole.OFFERED or row.kind == LeadKind.POSSIBLE_VICTIM:
        return shown
    link = format_html(
        '<a class="contact" href="{}?status=any&amp;handle={}" title="{}">{}</a>',
        *(page.queue, handle.tag, _("Leads that offer this contact"), shown),
    )
    seen = row.seen_elsewhere.get(handle.tag)
    if not seen:
        return link
    said = ngettext("in %(number)s other lead", "in %(number)s other leads", seen)
    return joined("", [link, _chip(said % {"number": seen})])


def _where(row: QueueRow) -> SafeString:
    return format_html(
        '<span class="source">{}</span> <span>{} {}</span> <span>{}{}</span>',
        in_language(row.source_title),
        _("posted"),
        when(row.posted_at, row.posted_precision),
        _said(_("found %(ago)s"), ago=ago(row.opened_at)),
        f" · ×{row.sightings}" if row.sightings > 1 else "",
    )
