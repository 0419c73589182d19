"""Every error a person sees: what happened, why it stops us, what to do.

The caller gives facts; the sentence is written once, in the room that raises
it, as a small subclass, and pinned by a golden file in `tests/`.
"""

from enum import IntEnum

from patrol.places import Place


class Exit(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    """By policy or by authorization."""
    TAMPERED = 5
    """The access log, or evidence, is not what it was."""
    INCOMPLETE = 6
    """Nothing is wrong as far as could be looked: something to compare with is missing."""
    TRY_LATER = 75


class PatrolError(Exception):
    """A failure that a person reads. `where` is a file and line, an address, or a command.

    Where it is a `Place`, the words that stand there are said too, with a caret.
    """

    exit_code: Exit = Exit.FAILURE

    def __init__(self, what: str, *, why: str, do: str, where: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.do = do
        self.where = where

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = (head, self.excerpt, f"  why: {self.why}", f"  do:  {self.do}")
        return "\n".join(filter(None, lines))

    @property
    def excerpt(self) -> str:
        """The line in which the fault is, and a caret below its place; empty if it is in no line."""
        return self.where.excerpt if isinstance(self.where, Place) else ""


class NotFound(PatrolError):
    """The thing named is not there, or not for this person: the two are told apart by nobody."""

    exit_code = Exit.NOT_FOUND


class Refused(PatrolError):
    """A permission, an authorization or a policy forbids it."""

    exit_code = Exit.REFUSED


class BadInput(PatrolError):
    """What was given cannot be read."""

    exit_code = Exit.USAGE


class TryLater(PatrolError):
    """Something we need is busy or away for a moment."""

    exit_code = Exit.TRY_LATER


class Tampered(PatrolError):
    """A proof failed."""

    exit_code = Exit.TAMPERED


class ManyErrors(PatrolError):
    """All faults at once, one paragraph each."""

    def __init__(self, errors: list[PatrolError]) -> None:
        self.errors = tuple(errors)
        worst = max((error.exit_code for error in errors), default=Exit.FAILURE)
        self.exit_code = worst
        super().__init__(f"{len(errors)} faults", why="", do="")

    def __str__(self) -> str:
        return "\n\n".join(str(error) for error in self.errors)
