"""How much a text asks for an officer's look: a sum of parts that are shown beside it.

What the words say is known of any text. How fresh a post is, how often its
author was flagged before, and how often its rule was right, is known of a post
that is kept: see `history`. docs/decisions/0013 says when each is counted.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import log2

from patrol.models import Handle, HandleRole, LeadKind, Level, Match, Part

WEIGHTS = {Level.LOW: 15, Level.MEDIUM: 30, Level.HIGH: 50, Level.CRITICAL: 75}
"""Points of a rule by its level."""

OFFERED = 10
"""Points of a contact that the writer offers."""

PRICED = 5
"""Points of a price."""

VICTIM = OFFERED + PRICED
"""Points of words of a possible victim, whose contact and price count nothing."""

SEVERAL = 5
"""Points of each rule after the heaviest. Rules of one matter often hit the same words: their own points would say it twice."""

MOST_SEVERAL = 10
"""Points of all of them together: so that the dearest text has a hundred points, and nothing has to be cut."""

FRESH = {
    timedelta(days=1): 10,
    timedelta(days=3): 7,
    timedelta(days=7): 4,
    timedelta(days=30): 2,
}
"""Points of a post that is younger than this. Steps, so that a stored score is right until the next."""

HALF_LIFE_DAYS = 14
"""After so long, an author's flagged post counts half."""

MOST_BEFORE = 10
"""Points of an author's flagged posts, however many."""

_DOUBLED = 3
"""Points that twice as many of them add."""

RULE = "rule:"
FRESHNESS, BEFORE, PRECISION = "freshness", "author_before", "rule_precision"
KEPT = (FRESHNESS, BEFORE, PRECISION)
"""Parts that only a register knows, in the order in which they are shown."""


def parts(matches: Sequence[Match], handles: Sequence[Handle], *, priced: bool) -> tuple[Part, ...]:
    """The summands that a text alone tells, the heaviest rule first. No match, no parts.

    A possible victim gets points for what was said only: their own contact
    and a price that was put on them count nothing.
    """
    if not matches:
        return ()
    heaviest = max(matches, key=lambda match: match.weight)
    found = [Part(name=f"{RULE}{heaviest.rule}", points=heaviest.weight)]
    if len(matches) > 1:
        several = min(SEVERAL * (len(matches) - 1), MOST_SEVERAL)
        found.append(Part(name="several_rules", points=several))
    if any(match.kind is LeadKind.POSSIBLE_VICTIM for match in matches):
        return (*found, Part(name="victim_signal", points=VICTIM))
    if any(handle.role is HandleRole.OFFERED for handle in handles):
        found.append(Part(name="handle_offered", points=OFFERED))
    if priced:
        found.append(Part(name="price", points=PRICED))
    return tuple(found)


def freshness(age: timedelta) -> tuple[int, timedelta | None]:
    """Points of a post of that age, and at which age it has fewer; None when it has none any more."""
    for limit, points in FRESH.items():
        if age < limit:
            return points, limit
    return 0, None


def before(day: int, earlier: Mapping[int, int]) -> int:
    """Points for its author's other flagged posts, so many of each day: worth half after every half-life between the two."""
    halves = (count * 0.5 ** (abs(day - at) / HALF_LIFE_DAYS) for at, count in earlier.items())
    return min(MOST_BEFORE, round(_DOUBLED * log2(1 + sum(halves))))


def score(summands: Sequence[Part]) -> int:
    """Their sum: 0 to 100 of a text, and at most 130 of a post that is kept."""
    return sum(part.points for part in summands)
