"""Addresses as a page writes them, made whole and without what belongs to one visit only."""

import re
from functools import lru_cache

import ada_url

_SESSION = re.compile(
    r"(?<=[?&;])(?:(?:sid|phpsessid|jsessionid|asp\.net_sessionid)=[^&#;]*|s=[0-9a-f]{32})(?:&amp;|&|;|(?=#)|$)",
    re.IGNORECASE,
)
_JSESSION = re.compile(r";jsessionid=[^?#/;]*", re.IGNORECASE)
_PLAIN = re.compile(
    r"\./([A-Za-z0-9_]+\.(?:php|html?)(?:\?[A-Za-z0-9_=&-]*)?(?:#[A-Za-z0-9_-]*)?)", re.ASCII
)
"""A link to a page in the same folder, of characters that mean themselves: joining it is putting it behind."""
_LOOSE = re.compile(r"(?:&amp;?|[?&;])+(?=#|$)")


def tidy(url: str) -> str:
    """The same address without session ids: two visits name a page alike."""
    if not _may_hold_session(url) or not (_JSESSION.search(url) or _SESSION.search(url)):
        return url
    return _LOOSE.sub("", _SESSION.sub("", _JSESSION.sub("", url)))


def _may_hold_session(url: str) -> bool:
    """A cheap look: all names of sessions end in one of these."""
    if "=" not in url:
        return False
    lower = url.lower()
    return "s=" in lower or "sid=" in lower or "sessionid=" in lower or not url.isascii()


def absolute(base: str, href: str | None) -> str | None:
    """The whole address of a link, tidy; None if it leads nowhere that a browser could go over HTTP."""
    if href is None:
        return None
    plain = _PLAIN.fullmatch(href)
    folder = _folder(base) if plain else None
    try:
        url = (
            f"{folder}{plain[1]}" if plain and folder else str(ada_url.join_url(base, href.strip()))
        )
    except ValueError:
        return None
    return tidy(url) if url.startswith(("http://", "https://")) else None


@lru_cache(maxsize=64)
def _folder(base: str) -> str | None:
    """What an address beside this one begins with; None where that is not plainly so."""
    try:
        folder = str(ada_url.join_url(base, "."))
    except ValueError:
        return None
    return folder if folder.startswith(("http://", "https://")) and folder.endswith("/") else None


def without_fragment(url: str) -> str:
    return url.partition("#")[0]
