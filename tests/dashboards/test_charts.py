"""The drawings are XML that says what it shows, and nothing that a strict browser forbids."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import charts
from dashboards.charts import Lane, Stack
from dashboards.period import BadPeriod, Period

STATES = ["read", "quiet", "partly", "broken", "going", "unread", "not_due", "before"]

LABELS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
STACKS = st.lists(st.builds(Stack, LABELS, st.tuples(*[st.integers(0, 100_000)] * 3)), max_size=400)


def parsed(drawing: str) -> ET.Element:
    root = ET.fromstring(drawing)  # noqa: S314  (our own)
    title, about = root[0], root[1]
    assert (title.tag, about.tag) == ("title", "desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    assert root.get("role") == "img"
    for element in root.iter():
        assert element.tag in {"svg", "title", "desc", "g", "rect", "line", "text"}
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
    return root


def percent(element: ET.Element, name: str) -> float:
    return float(element.get(name, "").rstrip("%"))


@given(STACKS)
def test_columns_are_as_high_as_they_count_and_stay_inside(stacks: list[Stack]) -> None:
    root = parsed(charts.columns("a", "T<itle>", "A & b", stacks))
    drawn = root.findall("g")
    assert len(drawn) == len(stacks)
    top = max((stack.total for stack in stacks), default=0)
    for stack, column in zip(stacks, drawn, strict=True):
        parts = [rect.get("class") for rect in column]
        assert parts == [part for part, n in zip(charts.PARTS, stack.parts, strict=True) if n]
        for rect in column:
            assert 0 <= percent(rect, "x") <= percent(rect, "x") + percent(rect, "width") <= 100.02
            assert float(rect.get("y", "")) >= 0
    heights = {
        stack.total: sum(float(rect.get("height", "")) for rect in column)
        for stack, column in zip(stacks, drawn, strict=True)
    }
    if top:
        assert max(heights.values()) == pytest.approx(heights[top])
        assert all(heights[n] <= heights[top] + 0.2 for n in heights)


@given(STACKS)
def test_bars_are_as_long_as_they_count(stacks: list[Stack]) -> None:
    root = parsed(charts.bars("a", "T", "A", stacks))
    figures = [text.text for text in root.iter("text") if text.get("class") == "figure"]
    assert figures == [str(stack.total) for stack in stacks]
    for rect in root.iter("rect"):
        assert percent(rect, "x") + percent(rect, "width") <= 100.02


@given(st.lists(st.lists(st.sampled_from(STATES), min_size=3, max_size=3), max_size=9))
def test_every_state_has_a_shape_of_its_own(rows: list[list[str]]) -> None:
    lanes = [Lane("a", tuple(row), "b") for row in rows]
    parsed(charts.lanes("a", "T", "A", lanes, ["1", "2", "3"]))
    shapes = {
        re.sub(r'class="[^"]*"', "", str(charts.swatch(state)))
        + ("dashed" if state == "unread" else "dotted" if state == "going" else "")
        for state in STATES
    }
    assert len(shapes) == len(STATES)


def test_these_are_all_the_states(register: Path) -> None:
    from dashboards.coverage import DayState

    assert list(DayState) == STATES


def test_labels_are_escaped_and_cut() -> None:
    drawing = charts.bars("a", "<b>", "</desc><script>", [Stack('<script>"', (1, 1, 1))])
    assert "<script>" not in drawing
    assert "<b>" not in drawing
    assert charts.cut("港" * 17) == "港" * 17
    assert charts.cut("港" * 18) == "港" * 16 + "…"


@pytest.mark.parametrize(
    ("n", "top"), [(0, 1), (3, 3), (5, 5), (7, 8), (11, 12), (17, 20), (99, 100), (12_345, 16_000)]
)
def test_scales_end_at_numbers_that_read_easily(n: int, top: int) -> None:
    assert charts._round_up(n) == top


@given(st.integers(0, 10**9))
def test_scales_hold_everything(n: int) -> None:
    assert n <= charts._round_up(n) <= max(1, 2 * n)


def test_a_period_has_days_in_order_and_not_too_many() -> None:
    assert len(Period(date(2025, 11, 21), date(2026, 11, 21)).days) == 366
    for first, last in (
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2025, 11, 20), date(2026, 11, 21)),
        (date(1, 1, 1), date(1, 1, 1)),
        (date(9999, 12, 31), date(9999, 12, 31)),
    ):
        with pytest.raises(BadPeriod):
            Period(first, last)
