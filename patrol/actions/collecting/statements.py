"""What a source's supervisor can say for a period: what was read, what was not, and when nobody saw it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.period import Period
from dashboards.statement import Statement, statement
from patrol.actions.collecting.mandates import source_row
from patrol.actions.collecting.sources import source_of
from patrol.actions.desk import Desk
from patrol.models import Permission, Verb


@dataclass(frozen=True)
class Stated:
    """A statement, and whose it is."""

    name: str
    title: Mapping[str, str]
    statement: Statement


def stated(desk: Desk, name: str, period: Period) -> Stated:
    """The coverage of one source for days of Taipei. A look: recorded. Raises `NoSuchSource`."""
    desk.require(Permission.SOURCES_READ, Verb.SOURCE_VIEWED, f"source:{name}")
    row = source_row(desk, name)
    made = statement(row, period, desk.now())
    days = [period.first.isoformat(), period.last.isoformat()]
    desk.record(Verb.SOURCE_VIEWED, subject=f"source:{name}", details={"coverage": days})
    return Stated(name, source_of(row).title, made)
