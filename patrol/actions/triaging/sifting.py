"""Filters of many values, each asked for, left out, or neither: `fraud,-drugs` is fraud and not drugs."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from patrol.models import Level
from patrol.register.tables import Sighting, SourceRow

State = Literal["", "with", "without"]
MOST = 20
"""Values of one filter."""
NO_CATEGORY = "none"
"""As a category: a lead that has none, such as a tip."""
NO_ENGINE = "none"
"""As an engine: of a source that is read by its selectors, or was never read."""
SIFTED = ("category", "source", "engine", "severity", "rule")
"""The filters of a `QueueFilter` that are written so."""
SEVERITIES: Mapping[str, range] = {
    Level.HIGH.value: range(70, 1 << 15),
    Level.MEDIUM.value: range(40, 70),
    Level.LOW.value: range(40),
}
"""Scores of each."""


def severity_of(score: int) -> str:
    """Which of the three a score is."""
    return next(name for name, scores in SEVERITIES.items() if score in scores)


@lru_cache(maxsize=256)
def parted(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Values asked for, and values left out, each in the order of the alphabet. What is both is left out."""
    values = {word for word in words.split(",") if word.strip("-")}
    without = {word[1:] for word in values if word.startswith("-")}
    asked = {word for word in values if not word.startswith("-")}
    return tuple(sorted(asked - without)), tuple(sorted(without))


def written(asked: tuple[str, ...], without: tuple[str, ...]) -> str:
    """What `parted` reads."""
    return ",".join((*asked, *(f"-{word}" for word in without)))


def state(words: str, value: str) -> State:
    """How a value stands in a filter."""
    asked, without = parted(words)
    return "without" if value in without else "with" if value in asked else ""


def turned(words: str, value: str, to: State) -> str:
    """The filter with that value in another state."""
    asked, without = ([word for word in some if word != value] for some in parted(words))
    if to:
        (asked if to == "with" else without).append(value)
    return written(tuple(sorted(asked)), tuple(sorted(without)))


def lets_in(words: str, value: str) -> bool:
    """Whether what has this one value passes the filter."""
    asked, without = parted(words)
    return value not in without and (not asked or value in asked)


def of_category(words: str) -> Q:
    """Leads of those categories."""
    return _both(words, _category)


def of_source(unit: int, source: str, engine: str, severity: str) -> Q:
    """Leads first sighted on those of the unit's sources, that those engines read, with a score so high."""
    named = _both(source, lambda name: Q(source__name=name))
    return named & _read_by(unit, engine) & _both(severity, _severity)


def _read_by(unit: int, words: str) -> Q:
    if not words:
        return Q()
    rows = SourceRow.objects.filter(unit=unit).values_list("pk", "body", "detected_engine")
    passed = [pk for pk, body, found in rows if lets_in(words, engine_of(body, found))]
    return Q(source__in=passed)


def engine_of(body: Mapping[str, object], detected: str | None) -> str:
    """What reads a source: the engine that it names, else the one that was found."""
    return str(body.get("engine") or detected or NO_ENGINE)


def of_rule(words: str) -> Q:
    """Leads that any of the rules asked for flagged, and none of those left out."""
    return _both(words, _flagged_by)


def _category(value: str) -> Q:
    return Q(category=None if value == NO_CATEGORY else value)


def _severity(value: str) -> Q:
    scores = SEVERITIES.get(value, range(0))
    return Q(score__gte=scores.start, score__lt=scores.stop)


def _flagged_by(rule: str) -> Q:
    return Q(Exists(Sighting.objects.filter(lead=OuterRef("pk"), matches__rule=rule)))


def _both(words: str, of: Callable[[str], Q]) -> Q:
    asked, without = parted(words)
    passed = Q()
    for value in asked:
        passed |= of(value)
    for value in without:
        passed &= ~of(value)
    return passed
