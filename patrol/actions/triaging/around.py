"""The posts around a flagged one, as they were sealed with it. A look of its own, asked for and recorded."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import lead_row, visible
from patrol.actions.triaging.pieces import MASK
from patrol.actions.triaging.reading import OpenSighting
from patrol.errors import NotFound
from patrol.models import (
    ENCODING_SUSPECT,
    LeadKind,
    Permission,
    Post,
    Proxied,
    RobotsVerdict,
    Tls,
    Verb,
)
from patrol.register.sealing import unseal
from patrol.register.spared import hide
from patrol.register.tables import CaptureRow, Lead, Sighting

NEAREST = 5
"""Posts before, and as many after."""
_Whence = tuple[str | None, Tls | None, bool, RobotsVerdict | None, bool, Proxied | None]
_MAY_BE_A_CONTACT = re.compile(r"[0-9A-Za-z_@.+\-]{4,}")


class NoSuchSighting(NotFound):
    """The lead has no such sighting."""

    def __init__(self, lead_id: int, sighting_id: int) -> None:
        super().__init__(
            f"Lead {lead_id} has no sighting {sighting_id}.",
            why="The posts around a sighting are read from its lead's page.",
            do="Go back to the lead.",
        )


@dataclass(frozen=True)
class Neighbour:
    """A post of the same page."""

    words: str
    author: str | None
    posted_at: datetime | None
    posted_precision: str | None
    media: int
    """How many images, clips or other media stood in it; none was collected."""
    here: bool
    """It is the flagged one."""


@dataclass(frozen=True)
class Around:
    """A flagged post among its neighbours, in the order of the page."""

    lead_id: int
    sighting_id: int
    fetched_at: datetime
    posts: tuple[Neighbour, ...]
    left_out: int
    """Neighbours that this role may not read."""
    answered_by: str | None = None
    """The IP address that the page came from."""
    tls: Tls | None = None
    """How the connection was secured over which it came; None where it was not, was brought by hand, or was sealed before this was kept."""
    in_the_clear: bool = False
    """Whether it came over a connection that was not secured."""
    robots: RobotsVerdict | None = None
    """Why the site's robots.txt let it be asked for; None where that was not kept."""
    encoding_suspect: bool = False
    """Whether so much of the page could not be read that words may be missing or wrong."""
    proxied: Proxied | None = None
    """By which forward proxy it came, which alone knows who answered."""


def around(desk: Desk, lead_id: int, sighting_id: int) -> Around:
    """What stands before and after a flagged post, as far as it was sealed with it.

    Recorded before this returns. Raises `NoSuchLead`, `NoSuchSighting`, and
    `Forgotten` where the capture's words are gone.
    """
    subject = f"lead:{lead_id}"
    desk.require(Permission.LEADS_READ, Verb.THREAD_VIEWED, subject)
    lead = lead_row(desk, lead_id)
    row = (
        Sighting.objects.filter(lead=lead, pk=sighting_id)
        .select_related("capture__unit", "lead", "unit", "source")
        .first()
    )
    if row is None:
        raise NoSuchSighting(lead_id, sighting_id)
    found = _around(desk, lead, row)
    desk.record(
        Verb.THREAD_VIEWED,
        subject=subject,
        purpose=f"authorization:{row.authorization_id}",
        count=len(found.posts),
        details={"sighting": sighting_id},
    )
    return found


def _around(desk: Desk, lead: Lead, row: Sighting) -> Around:
    posts, whence = _sealed(row.capture)
    place = next((nth for nth, post in enumerate(posts) if post.key == row.key), None)
    if place is None:
        return Around(lead.pk, row.pk, row.capture.fetched_at, (), 0, *whence)
    near = posts[max(0, place - NEAREST) : place + NEAREST + 1]
    flagged = {
        one.key: one
        for one in Sighting.objects.filter(
            source=row.source, key__in=[post.key for post in near], capture=row.capture
        )
        .select_related("lead", "unit")
        .prefetch_related("handles")
    }
    readable = set(
        visible(desk)
        .filter(pk__in={one.lead_id for one in flagged.values()})
        .values_list("pk", flat=True)
    )
    spared = {value for one in flagged.values() for value in OpenSighting(one).spared.values()}
    shown = []
    for post in near:
        sighting = flagged.get(post.key)
        if sighting is None or sighting.lead_id in readable:
            shown.append(_neighbour(post, sighting, lead, spared, here=post.key == row.key))
    return Around(
        lead.pk, row.pk, row.capture.fetched_at, tuple(shown), len(near) - len(shown), *whence
    )


def _sealed(capture: CaptureRow) -> tuple[list[Post], _Whence]:
    """The posts, and who answered with them over what connection."""
    body = json.loads(unseal(capture.unit, capture.body))
    page = body.get("capture", {})
    posts = [Post.model_validate(post) for post in body.get("posts", ())]
    address, said = page.get("address"), page.get("tls")
    tls = Tls.model_validate(said) if said else None
    way = page.get("proxied")
    proxied = Proxied.model_validate(way) if way else None
    clear = bool(address or proxied) and page["url"].startswith("http://")
    allowed = page.get("robots")
    robots = RobotsVerdict.model_validate(allowed) if allowed else None
    suspect = (page.get("replaced") or 0.0) > ENCODING_SUSPECT
    return posts, (address, tls, clear, robots, suspect, proxied)


def _neighbour(
    post: Post, sighting: Sighting | None, lead: Lead, spared: set[str], *, here: bool
) -> Neighbour:
    """A victim's contacts are masked, and next to a victim everything that may be a contact."""
    words, author = post.words, post.author
    if sighting is not None:
        opened = OpenSighting(sighting)
        words, author = opened.words, opened.author
    elif lead.kind == LeadKind.POSSIBLE_VICTIM:
        words = _MAY_BE_A_CONTACT.sub(lambda found: MASK * len(found[0]), words)
    else:
        words = hide(words, (), spared, MASK)
    return Neighbour(
        words=words,
        author=author,
        posted_at=post.posted_at.at if post.posted_at else None,
        posted_precision=post.posted_at.precision if post.posted_at else None,
        media=post.media,
        here=here,
    )
