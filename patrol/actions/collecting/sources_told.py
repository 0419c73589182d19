"""What a look saw, as plain data: five posts, field by field."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patrol.actions.collecting.sources_proposal import denials
from patrol.errors import NotFound
from patrol.models import Post
from spiders.detect import detect
from spiders.look import SHOWN
from spiders.page import Page
from spiders.suggest import NothingRepeats, suggest

if TYPE_CHECKING:  # a saved page is read without a register
    from patrol.actions.collecting.sources_look import Look


def document(seen: "Look") -> dict[str, Any]:
    """A look as JSON; the page itself stays out."""
    glance = seen.glance
    told = seen.model_dump(mode="json", exclude={"glance"})
    if glance is None:
        return told | {"asked": False, "look": None}
    look = glance.model_dump(mode="json", exclude={"markup", "posts", "threads"})
    return told | {
        "asked": True,
        "look": look | {"posts": fields(glance.posts), "threads": len(glance.threads)},
    }


def fields(posts: Sequence[Post]) -> list[dict[str, Any]]:
    """Posts, field by field."""
    return [
        {
            "key": post.key,
            "author": post.author,
            "posted_at": post.posted_at.at.isoformat() if post.posted_at else None,
            "precision": post.posted_at.precision.value if post.posted_at else None,
            "read_from": post.posted_at.read_from if post.posted_at else None,
            "title": post.title,
            "text": post.text,
            "url": post.url,
            "media": post.media,
        }
        for post in posts
    ]


def suggestion(seen: "Look") -> dict[str, Any]:
    """Of a page that was looked at. Raises `NothingRepeats`."""
    glance = seen.glance
    if glance is None:
        raise NotLookedAt(seen.address, seen.why_not)
    if glance.selectors is None:
        raise NothingRepeats(seen.address, glance.why or glance.detail)
    return {
        "url": glance.url,
        "selectors": glance.selectors.model_dump(exclude_none=True),
        "confidence": glance.confidence,
        "why": glance.why,
        "denied": [part.model_dump(mode="json") for part in seen.proposal.denied],
        "read": glance.read,
        "posts": fields(glance.posts),
    }


def suggested(file: Path, url: str) -> dict[str, Any]:
    """Of a saved page. Raises `NothingRepeats`."""
    if not file.is_file():
        raise NotFound(
            f"there is no file `{file}`.",
            why="Selectors are suggested for a saved page or an address.",
            do="Give an address that begins with https://, or a file that exists.",
        )
    page = Page(url, file.read_bytes())
    page.tell_clock(None, datetime.fromtimestamp(file.stat().st_mtime, UTC))
    found = suggest(page)
    return {
        "url": url,
        "selectors": found.selectors.model_dump(exclude_none=True),
        "confidence": found.confidence,
        "why": found.why,
        "denied": [part.model_dump(mode="json") for part in denials(_engine(page))],
        "read": len(found.posts),
        "posts": fields(found.posts[:SHOWN]),
    }


def _engine(page: Page) -> str | None:
    found = detect(page)
    return found.engine if found else None


class NotLookedAt(NotFound):
    def __init__(self, address: str, why: str) -> None:
        super().__init__(
            f"there is no page of {address} to look at.",
            why=why,
            do="Save the page in a browser and run `patrol source suggest FILE`.",
        )
