"""`config/sources/*.yml`: where we look."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from patrol.config import faults
from patrol.config.document import Document, maybe_read
from patrol.config.fields import noun
from patrol.config.folder import Entry, entries
from patrol.errors import ManyErrors, PatrolError
from patrol.models import Source
from patrol.models.hours import MIDNIGHT
from patrol.settings import ROOT

HOLDS = "one file for each source"


def engine_names() -> frozenset[str]:
    """Engines by their files. Configuration stands below the spiders, so it lists and does not import."""
    files = (ROOT / "spiders" / "engines").glob("*.py")
    return frozenset(path.stem for path in files) - {"__init__", "base"}


def read_sources(folder: Path) -> list[Source]:
    """Sources of `folder/sources`, by name. Raises `ManyErrors` with all faults at once."""
    problems: list[PatrolError] = []
    found = source_entries(folder, problems)
    if problems:
        raise ManyErrors(problems)
    return [entry.noun for entry in found]


def read_source(path: Path) -> Source:
    """The source of one file, wherever it stands. Raises `ManyErrors` with all its faults at once."""
    problems: list[PatrolError] = []
    document = maybe_read(path, problems)
    found = noun(Source, document, problems, name=path.stem) if document else None
    if document:
        problems += _faults(document)
    if found is None or problems:
        raise ManyErrors(problems)
    return found


def source_entries(folder: Path, problems: list[PatrolError]) -> list[Entry[Source]]:
    """Sources with their files; what is wrong is added to `problems`."""
    return entries(folder / "sources", Source, HOLDS, problems, _faults)


def _faults(document: Document) -> Iterator[PatrolError]:
    """What a source names and nothing carries."""
    values = document.values
    engine, timezone, hours = (values.get(key) for key in ("engine", "timezone", "hours"))
    if isinstance(engine, str) and engine not in engine_names():
        yield faults.UnknownEngine(document.where("engine"), engine, engine_names())
    if isinstance(timezone, str) and timezone not in _timezones():
        yield faults.UnknownTimezone(document.where("timezone"), timezone, _timezones())
    if isinstance(hours, list) and not _hours(hours):
        yield faults.BadHours(document.where("hours"))


def _hours(written: list[object]) -> bool:
    whole = all(isinstance(hour, str) and hour.isdecimal() for hour in written)
    hours = [int(str(hour)) for hour in written] if whole else []
    return len(set(hours)) == len(hours) == 2 and hours[0] < MIDNIGHT and hours[1] <= MIDNIGHT


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
