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
"""Points of each rule after the heaviest. Rules of one matter often hit the same words: their own points would say it twice."""

MOST_SEVERAL = 10
"""Points of all of them together: so that the dearest post has a hundred points, and nothing has to be cut."""


def parts(matches: Sequence[Match], handles: Sequence[Handle], *, priced: bool) -> tuple[Part, ...]:
    """The summands, the heaviest rule first. No match, no parts.

    A possible victim gets points for what was said only: their own contact
    and a price that was put on them count nothing.
    """
    if not matches:
        return ()
    heaviest = max(matches, key=lambda match: match.weight)
    found = [Part(name=f"rule:{heaviest.rule}", points=heaviest.weight)]
    if len(matches) > 1:
        several = min(SEVERAL * (len(matches) - 1), MOST_SEVERAL)
        found.append(Part(name="several_rules", points=several))
    if any(match.kind is LeadKind.POSSIBLE_VICTIM for match in matches):
        return tuple(found)
    if any(handle.role is HandleRole.OFFERED for handle in handles):
        found.append(Part(name="handle_offered", points=OFFERED))
    if priced:
        found.append(Part(name="price", points=PRICED))
    return tuple(found)


def score(summands: Sequence[Part]) -> int:
    """Their sum, 0..100."""
    return sum(part.points for part in summands)
