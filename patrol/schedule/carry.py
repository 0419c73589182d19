"""Carries one run out, in a process of its own: here the spider and the pipeline meet."""

from collections.abc import Callable, Sequence

import structlog
from django.db import connections
from django.utils import timezone

from patrol.actions.collecting import runs
from patrol.actions.desk import Desk
from patrol.actions.rulemaking import rulebook
from patrol.models import Outcome, ReadPage
from patrol.register import presence, turn
from patrol.register.start import start
from patrol.schedule.keeping import KeepingProcess
from patrol.settings import Settings
from pipelines.keep import Keeper
from spiders.crawl import crawl
from spiders.gate.proxy import forward_proxy
from spiders.job import Job, Mandate, Report, Tally

_log = structlog.get_logger()


def carry_out(run_id: int) -> Outcome | None:
    """Read the run's source from its first request to its outcome. None when another process had begun it.

    Raises `HostBusy` when it has to wait on.
    """
    start()
    turn.wait_long()
    lock = presence.hold(run_id)
    try:
        return _carried(Desk.system("run", f"run:{run_id}"), run_id)
    finally:
        presence.leave(lock)


def _carried(desk: Desk, run_id: int) -> Outcome | None:
    begun = runs.begin(desk, run_id)
    if begun is None:
        return None
    try:
        report = _read(begun)
    except Exception as error:
        runs.end(desk, run_id, runs.Ended(Outcome.CRASHED, f"{type(error).__name__} in the run."))
        raise
    outcome = runs.end(desk, run_id, _ended(report))
    _log.info("run.ended", run=run_id, source=begun.source.name, outcome=outcome)
    return outcome


def _read(begun: runs.Begun) -> Report:
    settings = Settings()
    run_id = begun.run.pk

    def keeping() -> Callable[[Sequence[ReadPage]], object]:
        days = settings.unflagged_days
        keeper = Keeper(begun.run, rulebook.flagger(), unflagged_days=days, now=timezone.now)
        return keeper.keep_all

    connections.close_all()  # from here on each process has its own, and the run's one writer thread
    job = Job(
        source=begun.source,
        authorization=begun.authorization,
        marks=begun.marks,
        validators=begun.validators,
        laboratory=settings.laboratory_hosts,
        proxy=forward_proxy(settings),
        contact=settings.contact,
        engine=begun.engine,
        resting=begun.resting,
    )

    def mandate() -> Mandate:
        authorization, stop_asked = runs.mandate(run_id)
        return Mandate(authorization=authorization, stop_asked=stop_asked)

    def beat(tally: Tally) -> None:
        runs.beat(run_id, timezone.now(), pages=tally.pages, requests=tally.requests)

    with KeepingProcess(keeping) as kept:
        return crawl(job, keep=kept.keep, mandate=mandate, beat=beat)


def _ended(report: Report) -> runs.Ended:
    return runs.Ended(
        outcome=report.outcome,
        detail=report.detail,
        pages=report.pages,
        requests=report.requests,
        requests_refused=report.requests_refused,
        media_cut=report.media_cut,
        marks=report.marks,
        validators=report.validators,
        whole=report.whole,
        unchanged=report.unchanged,
        rows=report.rows,
        page_rows=report.page_rows,
        overran=report.overran,
        feeds=report.feeds,
        found=report.found,
        engine=report.engine,
        evidence=report.evidence,
        retry_at=report.retry_at,
    )
