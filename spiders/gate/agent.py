"""By what name a site is asked."""

from importlib.metadata import version

from patrol.models import UserAgent

AGENT = "Patrol"
"""The name that a robots.txt calls us by, whatever name we give ourselves."""

PLAIN = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
"""What every Chromium of that version says, whoever uses it."""


def agent(name: UserAgent, contact: str) -> str:
    """What a request says of who asks."""
    return PLAIN if name is UserAgent.PLAIN else f"{AGENT}/{version('patrol')} (+{contact})"
