"""Posts that people bring by hand: under the same mandate, through the same pipeline, marked and not counted as watched."""

import json
from datetime import timedelta
from typing import Any

import pytest

from patrol.config import read_rules
from patrol.errors import PatrolError
from patrol.models import BroughtAs, Category, Scope
from patrol.settings import Settings

ADDRESS = "http://harbor.example/viewtopic.php?t=118"
PAGE = """<!DOCTYPE html><html><body id="phpbb" class="section-viewtopic"><h2 class="topic-title">Sale</h2>
<div id="p1042" class="post"><div class="postbody"><p class="author"><a class="username">heron</a>
<time datetime="2026-11-19T10:00:00+00:00">x</time></p><div class="content">{}</div></div></div></body></html>"""
FLAGGED = "徵兼職伴遊，國中可，加賴 abc123"
TABLE = f"作者,時間,內容\nheron,2026-11-19 10:00,{FLAGGED}\nwren,昨天 18:10,賣舊單車\n"
WORDS = f"作者：heron\n時間：2026-11-19 10:00\n\n{FLAGGED}\n---\n作者：wren\n賣舊單車\n第二行\n"


@pytest.fixture
def shipped() -> Any:
    """The rules of one category, with the word lists."""
    rules, lexicons = read_rules(Settings().config)
    return [rule for rule in rules if rule.category is Category.SOLICITATION], lexicons


def _brought(shape: BroughtAs, content: str, **changes: Any) -> Any:
    from patrol.actions.collecting.imports import Brought

    told = {"source": "harbor", "address": ADDRESS, "content": content.encode()} | changes
    return Brought(brought_as=shape, **told)


@pytest.mark.parametrize(
    ("shape", "content", "posts"),
    [
        (BroughtAs.PAGE, PAGE.format(FLAGGED), 1),
        (BroughtAs.TABLE, TABLE, 2),
        (BroughtAs.WORDS, WORDS, 2),
    ],
)
def test_each_shape_becomes_leads_and_is_marked(
    house: Any, shape: BroughtAs, content: str, posts: int
) -> None:
    from patrol.actions.collecting import imports
    from patrol.register.tables import CaptureRow, LedgerRecord, RunRow, Sighting

    house.authorize()
    page = imports.tried(house.desk("lin"), _brought(shape, content))
    assert [post.author for post in page.posts] == ["heron", "wren"][:posts]
    assert page.posts[0].posted_at is not None
    assert not RunRow.objects.exists(), "what is only tried is not kept"
    kept = imports.bring(house.desk("lin"), _brought(shape, content))
    assert (kept.posts, kept.posts_new, kept.leads) == (posts, posts, 1)
    run = RunRow.objects.get()
    assert (run.brought_as, run.requests, run.ended_at is not None) == (shape, 0, True)
    assert run.asked_by is not None
    assert run.asked_by.account == "lin"
    assert Sighting.objects.get().capture == CaptureRow.objects.get()
    record = json.loads(bytes(LedgerRecord.objects.order_by("-seq")[0].body))
    assert record["verb"] == "posts.brought"
    assert record["count"] == posts
    again = imports.bring(house.desk("lin"), _brought(shape, content))
    assert (again.posts_new, again.leads) == (0, 0)


@pytest.mark.both_databases
def test_what_is_brought_is_sealed_as_brought(house: Any) -> None:
    from patrol.actions.collecting import imports
    from patrol.register.sealing import unseal
    from patrol.register.tables import CaptureRow

    house.authorize()
    imports.bring(house.desk("lin"), _brought(BroughtAs.TABLE, TABLE))
    row = CaptureRow.objects.get()
    sealed = json.loads(unseal(row.unit, bytes(row.body)))
    assert sealed["capture"]["brought_as"] == "table"
    assert sealed["capture"]["address"] is None


@pytest.mark.parametrize(
    ("address", "authorized"),
    [
        ("http://elsewhere.example/viewtopic.php?t=118", True),
        ("http://harbor.example/private/1", True),
        ("file:///etc/passwd", True),
        (ADDRESS, False),
    ],
)
def test_without_a_mandate_for_it_nothing_is_kept(
    house: Any, address: str, *, authorized: bool
) -> None:
    from patrol.actions.collecting import imports
    from patrol.register.tables import LedgerRecord, RunRow

    if authorized:
        house.authorize(
            scope=Scope(hosts=("harbor.example",), paths=("/viewforum.php", "/viewtopic.php"))
        )
    brought = _brought(BroughtAs.WORDS, WORDS, address=address)
    for act in (imports.tried, imports.bring):
        with pytest.raises(imports.NotCovered):
            act(house.desk("lin"), brought)
        record = json.loads(bytes(LedgerRecord.objects.order_by("-seq")[0].body))
        assert record["result"] == "deny"
    assert not RunRow.objects.exists()


def test_an_auditor_brings_nothing(house: Any) -> None:
    from patrol.actions.collecting import imports
    from patrol.actions.desk import NotPermitted

    house.authorize()
    with pytest.raises(NotPermitted):
        imports.bring(house.desk("audit"), _brought(BroughtAs.WORDS, WORDS))


@pytest.mark.parametrize(
    ("shape", "content"),
    [
        (BroughtAs.WORDS, " \n---\n "),
        (BroughtAs.TABLE, "when,who\n1,2\n"),
        (BroughtAs.TABLE, ""),
        (BroughtAs.PAGE, "<html><body><p>nothing</p></body></html>"),
        (BroughtAs.WORDS, "x" * (5 * 1024 * 1024 + 1)),
    ],
)
def test_what_holds_no_post_is_refused_with_a_sentence(
    house: Any, shape: BroughtAs, content: str
) -> None:
    from patrol.actions.collecting import imports
    from patrol.register.tables import RunRow

    house.authorize()
    with pytest.raises(PatrolError) as told:
        imports.bring(house.desk("lin"), _brought(shape, content))
    assert told.value.do
    assert not RunRow.objects.exists()


def test_a_date_is_counted_from_when_it_was_saved(house: Any) -> None:
    from patrol.actions.collecting import imports

    house.authorize()
    desk = house.desk("lin")
    saved = desk.now() - timedelta(days=10)
    page = imports.tried(desk, _brought(BroughtAs.WORDS, "時間：3 天前\n早安", saved_at=saved))
    posted = page.posts[0].posted_at
    assert posted is not None
    assert timedelta(days=12) < desk.now() - posted.at < timedelta(days=14, hours=1)
    with pytest.raises(imports.BadSavingTime):
        imports.tried(
            desk, _brought(BroughtAs.WORDS, WORDS, saved_at=desk.now() + timedelta(days=1))
        )


@pytest.mark.both_databases
def test_coverage_does_not_count_what_was_brought(house: Any) -> None:
    from dashboards.counting import runs_of
    from dashboards.period import Period, local_day
    from patrol.actions.collecting import imports, sources
    from patrol.register.tables import RunRow

    house.authorize()
    desk = house.desk("lin")
    imports.bring(desk, _brought(BroughtAs.WORDS, WORDS))
    today = local_day(desk.now())
    assert runs_of(RunRow.objects.all(), Period(today, today)) == {}
    page = sources.viewed(desk, "harbor")
    assert page.sheet.last_run is None, "the source itself was never read"
    assert [run.brought_as for run in page.runs] == ["words"]
