# ruff: noqa: INP001  (a script, no package)
"""Takes the pictures of the README anew: `.venv/bin/python docs/screens/take.py`, needs `make test`'s Chromium.

Everything in them is from `patrol demo`: invented boards, invented people.
"""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LINK = re.compile(r"^(\w+)\s+(http://\S+/enter/\S+)$", re.MULTILINE)
WIDTH = 1280
DECISIONS = ("r", "e", "r", "s 2", "d 2", "r", "e")
"""Keys pressed on the first leads, so that the log has something to show."""


@contextmanager
def demo() -> Iterator[dict[str, str]]:
    """Sign-in links of a running demo, by role."""
    command = [sys.executable, "-m", "patrol", "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        links: dict[str, str] = {}
        for line in running.stdout or ():
            links.update(LINK.findall(line))
            if len(links) == 5:
                break
        yield links
        running.send_signal(signal.SIGINT)


def entered(browser: Browser, link: str) -> Page:
    """Signed in, in Chinese."""
    context = browser.new_context(locale="zh-TW", viewport={"width": WIDTH, "height": 800})
    page = context.new_page()
    page.goto(link)
    page.locator("main form button").click()
    page.wait_for_load_state()
    return page


def take(page: Page, name: str, height: int = 800) -> None:
    """One picture."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=HERE / f"{name}.png")


def officer(page: Page) -> None:
    """The queue, a lead, and a few decisions by keyboard."""
    page.goto(re.sub(r"/leads/.*", "/leads/", page.url))
    page.locator(".row").first.wait_for(timeout=90_000)
    page.keyboard.press("j")
    take(page, "officer")
    page.goto(page.url.split("#", maxsplit=1)[0] + "?category=fraud")
    page.locator(".row .words").first.click()
    page.wait_for_url("**/leads/*/**")
    take(page, "lead")
    page.goto(re.sub(r"/leads/.*", "/leads/", page.url))
    page.locator(".row .words").first.click()
    for keys in DECISIONS:
        here = page.url
        for key in keys.split():
            page.keyboard.press(key)
        page.wait_for_function("before => location.href !== before", arg=here, timeout=20_000)
        page.wait_for_load_state()


def main() -> None:
    """All of them."""
    with demo() as links, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        officer(entered(browser, links["officer"]))
        supervisor = entered(browser, links["supervisor"])
        take(supervisor, "supervisor", 640)
        supervisor.goto(re.sub(r"/sources/.*", "/dashboards/", supervisor.url))
        take(supervisor, "dashboards", 1200)
        auditor = entered(browser, links["auditor"])
        auditor.get_by_role("button", name="驗證整份紀錄").click()
        auditor.wait_for_url("**/verify/")
        take(auditor, "auditor")
        browser.close()


if __name__ == "__main__":
    main()
