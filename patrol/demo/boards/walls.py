"""What a board shows instead of itself: errors, walls, pictures nobody should ask for."""

import struct
import zlib

from patrol.demo.boards.board import Health
from patrol.demo.boards.server import Answer


def _png() -> bytes:
    """One grey pixel, so that asking for a picture has an answer."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x80")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


PNG = _png()

PICTURE = Answer(PNG, "image/png")

NOT_FOUND = Answer(b"<!doctype html><title>404</title><p>Not found.</p>", status=404)

_WALLS = {
    Health.SERVER_ERROR: Answer(
        b"<!doctype html><title>500</title><p>Database error.</p>", status=500
    ),
    Health.FORBIDDEN: Answer(b"<!doctype html><title>403</title><p>Forbidden.</p>", status=403),
    Health.RATE_LIMITED: Answer(
        b"<!doctype html><title>429</title><p>Too many requests.</p>",
        status=429,
        headers=(("Retry-After", "120"),),
    ),
    Health.CHALLENGE: Answer(
        b"<!doctype html><title>Just a moment...</title>"
        b'<form id="challenge-form" action="/cdn-cgi/challenge"><p>Verify you are human.</p>'
        b'<div class="g-recaptcha captcha"></div></form>',
        status=403,
    ),
}


def wall(health: Health) -> Answer | None:
    """The same for every engine; None when the board itself must answer."""
    return _WALLS.get(health)


def robots(*disallowed: str) -> Answer:
    """A robots.txt for everybody."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in disallowed)]
    return Answer(("\n".join(lines) + "\n").encode(), "text/plain; charset=UTF-8")
