"""Whose a contact is: a seller's own joins leads; a hotline, a robot or somebody else's is shown and joins nothing."""

from collections.abc import Collection

from patrol.models import HandleStanding
from patrol.register.spared import standings

CHOICES = (HandleStanding.OWN, HandleStanding.GENERIC, HandleStanding.BORROWED)
"""What may be said on a campaign's page: a victim's contact is masked from its lead's."""


def judged(unit: int, tags: Collection[str]) -> dict[str, HandleStanding]:
    """What officers of the unit said last of these contacts."""
    return standings(unit, tags)


def judged_tags(unit: int, tags: Collection[str]) -> tuple[set[str], set[str]]:
    """Those that an officer called a seller's own, and those that join nothing."""
    said = judged(unit, tags)
    own = {tag for tag, standing in said.items() if standing is HandleStanding.OWN}
    return own, said.keys() - own
