"""Rows of leads as lists show them, written straight.

A page has up to a hundred, each with two dozen words, links and marks: as a
template they took half of the queue's page. `benches/queue_row.html` says the
same as a template; a test compares both, word for word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patrol.actions.staffing.care import Mask
from patrol.actions.triaging.leases import Lease
from patrol.actions.triaging.reading import HandleShown
from patrol.actions.triaging.rows import QueueRow
from patrol.models import HandleRole, LeadKind, LeadStatus
from patrol.web.templatetags.patrol import ago, band, text_of, visible, when
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
    """These leads as items of a list. Every word that is not ours is escaped where it is put in."""
    before, _zero, behind = reverse("lead", args=[0]).rpartition("0")
    query = context.get("query")
    page = _Page(
        context=context,
        before=before,
        behind=behind,
        queue=reverse("queue"),
        query=f"?{escape(query)}" if query else "",
        ticks=bool(context.get("may_decide") and context.get("queue")),
        visited=context.get("visited"),
        is_covered=context.get("mask") in _COVERED,
    )
    return mark_safe("".join(_row(page, row) for row in shown))  # noqa: S308  (escaped below)


def _row(page: _Page, row: QueueRow) -> str:
    return (
        f'<li class="row{" gone" if row.gone else ""}" id="lead-{row.id}" data-kind="{escape(row.kind)}"'
        f' data-lead="{row.id}" data-version="{row.version}" data-base="{page.lead(row.id)}">'
        f'<div class="lead-mark">{_mark(page, row)}</div>'
        f'<div class="what"><p class="line">{_line(page, row)}</p>{_words(page, row)}{_contacts(page, row)}</div>'
        f'<div class="where">{_where(row)}</div></li>\n'
    )


def _mark(page: _Page, row: QueueRow) -> str:
    score = (
        f'<span class="score" data-band="{band(row.score)}"><span class="sr">{escape(_("Score"))}</span>'
        f" {row.score}</span>"
    )
    if not page.ticks or row.gone:
        return score
    said = escape(_("Select lead %(number)s") % {"number": row.id})
    return (
        f'{score} <label class="tick"><input type="checkbox" form="bulk" name="lead"'
        f' value="{row.id}.{row.version}"> <span class="sr">{said}</span></label>'
    )


def _line(page: _Page, row: QueueRow) -> str:
    """What it is and where it stands, chip by chip."""
    chips = [_quiet(_("Decided; it leaves this list"))] if row.gone else []
    chips += [_kind(row), _standing(row)]
    if page.visited and row.opened_at > page.visited:
        chips.append(_chip(escape(_("new")), "chip new"))
    if row.lease:
        chips.append(_held(row.lease))
    if row.assigned_to:
        chips.append(_chip(f"{escape(_('assigned to'))} {escape(row.assigned_to)}"))
    chips += [_chip(f"#{escape(tag)}") for tag in row.tags]
    chips += [_chip(escape(in_language(title)), "rule") for title in row.rules[:MOST_RULES]]
    if len(row.rules) > MOST_RULES:
        chips.append(_chip(f"+{len(row.rules) - MOST_RULES}", "rule"))
    return " ".join(filter(None, chips))


def _chip(markup: str, kind: str = "chip") -> str:
    return f'<span class="{kind}">{markup}</span>'


def _quiet(words: str) -> str:
    return _chip(escape(words), "quiet")


def _kind(row: QueueRow) -> str:
    if row.kind == LeadKind.POSSIBLE_VICTIM:
        return _chip(f"◆ {escape(label(row.kind))}", "chip victim")
    return _chip(escape(label(row.category or row.kind)), "chip category")


def _standing(row: QueueRow) -> str:
    """That it was put off, or its status where it waits no more."""
    put_off = row.put_off
    if put_off and put_off.is_back:
        facts = {"account": escape(put_off.account), "at": when(put_off.at)}
        said = _("back: put off by %(account)s on %(at)s") % facts
        return f'<span class="chip returned"><span aria-hidden="true">↩</span> {said}</span>'
    if put_off:
        facts = {"account": escape(put_off.account), "until": when(put_off.until)}
        said = _("put off by %(account)s until %(until)s") % facts
        return f'<span class="chip" data-status="snoozed">{said}</span>'
    if row.status == LeadStatus.NEW:
        return ""
    sign = SIGNS.get(row.status, _OTHER_SIGN)
    return (
        f'<span class="chip status" data-status="{escape(row.status)}"><span aria-hidden="true">{sign}</span>'
        f" {escape(label(row.status))}</span>"
    )


def _held(lease: Lease) -> str:
    if lease.mine:
        said = escape(_("open on your screen"))
    else:
        said = _("%(account)s is reading it") % {"account": escape(lease.account)}
    return _chip(f'<span aria-hidden="true">◉</span> {said}', "chip held")


def _words(page: _Page, row: QueueRow) -> str:
    named = f"{escape(_('Lead'))} {row.id}"
    veil = _chip(f"{named}: {escape(_('words covered'))}", "veil") if page.is_covered else ""
    if row.pieces:
        shown = f"<bdi>{text_of(page.context, row.pieces)}</bdi>"
    else:
        gone = escape(_("its words are gone, as their retention demands"))
        shown = _chip(f"{named}: {gone}", "quiet")
    return f'<a class="words" href="{page.lead(row.id)}{page.query}">{veil}{shown}</a>'


def _contacts(page: _Page, row: QueueRow) -> str:
    if not row.handles:
        return ""
    shown = "".join(_contact(page, row, handle) for handle in row.handles[:MOST_HANDLES])
    more = len(row.handles) - MOST_HANDLES
    return f'<p class="line">{shown}{_chip(f"+{more}", "quiet") if more > 0 else ""}</p>'


def _contact(page: _Page, row: QueueRow, handle: HandleShown) -> str:
    """What leads to others that offer it, where it may link leads at all."""
    shown = (
        f'<span class="handle" data-role="{escape(handle.role)}"><span class="kind">{escape(label(handle.kind))}'
        f'</span> <bdi>{visible(handle.value)}</bdi> <span class="role">{escape(label(handle.role))}</span></span>'
    )
    if handle.role != HandleRole.OFFERED or row.kind == LeadKind.POSSIBLE_VICTIM:
        return shown
    link = (
        f'<a class="contact" href="{page.queue}?status=any&amp;handle={escape(handle.tag)}"'
        f' title="{escape(_("Leads that offer this contact"))}">{shown}</a>'
    )
    seen = row.seen_elsewhere.get(handle.tag)
    if not seen:
        return link
    said = ngettext("in %(number)s other lead", "in %(number)s other leads", seen)
    return link + _chip(escape(said % {"number": seen}))


def _where(row: QueueRow) -> str:
    found = escape(_("found %(ago)s") % {"ago": ago(row.opened_at)})
    again = f" · ×{row.sightings}" if row.sightings > 1 else ""
    return (
        f'<span class="source">{escape(in_language(row.source_title))}</span>'
        f" <span>{escape(_('posted'))} {when(row.posted_at, row.posted_precision)}</span>"
        f" <span>{found}{again}</span>"
    )
