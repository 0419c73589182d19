"""The keyboard, listed once: the help page, the bindings and the hints on buttons follow from here.

Keys are matched by `event.code`, the place on the board, so that they work
under every input method. The script reads its bindings from the help table.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patrol.models import DismissReason, Verdict


@dataclass(frozen=True)
class Key:
    """One binding. `where` is queue, lead or both; `then` names the chooser that the key opens."""

    code: str
    shown: str
    does: str
    text: str | Promise
    where: str = "both"
    shift: bool = False


KEYS: tuple[Key, ...] = (
    Key("KeyJ", "J", "next", _("Next lead")),
    Key("KeyK", "K", "previous", _("Previous lead")),
    Key("ArrowDown", "↓", "next", _("Next lead"), "queue"),
    Key("ArrowUp", "↑", "previous", _("Previous lead"), "queue"),
    Key("KeyO", "O", "open", _("Open the lead (Enter too)"), "queue"),
    Key("KeyU", "U", "back", _("Back to the queue; the place is kept"), "lead"),
    Key("KeyR", "R", "press:relevant", _("Relevant")),
    Key("KeyE", "E", "press:escalated", _("Escalate")),
    Key("KeyW", "W", "press:referred", _("Refer a possible victim to help")),
    Key("KeyD", "D", "choose:dismiss", _("Dismiss, then 1 to 6 for the reason")),
    Key("KeyS", "S", "choose:snooze", _("Later, then 1 to 4 for how long")),
    Key("KeyZ", "Z", "press:reopened", _("Undo the last decision")),
    Key("KeyC", "C", "note", _("Write a note"), "lead"),
    Key("KeyN", "N", "mark-next", _("Next marked words"), "lead"),
    Key("KeyP", "P", "mark-previous", _("Previous marked words"), "lead"),
    Key("KeyL", "L", "load", _("Load the leads that arrived meanwhile"), "queue"),
    Key("KeyF", "F", "filter", _("Go to the filters"), "queue"),
    Key("Slash", "/", "search", _("Search flagged posts"), "queue"),
    Key("Slash", "?", "help", _("These keys"), shift=True),
)

REASONS: tuple[DismissReason, ...] = tuple(DismissReason)
"""In the order of their digits, 1 to 6."""

VERDICT_KEYS: dict[Verdict, str] = {
    Verdict.RELEVANT: "R",
    Verdict.ESCALATED: "E",
    Verdict.REFERRED: "W",
    Verdict.DISMISSED: "D",
    Verdict.SNOOZED: "S",
    Verdict.REOPENED: "Z",
}
"""Printed on the buttons."""
