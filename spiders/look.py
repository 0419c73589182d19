"""One look at an address before it becomes a source: a handful of requests through the gate, and nothing is kept.

A look is a run of at most four pages that ends as soon as five posts were
read. Blocks; once per process, as every run.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from patrol.models import Model, Outcome, Post, ReadPage, Selectors
from spiders.capture import Received, clean_posts
from spiders.crawl import crawl
from spiders.engines.base import Engine
from spiders.job import Job, Mandate, Report
from spiders.page import Page
from spiders.reading import Reading
from spiders.spider import BoardSpider
from spiders.suggest import NothingRepeats, suggest
from spiders.walk import Visit

MOST_PAGES = 4
SHOWN = 5
"""Posts of a sample."""

_FEEDS = "link[rel=alternate][type='application/atom+xml'], link[rel=alternate][type='application/rss+xml'], link[rel=alternate][type='application/feed+json']"
_FEW_WORDS = 200
"""Characters of a page that draws itself: what little it says without its scripts."""


class Glance(Model):
    """What a look saw."""

    outcome: Outcome
    detail: str = ""
    title: str = ""
    engine: str | None = None
    evidence: str | None = None
    better: str | None = None
    """The address at which the same is read with more certainty, where the engine knows one."""
    feed: str | None = None
    """A feed that an unknown page names."""
    draws_itself: bool = False
    """Whether nearly nothing stands in the page without its scripts."""
    posts: tuple[Post, ...] = ()
    read: int = 0
    """Posts that were read in all; `posts` holds the first."""
    threads: tuple[str, ...] = ()
    """Where a list leads."""
    onward: tuple[str, ...] = ()
    """Further pages of what was read."""
    gap_minutes: float | None = None
    """Between two posts, or two threads that moved."""
    robots: str = "unknown"
    """`allowed`, `denied`, `overridden` by the authorization, or `unknown` where nothing was asked."""
    robots_delay: float | None = None
    selectors: Selectors | None = None
    """Suggested for a page that no engine knows."""
    confidence: float | None = None
    why: str = ""
    """By what the selectors were suggested, or why none were."""
    requests: int = 0
    url: str = ""
    """Of the page that the sample is from."""
    markup: str = ""
    """That page, without its media, so that selectors can be tried on it; never stored."""


class _Seen:
    """What the spider met on its way."""

    def __init__(self) -> None:
        self.pages: list[ReadPage] = []
        self.readings: list[Reading] = []
        self.unknown: Page | None = None
        self.last: Page | None = None
        self.better: str | None = None
        self.robots: float | None = None

    @property
    def posts(self) -> list[Post]:
        return [post for page in self.pages for post in page.posts]


def look(job: Job, mandate: Callable[[], Mandate], *, wanted: bool = False) -> Glance:
    """Look at the source's first start address. With `wanted`, selectors are suggested for a known board too."""
    limits: dict[str, object] = {
        "max_pages": MOST_PAGES,
        "list_pages": 1,
        "thread_pages": 1,
        "floor": 0,
    }
    limits |= {"deadline_minutes": 1, "start": job.source.start[:1], "hours": None}
    job = job.model_copy(update={"source": job.source.model_copy(update=limits)})
    seen = _Seen()

    def keep(pages: Sequence[ReadPage]) -> None:
        seen.pages.extend(pages)

    report = crawl(
        job, keep=keep, mandate=mandate, beat=lambda _tally: None, spider=_spider(seen, job)
    )
    return _told(job, seen, report, wanted=wanted)


def _spider(seen: _Seen, job: Job) -> type[BoardSpider]:
    origin = "://".join(urlsplit(job.source.start[0])[:2])

    class Looking(BoardSpider):
        """Writes down what it meets, and stops once that is enough."""

        def _made_of(
            self, reading: Reading, received: Received, visit: Visit, engine: Engine
        ) -> tuple[ReadPage | None, Callable[[], None]]:
            seen.readings.append(reading)
            if reading.posts or seen.last is None:
                seen.last = received.page
            if visit.role == "start":
                seen.better = seen.better or self._better(visit)
            if sum(len(one.posts) for one in seen.readings) >= SHOWN:
                self.walk.stop()
            return super()._made_of(reading, received, visit, engine)

        def _detect(self, received: Received) -> Engine | None:
            engine = super()._detect(received)
            if engine is None:
                seen.unknown = seen.last = received.page
            return engine

        def closed(self, reason: str) -> None:
            """Remember what the host asked for."""
            seen.robots = self.gate.robots.delay(origin)
            super().closed(reason)

    return Looking


def _told(job: Job, seen: _Seen, report: Report, *, wanted: bool) -> Glance:
    posts = seen.posts
    threads = [link.url for reading in seen.readings for link in reading.threads]
    good = bool(posts or threads)
    denied = report.outcome is Outcome.ROBOTS_DENIED
    sent = bool(seen.readings or seen.unknown)
    page = seen.last
    glance = Glance(
        outcome=Outcome.OK if good else report.outcome,
        detail="" if good else report.detail,
        title=page.title[:200] if page else "",
        engine=report.engine,
        evidence=report.evidence,
        better=seen.better if seen.better not in job.source.start else None,
        posts=tuple(posts[:SHOWN]),
        read=len(posts),
        threads=tuple(threads[:100]),
        onward=tuple(filter(None, (one.next_page or one.last_page for one in seen.readings))),
        gap_minutes=_gap(seen),
        robots=_robots(seen, denied=denied, sent=sent),
        robots_delay=seen.robots,
        requests=report.requests,
        url=page.url if page else "",
        markup=page.markup if page else "",
    )
    unread = seen.unknown or (page if wanted else None)
    return _suggested(glance, unread) if unread is not None else glance


def _robots(seen: _Seen, *, denied: bool, sent: bool) -> str:
    if any(page.capture.robots and page.capture.robots.overridden for page in seen.pages):
        return "overridden"
    return "denied" if denied else "allowed" if sent else "unknown"


def _suggested(glance: Glance, page: Page) -> Glance:
    """The same, with selectors and a feed for a page that no engine knows."""
    words = page.node.css_first("body")
    said = len("".join(words.text().split())) if words is not None else 0
    more: dict[str, object] = {
        "feed": None if glance.engine else page.link(_FEEDS),
        "draws_itself": said < _FEW_WORDS and page.has("script") and not glance.posts,
    }
    try:
        found = suggest(page)
    except NothingRepeats as refusal:
        return glance.model_copy(update={**more, "why": refusal.what})
    posts, _ = clean_posts(found.posts)
    more |= {"selectors": found.selectors, "confidence": found.confidence, "why": found.why}
    if not glance.engine:
        more |= {"posts": posts[:SHOWN], "read": len(posts), "outcome": Outcome.OK, "detail": ""}
        more["gap_minutes"] = _between([post.posted_at.at for post in posts if post.posted_at])
    return glance.model_copy(update=more)


def _gap(seen: _Seen) -> float | None:
    """Minutes between two things that happen on the board, as its list or its posts tell."""
    moved = [link.active_at for one in seen.readings for link in one.threads if link.active_at]
    said = [post.posted_at.at for post in seen.posts if post.posted_at]
    return _between(moved if len(moved) > 2 else said)


def _between(times: Sequence[datetime]) -> float | None:
    """The usual time between two of them, in minutes; None where they are too few."""
    times = sorted(times)
    gaps = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(times)]
    return median(gaps) if len(gaps) > 1 else None
