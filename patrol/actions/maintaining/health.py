"""What is wrong with the register, the access log and the index, and what to do about it. Looks, and changes nothing."""

import sqlite3
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from patrol.actions.collecting import waiting
from patrol.actions.maintaining.machine import Check, Checker, asked, bad, good, name_of
from patrol.actions.notifying import delivery
from patrol.errors import PatrolError
from patrol.register import log, outside, pickup
from patrol.register.database import database
from patrol.register.reserve import BYTES
from patrol.register.tables import AuthorizationRow, LedgerCopy, LedgerIndex, OutboxRow
from patrol.search import Query, open_index
from patrol.settings import Settings

LATEST_OUTBOX = timedelta(minutes=10)
"""Older rows mean that no projector works."""
SOON = timedelta(days=7)
WRITTEN_IN = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock of a machine that runs this program shows an earlier time."""


def look(settings: Settings) -> list[Check]:
    """Every check of an open register; only the first when its tables are not complete."""
    migrated = _asked(_migrations, settings)
    if not migrated.ok:
        return [migrated]
    return [migrated, *(_asked(check, settings) for check in _ALL)]


def _asked(check: Checker, settings: Settings) -> Check:
    try:
        return asked(check, settings)
    except PatrolError as error:
        return bad(check, error.what, error.do)
    except (DatabaseError, sqlite3.Error) as error:
        return bad(check, f"The register says: {error}.", "Look at the disk and its log.")


def _migrations(_settings: Settings) -> Check:
    executor = MigrationExecutor(connection)
    if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return bad(
            _migrations,
            f"The register lacks {len(waiting)} migrations.",
            "Back the data directory up, then run `patrol init`.",
        )
    return good(_migrations, "All migrations are done.")


def _durability(settings: Settings) -> Check:
    kept, sentence, do = database(settings).durability()
    return good(_durability, sentence) if kept else bad(_durability, sentence, do)


def _access_log(_settings: Settings) -> Check:
    log.refuse_unwritable()
    head = log.head()
    return good(
        _access_log,
        f"A record can be written, and the last of {head.seq:,} is as it was written.",
        "`patrol log verify` verifies all of them.",
    )


def _reserve(_settings: Settings) -> Check:
    """Whether room is kept for last records."""
    kept = log.set_aside()
    if kept is None:
        return good(_reserve, "PostgreSQL's disk is its server's: nothing is set aside there.")
    if kept.held():
        return good(_reserve, f"{BYTES // 2**20} MB are set aside for last records.")
    return bad(
        _reserve,
        "No room is set aside for the records of what is refused when the disk is full.",
        f"Make {2 * BYTES // 2**20} MB free, and let the account that Patrol runs as write in its data directory.",
    )


def _second_place(settings: Settings) -> Check:
    """Whether checkpoints leave this machine; outside the demo somebody has to set where to."""
    if settings.laboratory_hosts:
        return good(_second_place, "A laboratory's checkpoints stay here.")
    since = outside.unseen_since(timezone.now())
    said = f" None has since {since:%Y-%m-%d %H:%M} UTC." if since else ""
    if not outside.configured(settings):
        advice = "Set PATROL_PICKUP or PATROL_WITNESS: records that nobody else vouches for can be rewritten here."
        return good(_second_place, f"No checkpoint leaves this machine.{said}", advice)
    for row in LedgerCopy.objects.exclude(fault=""):
        return bad(_second_place, f"{row.fault}{said}", "See to it; appending goes on meanwhile.")
    if since:
        return bad(_second_place, said.strip(), "Start `patrol serve` or `patrol projector`.")
    if settings.pickup and pickup.ours(settings.pickup):
        advice = "Give it to another account: who has this one can remove what it keeps."
        return good(_second_place, f"{settings.pickup} belongs to this very account.", advice)
    return good(_second_place, "Checkpoints leave this machine.")


def _clock(_settings: Settings) -> Check:
    now = timezone.now()
    if now < WRITTEN_IN:
        return bad(_clock, f"The clock shows {now:%Y-%m-%d}.", "Set it, and keep it by NTP.")
    last = LedgerIndex.objects.order_by("-seq").values_list("at", flat=True).first()
    if last is not None and last > now + timedelta(seconds=5):
        return bad(
            _clock,
            f"The clock is {last - now} behind the last record of the access log.",
            "Set it, and keep it by NTP: authorizations begin and end by it.",
        )
    return good(_clock, f"The clock shows {now:%Y-%m-%d %H:%M:%S} UTC.")


def _index(settings: Settings) -> Check:
    index = open_index(settings)
    held = index.count(Query(), {}).total
    stale = index.stale()
    where = index.described()
    index.close()
    if stale:
        return good(
            _index,
            f"{where}, holds {held:,} documents; words to be purged from {', '.join(sorted(stale))} wait.",
            "`patrol serve` purges when it has nothing else to do.",
        )
    return good(_index, f"{where}, holds {held:,} documents.")


def _outbox(_settings: Settings) -> Check:
    dead = OutboxRow.objects.exclude(dead_because=None)
    queued = OutboxRow.objects.filter(dead_because=None)
    oldest = queued.order_by("written_at").values_list("written_at", flat=True).first()
    if count := dead.count():
        reason = dead.values_list("dead_because", flat=True).first()
        return bad(
            _outbox,
            f"{count:,} documents were refused for good, the first because: {reason}",
            "Mend the cause, then run `patrol index replay`.",
        )
    if oldest is not None and timezone.now() - oldest > LATEST_OUTBOX:
        return bad(
            _outbox,
            f"{queued.count():,} documents wait for the index, the oldest since {oldest:%Y-%m-%d %H:%M} UTC.",
            "Start `patrol serve`: it feeds the index.",
        )
    return good(_outbox, f"{queued.count():,} documents wait for the index.")


def _runs(_settings: Settings) -> Check:
    """Whether sources that are due are read, or wait for a place."""
    now = waiting.line()
    if now.since is None:
        return good(_runs, "No source waits for a free place.")
    said = f"{now.waiting:,} sources wait for a free place, the first since {now.since:%Y-%m-%d %H:%M} UTC."
    if timezone.now() - now.since <= waiting.LONG:
        return good(_runs, said)
    return bad(
        _runs,
        said,
        "Is `patrol serve` running, or the scheduler with its workers? If so, read sources less often, or add workers.",
    )


def _delivery(_settings: Settings) -> Check:
    """Whether messages leave this machine, and when the last one did."""
    ways, now = delivery.configured(), delivery.standing()
    last = (
        f"The last message left at {now.sent_at:%Y-%m-%d %H:%M} UTC."
        if now.sent_at
        else "None has left yet."
    )
    if now.dead:
        return bad(
            _delivery,
            f"{now.dead:,} messages were given up, the last one because: {now.fault} {last}",
            "Mend the cause, then let them be tried again: `/inbox/messages/`.",
        )
    if not ways:
        advice = "Set PATROL_MAIL_SERVER or PATROL_WEBHOOK: until then people are told in their inbox alone."
        return good(_delivery, f"No message leaves this machine. {last}", advice)
    if now.oldest is not None and timezone.now() - now.oldest > delivery.LATE:
        return bad(
            _delivery,
            f"{now.waiting:,} messages wait, the oldest since {now.oldest:%Y-%m-%d %H:%M} UTC. {now.fault} {last}",
            "Start `patrol serve` or `patrol projector`, and look at its log.",
        )
    return good(_delivery, f"Messages leave by {' and '.join(ways)}. {now.waiting:,} wait. {last}")


def _authorizations(_settings: Settings) -> Check:
    now = timezone.now()
    approved = AuthorizationRow.objects.filter(
        approved_at__isnull=False, trial=False, revoked_at=None, source__paused_at=None
    )
    latest: dict[str, datetime] = {}
    for name, until in approved.values_list("source__name", "valid_until"):
        latest[name] = max(until, latest.get(name, until))
    ended = sorted(name for name, until in latest.items() if until <= now)
    ending = sorted(name for name, until in latest.items() if now < until <= now + SOON)
    parts = [f"{len(latest) - len(ended)} sources are authorized."]
    if ended:
        parts.append(f"Ended: {', '.join(ended)}.")
    if ending:
        parts.append(f"Ending within {SOON.days} days: {', '.join(ending)}.")
    do = "Request the next authorization, or pause the source." if ended or ending else None
    return good(_authorizations, " ".join(parts), do)


_ALL = (
    _durability,
    _access_log,
    _reserve,
    _second_place,
    _clock,
    _index,
    _outbox,
    _runs,
    _delivery,
    _authorizations,
)
NAMES = tuple(map(name_of, (_migrations, *_ALL)))
