"""Run by itself: `python forward.py 10.0.0.1:80=127.0.0.1:8080 ...` passes every byte on, as a router between two hosts."""

import asyncio
import sys
from contextlib import suppress


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Every byte, until one side hangs up."""
    with suppress(OSError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    writer.close()


async def _serve(listen: str, to: str) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*_split(to))
        except OSError:
            writer.close()
            return
        await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

    server = await asyncio.start_server(meet, *_split(listen))
    await server.serve_forever()


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


async def _all() -> None:
    await asyncio.gather(*(_serve(*pair.split("=")) for pair in sys.argv[1:]))


if __name__ == "__main__":
    asyncio.run(_all())
