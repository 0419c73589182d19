"""Files that lie packed on a server, as sitemaps do: unpacked so far and no further."""

from spiders.gate.size import LARGEST_MAP, Unpacker

GZIP = b"\x1f\x8b\x08"
"""How a gzip file begins (RFC 1952 section 2.3.1)."""


def unpacked(body: bytes) -> bytes:
    """A file as it was before gzip; anything else as it is. Raises `Refusal` for a bomb or a broken one."""
    if not body.startswith(GZIP):
        return body
    unpacker = Unpacker("gzip", LARGEST_MAP)
    whole = unpacker.feed(body)
    unpacker.check_complete()
    return whole
