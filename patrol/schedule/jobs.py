"""Runs as jobs of Procrastinate: any number of schedulers offer them, any number of workers on any machines take them.

A run is a row before it is a job. Its source and due time are unique, so a
second scheduler makes nothing twice; offering happens in a transaction, which
takes its turn, so the second one sees what the first has offered. A job's lock
is its source: one run at a time reads it, wherever workers are.
"""

import time
from contextlib import suppress
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from patrol.actions.collecting import runs
from patrol.actions.desk import Desk

QUEUE = "runs"
CARRY = "patrol.carry_run"
LOOK_SECONDS = 5.0
"""How often a scheduler looks for jobs whose worker is gone."""
LEFT_AFTER = timedelta(seconds=10)
"""A job whose run ended so long ago, and that nobody finished, has no worker any more."""
STALLED_SECONDS = 30.0
"""A worker without a sign of life for so long is gone; it gives one every third of that."""


class Jobs:
    """To the clock what `Children` is on one machine."""

    def __init__(
        self,
        *,
        look_seconds: float = LOOK_SECONDS,
        left_after: timedelta = LEFT_AFTER,
        stalled_seconds: float = STALLED_SECONDS,
    ) -> None:
        self._look_seconds = look_seconds
        self._left_after = left_after
        self._stalled_seconds = stalled_seconds
        self._looked = -look_seconds

    def begin_waiting(self) -> int:
        """Offer each run that waits, once. Returns how many are new."""
        if not runs.waiting():
            return 0
        offered = 0
        with transaction.atomic():
            open_ = ProcrastinateJob.objects.filter(task_name=CARRY, status__in=("todo", "doing"))
            known = set(open_.values_list("queueing_lock", flat=True))
            for run_id, source_id in runs.sources_of(runs.waiting()):
                if _name(run_id) not in known:
                    job = app.configure_task(
                        CARRY, queue=QUEUE, lock=f"source:{source_id}", queueing_lock=_name(run_id)
                    )
                    job.defer(run=run_id)
                    offered += 1
        return offered

    def reap(self, desk: Desk) -> list[int]:
        """Free what workers left that are gone. Returns the runs whose sources are read again.

        A run that such a worker had begun is ended by its silence (`runs.end_silent`), on its own
        machine at once; its source is due again then. One that it had not begun is offered again.
        """
        if time.monotonic() - self._looked < self._look_seconds:
            return []
        self._looked = time.monotonic()
        begun = {_run(job.queueing_lock): job.pk for job in _doing()}
        left = runs.ended_before(begun, desk.now() - self._left_after)
        for run_id in left:
            _finish(begun[run_id])
            runs.due_again(run_id)
        for job in _stalled(self._stalled_seconds):
            if job.id is not None and runs.not_begun(_run(job.queueing_lock)):
                with suppress(ConnectorException):  # another scheduler was quicker
                    app.job_manager.retry_job_by_id(job.id, retry_at=desk.now())
        return left

    def stop(self) -> None:
        """Workers go on by themselves."""


def _name(run_id: int) -> str:
    return f"run:{run_id}"


def _run(name: str | None) -> int:
    return int((name or "").partition(":")[2])


def _doing() -> "list[ProcrastinateJob]":
    return list(ProcrastinateJob.objects.filter(task_name=CARRY, status="doing"))


def _stalled(seconds: float) -> list[Job]:
    find = async_to_sync(app.job_manager.get_stalled_jobs)
    return list(find(queue=QUEUE, task_name=CARRY, seconds_since_heartbeat=seconds))


def _finish(job_id: int) -> None:
    """Give its source's lock back. Another scheduler may have been quicker."""
    finish = async_to_sync(app.job_manager.finish_job_by_id_async)
    with suppress(ConnectorException):
        finish(job_id, status=Status.FAILED, delete_job=True)
