"""How often a source is read, and from how little on a run is not believed: settings of everyday work, one person's."""

from dataclasses import dataclass
from datetime import timedelta

from patrol.actions.collecting.mandates import source_row
from patrol.actions.collecting.sources import source_of
from patrol.actions.desk import Desk
from patrol.actions.keeping.holding import refuse_source
from patrol.models import Permission, Revisit, Source, Verb
from patrol.register.tables import SourceRow


@dataclass(frozen=True)
class Schedule:
    """What may be set without a new approval: it changes neither what is read nor how."""

    every_minutes: int
    revisit: Revisit | None
    """None keeps to `every_minutes`."""
    floor: int
    learns_floor: bool


def reschedule(desk: Desk, name: str, schedule: Schedule) -> SourceRow:
    """Set a source's schedule, from now on. Raises `NoSuchSource`, `UnderHold`, and pydantic's `ValidationError`."""
    subject = f"source:{name}"
    with desk.act(Permission.SOURCES_PROPOSE, Verb.SOURCE_RESCHEDULED, subject=subject) as act:
        row = source_row(desk, name)
        refuse_source(row)
        limits = schedule.revisit
        changed = Source.model_validate(
            source_of(row).model_dump()
            | {
                "every_minutes": schedule.every_minutes,
                "revisit": limits.model_dump() if limits else None,
                "floor": schedule.floor,
                "learns_floor": schedule.learns_floor,
            }
        )
        if changed != source_of(row):
            row.body = changed.model_dump(mode="json")
            row.version += 1
            if row.next_due_at is not None:
                soon = desk.now() + timedelta(minutes=schedule.every_minutes)
                row.next_due_at = min(row.next_due_at, soon)
            row.save(update_fields=["body", "version", "next_due_at"])
        act.details = {
            "version": row.version,
            "every_minutes": schedule.every_minutes,
            "limits": [limits.fastest_minutes, limits.slowest_minutes] if limits else [],
            "floor": schedule.floor,
            "learns_floor": schedule.learns_floor,
        }
        return row


def relearn(desk: Desk, name: str, reason: str) -> SourceRow:
    """Somebody has looked, and it is right as it is: what was read before is not compared with any more."""
    subject = f"source:{name}"
    with desk.act(
        Permission.SOURCES_PROPOSE, Verb.SOURCE_RELEARNED, subject=subject, reason=reason
    ):
        row = source_row(desk, name)
        row.learned_since = desk.now()
        row.save(update_fields=["learned_since"])
        return row
