"""By what name a site is asked."""

from functools import cache
from importlib.metadata import version

from patrol.models import UserAgent
from spiders.browser import chromium

AGENT = "Patrol"
"""The name that a robots.txt calls us by, whatever name we give ourselves."""

_SYSTEM = "Mozilla/5.0 (X11; Linux x86_64)"


@cache
def plain() -> str:
    """What the Chromium of this machine says, whoever uses it; where there is none, a browser's name without a version.

    Chromium says no more than the first part of its version (its reduced user agent).
    """
    major = chromium.major()
    said = f" AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"
    return _SYSTEM + said if major else _SYSTEM


def agent(name: UserAgent, contact: str) -> str:
    """What a request says of who asks."""
    return plain() if name is UserAgent.PLAIN else f"{AGENT}/{version('patrol')} (+{contact})"
