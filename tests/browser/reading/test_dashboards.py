"""The dashboards in a real browser: figures that fit, read well, and are there on paper."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SCREENS = Path(__file__).parents[2] / "screens"
WIDTHS = (1280, 390, 320)


@pytest.fixture(scope="module")
def laid_out(site: Any) -> None:
    """Three weeks of leads and runs, invented."""
    from django.db import transaction

    from patrol.schedule.projecting import drain
    from patrol.settings import Settings

    with transaction.atomic():  # one visit to the disk, not one a row
        _three_weeks()
    drain(Settings())


def _three_weeks() -> None:
    from django.utils import timezone

    from patrol.models import Category, LeadStatus, Outcome
    from patrol.register.tables import Lead, OutboxRow, RunRow, SourceRow

    now = timezone.now()
    harbor = SourceRow.objects.get(name="harbor")
    model = Lead.objects.filter(kind="lead").first()
    assert model is not None
    sources = [harbor]
    for name, title, channel in (
        ("quay", {"en": "Quay side messages", "zh-Hant": "碼頭頻道"}, "messaging_app"),
        ("dune", {"en": "Dune social pages", "zh-Hant": "沙丘社群"}, "social_media"),
    ):
        body = {
            **harbor.body,
            "every_minutes": 120,
            "name": name,
            "title": title,
            "channel": channel,
        }
        sources.append(SourceRow.objects.create(name=name, unit=harbor.unit, body=body))
    statuses = [LeadStatus.NEW, LeadStatus.DISMISSED, LeadStatus.RELEVANT, LeadStatus.ESCALATED]
    for number in range(160):
        at = now - timedelta(hours=(number * 37) % 500)
        model.pk = None
        model.source = sources[min(2, number % 7 // 2)]
        model.category = list(Category)[min(9, number * 13 % 47 % 12)]
        model.status = statuses[(number * 7) % 11 % 4]
        model.opened_at = model.moved_at = at
        model.save()
    for place, source in enumerate(sources):
        _runs(RunRow, source, place, list(Outcome), now)
    for number in Lead.objects.values_list("pk", flat=True):
        OutboxRow.objects.create(kind="lead", subject=number, op="put", written_at=now, next_at=now)


def _runs(rows: Any, source: Any, place: int, outcomes: list[Any], now: Any) -> None:
    for day in range(20):
        if (day + place) % 9 == 0:
            continue
        for hour in range(0, 24, 2):
            at = now - timedelta(days=day, hours=hour, seconds=place + 1)
            broken = (place == 1 and day in {3, 4}) or (hour + day) % 23 == place * 5 + 1
            rows.objects.create(
                source=source,
                due_at=at,
                begun_at=at,
                ended_at=at,
                outcome=outcomes[4 + day % 9] if broken else outcomes[day % 3 == 1],
                pages=12,
                posts=80,
                posts_new=0 if day % 3 == 1 else 4,
                requests_refused=2 * broken,
            )


def _open(open_page: Open, width: int, language: str = "en", scheme: str = "light") -> Page:
    locale = "zh-TW" if language == "zh-hant" else "en-US"
    return open_page("/dashboards/", "lin", width, locale=locale, color_scheme=scheme)


@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_it_fits_and_is_photographed(open_page: Open, language: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    for width in WIDTHS:
        page = _open(open_page, width, language)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SCREENS / f"dashboards-{language}-{width}.png", full_page=True)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_axe_finds_nothing(open_page: Open, language: str, scheme: str) -> None:
    page = _open(open_page, 1280, language, scheme)
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    found = [
        (fault["id"], fault["impact"], [node["html"][:160] for node in fault["nodes"]])
        for fault in Axe().run(page).response["violations"]
    ]
    assert not found


def test_letters_of_a_drawing_stay_readable_and_apart_on_a_phone(open_page: Open) -> None:
    page = _open(open_page, 390)
    boxes = page.evaluate(
        """[...document.querySelectorAll('.chart[role=img]')].map(svg =>
             [...svg.querySelectorAll('text')].map(one => {
               const box = one.getBoundingClientRect();
               return [box.left, box.right, box.top, box.bottom, parseFloat(getComputedStyle(one).fontSize)];
             }))"""
    )
    assert len(boxes) == 5
    for drawing in boxes:
        assert drawing
        for place, (left, right, top, bottom, size) in enumerate(drawing):
            assert size >= 12
            assert left >= 0
            assert right <= 390
            for other in drawing[place + 1 :]:
                apart = right <= other[0] or other[1] <= left or bottom <= other[2] + 3
                assert apart or other[3] <= top + 3, (left, right, top, other)


def test_everything_is_reached_by_keyboard(open_page: Open) -> None:
    page = _open(open_page, 1280)
    page.locator("summary", has_text="Day by day").focus()
    page.keyboard.press("Enter")
    mark = page.locator(".day-grid td a").first
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sources/**")
    assert page.locator("#runs tbody tr").count() > 0


def test_marks_of_the_grid_are_large_enough_to_be_pressed(open_page: Open) -> None:
    page = _open(open_page, 390)
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    small = page.evaluate(
        """[...document.querySelectorAll('.day-grid td a, .csv, .period .button')]
           .map(one => one.getBoundingClientRect()).filter(box => box.height < 24 || box.width < 24).length"""
    )
    assert small == 0


def test_the_figures_are_there_on_paper(open_page: Open) -> None:
    page = _open(open_page, 1280)
    page.emulate_media(media="print")
    assert page.locator(".chart[role=img]").first.is_visible()
    assert not page.locator(".period").is_visible()
    page.screenshot(path=SCREENS / "dashboards-print.png", full_page=True)
