"""Copies of the register that are known: what is forgotten here stands in them until their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from patrol.actions.desk import Desk
from patrol.errors import NotFound
from patrol.models import Permission, Verb
from patrol.register import log
from patrol.register.copies import Copy
from patrol.register.tables import BackupCopy


class NoSuchBackup(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"No backup {name} is known.",
            why="`patrol db backup` tells the register of each that it takes.",
            do="See `patrol db backups`.",
        )


@dataclass(frozen=True)
class BackupShown:
    """A backup that is known."""

    name: str
    cause: str
    records: int
    taken_at: datetime
    kept_until: datetime
    over: bool
    """Its end has come, and nobody has said that it is gone."""


def know(  # noqa: PLR0913  (what is known of a copy)
    desk: Desk,
    path: Path,
    cause: str,
    records: int,
    days: int,
    *,
    taken_at: datetime | None = None,
) -> datetime:
    """Tell the register of a copy of itself. Returns until when it is kept."""
    now = desk.now()
    until = now + timedelta(days=days)
    with log.durably():
        BackupCopy.objects.update_or_create(
            name=str(path.absolute())[:400],
            defaults={
                "cause": cause,
                "records": records,
                "taken_at": taken_at or now,
                "kept_until": until,
                "removed_at": None,
            },
        )
    return until


def know_again(copies: Sequence[Copy]) -> None:
    """Of the register that was there before another was put back: those that the other does not know."""
    known = set(BackupCopy.objects.values_list("name", flat=True))
    with log.durably():
        BackupCopy.objects.bulk_create(
            BackupCopy(**copy._asdict()) for copy in copies if copy.name not in known
        )


def listed(desk: Desk) -> tuple[BackupShown, ...]:
    """Those that are not gone, the oldest first."""
    rows = BackupCopy.objects.filter(removed_at=None).order_by("kept_until", "pk")
    return tuple(
        BackupShown(
            row.name,
            row.cause,
            row.records,
            row.taken_at,
            row.kept_until,
            row.kept_until <= desk.now(),
        )
        for row in rows
    )


def remove_over(desk: Desk) -> list[str]:
    """Remove the files of backups whose end has come. Returns the names that are gone; one elsewhere is removed by whoever moved it."""
    with desk.act(Permission.SYSTEM_OPERATE, Verb.COMMAND_RUN) as act:
        gone = []
        for row in BackupCopy.objects.filter(removed_at=None, kept_until__lte=desk.now()):
            Path(row.name).unlink(missing_ok=True)
            row.removed_at = desk.now()
            row.save(update_fields=["removed_at"])
            gone.append(row.name)
        act.count = len(gone)
        act.details = {"command": "db backups --remove"}
    return gone


def gone(desk: Desk, name: str) -> None:
    """Somebody has destroyed a copy before its end. Raises `NoSuchBackup`."""
    with desk.act(Permission.SYSTEM_OPERATE, Verb.COMMAND_RUN) as act:
        rows = BackupCopy.objects.filter(removed_at=None)
        named = rows.filter(name=name) or rows.filter(name=str(Path(name).absolute()))
        row = named.first()
        if row is None:
            raise NoSuchBackup(name)
        row.removed_at = desk.now()
        row.save(update_fields=["removed_at"])
        act.details = {"command": "db backups --gone"}
