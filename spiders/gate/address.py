"""Which addresses of the network may be connected to: public ones, checked at the moment of connecting."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

from patrol.models import Proxied
from spiders.gate.proxy import Proxy, is_inside, is_literal
from spiders.gate.refusal import Reason, Refusal

LOOKUP_SECONDS = 5.0
"""How long the DNS may take."""

_DENIED_4 = (
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # carriers' private
    "127.0.0.0/8",  # loopback
    "169.254.0.0/16",  # link-local, cloud metadata
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # AMT
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarking
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
)
_DENIED_6 = (
    "::/3",  # unspecified, loopback, IPv4 in disguise, NAT64, discard
    "2001::/23",  # Teredo, ORCHID, benchmarking
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: IPv4 in disguise
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
    "4000::/2",  # not given out
    "8000::/1",  # not given out, private, link-local, site-local, multicast
)
DENIED = tuple(ipaddress.ip_network(net) for net in (*_DENIED_4, *_DENIED_6))
"""IANA's special-purpose registries (RFC 6890), and all of IPv6 that is not global unicast."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[list[str]]]


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet. `is_global` is not that question."""
    return not any(address.version == net.version and address in net for net in DENIED)


async def system_lookup(host: str, port: int) -> list[str]:
    """All addresses of a host, as the system's resolver gives them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Addresses:
    """Resolves host names to addresses that may be connected to.

    The address that is returned is the one that is connected to, so a name
    cannot answer one thing when it is checked and another when it is opened.
    """

    def __init__(
        self,
        laboratory: frozenset[str],
        lookup: Lookup = system_lookup,
        proxy: Proxy | None = None,
    ) -> None:
        self._laboratory = frozenset(pair.lower() for pair in laboratory)
        self._lookup = lookup
        self.proxy = proxy
        self._doors: set[str] = set()
        """Addresses at which the proxy was found."""
        self.refused: dict[tuple[str, int], Refusal] = {}
        """Why a host was refused at its last lookup."""

    def is_laboratory(self, host: str, port: int) -> bool:
        return f"{host.lower()}:{port}" in self._laboratory

    async def resolve(self, host: str, port: int) -> list[Address]:
        """Addresses of the host, all of them public; a laboratory's pair is loopback.

        Raises `Refusal` if any one of them is not public, `OSError` if there is none.
        """
        self.refused.pop((host, port), None)
        if self.is_laboratory(host, port):
            return [ipaddress.IPv4Address("127.0.0.1")]
        addresses = await self._answers(host, port)
        for address in addresses:
            if not is_public(address):
                self.refused[host, port] = Refusal(
                    Reason.ADDRESS, f"{host} answers with {address}, which is not a public address."
                )
                raise self.refused[host, port]
        return addresses

    async def through(self, host: str, port: int, proxy: Proxy) -> Proxied:
        """Our half of a request that a proxy forwards: the site's name is looked up and checked, then the proxy found.

        Where the proxy alone looks names up, those are refused that can only be inside.
        Raises `Refusal`, and `OSError` if either has no address.
        """
        checked: list[Address] = []
        if not proxy.resolves or is_literal(host):
            checked = await self.resolve(host, port)
        elif is_inside(host) and not self.is_laboratory(host, port):
            raise Refusal(Reason.ADDRESS, f"{host} is no name of the public internet.")
        door = str((await self._answers(proxy.host, proxy.port))[0])
        self._doors.add(door)
        return Proxied(
            proxy=proxy.named, address=door, looked_up=tuple(str(each) for each in checked)
        )

    async def connectable(self, host: str, port: int) -> list[Address]:
        """What a connection may be opened to. With a proxy that is the proxy, and nothing else. Raises as `resolve`."""
        if self.proxy is None:
            return await self.resolve(host, port)
        if host in self._doors and port == self.proxy.port:
            return [ipaddress.ip_address(host)]
        raise Refusal(Reason.ADDRESS, f"{host} was to be asked past the proxy.")

    def check_peer(self, host: str, port: int, peer: Address | None) -> None:
        """Refuse an answer that came from elsewhere than where it was allowed to be asked."""
        if self.proxy is not None:
            if peer is not None and str(peer) not in self._doors:
                raise Refusal(Reason.ADDRESS, f"{host} was answered past the proxy, by {peer}.")
            return
        if peer is None or is_public(peer):
            return
        if not (peer.is_loopback and self.is_laboratory(host, port)):
            raise Refusal(Reason.ADDRESS, f"{host} was answered by {peer}, which is not public.")

    async def _answers(self, host: str, port: int) -> list[Address]:
        """All addresses of a host, at least one. Raises `OSError`, and `Refusal` for what is no address."""
        async with asyncio.timeout(LOOKUP_SECONDS):
            answers = await self._lookup(host, port)
        addresses = list(dict.fromkeys(_parsed(answer, host) for answer in answers))
        if not addresses:
            raise OSError("no address")
        return addresses


def _parsed(answer: str, host: str) -> Address:
    try:
        return ipaddress.ip_address(answer)
    except ValueError:
        raise Refusal(
            Reason.ADDRESS, f"{host} answers with something that is no address."
        ) from None
