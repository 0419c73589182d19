"""How much a text asks for an officer's look: a sum of parts that are shown beside it."""

from collections.abc import Sequence

from patrol.models import Handle, HandleRole, LeadKind, Level, Match, Part

WEIGHTS = {Level.LOW: 15, Level.MEDIUM: 30, Level.HIGH: 50, Level.CRITICAL: 75}
"""Points of a rule by its level."""

OFFERED = 10
"""Points of a contact that the writer offers."""

PRICED = 5
"""Points of a price."""

SEVERAL = 5
"""Points of each rule after the first, beside its own."""


def parts(matches: Sequence[Match], handles: Sequence[Handle], *, priced: bool) -> tuple[Part, ...]:
    """The summands, heaviest rule first. No match, no parts.

    A possible victim gets points for what was said only: their own contact
    and a price that was put on them count nothing.
    """
    ranked = sorted(matches, key=lambda match: -match.weight)
    found = [Part(name=f"rule:{match.rule}", points=match.weight) for match in ranked]
    if not found:
        return ()
    if len(found) > 1:
        found.append(Part(name="several_rules", points=SEVERAL * (len(found) - 1)))
    if any(match.kind is LeadKind.POSSIBLE_VICTIM for match in matches):
        return tuple(found)
    if any(handle.role is HandleRole.OFFERED for handle in handles):
        found.append(Part(name="handle_offered", points=OFFERED))
    if priced:
        found.append(Part(name="price", points=PRICED))
    return tuple(found)


def score(summands: Sequence[Part]) -> int:
    """The sum, cut to 0..100."""
    return max(0, min(100, sum(part.points for part in summands)))
