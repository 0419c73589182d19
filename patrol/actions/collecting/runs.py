"""A run's life: due, begun under an authorization, ended in exactly one outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from dashboards.settled import unsettle
from dashboards.watch import Watch
from patrol.actions.collecting import health, hosts, validators
from patrol.actions.collecting.binding import binds
from patrol.actions.collecting.mandates import authorization, in_force
from patrol.actions.collecting.sources import source_of
from patrol.actions.desk import Act, Desk
from patrol.models import Authorization, Found, Health, Outcome, Permission, Source, Validator, Verb
from patrol.register import clock, presence
from patrol.register.tables import RunRow, SourceRow, StopMark
from patrol.settings import Settings
from pipelines.gone import Whole, miss
from spiders.gate.proxy import forward_proxy

SILENT_AFTER = timedelta(seconds=90)
"""A run that gave no sign of life for so long has no process any more."""


@dataclass(frozen=True)
class Begun:
    """A run that may read."""

    run: RunRow
    source: Source
    authorization: Authorization
    marks: Mapping[str, str]
    validators: Mapping[str, Validator]
    """Of pages that need not be sent again if they have not changed. Empty reads the source whole."""
    engine: str | None
    resting: Mapping[str, float]
    """Seconds for which hosts are still to be left alone: somebody has just asked them."""


@dataclass(frozen=True)
class Ended:
    """What a run came to, as the reader counts it; posts are counted where they are kept."""

    outcome: Outcome
    detail: str
    pages: int = 0
    requests: int = 0
    requests_refused: int = 0
    media_cut: int = 0
    marks: Mapping[str, str] | None = None
    validators: Mapping[str, Validator | None] | None = None
    """Of the pages that were read; None where nothing may be kept of one."""
    whole: Sequence[Whole] = ()
    """Threads of which every page was sent, read and kept."""
    unchanged: int = 0
    """Pages that were not sent again, because they had not changed."""
    engine: str | None = None
    evidence: str | None = None
    rows: int | None = None
    page_rows: int | None = None
    overran: bool = False
    """Whether some list moved as a whole, as far as it is followed."""
    feeds: int = 0
    """Pages of feeds: what they do not show any more is not to be had."""
    found: Found | None = None
    """What its engine found and by which hook, to be compared with the runs before."""
    retry_at: datetime | None = None
    """Not before this moment does the site want to be asked again."""


def enqueue_due(desk: Desk) -> int:
    """Make a run for each source whose time has come and whose hours it is; one per source and due time, one at a time.

    However many times were missed, one run makes up for them. Returns how many were made.
    """
    now = desk.now()
    made = 0
    for source in SourceRow.objects.filter(next_due_at__lte=now, paused_at=None):
        if source.next_due_at is None or source.runs.filter(ended_at=None).exists():
            continue
        if (opens := Watch.of(source_of(source)).opens(now)) > now:
            due = SourceRow.objects.filter(pk=source.pk, next_due_at=source.next_due_at)
            due.update(next_due_at=opens)  # it overslept: its hours are over
            continue
        try:
            with transaction.atomic():
                RunRow.objects.create(source=source, due_at=source.next_due_at)
        except IntegrityError:
            continue  # another clock made this very run
        made += 1
    return made


def waiting() -> list[int]:
    """Runs that no process has begun and that may begin now, oldest first: one for each source and each host."""
    busy = RunRow.objects.filter(ended_at=None).exclude(begun_at=None).values("source_id")
    rows = RunRow.objects.filter(begun_at=None, ended_at=None).exclude(source_id__in=busy)
    first: dict[int, RunRow] = {}
    for row in rows.select_related("source").order_by("due_at", "pk"):
        first.setdefault(row.source_id, row)
    return hosts.free(first.values())


def sources_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Each of these runs, with its source."""
    return list(RunRow.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", "source_id"))


def not_begun(run_id: int) -> bool:
    """Whether no process has begun that run, and none has ended it."""
    return RunRow.objects.filter(pk=run_id, begun_at=None, ended_at=None).exists()


def ended_before(numbers: Iterable[int], at: datetime) -> list[int]:
    """Those of these runs that had ended then, in their order."""
    ended = RunRow.objects.filter(pk__in=numbers, ended_at__lte=at).order_by("pk")
    return list(ended.values_list("pk", flat=True))


def due_again(run_id: int) -> bool:
    """Read a run's source now: what ended the run was no fault of the site. Not when the run before crashed as well.

    Returns whether it is.
    """
    run = RunRow.objects.select_related("source").get(pk=run_id)
    before = run.source.runs.exclude(ended_at=None).filter(pk__lt=run_id).order_by("-pk").first()
    if run.outcome != Outcome.CRASHED or (before and before.outcome == Outcome.CRASHED):
        return False
    due = SourceRow.objects.filter(pk=run.source_id, paused_at=None, next_due_at__gt=clock.now())
    return due.update(next_due_at=clock.now()) > 0


def begin(desk: Desk, run_id: int) -> Begun | None:
    """Start a run under the authorization in force. None when it may not read: it has then ended, with its outcome.

    Raises `HostBusy` while another run or a look asks one of its hosts: it then waits on.
    """
    with desk.act(Permission.SOURCES_RUN, Verb.RUN_BEGUN, subject=f"run:{run_id}") as act:
        run = RunRow.objects.select_related("source").get(pk=run_id)
        if run.begun_at is not None:
            return None  # another process was quicker
        hosts.refuse_busy(run.source)
        mandate = in_force(run.source, max(desk.now(), clock.newest()))
        run.begun_at = run.beat_at = desk.now()
        run.every_minutes = health.interval_of(run.source, source_of(run.source))
        run.authorization = mandate
        act.details = {"source": run.source.name, "source_version": run.source.version}
        if laboratory := Settings().laboratory_hosts:
            act.details["laboratory"] = sorted(laboratory)
        if proxy := forward_proxy(Settings()):
            act.details["proxy"] = proxy.named
        if mandate is None:
            why = "No authorization was in force when the run was due."
            _write_end(desk, run, Ended(Outcome.AUTHORIZATION_ENDED, why), act)
            return None
        act.purpose = f"authorization:{mandate.pk}"
        run.save(update_fields=["begun_at", "beat_at", "authorization", "every_minutes"])
        return Begun(
            run=run,
            source=source_of(run.source),
            authorization=authorization(mandate),
            marks=dict(run.source.stop_marks.values_list("key", "state")),
            validators=validators.of(run.source, desk.now()),
            engine=run.source.body.get("engine") or run.source.detected_engine,
            resting=hosts.resting(run.source, desk.now()),
        )


def mandate(run_id: int) -> tuple[Authorization | None, bool]:
    """The run's authorization if it is still in force, and whether somebody asked the run to stop."""
    related = ("authorization__source", "authorization__requester", "authorization__approver")
    run = RunRow.objects.select_related(*related).get(pk=run_id)
    stop = run.stop_asked_at is not None or run.ended_at is not None
    row = run.authorization
    if row is None or row.revoked_at is not None or not binds(row):
        return None, stop
    return authorization(row), stop


def beat(run_id: int, at: datetime, *, pages: int, requests: int) -> None:
    """A sign of life. It waits for its turn, as every act does: a write without one gives up where others are slow."""
    with transaction.atomic():
        RunRow.objects.filter(pk=run_id, ended_at=None).update(
            beat_at=at, pages=pages, requests=requests
        )


def end(desk: Desk, run_id: int, ended: Ended) -> Outcome:
    """End a run. The stop marks move here and nowhere else: with a green outcome, or when its budget was spent.

    A mark is of one thread whose pages were all read and kept; nothing behind it is skipped.
    """
    run = RunRow.objects.select_related("source").get(pk=run_id)
    ended = _believed(run, ended, desk.now())
    outcome = ended.outcome
    source = source_of(run.source)
    found = health.examined(
        run.source, source, run, outcome, desk.now()
    )  # before the turn to write
    with desk.act(Permission.SOURCES_RUN, Verb.RUN_ENDED, subject=f"run:{run_id}") as act:
        run.source.refresh_from_db()
        if run.authorization_id:
            act.purpose = f"authorization:{run.authorization_id}"
        _write_end(desk, run, ended, act, found)
        if outcome.green or outcome is Outcome.STOPPED:
            missed = miss(run.source_id, ended.whole, desk.now())
            _move_marks(run.source, ended.marks or {}, missed.once, desk.now())
            validators.move(run.source, ended.validators, missed.once, desk.now())
            if missed.gone:
                act.details["gone"] = missed.gone
        elif ended.pages or ended.requests:
            validators.forget(run.source)
        return outcome


def busy(source: str) -> bool:
    """Whether a run reads that source now."""
    begun = RunRow.objects.filter(source__name=source, ended_at=None).exclude(begun_at=None)
    return begun.exists()


def unended(run_id: int) -> bool:
    """Whether that run has begun or waits, and has no outcome yet."""
    return RunRow.objects.filter(pk=run_id, ended_at=None).exists()


def end_silent(desk: Desk) -> int:
    """End the runs whose process died without a word: at once on this machine, elsewhere once silent. Returns how many."""
    silent = desk.now() - SILENT_AFTER
    begun = RunRow.objects.filter(ended_at=None).exclude(begun_at=None)
    dead = [run for run in begun if presence.gone(run.pk) or (run.beat_at or silent) < silent]
    for run in dead:
        with transaction.atomic():  # another clock may look at this very moment
            if unended(run.pk):
                end(desk, run.pk, Ended(Outcome.CRASHED, "The run's process died without a word."))
        presence.forget(run.pk)
    return len(dead)


_COUNTS = ("pages", "unchanged", "requests", "requests_refused", "media_cut")
_LEARNED = ("rows", "page_rows", "overran", "lost_posts", "found")
_BEGUN = ("begun_at", "beat_at", "every_minutes", "authorization")
_WRITTEN = ("outcome", "ended_at", "detail", *_COUNTS, *_LEARNED, *_BEGUN)


def _believed(run: RunRow, ended: Ended, now: datetime) -> Ended:
    """What a run came to beside what is known of its source: nothing new, too little, or some lost for good."""
    run.rows, run.page_rows = ended.rows, ended.page_rows
    run.found = ended.found.model_dump(mode="json") if ended.found else None
    if not ended.outcome.green:
        return ended
    source = source_of(run.source)
    if run.posts_new == 0 and ended.outcome is Outcome.OK:
        ended = replace(ended, outcome=Outcome.NOTHING_NEW)
    found = health.thin(run.source, source, run, now)
    if found and ended.unchanged:
        return replace(ended, validators=None)  # whether that is so is seen when all is sent again
    if found:
        return replace(ended, outcome=Outcome.SUSPICIOUSLY_EMPTY, detail=found.sentence)
    unknown = ended.feeds > 0 and 0 < run.posts == run.posts_new
    run.overran = (ended.overran or unknown) and health.was_read(run.source)
    run.lost_posts = health.lost_in(run.source, run, now)
    return ended


def _write_end(
    desk: Desk, run: RunRow, ended: Ended, act: Act, found: Health | None = None
) -> None:
    run.outcome = ended.outcome
    run.ended_at = desk.now()
    run.detail = ended.detail[:500]
    for count in _COUNTS:
        setattr(run, count, max(getattr(run, count), getattr(ended, count)))
    run.save(update_fields=_WRITTEN)
    unsettle(run.source_id, run.due_at, run.ended_at)
    source = run.source
    if ended.engine:
        source.detected_engine = ended.engine
        source.detected_by = (ended.evidence or "")[:200]
    if found is not None:
        source.health = found.model_dump(mode="json")
    if source.paused_at is None:
        watch = health.watch_of(source, source_of(source))
        alone = max(watch.every, timedelta(minutes=(found and found.stretched_minutes) or 0))
        due = watch.due(source.name, max(desk.now() + alone, ended.retry_at or desk.now()))
        source.next_due_at = None if run.authorization_id is None else due
    source.save(update_fields=["detected_engine", "detected_by", "next_due_at", "health"])
    if found is not None and found.stretched_minutes:
        act.details |= {"failures": found.failures, "left_alone_minutes": found.stretched_minutes}
    act.details |= {
        "source": source.name,
        "outcome": str(run.outcome),
        "pages": run.pages,
        "posts": run.posts,
        "posts_new": run.posts_new,
        "sightings": run.sightings,
        "requests": run.requests,
        "requests_refused": run.requests_refused,
        "media_cut": run.media_cut,
    }


def _move_marks(
    source: SourceRow, marks: Mapping[str, str], again: Sequence[Whole], at: datetime
) -> None:
    """Of all threads but those that are to be read again, whatever their list says."""
    unmarked = {thread.mark for thread in again if thread.mark}
    source.stop_marks.filter(key__in=unmarked).delete()
    StopMark.objects.bulk_create(
        [
            StopMark(source=source, key=key, state=state, moved_at=at)
            for key, state in marks.items()
            if key not in unmarked
        ],
        update_conflicts=True,
        unique_fields=["source", "key"],
        update_fields=["state", "moved_at"],
    )
