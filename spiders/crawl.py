"""One run of one source, from the first question to the report. Blocks; once per process."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from scrapy.crawler import Crawler
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from patrol.errors import PatrolError
from patrol.garbage import settle
from patrol.models import Outcome, ReadPage
from patrol.models.hours import is_open
from spiders.gate.gate import Gate
from spiders.gate.refusal import Reason
from spiders.gate.resolver import GateResolver
from spiders.job import Job, Mandate, Report, Tally
from spiders.keeping import Group
from spiders.scrapy_settings import settings
from spiders.spider import BoardSpider
from spiders.verdict import Verdict

__all__ = ["Job", "Mandate", "Report", "Tally", "crawl"]

POLL = 1.0
"""Seconds between two readings of the mandate."""

TICK = 0.1
"""Seconds between two looks at the clock."""

STALE = 3.0
"""Age in seconds of the mandate's snapshot at which requests under way are cut."""

GRACE = 4.0
"""Seconds that a run may take to wind up."""

HANGING = 20.0
"""Seconds of processor time without a look at the clock after which the machine ends this process: whatever a page
holds up, it holds up this run alone."""

SWITCH = 0.0005
"""Seconds after which the thread that reads lets the one that keeps go on.

Each statement of a transaction waits for it once; with Python's 5 ms, whoever
else wants to write waits several times as long.
"""

T = TypeVar("T")


class SecondRun(PatrolError):
    """A mistake of the program's, not of a person's."""

    def __init__(self) -> None:
        super().__init__(
            "A second run was begun in one process.",
            why="The network's event loop can be started once per process.",
            do="Start a process for each run.",
        )


def crawl(
    job: Job,
    *,
    keep: Callable[[Sequence[ReadPage]], None],
    mandate: Callable[[], Mandate],
    beat: Callable[[Tally], None],
    spider: type[BoardSpider] = BoardSpider,
) -> Report:
    """Read a source once.

    `keep`, `mandate` and `beat` are called in one thread of their own, one at a
    time. `keep` gets the pages that wait, in the order in which they were read;
    they count when it has returned, and an exception there ends the run as
    crashed. `mandate` is read every second; when it ends, requests under
    way are cut, and the run is over within five seconds.
    """
    if is_reactor_installed():
        raise SecondRun
    return _Run(job, keep, mandate, beat, spider).run()


def _reactor() -> Any:
    """Twisted's event loop; there is none before the run installs it."""
    from twisted.internet import reactor  # noqa: PLC0415

    return reactor


class _Run:
    def __init__(
        self,
        job: Job,
        keep: Callable[[Sequence[ReadPage]], None],
        mandate: Callable[[], Mandate],
        beat: Callable[[Tally], None],
        kind: type[BoardSpider],
    ) -> None:
        self._job = job
        self._group = Group(keep, self._write)
        self._mandate = mandate
        self._beat = beat
        self._verdict = Verdict()
        self._writer = ThreadPoolExecutor(1, "keep")
        self._deadline = datetime.now(UTC) + timedelta(minutes=job.source.deadline_minutes)
        self._ended = False
        self._gate = Gate(job)
        self._kind = kind
        self._spider: BoardSpider | None = None

    def run(self) -> Report:
        for name in ("scrapy", "twisted", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        sys.setswitchinterval(SWITCH)
        settle()
        chosen = settings(self._job)
        install_reactor(chosen["TWISTED_REACTOR"], chosen["ASYNCIO_EVENT_LOOP"])
        reactor = _reactor()
        reactor.callWhenRunning(lambda: asyncio.ensure_future(self._main()))
        reactor.run(installSignalHandlers=False)
        return self._report()

    async def _main(self) -> None:
        try:
            _reactor().installNameResolver(GateResolver(self._gate.addresses))
            await self._read_mandate()
            self._look()
            if not self._ended:
                await self._crawl()
        except Exception as error:  # noqa: BLE001  (told in the report, whatever it is)
            self._crash("The run failed", error)
        finally:
            self._gate.close()
            if self._spider is not None and self._spider.browser is not None:
                await self._spider.browser.close()
            self._writer.shutdown(wait=True)
            _reactor().stop()

    async def _crawl(self) -> None:
        crawler = Crawler(self._kind, settings(self._job))
        reading = asyncio.ensure_future(
            crawler.crawl_async(
                job=self._job, gate=self._gate, verdict=self._verdict, keep=self._group.keep
            )
        )
        polling = asyncio.ensure_future(self._poll())
        ended_at: float | None = None
        loop = asyncio.get_running_loop()
        while not reading.done():
            signal.setitimer(signal.ITIMER_PROF, HANGING)
            await asyncio.wait({reading}, timeout=TICK)
            self._spider = cast("BoardSpider | None", crawler.spider)
            self._look()
            if self._gate.closed:
                ended_at = ended_at or loop.time()
                if loop.time() - ended_at > GRACE:
                    break
        signal.setitimer(signal.ITIMER_PROF, 0)
        polling.cancel()
        if reading.done():
            reading.result()
        await self._write(lambda: self._beat(self._tally))

    async def _poll(self) -> None:
        while not self._ended:
            await asyncio.sleep(POLL)
            try:
                await self._read_mandate()
                await self._write(lambda: self._beat(self._tally))
            except Exception as error:  # noqa: BLE001
                self._crash("The mandate could not be read", error)

    async def _read_mandate(self) -> None:
        mandate = await self._write(self._mandate)
        self._gate.standing.renew(mandate)
        if mandate.stop_asked:
            self._end(Outcome.STOPPED, "Somebody asked the run to stop.")

    def _look(self) -> None:
        """What the clock alone can end."""
        sentence = self._gate.standing.ended()
        now = datetime.now(UTC)
        if sentence is not None:
            self._end(Outcome.AUTHORIZATION_ENDED, sentence)
        elif now >= self._deadline:
            self._end(
                Outcome.STOPPED,
                f"The deadline of {self._job.source.deadline_minutes} minutes passed.",
            )
        elif not _within_hours(self._job, now):
            self._end(Outcome.OUTSIDE_HOURS, "The hours in which this source may be read are over.")
        elif self._gate.standing.age > STALE:
            self._gate.ground()

    def _end(self, outcome: Outcome, sentence: str) -> None:
        if self._ended:
            return
        self._ended = True
        self._verdict.note(outcome, sentence)
        if self._spider is not None:
            self._spider.walk.stop()
        self._gate.close()

    def _crash(self, what: str, error: Exception) -> None:
        words = error.what if isinstance(error, PatrolError) else type(error).__name__
        self._end(Outcome.CRASHED, f"{what}: {words}.")
        self._verdict.note(Outcome.CRASHED, f"{what}: {words}.")

    async def _write(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, call)

    @property
    def _tally(self) -> Tally:
        return self._spider.tally if self._spider is not None else Tally()

    def _report(self) -> Report:
        spider = self._spider
        if spider is None:
            return Report(outcome=self._verdict.outcome, detail=self._verdict.sentence)
        tally = spider.tally
        self._note_budget(spider)
        _note_floor(spider, self._verdict)
        return Report(
            outcome=self._verdict.outcome,
            detail=self._verdict.sentence or _good(spider),
            **tally.model_dump(),
            refusals={reason.value: count for reason, count in self._gate.refusals.items()},
            marks=spider.walk.marks,
            validators={
                url: one if one is None or one.kind != "list" or spider.walk.rests(url) else None
                for url, one in spider.validators.items()
            },
            whole=spider.walk.whole,
            unchanged=spider.walk.unchanged,
            rows=None if spider.walk.unchanged else spider.walk.rows,
            page_rows=spider.walk.page_rows or None,
            overran=spider.walk.overran,
            feeds=spider.walk.feeds,
            found=spider.finding.found,
            engine=_engine_name(spider),
            evidence=spider.evidence,
            retry_at=_retry_at(self._gate),
        )

    def _note_budget(self, spider: BoardSpider) -> None:
        if spider.walk.budget <= 0 and spider.walk.waiting:
            self._verdict.note(
                Outcome.STOPPED,
                f"The budget of {self._job.source.max_pages} pages was spent; {spider.walk.waiting} more were known.",
            )


def _within_hours(job: Job, now: datetime) -> bool:
    return is_open(job.source.hours, job.source.timezone, now)


def _note_floor(spider: BoardSpider, verdict: Verdict) -> None:
    if verdict.outcome is not Outcome.OK or spider.walk.unchanged:
        return  # nobody counts the rows of a page that was not sent again
    if spider.job.source.floor > spider.walk.rows:
        robots = spider.gate.refusals[Reason.ROBOTS]
        if robots:
            verdict.note(
                Outcome.ROBOTS_DENIED,
                f"The robots.txt excludes what was to be read ({robots} addresses).",
            )
        else:
            verdict.note(
                Outcome.SUSPICIOUSLY_EMPTY,
                f"{spider.walk.rows} rows were read; {spider.job.source.floor} are expected at least.",
            )


def _good(spider: BoardSpider) -> str:
    sentence = f"{spider.pages} pages with {spider.posts} posts were read"
    if spider.walk.unchanged:
        sentence += f", {spider.walk.unchanged} of which had not changed since they were kept"
    if spider.walk.skipped:
        sentence += f"; {spider.walk.skipped} threads had not moved"
    if spider.walk.unmapped:
        sentence += f"; {spider.walk.unmapped} further lists were left out (`list_pages`)"
    refused = spider.gate.refusals.total()
    return sentence + (f"; {refused} addresses were refused." if refused else ".")


def _engine_name(spider: BoardSpider) -> str | None:
    """Of the engine, for the next run; selectors belong to the source and need no name."""
    named = spider.engine if spider.job.source.selectors is None else None
    return named.name if named else None


def _retry_at(gate: Gate) -> datetime | None:
    seconds = gate.pace.longest_wait()
    return datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None
