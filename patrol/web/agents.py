"""What a browser says it is, in two words that its owner knows."""

import re
from functools import lru_cache

from django.utils.translation import gettext as _

BROWSERS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|OPiOS/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"\bLine/", "LINE"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|Chromium/|CriOS/", "Chrome"),
    (r"Version/[\d.]+.* Safari/", "Safari"),
    (r"^curl/", "curl"),
)
"""In this order: each of them also names those below it that it wants to be taken for."""
SYSTEMS = (
    (r"Windows", "Windows"),
    (r"Android", "Android"),
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"Linux|X11", "Linux"),
)


@lru_cache(maxsize=256)
def family(agent: str) -> tuple[str, str]:
    """The browser and the system that it names; empty words where it names none we know. The same in every version."""
    return _first(BROWSERS, agent), _first(SYSTEMS, agent)


def in_words(agent: str) -> str:
    """`Chrome on Windows`; empty where neither can be told. Nobody is known by it: a browser may say anything."""
    browser, system = family(agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, agent)), "")
