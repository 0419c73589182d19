"""Which addresses the authorization covers, read by one parser: the WHATWG's."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import ada_url

from patrol.models import Scope
from spiders.gate.query import Parameters
from spiders.gate.refusal import Reason, Refusal

LONGEST = 2_000
"""Characters of an address."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029]")
_BLANKS = " \t\n\r\f"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Place(NamedTuple):
    """An address as it is judged and as it is opened: there is no second reading of it."""

    href: str
    """Canonical, without fragment."""
    scheme: str
    host: str
    """With `:port` where it is not the scheme's own."""
    hostname: str
    """Without port, and without the brackets of IPv6."""
    port: int
    path: str
    query: str
    """With its question mark, or empty."""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"


@lru_cache(maxsize=2048)
def place(address: str, base: str | None = None) -> Place:
    """Read an address, relative to `base` if given. Raises `Refusal` for all but plain http and https."""
    address = address.strip(_BLANKS)
    if len(address) > LONGEST:
        raise Refusal(Reason.SCOPE, f"An address of {len(address)} characters is not opened.")
    if _FORBIDDEN.search(address):
        raise Refusal(Reason.SCOPE, "An address with control characters or backslashes is a trick.")
    try:
        url = ada_url.URL(address, base) if base else ada_url.URL(address)
    except ValueError:
        raise Refusal(Reason.SCOPE, "The address cannot be read.") from None
    scheme = url.protocol.removesuffix(":")
    if scheme not in _DEFAULT_PORTS:
        raise Refusal(
            Reason.SCOPE, f"The scheme `{scheme[:20]}` is not opened, only http and https."
        )
    if url.username or url.password or "@" in _authority(address):
        raise Refusal(Reason.SCOPE, "An address with a user name is a disguise or a login.")
    port = int(url.port) if url.port else _DEFAULT_PORTS[scheme]
    href, path, query = url.href.partition("#")[0], url.pathname, url.search
    return Place(href, scheme, url.host, url.hostname.strip("[]"), port, path, query)


def _authority(address: str) -> str:
    """What stands where a host stands, in the address as written."""
    rest = address.partition("//")[2] if "//" in address.partition("?")[0] else ""
    return re.split(r"[/?#]", rest, maxsplit=1)[0]


class Coverage:
    """An authorization's scope, made ready to be asked."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._hosts = frozenset(_hosts(scope))
        self._parameters = Parameters(scope.query_allow, scope.query_deny)
        self._prefixes = tuple(_prefix(path) for path in scope.paths)
        self._whole = "/" in scope.paths

    def check(self, where: Place) -> None:
        """Raise `Refusal` unless scheme, host, port, path and query are covered, however the server may decode them."""
        if self.scope.https_only and where.scheme != "https":
            raise Refusal(Reason.SCOPE, f"The authorization covers {where.host} over https only.")
        if (where.scheme, where.host) not in self._hosts:
            raise Refusal(Reason.SCOPE, f"The host {where.host} is not named in the authorization.")
        if where.path == "/robots.txt" and not where.query:
            return
        readings = _readings(where.path)
        for path in readings:
            if _FORBIDDEN.search(path.replace(" ", "")):
                raise Refusal(
                    Reason.SCOPE, "An address with encoded control characters is a trick."
                )
        if not self._whole and not all(self._covers(path + where.query) for path in readings):
            raise Refusal(
                Reason.SCOPE, f"The path is not covered by the authorization on {where.host}."
            )
        self._parameters.check(where.query)

    def _covers(self, target: str) -> bool:
        return any(_begins(target, prefix) for pair in self._prefixes for prefix in pair)


def _hosts(scope: Scope) -> list[tuple[str, str]]:
    """Each entry under the schemes that are covered. A port is only open if the entry names it, or is the scheme's own."""
    hosts = []
    for entry in scope.hosts:
        for scheme in ("https",) if scope.https_only else _DEFAULT_PORTS:
            try:
                hosts.append((scheme, place(f"{scheme}://{entry}/").host))
            except Refusal:
                continue
    return hosts


def _prefix(path: str) -> tuple[str, str]:
    """A prefix as it is written in a canonical address, and decoded."""
    url = ada_url.URL(f"http://prefix.invalid{path if path.startswith('/') else '/' + path}")
    return url.pathname + url.search, unquote(url.pathname) + url.search


def _begins(target: str, prefix: str) -> bool:
    """Whether a path begins with a prefix at a border.

    A prefix that ends in a letter or digit ends at the border of a segment or a
    parameter: `/board` covers `/board/1`, not `/board2`. One that ends otherwise
    covers what begins as it is written: `/thread-` covers `/thread-7-1.html`.
    """
    if not target.startswith(prefix):
        return False
    return len(target) == len(prefix) or not prefix[-1].isalnum() or target[len(prefix)] in "/?&;"


def _readings(path: str) -> list[str]:
    """The path as sent, and as a server may come to read it: decoded once or more, dot segments resolved."""
    readings = [path]
    if "%" not in path and ";" not in path and "//" not in path:
        return readings
    text = path
    for _ in range(3):
        decoded = unquote(text, errors="replace")
        if decoded == text:
            break
        text = decoded
        readings.append(_resolved(text))
    readings.append(_resolved(text))
    return readings


def _resolved(path: str) -> str:
    kept: list[str] = []
    for segment in path.replace("\\", "/").split("/"):
        name = segment.partition(";")[0]
        if name == "..":
            if len(kept) > 1:
                kept.pop()
        elif name != ".":
            kept.append(segment)
    return "/".join(kept) if len(kept) > 1 else "/"
