"""When a source's pages are not what they were: another hook gives what one gave before, or posts come without.

Each run keeps counts of both. The newest runs that hold enough together are
compared with those of four weeks before them. A redesign shows here before it
shows in a row count: the engine's later hooks still find something, and may
find less.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from patrol.models import Drift, Found, Lack

NEWEST_POSTS = 20
"""That the newest runs must hold together before anything is said of them."""
PAST_POSTS = 100
NEWEST_TIMES = 20
"""The same of a hook: how often it, or one behind it, gave something."""
PAST_TIMES = 50
PAST_RUNS = 5
MOST_RUNS = 200
"""Runs that are looked at: those of two days where a board is read every quarter of an hour."""
RISE = 0.2
"""Of all posts, more than lacked it before."""
SIGMAS = 3
USUAL = 0.9
"""A hook that gave it so often is the usual one; what changes all the time is no drift."""
MOVED = 0.5
"""The usual one gives it less often than this part of the times."""


@dataclass(frozen=True, slots=True)
class Told:
    """One run's counts."""

    at: datetime
    found: Found


def compared(told: Sequence[Told], known: Mapping[str, datetime]) -> Iterator[Drift]:
    """What is found in runs, the newest first. `known` are drifts that were told before, with their beginnings."""
    for lack in Lack:
        found = _lacking(told, lack, known.get(lack))
        if found is not None:
            yield found
    hooks = {hook for one in told for hook in one.found.hooks}
    for first in sorted(hooks):
        moved = _moved(told, first, known.get(first))
        if moved is not None:
            yield moved


def _lacking(told: Sequence[Told], lack: Lack, since: datetime | None) -> Drift | None:
    counts = [
        (one.at, Counter(posts=one.found.posts, lack=getattr(one.found, f"no_{lack}")))
        for one in told
    ]
    begun, new, old = _split(counts, lambda each: each["posts"], NEWEST_POSTS, since)
    if begun is None or old["posts"] < PAST_POSTS:
        return None
    usual, lacking = old["lack"] / old["posts"], new["lack"] / new["posts"]
    chance = SIGMAS * sqrt(usual * (1 - usual) / new["posts"])
    if lacking <= usual + max(RISE, chance):
        return None
    return Drift(
        part=lack, lack=lack, before=round(100 * usual), now=round(100 * lacking), since=begun
    )


def _moved(told: Sequence[Told], first: str, since: datetime | None) -> Drift | None:
    counts = [(one.at, Counter(one.found.hooks.get(first, {}))) for one in told]
    begun, new, old = _split(counts, Counter[str].total, NEWEST_TIMES, since)
    if begun is None or old.total() < PAST_TIMES:
        return None
    usual, hook = max(old, key=lambda one: old[one]), max(new, key=lambda one: new[one])
    was, left = old[usual] / old.total(), new[usual] / new.total()
    if hook == usual or was < USUAL or left >= MOVED:
        return None
    return Drift(
        part=first,
        usual=usual,
        hook=hook,
        before=round(100 * was),
        now=round(100 * left),
        since=begun,
    )


def _split(
    counts: Sequence[tuple[datetime, Counter[str]]],
    size: Callable[[Counter[str]], int],
    fewest: int,
    since: datetime | None,
) -> tuple[datetime | None, Counter[str], Counter[str]]:
    """When the newest runs that hold enough began, their sum, and that of those before; of a known drift, before it began.

    No beginning where there is too little to compare.
    """
    new: Counter[str] = Counter()
    old: Counter[str] = Counter()
    begun: datetime | None = None
    past = 0
    for at, each in counts:
        if size(new) < fewest:
            new += each
            begun = at
        elif since is None or at < since:
            old += each
            past += size(each) > 0
    told = size(new) >= fewest and past >= PAST_RUNS
    return (min(begun, since) if begun and since else begun) if told else None, new, old
