"""What a board says: posts, and the page they were read from."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from patrol.models.base import Model, Moment, Name
from patrol.models.words import BroughtAs, Outcome


class Precision(StrEnum):
    """How exactly a board printed a time."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class PostedAt(Model):
    """When a post was written, as far as the board says."""

    at: Moment
    precision: Precision
    read_from: str
    """The hook that gave it, such as `time[datetime]` or the words that were read."""


class Post(Model):
    """One message or listing, in the words the board showed.

    A post never changes. The same words seen again move its sighting's
    `last_seen_at`; other words under the same key are its next version.
    """

    source: Name
    key: str = Field(min_length=1, max_length=200)
    """The board's own id for the post, such as `p1042`."""
    url: str
    author: str | None
    """The handle as shown. Never a resolved identity."""
    posted_at: PostedAt | None
    title: str | None = None
    """Of the thread or listing, on its first post only."""
    text: str
    media: int = 0
    """How many pictures, clips or other media stood in the post. They were never asked for."""
    images: tuple[str, ...] = Field(default=(), exclude=True, repr=False)
    """Addresses of images that were taken out of the words. Never written with the post: a flagged one's are sealed apart."""

    @property
    def words(self) -> str:
        """Everything that is flagged, hashed and shown: the title, a line break, the text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


class ThreadLink(Model):
    """A thread as a list shows it; `state` tells whether it moved since."""

    url: str
    key: str
    """The board's own id for the thread."""
    title: str | None = None
    state: str | None = None
    """What the list says of its last activity and size, as one comparable string; None when it says nothing."""
    active_at: Moment | None = None


class Ingredient(Model):
    """An answer that a page asked for while it drew itself."""

    url: str
    status: int
    sha256: str
    """Of the body after decompression, before anything was cut."""
    bytes: int


class Tls(Model):
    """How the connection was secured over which a page came."""

    certificate_sha256: str
    """Of the certificate that the server showed, as DER: its fingerprint."""
    version: str
    """Of the protocol that was agreed on, such as `TLSv1.3`."""
    cipher: str
    """By OpenSSL's name, such as `TLS_AES_256_GCM_SHA384`."""


class Proxied(Model):
    """By which forward proxy a page came. To which address it connected is its word alone, so a capture then names none."""

    proxy: str
    """Its `host:port`, as set."""
    address: str
    """Of the proxy: what we were connected to."""
    looked_up: tuple[str, ...] = ()
    """Addresses of the site by our own lookup just before, all public; empty where the proxy alone looks names up."""


class RobotsVerdict(Model):
    """Why a site's robots.txt let a page be asked for."""

    status: int
    """With which it answered; a 4xx means that it has no rules (RFC 9309 section 2.3.1.3)."""
    fetched_at: Moment
    rule: str | None
    """The rule that allows it, as `Allow: /forum/`; None where none speaks of that address."""
    overridden: bool = False
    """Whether that rule excludes it, and the authorization had it asked for all the same."""


ENCODING_SUSPECT = 0.01
"""Share of replaced characters, among those outside ASCII, above which a page's charset is doubted."""


class Capture(Model):
    """A page's text as received, hashed, with its headers and times; no media."""

    requested_url: str
    url: str
    """After redirects."""
    hops: tuple[str, ...] = ()
    """Every address that was asked for on the way, first to last."""
    address: str | None = None
    """The IP address that answered; None behind a proxy."""
    proxied: Proxied | None = None
    """None where the site was asked directly, or a person brought the page."""
    tls: Tls | None = None
    """Of the server that answered, after redirects; None where the page came in the clear."""
    sent: Mapping[str, str] = {}
    """Headers that we sent to it, lower-case names; empty where that was not kept."""
    status: int
    headers: Mapping[str, str]
    """Response headers, lower-case names, without cookies."""
    fetched_at: Moment
    raw_sha256: str
    """Of the body after decompression, before media were cut."""
    raw_bytes: int
    charset: str
    charset_from: Literal["header", "bom", "meta", "guess"]
    replaced: float | None = None
    """Share of the characters outside ASCII that stand for bytes which could not be read; None where that was not kept."""
    robots: RobotsVerdict | None = None
    """Of the address that answered; None where nothing was asked, or that was not kept."""
    age_declared: str | None = None
    """The cookie by which an age was declared when it was asked for; None where nothing was."""
    media_cut: int = 0
    """Embedded media that were cut out of the text before anything was written."""
    drawn_sha256: str | None = None
    """Of the text that a browser drew from the body; None where the body itself was read."""
    drawn_from: tuple[Ingredient, ...] = ()
    """What it was drawn from besides the body, each as received."""
    brought_as: BroughtAs | None = None
    """In what shape a person brought it by hand; None where Patrol asked the site. What is said of an answer is then not known."""

    @property
    def encoding_suspect(self) -> bool:
        """Whether so much could not be read that words may be missing or wrong."""
        return (self.replaced or 0.0) > ENCODING_SUSPECT


class ReadPage(Model):
    """One item that the spider yields: a page, its posts and what was made of it."""

    source: Name
    capture: Capture
    engine: Name
    kind: Literal["list", "thread", "feed"]
    posts: tuple[Post, ...]
    outcome: Outcome = Outcome.OK
