"""Evidence and the auditor's pages in Chromium: both languages, a desk and a phone, nothing serious for a screen reader."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SCREENS = Path(__file__).parents[1] / "screens"
PAGES = {
    "evidence": ("/leads/1/evidence/", "mei"),
    "handoffs": ("/leads/1/handoffs/", "mei"),
    "images": ("/leads/1/images/", "wu"),
    "record": ("/log/2/", "audit"),
    "trail": ("/log/leads/1/", "audit"),
    "questions": ("/log/?preset=mass_reading", "audit"),
    "drawn": ("/log/review/", "audit"),
    "break_glass": ("/sources/harbor/break-glass/", "lin"),
    "emergencies": ("/log/break-glass/", "audit"),
    "retention": ("/retention/", "lin"),
    "tokens": ("/account/tokens/", "audit"),
}


@pytest.fixture
def looked_at(register: Path) -> Callable[[], None]:
    """Looks of an officer some days ago, to be drawn and counted."""

    def write() -> None:
        from datetime import timedelta

        from django.db import transaction
        from django.utils import timezone

        from patrol.actions.desk import Desk
        from patrol.models import Verb
        from patrol.register.tables import AuthorizationRow, LedgerIndex, Person, SourceRow

        desk = Desk.of(Person.objects.get(account="mei"), origin="127.0.0.1")
        with transaction.atomic():
            for number in range(210):
                subject = f"lead:{1 + number % 3}"
                desk.record(Verb.LEAD_VIEWED, subject=subject, purpose="authorization:1")
            source = SourceRow.objects.get()
            AuthorizationRow.objects.update(valid_until=timezone.now() + timedelta(days=6))
            AuthorizationRow.objects.create(
                source=source,
                basis="警察職權行使法第28條",
                number="115-急-1",
                hosts=["harbor.example"],
                paths=["/"],
                categories=["fraud"],
                emergency=True,
                requester=Person.objects.get(account="wu"),
                requested_at=timezone.now(),
                valid_from=timezone.now(),
                valid_until=timezone.now() + timedelta(hours=24),
            )
            at = timezone.now().replace(minute=20) - timedelta(days=1)
            LedgerIndex.objects.filter(seq__in=desk.records).update(at=at)
        _hand_over(desk)

        _forget_and_hold()

    def elsewhere() -> None:
        """Chromium's driver has this thread's event loop, and the tables want none."""
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()

    return elsewhere


def _forget_and_hold() -> None:
    """One lead was forgotten while a backup has it, one is over and held, and a request waits."""
    from datetime import timedelta

    from patrol.actions.desk import Desk
    from patrol.actions.keeping import holds, retention
    from patrol.actions.maintaining import backups
    from patrol.register.tables import Lead, Person
    from patrol.settings import Settings

    lin, wu = (
        Desk.of(Person.objects.get(account=one), origin="127.0.0.1") for one in ("lin", "wu")
    )
    Lead.objects.update(moved_at=lin.now())
    over = Lead.objects.filter(pk__in=(4, 5))
    over.update(status="dismissed", moved_at=lin.now() - timedelta(days=60))
    holds.place(wu, holds.ask(lin, "lead", "4", "臺北地檢署 115 偵 1 號函"))
    backups.know(lin, Settings().home / "backup.sqlite3", "asked", 9, 30)
    retention.run(Desk.command_line(), Settings())
    holds.ask(wu, "source", "harbor", "臺北地檢署 115 偵 2 號函")


def _hand_over(desk: Any) -> None:
    """A report that was answered and is to be looked at again, and a request for an image's address."""
    from datetime import date

    from dashboards.period import local_day
    from patrol.actions.disclosing import handoff, images
    from patrol.models import Availability, Post, Receiver
    from patrol.register.sealing import Seal
    from patrol.register.tables import Handoff, Sighting
    from pipelines.images import keep

    about = handoff.About(lead=1)
    order = handoff.Order(Receiver.PLATFORM, "Bicycle thefts", platform="forum.example")
    number = handoff.hand_over(desk, about, order).id
    handoff.hand_over(desk, about, handoff.Order(Receiver.IWIN, "Bicycle thefts"))
    today = local_day(desk.now())
    handoff.acknowledge(desk, number, "A-115-0042", "desk 3", today)
    handoff.check(desk, number, Availability.UP, None)
    Handoff.objects.filter(pk=number).update(check_on=date(2026, 1, 2))
    sighting = Sighting.objects.select_related("unit").filter(lead=1)[0]
    images_of = ("https://i.pics.example/a.jpg",)
    post = Post(
        source="a", key="k", url="u", author=None, posted_at=None, text="", images=images_of
    )
    keep([(sighting.pk, Seal.of(sighting.unit), post)])
    images.ask(desk, 1, "For the notice to forum.example")


@pytest.mark.parametrize("language", ["en", "zh-hant"], indirect=True)
def test_pages_fit_and_are_readable(
    open_page: Open, language: str, looked_at: Callable[[], None]
) -> None:
    looked_at()
    SCREENS.mkdir(exist_ok=True)
    locale = "zh-TW" if language == "zh-hant" else "en-US"
    for name, (address, account) in PAGES.items():
        for width in (1280, 390):
            page = open_page(address, account, width, locale=locale, color_scheme="light")
            page.screenshot(path=SCREENS / f"{name}-{language}-{width}.png", full_page=True)
            page.evaluate(
                "document.querySelectorAll('main details').forEach(one => one.open = true)"
            )
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide on {width}"
            if width == 1280:
                faults = Axe().run(page).response["violations"]
                serious = [one for one in faults if one["impact"] in {"serious", "critical"}]
                assert not [(name, one["id"], one["nodes"][0]["html"][:160]) for one in serious]
            page.context.close()


def test_a_bundle_is_made_from_the_page(open_page: Open) -> None:
    page = open_page("/leads/1/", "mei", 1280)
    page.get_by_role("link", name="Export as evidence").click()
    page.locator("#id_reason").fill("to the prosecutor")
    with page.expect_download() as told:
        page.get_by_role("button", name="Export", exact=True).click()
    assert told.value.suggested_filename.startswith("lead-1-")
    page.reload()
    assert page.get_by_role("link", name="Download proof").count() == 1
    page.context.close()
