"""The one forward proxy that an installation may have: how requests reach it, and what of their way is its word alone.

A request through it is checked twice. Ours is the site's half: its name is
looked up here first, and all its addresses must be public. The proxy connects
by a lookup of its own, which nobody here sees. Over HTTPS the certificate says
whose server answered all the same; in the clear nothing does.
"""

import ipaddress
from base64 import b64encode
from pathlib import Path

from patrol.models import Model
from patrol.settings import Settings

REFUSED = 407
"""What a proxy answers whom it does not know (RFC 9110 section 15.5.8)."""

_INSIDE = ("localhost", "local", "internal", "home.arpa", "lan", "intranet")
"""Ends of names that are no one's on the internet (RFC 6761, 6762, 8375)."""


class Proxy(Model):
    """Where it stands, and who we are to it. Its password is read when it is used, and travels nowhere."""

    host: str
    """A name, or an address without brackets. It may be inside: whoever runs this machine named it."""
    port: int
    resolves: bool = False
    """Whether it alone looks up the sites' names."""
    account: str = ""
    password_file: Path | None = None

    @property
    def named(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def authorization(self) -> bytes | None:
        """The header by which it knows us (RFC 7617); None where it asks nobody."""
        if not self.account:
            return None
        password = self.password_file.read_text().strip() if self.password_file else ""
        return b"Basic " + b64encode(f"{self.account}:{password}".encode())


class ProxyRefused(OSError):
    """The proxy answered that it will not. No fault of the site; asking again could lock our account."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"the proxy refused it ({status or 'no HTTP'})")


def forward_proxy(settings: Settings) -> Proxy | None:
    """The proxy of this installation; None where sites are asked directly."""
    if not settings.proxy:
        return None
    host, _, port = settings.proxy.removeprefix("http://").rstrip("/").rpartition(":")
    return Proxy(
        host=host.strip("[]").lower(),
        port=int(port),
        resolves=settings.proxy_resolves,
        account=settings.proxy_account,
        password_file=settings.proxy_password_file,
    )


def is_literal(host: str) -> bool:
    """Whether a canonical host name is an address, which needs nobody's lookup to be judged."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_inside(host: str) -> bool:
    """Whether a name cannot be one of the public internet, whoever looks it up."""
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(tuple(f".{end}" for end in _INSIDE))
