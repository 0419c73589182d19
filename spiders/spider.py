"""The one spider: it walks a board through the gate and yields each page with its posts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http import Headers, Response
from twisted.python.failure import Failure

from patrol.errors import PatrolError
from patrol.models import Outcome, ReadPage, Validator
from spiders.addresses import tidy
from spiders.browser.browser import Browser, Undrawn
from spiders.capture import Received, clean_posts, receive
from spiders.detect import detect
from spiders.engines import load
from spiders.engines.base import Engine
from spiders.found import Finding
from spiders.gate.door import IF_CHANGED, NETWORK_FAULTS, request_to, went
from spiders.gate.gate import Gate
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import place
from spiders.gate.tls import secured
from spiders.job import Job, Tally
from spiders.keeping import AHEAD
from spiders.page import Page
from spiders.reading import Reading, read
from spiders.scrapy_settings import width
from spiders.selectors import Selected
from spiders.validators import basis, believed, conditions, is_entire, validator_of
from spiders.verdict import GONE, NOT_MODIFIED, Verdict, fault_words, outcome_of, status_words
from spiders.walk import Visit, Walk
from spiders.walls import wall

PATIENCE = 3
"""Bad answers in a row after which a run leaves the board alone."""

_UNSENT = frozenset({Reason.SCOPE, Reason.ROBOTS, Reason.MEDIA, Reason.COOLING})

Keep = Callable[[ReadPage], Awaitable[None]]


class BoardSpider(scrapy.Spider):
    """Reads start addresses, lists, threads and feeds; the walk says which page comes next."""

    name = "board"

    def __init__(self, job: Job, gate: Gate, verdict: Verdict, keep: Keep, **_: Any) -> None:
        super().__init__()
        self.job = job
        self.gate = gate
        self.verdict = verdict
        self.keep = keep
        self.walk = Walk(job.source, job.marks, datetime.now(UTC))
        self.engine: Engine | None = named_engine(job)
        self.evidence: str | None = None
        self.pages = 0
        self.posts = 0
        self.finding = Finding()
        self.media_cut = 0
        self.unread = 0
        """Pages to which a list led and that no engine knows."""
        self.validators: dict[str, Validator | None] = {}
        """Of the pages that were read; None of one that was not kept whole."""
        self._believed = believed(job, self.engine.name if self.engine else None)
        self.unkept: dict[int, asyncio.Future[bool]] = {}
        self.browser = Browser(gate, self._download) if job.source.browser else None
        self._width = 1 if self.browser else width(job)
        self._under_way = 0
        self._unkept = 0
        self._bad_in_a_row = 0

    @property
    def tally(self) -> Tally:
        return Tally(
            pages=self.pages,
            posts=self.posts,
            requests=self.gate.requests,
            requests_refused=self.gate.refusals.total(),
            media_cut=self.media_cut,
        )

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the start addresses, once a browser stands ready where one is needed."""
        if self.browser is not None:
            try:
                await self.browser.open()
            except PatrolError as error:
                self.verdict.note(Outcome.CRASHED, f"{error.what} {error.do}")
                return
        self.walk.begin([url for start in self.job.source.start if (url := self._tidy(start))])
        for request in self._next():
            yield request

    async def read(self, response: Response, visit: Visit) -> AsyncIterator[ReadPage | Request]:
        """Read an answer, yield its page, and once that is kept, go on."""
        try:
            page, follow = await self._read(response, visit)
        finally:
            self._under_way -= 1
        if page is not None:
            self._unkept += 1
            for request in self._next():
                yield request
            kept = self.unkept[id(page)] = asyncio.get_running_loop().create_future()
            yield page
            self._unkept -= 1
            if await kept:
                self._count(page)
                follow()
            else:
                self.walk.lost(visit)
        for request in self._next():
            yield request

    def lose(self, failure: Failure) -> Iterator[Request]:
        """A page that did not come: note why, and go on."""
        visit: Visit = failure.request.cb_kwargs["visit"]  # type: ignore[attr-defined]
        self._under_way -= 1
        self._note_loss(visit, failure.value)
        yield from self._next()

    def closed(self, reason: str) -> None:
        """Scrapy's own brakes are the last ones."""
        if reason.startswith(("memusage", "closespider")):
            self.verdict.note(
                Outcome.STOPPED, "The run needed more memory, time or pages than it may."
            )
        if self.unread and not self.posts and not self.walk.skipped:
            self.verdict.note(
                Outcome.LAYOUT_CHANGED,
                f"The list led to {self.unread} pages, and no engine knows any of them.",
            )

    def _next(self) -> Iterator[Request]:
        """Requests for as many pages as may be asked for now; where pauses are kept, the last one is kept first."""
        ahead = AHEAD if self._width > 1 else 1
        while (
            self._under_way < self._width
            and self._under_way + self._unkept < ahead
            and not self.gate.closed
        ):
            visit = self.walk.take()
            if visit is None:
                return
            self._under_way += 1
            visit = replace(visit, url=self._better(visit) or visit.url)
            kept = self._believed.get(visit.url)
            yield request_to(
                visit.url,
                callback=self.read,
                errback=self.lose,
                cb_kwargs={"visit": visit},
                meta={IF_CHANGED: conditions(kept)} if kept else {},
            )

    async def _read(
        self, response: Response, visit: Visit
    ) -> tuple[ReadPage | None, Callable[[], None]]:
        """The page, and what to do once it is kept. Nothing that a page does stops the others."""
        nothing = (None, _nothing)
        if self._stands(response, visit) or not self._is_good(response, visit):
            return nothing
        try:
            received = await self._receive(response)
            engine = self._reader(received, visit)
            if engine is None:
                return nothing
            reading = read(received.page, engine)
        except Undrawn as error:
            if not self.gate.closed:
                self._note_bad(visit, error.outcome, f"{_called(visit)} {error.what}.")
            return nothing
        except PatrolError as error:
            self._note_bad(
                visit, Outcome.LAYOUT_CHANGED, f"{_called(visit)} cannot be read: {error.what}."
            )
            return nothing
        except Exception as error:  # noqa: BLE001  (one page must not end the run)
            self._note_bad(
                visit, Outcome.CRASHED, f"The engine failed on a page: {type(error).__name__}."
            )
            return nothing
        return self._made_of(reading, received, visit, engine)

    def _made_of(
        self, reading: Reading, received: Received, visit: Visit, engine: Engine
    ) -> tuple[ReadPage | None, Callable[[], None]]:
        if received.trouble and not reading.posts and not reading.threads:
            self._note_bad(visit, *received.trouble)
        elif not reading.outcome.green:
            self._note_bad(visit, reading.outcome, reading.detail)
        elif reading.posts:
            self._bad_in_a_row = 0  # a list that answers says nothing of its threads
        posts, cut = clean_posts(reading.posts)
        capture = received.capture
        if cut:
            capture = capture.model_copy(update={"media_cut": capture.media_cut + cut})
        page = ReadPage(
            source=self.job.source.name,
            capture=capture,
            engine=engine.name,
            kind=reading.kind,
            posts=posts,
            outcome=reading.outcome,
        )
        return page, lambda: self._follow(visit, reading, page, received)

    def _stands(self, response: Response, visit: Visit) -> bool:
        """Whether a page that was asked for on that condition has not changed; then go on behind it."""
        kept = self._believed.get(visit.url)
        asked = response.request is not None and IF_CHANGED in response.request.meta
        if kept is None or not asked or response.status != NOT_MODIFIED:
            self.validators[visit.url] = None
            return False
        self._bad_in_a_row = 0
        self.pages += 1
        self.walk.stood(visit, kept)
        return True

    def _follow(self, visit: Visit, reading: Reading, page: ReadPage, received: Received) -> None:
        self.finding.add(received.page, page.posts)
        repeated = self.walk.repeats(page.capture.drawn_sha256 or page.capture.raw_sha256)
        if self.walk.hopeless:
            self.verdict.note(
                Outcome.SUSPICIOUSLY_EMPTY, "The board gives the same page for different addresses."
            )
            self.walk.stop()
        better = self._better(visit)
        if better is not None and self.walk.instead(visit, better, settled=False):
            return
        following = {
            "next_page": None if repeated else self._tidy(reading.next_page),
            "last_page": self._tidy(reading.last_page),
            "previous_page": self._tidy(reading.previous_page),
        }
        if self.engine is not None and not repeated and not self.browser:
            now = basis(self.job, self.engine.name)
            self.validators[visit.url] = validator_of(received, reading, following, now)
        links = [
            link.model_copy(update={"url": url})
            for link in reading.threads
            if (url := self._tidy(link.url))
        ]
        if reading.kind == "list":
            self.walk.mapped(visit, [url for one in reading.maps if (url := self._tidy(one))])
            self.walk.listed(visit, links, following["next_page"])
        elif reading.kind == "feed":
            self.walk.fed(visit, page.posts, following["next_page"])
        else:
            entire = not repeated and is_entire(received, reading)
            self.walk.read(visit, page.posts, **following, entire=entire)

    def _is_good(self, response: Response, visit: Visit) -> bool:
        status = response.status
        outcome = outcome_of(status)
        if outcome is Outcome.OK:
            return True
        said = self.engine.stands(Page(response.url, response.body)) if self.engine else None
        if said is not None and not said.outcome.green:
            outcome = said.outcome
        elif said is None and status < 500 and status != 429 and self._plainer(visit):
            return False
        if status in GONE and visit.role != "start":
            self.walk.lost(visit)
            return False
        if status in GONE:
            outcome = Outcome.LAYOUT_CHANGED
        self._note_bad(visit, outcome, f"{_called(visit)} answered {status_words(status)}.")
        if outcome is Outcome.RATE_LIMITED or self.gate.pace.cooling(place(response.url).host):
            self.walk.stop()
        return False

    def _better(self, visit: Visit) -> str | None:
        """Where a start address is to be had in a form that is read with more certainty."""
        if self.engine is None or visit.role != "start" or visit.settled:
            return None
        return self._tidy(self.engine.better(visit.url))

    def _plainer(self, visit: Visit) -> bool:
        """Ask for the same as a plain page, where the better form was refused; False if there is none."""
        if self.engine is None or visit.settled:
            return False
        url = self._tidy(self.engine.plainer(visit.url))
        return url is not None and self.walk.instead(visit, url, settled=True)

    async def _download(self, request: Request) -> Response:
        """What a page asks for goes the way of every request."""
        return await self.crawler.engine.download_async(request)

    async def _receive(self, response: Response) -> Received:
        request = response.request
        return receive(
            response.body,
            url=response.url,
            status=response.status,
            headers=_words(response.headers),
            sent=_words(request.headers) if request else {},
            address=str(response.ip_address) if response.ip_address else None,
            tls=secured(response.certificate),
            source=self.job.source,
            fetched_at=datetime.now(UTC),
            drawn=await self.browser.draw(response) if self.browser else None,
            **(went(request) if request else {}),
        )

    def _reader(self, received: Received, visit: Visit) -> Engine | None:
        """The source's engine; behind one that only guides, that of whatever wrote the page."""
        engine = self.engine or self._detect(received)
        if engine is None:
            self.walk.lost(visit)
        if engine is None or not engine.guides or visit.role != "thread":
            return engine
        found = detect(received.page)
        if found is not None and not load(found.engine).guides:
            return load(found.engine)
        stands = wall(received.page, unknown=True)
        if stands is not None:
            self._note_bad(visit, stands.outcome, stands.detail)
        else:
            self.unread += 1
            self.walk.read(visit, (), None)
        return None

    def _detect(self, received: Received) -> Engine | None:
        found = detect(received.page)
        if found is None:
            stands = wall(received.page, unknown=True)
            outcome = stands.outcome if stands else Outcome.LAYOUT_CHANGED
            self.verdict.note(
                outcome, stands.detail if stands else "No engine knows the software of this board."
            )
            return None
        self.engine = load(found.engine)
        self.evidence = found.evidence
        return self.engine

    def _note_bad(self, visit: Visit, outcome: Outcome, sentence: str) -> None:
        self.verdict.note(outcome, sentence)
        self.walk.lost(visit)
        self._bad_in_a_row += 1
        if self._bad_in_a_row >= PATIENCE:
            self.walk.stop()

    def _note_loss(self, visit: Visit, error: BaseException | None) -> None:
        if isinstance(error, Refusal):
            if error.reason in _UNSENT and self._plainer(visit):
                self.walk.budget += 1
                return
            if error.reason in _UNSENT:
                self.walk.unsent(visit)
            self.walk.lost(visit)
            told = visit.role == "start" or error.reason is Reason.AUTHORIZATION
            if told and not self.gate.closed:
                self.verdict.note(error.outcome, error.what)
        elif isinstance(error, NETWORK_FAULTS):
            self._note_bad(
                visit, Outcome.NETWORK, f"{_called(visit)} did not answer: {fault_words(error)}."
            )
        else:
            self._note_bad(visit, Outcome.CRASHED, f"A request failed: {type(error).__name__}.")

    def _count(self, page: ReadPage) -> None:
        self.pages += 1
        self.posts += len(page.posts)
        self.media_cut += page.capture.media_cut

    def _tidy(self, url: str | None) -> str | None:
        """A link in its canonical form; a link that the gate would not even read is counted as refused."""
        if not url:
            return None
        try:
            return place(tidy(url)).href
        except Refusal as refusal:
            self.gate.refuse(refusal)
            return None


def named_engine(job: Job) -> Engine | None:
    """What reads the source's pages, where somebody or an earlier run has named it."""
    if job.source.selectors is not None:
        return Selected(job.source.selectors)
    return load(job.engine) if job.engine else None


def _words(headers: Headers) -> dict[str, str]:
    return {str(name): value for name, value in headers.to_unicode_dict().items()}


def _nothing() -> None:
    """What follows from a page that was not read."""


def _called(visit: Visit) -> str:
    return "The start address" if visit.role == "start" else f"A page of a {visit.role}"
