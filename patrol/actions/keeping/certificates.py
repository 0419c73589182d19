"""What is left of a purge: a signed certificate, without a word of what was forgotten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patrol.models import Verb
from patrol.register import certificates, checkpoints, forgotten, log
from patrol.register.database import database
from patrol.register.tables import BackupCopy, LedgerIndex, LedgerRecord, OutboxRow, Purge
from patrol.settings import Settings


@dataclass(frozen=True)
class CopyLeft:
    """A backup that still held what was forgotten when the certificate was signed."""

    name: str
    taken_at: datetime
    kept_until: datetime


@dataclass(frozen=True)
class CertificateShown:
    """A certificate as its page shows it."""

    number: int
    cause: str
    begun_at: datetime
    ended_at: datetime
    rows: tuple[tuple[str, str, dict[str, int]], ...]
    """Class, month and counts."""
    units: int
    record: int
    replays: tuple[int, ...]
    backups: tuple[CopyLeft, ...]
    scrubbed: bool
    waiting: int
    """Documents that the index had yet to forget."""
    holds: bool
    """Whether the log's key signed exactly this."""
    note: str


def certify(settings: Settings, purge: Purge) -> None:
    """Sign the certificate of a purge that has ended. The same again gives the one that is there.

    Where this account does not reach the signing key, it waits for the projector: `certify_waiting`.
    """
    if purge.certificate or not checkpoints.signs_here():
        return
    record = LedgerIndex.objects.get(
        verb=Verb.PURGE_ENDED, subject=f"purge:{purge.number}", result="allow"
    ).seq
    note = certificates.sign(_told(settings, purge, record))
    forgotten.certify(purge.number, note)
    with log.durably():
        purge.record, purge.certificate = record, note
        purge.save(update_fields=["record", "certificate"])


def certify_waiting(settings: Settings) -> None:
    """Sign what ended where nobody could."""
    for purge in Purge.objects.filter(certificate="", ended_at__isnull=False).order_by("number"):
        certify(settings, purge)


def _told(settings: Settings, purge: Purge, record: int) -> dict[str, Any]:
    """What it says: counts, classes, rule and record; of units the numbers alone."""
    hash_ = LedgerRecord.objects.values_list("hash", flat=True).get(seq=record)
    rows = [
        {"class": key.partition(" ")[0], "month": key.partition(" ")[2], **counts}
        for key, counts in sorted(purge.done.items())
    ]
    ended_at = purge.ended_at or purge.begun_at
    backups = BackupCopy.objects.filter(removed_at=None, kept_until__gt=ended_at)
    return {
        "purge": purge.number,
        "cause": purge.cause,
        "begun_at": purge.begun_at.isoformat(),
        "ended_at": ended_at.isoformat(),
        "rule": {"days": purge.rule, "classes": list(purge.classes)},
        "forgotten": rows,
        "units": sum(counts.get("units", 0) for counts in purge.done.values()),
        "record": record,
        "record_hash": bytes(hash_).hex(),
        "replays": list(purge.replays),
        "scrubbed": database(settings).scrub(),
        "index_waits": OutboxRow.objects.filter(op="forget").count(),
        "backups": [
            {
                "name": one.name,
                "taken_at": one.taken_at.isoformat(),
                "kept_until": one.kept_until.isoformat(),
            }
            for one in backups.filter(taken_at__lte=ended_at).order_by("kept_until", "pk")
        ],
    }


def listed(limit: int = 50) -> tuple[CertificateShown, ...]:
    """The newest first, each with whether its signature holds. Call it inside a look that is recorded."""
    rows = Purge.objects.exclude(certificate="").order_by("-number")[:limit]
    return tuple(_shown(row) for row in rows)


def _shown(row: Purge) -> CertificateShown:
    said, holds = certificates.read(row.certificate)
    return CertificateShown(
        number=row.number,
        cause=said["cause"],
        begun_at=datetime.fromisoformat(said["begun_at"]),
        ended_at=datetime.fromisoformat(said["ended_at"]),
        rows=tuple(
            (
                one["class"],
                one["month"],
                {name: value for name, value in one.items() if isinstance(value, int)},
            )
            for one in said["forgotten"]
        ),
        units=said["units"],
        record=said["record"],
        replays=tuple(said["replays"]),
        backups=tuple(
            CopyLeft(
                one["name"],
                datetime.fromisoformat(one["taken_at"]),
                datetime.fromisoformat(one["kept_until"]),
            )
            for one in said["backups"]
        ),
        scrubbed=said["scrubbed"],
        waiting=said["index_waits"],
        holds=holds and said["purge"] == row.number,
        note=row.certificate,
    )
