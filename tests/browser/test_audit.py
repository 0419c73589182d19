"""Evidence in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


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
