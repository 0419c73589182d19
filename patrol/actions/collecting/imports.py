"""Posts that a person brings by hand, for what may not be crawled. The command line and the page come here.

The same authorization as for a run must be in force and cover the address; the
same rules flag, the same seal closes. It is marked as brought by hand wherever
it is kept, and coverage does not count it: nobody watched the site.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from patrol.actions.collecting.mandates import authorization, in_force, source_row
from patrol.actions.collecting.sources import source_of
from patrol.actions.desk import Desk
from patrol.actions.rulemaking import rulebook
from patrol.errors import BadInput, Refused
from patrol.models import BroughtAs, Outcome, Permission, ReadPage, Verb
from patrol.register.tables import AuthorizationRow, RunRow, SourceRow
from patrol.settings import Settings
from pipelines.keep import Keeper, Kept
from spiders.brought import read_brought
from spiders.gate.refusal import Refusal
from spiders.gate.scope import Coverage, place

OLDEST = timedelta(days=365)
AHEAD = timedelta(minutes=5)


class NotCovered(Refused):
    """No authorization in force covers what is brought."""

    def __init__(self, what: str) -> None:
        super().__init__(
            what,
            why="What is brought by hand needs the same authorization as what is read.",
            do="Have an authorization approved that names this host and path, then bring it again.",
        )


class BadSavingTime(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "The time of saving lies ahead, or more than a year back.",
            why="What a page says relative to its time, such as `3 hours ago`, is counted from there.",
            do="Give the time at which the page was saved.",
        )


@dataclass(frozen=True)
class Brought:
    """What somebody brings, and from where."""

    source: str
    brought_as: BroughtAs
    address: str
    """Where it stood when it was saved or copied."""
    content: bytes
    saved_at: datetime | None = None
    """None is now."""


class _Checked(NamedTuple):
    row: SourceRow
    mandate: AuthorizationRow
    page: ReadPage


def title_of(desk: Desk, name: str) -> Mapping[str, str]:
    """What the source is called. Raises `NoSuchSource` and `NotPermitted`."""
    desk.require(Permission.POSTS_BRING, Verb.POSTS_BROUGHT, f"source:{name}")
    return source_of(source_row(desk, name)).title


def unread(desk: Desk, name: str) -> None:
    """Record that what came could not be read as asked, and is shown again."""
    desk.record(Verb.SOURCE_LOOKED_AT, subject=f"source:{name}", details={"asked": False})


def tried(desk: Desk, brought: Brought) -> ReadPage:
    """What would be read; nothing is kept. A look: recorded. Raises what `bring` raises."""
    subject = f"source:{brought.source}"
    with desk.act(Permission.POSTS_BRING, Verb.SOURCE_LOOKED_AT, subject=subject) as act:
        checked = _checked(desk, brought)
        act.purpose = f"authorization:{checked.mandate.pk}"
        act.count = len(checked.page.posts)
        act.details = {"asked": False, "brought_as": brought.brought_as.value}
        return checked.page


def bring(desk: Desk, brought: Brought) -> Kept:
    """Keep it, in one transaction with its record; the same posts again add nothing.

    Raises `NotCovered`, `BadSavingTime`, and what `read_brought` raises.
    """
    flagger = rulebook.flagger()  # compiling takes seconds: not within the transaction
    subject = f"source:{brought.source}"
    with desk.act(Permission.POSTS_BRING, Verb.POSTS_BROUGHT, subject=subject) as act:
        checked = _checked(desk, brought)
        now = desk.now()
        run = RunRow.objects.create(
            source=checked.row,
            authorization=checked.mandate,
            due_at=now,
            begun_at=now,
            beat_at=now,
            asked_by=desk.person,
            pages=1,
            media_cut=checked.page.capture.media_cut,
            brought_as=brought.brought_as,
        )
        days = Settings().unflagged_days
        kept = Keeper(run, flagger, unflagged_days=days, now=desk.now).keep(checked.page)
        outcome = Outcome.OK if kept.posts_new else Outcome.NOTHING_NEW
        RunRow.objects.filter(pk=run.pk).update(ended_at=desk.now(), outcome=outcome)
        act.purpose = f"authorization:{checked.mandate.pk}"
        act.count = kept.posts_new
        act.details = {
            "run": run.pk,
            "brought_as": brought.brought_as.value,
            "raw_sha256": checked.page.capture.raw_sha256,
            "posts": kept.posts,
            "leads": kept.leads,
        }
        return kept


def _checked(desk: Desk, brought: Brought) -> _Checked:
    """What is brought, read, once its mandate was found."""
    row = source_row(desk, brought.source)
    now = desk.now()
    saved_at = brought.saved_at or now
    if not now - OLDEST <= saved_at <= now + AHEAD:
        raise BadSavingTime
    mandate = in_force(row, now)
    if mandate is None:
        raise NotCovered("No authorization is in force for this source.")
    try:
        where = place(brought.address)
        Coverage(authorization(mandate).scope).check(where)
    except Refusal as refusal:
        raise NotCovered(refusal.what) from refusal
    page = read_brought(
        brought.content,
        brought.brought_as,
        source=source_of(row),
        engine=row.body.get("engine") or row.detected_engine,
        address=where.href,
        saved_at=saved_at,
    )
    return _Checked(row, mandate, page)
