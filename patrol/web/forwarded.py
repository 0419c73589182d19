"""Where a request comes from, behind a proxy: what X-Forwarded-For says, as far as proxies of ours wrote it."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Address = IPv4Address | IPv6Address


class Forwarded:
    """Puts the client's address in the place of the proxy's, so that the log, the limits and the sessions all read it there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.PATROL.trusted_proxies:
            request.META["REMOTE_ADDR"] = client(
                request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
            )
        return self.get_response(request)


def client(peer: str, forwarded: str) -> str:
    """The client's address: of the chain that ends with the peer, the last that is no proxy of ours.

    Every proxy writes whom it was asked by at the end of X-Forwarded-For, so
    what stands before the first stranger, read from the right, is the
    stranger's own word. Of a chain of proxies alone, or that somebody wrote
    letters into, it is the furthest proxy that can be read.
    """
    nearest = _address(peer)
    if nearest is None:
        return peer
    for told in reversed(forwarded.split(",")):
        before = _address(told)
        if before is None or not _is_ours(nearest):
            break
        nearest = before
    return str(nearest)


def _address(told: str) -> Address | None:
    """An address as proxies write it: alone, or with a port behind it."""
    told = told.strip()
    if told.startswith("["):
        told = told[1:].partition("]")[0]
    elif told.count(":") == 1:
        told = told.partition(":")[0]
    try:
        read = ip_address(told.partition("%")[0])
    except ValueError:
        return None
    return getattr(read, "ipv4_mapped", None) or read


def _is_ours(address: Address) -> bool:
    return any(address in network for network in settings.PATROL.trusted_proxies)
