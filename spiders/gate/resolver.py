"""The gate's address check, where Twisted looks names up: it is asked for every connection."""

import asyncio
from collections.abc import Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from spiders.gate.address import Addresses
from spiders.gate.refusal import Refusal


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()


@implementer(IHostnameResolver)
class GateResolver:
    """Looks names up through `Addresses`. A refused host has no address; why is told there."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: ARG002, N803
        transportSemantics: str = "TCP",  # noqa: ARG002, N803
    ) -> Any:
        """Twisted's own contract, names included."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        answer = self._answer(resolutionReceiver, hostName, portNumber)
        resolution.task = asyncio.get_running_loop().create_task(answer)
        return resolution

    async def _answer(self, receiver: Any, host: str, port: int) -> None:
        try:
            found = await self._addresses.connectable(host, port)
        except (Refusal, OSError, UnicodeError):
            found = []
        for address in found:
            kind = IPv4Address if address.version == 4 else IPv6Address
            receiver.addressResolved(kind("TCP", str(address), port))
        receiver.resolutionComplete()
