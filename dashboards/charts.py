"""Drawings of figures: SVG written on the server, with a title and a description for those who do not see it.

Widths are percentages and heights are pixels, so a drawing fills a phone and
a wall alike while its letters keep their size. Looks come from classes of the
style sheet; a part is told apart by fill, outline and hatching, not by colour
alone. No script, no inline style, no image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PARTS = ("followed", "waiting", "dismissed")
"""Of a stack, from below or from the left. `dismissed` is hatched, `waiting` an outline."""
_HATCHED = ("dismissed", "partly")
_PLOT = 150
"""Pixels of a column of the full height."""
_FOOT = 22
_LEFT = 7.0
"""Per cent left of the columns, for the scale."""
_TICKS = 5
_BAR = 40
_LANE = 46
_CELL = 18
_LONGEST_LABEL = 34
"""Half-width letters of a label; a longer one is cut, its whole is in the table."""


@dataclass(frozen=True)
class Stack:
    """A column or a bar: a label, and one number for each of `PARTS`."""

    label: str
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True)
class Lane:
    """A row of cells, each with the word of its state, and a figure at its end."""

    label: str
    cells: tuple[str, ...]
    shown: str


def columns(name: str, title: str, about: str, stacks: Sequence[Stack]) -> SafeString:
    """One column each, side by side, such as days."""
    top = _round_up(max((stack.total for stack in stacks), default=0))
    width = (100 - _LEFT) / max(1, len(stacks))
    drawn = [
        _column(stack, _LEFT + place * width, width, top) for place, stack in enumerate(stacks)
    ]
    body = format_html(
        "{}{}{}",
        _scale(top),
        format_html_join("", "{}", ((one,) for one in drawn)),
        _ticks([stack.label for stack in stacks], _LEFT, _PLOT + 17),
    )
    return _svg(name, title, about, _PLOT + _FOOT, body)


def _column(stack: Stack, left: float, width: float, top: int) -> SafeString:
    gap = width * 0.12
    base = float(_PLOT)
    drawn = []
    for part, n in zip(PARTS, stack.parts, strict=True):
        height = n * (_PLOT - 12) / top
        base -= height
        if n:
            drawn.append(_rect(part, left + gap, base, width - 2 * gap, height))
    return format_html("<g>{}</g>", format_html_join("", "{}", ((one,) for one in drawn)))


def _scale(top: int) -> SafeString:
    """Lines across, with what they stand for."""
    marks = {top, top // 2, 0} if top > 1 else {top, 0}
    heights = [(_PLOT - n * (_PLOT - 12) / top, n) for n in sorted(marks)]
    return format_html_join(
        "",
        '<line class="rule" x1="{}%" x2="100%" y1="{}" y2="{}"/>'
        '<text class="mark" x="{}%" y="{}" text-anchor="end" dx="-4">{}</text>',
        (
            (_LEFT, f"{height:.1f}", f"{height:.1f}", _LEFT, f"{height + 4:.1f}", n)
            for height, n in heights
        ),
    )


def _ticks(labels: Sequence[str], left: float, y: int) -> SafeString:
    """A few of the labels below, so that they do not touch on a phone."""
    step = max(1, ceil(len(labels) / _TICKS)) if len(labels) > 7 else 1
    width = (100 - left) / max(1, len(labels))
    return format_html_join(
        "",
        '<text class="mark" x="{}%" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{left + (place + 0.5) * width:.2f}", y, label)
            for place, label in enumerate(labels)
            if place % step == step // 2
        ),
    )


def bars(name: str, title: str, about: str, stacks: Sequence[Stack]) -> SafeString:
    """One bar each, one below the other, with its label above it and its number at its end."""
    top = max((stack.total for stack in stacks), default=0) or 1
    drawn = [_bar(stack, place * _BAR, top) for place, stack in enumerate(stacks)]
    body = format_html_join("", "{}", ((one,) for one in drawn))
    return _svg(name, title, about, max(1, len(stacks)) * _BAR, body)


def _bar(stack: Stack, y: int, top: int) -> SafeString:
    drawn = [
        format_html('<text class="label" x="0" y="{}">{}</text>', y + 16, cut(stack.label)),
        format_html(
            '<text class="figure" x="100%" y="{}" text-anchor="end">{}</text>', y + 16, stack.total
        ),
        format_html('<rect class="track" x="0" y="{}" width="100%" height="10"/>', y + 22),
    ]
    left = 0.0
    for part, n in zip(PARTS, stack.parts, strict=True):
        width = n * 100 / top
        if n:
            drawn.append(_rect(part, left, y + 22, width, 10))
        left += width
    return format_html_join("", "{}", ((one,) for one in drawn))


def lanes(
    name: str, title: str, about: str, rows: Sequence[Lane], labels: Sequence[str]
) -> SafeString:
    """One lane each, of cells that stand below the same labels. Each state has its own shape."""
    drawn = [_lane(lane, place * _LANE) for place, lane in enumerate(rows)]
    height = len(rows) * _LANE
    body = format_html(
        "{}{}",
        format_html_join("", "{}", ((one,) for one in drawn)),
        _ticks(labels, 0, height + 12),
    )
    return _svg(name, title, about, height + _FOOT, body)


def _lane(lane: Lane, y: int) -> SafeString:
    width = 100 / max(1, len(lane.cells))
    return format_html(
        '<text class="label" x="0" y="{}">{}</text>'
        '<text class="figure" x="100%" y="{}" text-anchor="end">{}</text>{}',
        y + 16,
        cut(lane.label),
        y + 16,
        lane.shown,
        format_html_join(
            "",
            "{}",
            (
                (_cell(state, place * width + width * 0.06, y + 22, width * 0.88),)
                for place, state in enumerate(lane.cells)
            ),
        ),
    )


def _cell(state: str, left: float, y: int, width: float) -> SafeString:
    """Full: read. Half: nothing new. Hatched: partly. Crossed: broken. Dashed: not read at all. A line: not due."""
    if state == "before":
        return SafeString("")
    if state == "not_due":
        return _rect(state, left, y + _CELL - 2, width, 2)
    if state == "quiet":
        return _rect(state, left, y + _CELL / 2, width, _CELL / 2)
    drawn = _rect(state, left, y, width, _CELL)
    if state != "broken":
        return drawn
    right = left + width
    cross = '<line class="cross" x1="{}%" x2="{}%" y1="{}" y2="{}"/>'
    ends = ((left, right, y, y + _CELL), (left, right, y + _CELL, y))
    lines = ((f"{x1:.2f}", f"{x2:.2f}", y1, y2) for x1, x2, y1, y2 in ends)
    return format_html("{}{}", drawn, format_html_join("", cross, lines))


def swatch(part: str) -> SafeString:
    """A part or a state as the legend shows it, beside its name."""
    body = _rect(part, 0, 0, 100, _CELL) if part in PARTS else _cell(part, 0, 0, 100)
    return format_html(
        '<svg class="chart swatch" width="18" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        _CELL,
        body,
    )


def hatching() -> SafeString:
    """The stripes of `dismissed` and `partly`; a page with drawings holds it once."""
    pattern = (
        '<pattern id="hatch-{}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-ground" width="6" height="6"/><rect class="hatch-{}" width="3" height="6"/></pattern>'
    )
    return format_html(
        '<svg class="hatching" width="0" height="0" aria-hidden="true" focusable="false"><defs>{}</defs></svg>',
        format_html_join("", pattern, ((part, part) for part in _HATCHED)),
    )


def _rect(part: str, left: float, y: float, width: float, height: float) -> SafeString:
    fill = SafeString(f' fill="url(#hatch-{part})"' if part in _HATCHED else "")
    return format_html(
        '<rect class="{}"{} x="{}%" y="{}" width="{}%" height="{}"/>',
        part,
        fill,
        f"{left:.2f}",
        f"{y:.1f}",
        f"{width:.2f}",
        f"{height:.1f}",
    )


def _svg(name: str, title: str, about: str, height: int, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart" role="img" width="100%" height="{}" aria-labelledby="{}-t {}-d" focusable="false">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        height,
        name,
        name,
        name,
        title,
        name,
        about,
        body,
    )


def _round_up(n: int) -> int:
    """To a number that divides well, so that the scale reads easily."""
    if n <= 4:
        return max(1, n)
    size = int("1".ljust(len(str(n)), "0"))
    tenths = (10, 12, 16, 20, 30, 40, 50, 60, 80, 100)
    sizes = (tenth * size for tenth in tenths)
    return next(each // 10 for each in sizes if each >= n * 10 and each % 10 == 0)


def cut(label: str) -> str:
    """The beginning of a label that would reach into its figure."""
    width = 0
    for place, letter in enumerate(label):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > _LONGEST_LABEL:
            return label[: place - 1] + "…"
    return label
