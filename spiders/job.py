"""What a run is asked to do, under which mandate, and what it reports."""

from collections.abc import Mapping

from patrol.models import Authorization, Found, Model, Moment, Outcome, Source, Validator
from spiders.gate.proxy import Proxy


class Job(Model):
    """One reading of one source."""

    source: Source
    authorization: Authorization
    marks: Mapping[str, str] = {}
    """State of each thread when it was last read whole, by the board's key of the thread."""
    validators: Mapping[str, Validator] = {}
    """By address, of pages that were read and kept whole. Empty reads everything anew."""
    laboratory: frozenset[str] = frozenset()
    """`host:port` pairs that resolve to loopback. Empty outside demos and tests."""
    proxy: Proxy | None = None
    """By which all sites are asked; None asks them directly."""
    contact: str
    """How a site's owner reaches the unit; sent in the user agent."""
    engine: str | None = None
    """None detects it on the first page."""
    resting: Mapping[str, float] = {}
    """Seconds for which hosts are still to be left alone: another run has just asked them."""


class Mandate(Model):
    """The authorization as the register holds it now, and whether somebody asked the run to stop."""

    authorization: Authorization | None
    stop_asked: bool = False


class Tally(Model):
    """What a run has done so far. Numbers only."""

    pages: int = 0
    posts: int = 0
    requests: int = 0
    requests_refused: int = 0
    media_cut: int = 0


class WholeThread(Model):
    """A thread of which every page was sent, read entirely and kept: a post that is not in it is not on the board's pages."""

    mark: str | None
    """The board's key of it, under which its stop mark is kept."""
    pages: tuple[str, ...]
    """Addresses."""
    keys: frozenset[str]
    """Of all its posts."""


class Report(Model):
    """How a run ended."""

    outcome: Outcome
    detail: str
    """One sentence, without collected text."""
    pages: int = 0
    posts: int = 0
    requests: int = 0
    """Requests that were sent, robots.txt, redirects and retries included."""
    requests_refused: int = 0
    refusals: Mapping[str, int] = {}
    """The same, by reason."""
    media_cut: int = 0
    marks: dict[str, str] = {}
    """New states of the threads whose every followed page was read and kept."""
    validators: dict[str, Validator | None] = {}
    """Of the pages that were read, by address; None where nothing may be kept of one."""
    whole: tuple[WholeThread, ...] = ()
    unchanged: int = 0
    """Pages of which the site said that they are as they were when they were kept. They are among `pages`."""
    rows: int | None = None
    """Rows that were seen: threads on lists, and posts; None where some page was not sent again."""
    page_rows: int | None = None
    """Most rows of one page of a list or a feed."""
    overran: bool = False
    """Whether some list moved as a whole, as far as it is followed."""
    feeds: int = 0
    """Pages of feeds that were read: what they do not show any more is not to be had."""
    found: Found | None = None
    """What the engine found and by which of its hooks; None where no post was read."""
    engine: str | None = None
    evidence: str | None = None
    """By what the engine was recognised; None when it was named."""
    retry_at: Moment | None = None
    """Not before this moment does the site want to be asked again."""
