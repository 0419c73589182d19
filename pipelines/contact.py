"""What the readers of contacts have in common."""

from typing import NamedTuple

from patrol.models import HandleKind


class Contact(NamedTuple):
    """A contact found in a folded text, before its role is judged."""

    kind: HandleKind
    value: str
    """Normalised, so that the same contact written differently is the same."""
    start: int
    end: int
    confidence: float
    """How sure it is that this is a contact of this kind, 0 to 1."""
    invited: bool = False
    """Whether the words around it that made it a contact already invite: 加賴."""
    opened: int = -1
    """Where the words begin that introduce it (賴：); its own start if there are none."""

    @property
    def begins(self) -> int:
        """Where it and its introduction begin."""
        return self.start if self.opened < 0 else self.opened


MOST = 200
"""Contacts of one kind read from one text; a longer list is a directory, not an offer."""
