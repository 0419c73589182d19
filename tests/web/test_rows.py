"""Rows of leads, written straight: the same as Django's own template makes of them."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = ROOT / "benches" / "queue_row.html"
EVIL = "<script>\"'&\u202e"
AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
STRANGE_MASK = "no mask of ours"


class Words(HTMLParser):
    """Tags with their attributes, and words without the whitespace around them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        for word in data.split():
            self.found.append(("word", word))


def _rows() -> dict[str, Any]:
    """One of each kind: what a row may say beside its words, and words that would like to be markup."""
    from patrol.actions.triaging.later import PutOff
    from patrol.actions.triaging.leases import Lease
    from patrol.actions.triaging.pieces import Piece
    from patrol.actions.triaging.reading import HandleShown
    from patrol.actions.triaging.rows import QueueRow

    plain = QueueRow(
        id=7, version=3, kind="lead", category="fraud", score=55, status="new",
        source="board", source_title={"en": f"Board {EVIL}", "zh-Hant": "板"}, opened_at=AT, sightings=1,
        pieces=(Piece("say ", ()), Piece(EVIL, ("one",)), Piece("賴", ("one", "two"))),
        rules=({"en": f"Rule {EVIL}", "zh-Hant": "規則"},), posted_at=AT, posted_precision="minute",
    )  # fmt: skip
    offered = HandleShown("line", EVIL, "offered", 0.9, "a1")
    mentioned = HandleShown("telegram", "b", "mentioned", 0.9, "b2")
    spared = HandleShown("phone", "0•••••", "spared", 0.9, "c3")
    lease = Lease(EVIL, mine=False, since=AT, until=AT)
    put_off = PutOff(account=EVIL, at=AT, until=AT, is_back=False)
    title = plain.rules[0]
    return {
        "plain": plain,
        "gone": replace(plain, gone=True, status="dismissed"),
        "high": replace(plain, score=88),
        "low": replace(plain, score=3, posted_at=None, posted_precision=None),
        "without words": replace(plain, pieces=(), rules=()),
        "victim": replace(plain, kind="possible_victim", handles=(offered, mentioned)),
        "tip": replace(plain, kind="tip", category=None),
        "held": replace(plain, lease=lease),
        "mine": replace(plain, lease=replace(lease, mine=True)),
        "assigned": replace(plain, assigned_to=EVIL, tags=(EVIL, "雨")),
        "put off": replace(plain, status="snoozed", put_off=put_off),
        "back": replace(plain, status="snoozed", put_off=replace(put_off, is_back=True)),
        "many": replace(plain, rules=(title,) * 4, handles=(offered, mentioned, spared, offered), sightings=12),
        "elsewhere": replace(plain, handles=(offered,), seen_elsewhere={"a1": 1}),
        "more elsewhere": replace(plain, handles=(offered,), seen_elsewhere={"a1": 5}),
        "filed": replace(plain, handles=(offered,), in_cases=1),
        "filed author": replace(plain, in_cases=3),
        **{status: replace(plain, status=status) for status in
           ("relevant", "escalated", "referred", "dismissed", "snoozed", "reopened")},
    }  # fmt: skip


PAGES: tuple[dict[str, Any], ...] = (
    {},
    {"mask": "cover"},
    {"mask": "summary"},
    {"mask": "terms"},
    {"mask": STRANGE_MASK},
    {"may_decide": True, "queue": object(), "query": "sort=newest&tag=%22a"},
    {"may_decide": False, "queue": object(), "visited": datetime(2026, 11, 1, tzinfo=UTC)},
    {"visited": datetime(2026, 12, 1, tzinfo=UTC)},
)


@pytest.fixture
def compared(register: Path) -> Any:
    """`compared(row, page)` gives the row as written straight, and as the template makes it."""
    from django.template import engines

    from patrol.web.templatetags.rows import lead_rows

    template = engines["django"].from_string(TEMPLATE.read_text())

    def compare(row: Any, page: dict[str, Any]) -> tuple[str, str]:
        straight = lead_rows(page, [row])
        return straight, template.render({**page, "row": row})

    return compare


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_rows_are_those_of_the_template(compared: Any, language: str) -> None:
    from django.utils import translation

    with translation.override(language):
        for (name, row), page in product(_rows().items(), PAGES):
            straight, by_template = compared(row, page)
            assert Words(straight).found == Words(by_template).found, (name, page)


def test_no_word_of_others_becomes_markup(compared: Any) -> None:
    for name, row in _rows().items():
        straight, _ = compared(row, PAGES[5])
        assert "<script" not in straight, name


@pytest.mark.parametrize(
    ("score", "sign", "english", "chinese"),
    [
        (70, "▲", "High", "高"),
        (69, "■", "Medium", "中"),
        (40, "■", "Medium", "中"),
        (39, "▼", "Low", "低"),
    ],
)
def test_how_much_a_lead_weighs_is_told_by_shape_and_word(
    compared: Any, score: int, sign: str, english: str, chinese: str
) -> None:
    from django.utils import translation

    for language, word in (("en", english), ("zh-hant", chinese)):
        with translation.override(language):
            straight, _ = compared(replace(_rows()["plain"], score=score), {})
        found = Words(straight).found
        shape = found.index(("span", (("aria-hidden", "true"),)))
        told = [
            ("word", sign),
            "/span",
            ("word", str(score)),
            ("span", (("class", "band"),)),
            ("word", word),
        ]
        assert found[shape + 1 : shape + 6] == told
