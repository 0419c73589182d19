"""What a board shows instead of itself: errors, walls, pictures nobody should ask for."""

from patrol.demo.boards.board import Health
from patrol.demo.boards.server import Answer
from patrol.demo.specimens import SPECIMENS

PICTURE = Answer(SPECIMENS["png"], "image/png")

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
