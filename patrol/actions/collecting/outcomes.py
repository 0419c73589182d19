"""How a run ended, said to a supervisor: what happened, and what to do."""

from django.utils.translation import gettext_noop as _

from patrol.models import Outcome

SENTENCES: dict[Outcome, tuple[str, str]] = {
    Outcome.OK: (_("Read as it should be, with new posts."), ""),
    Outcome.NOTHING_NEW: (_("Read as it should be; nothing new was posted."), ""),
    Outcome.SUSPICIOUSLY_EMPTY: (
        _("Fewer posts were read than this board always has."),
        _(
            "Open the board and compare. If it is really that empty, say so under “How often it is read”: its floor is then learned anew."
        ),
    ),
    Outcome.LAYOUT_CHANGED: (
        _(
            "The page is there, but not as its engine knows it: the board was changed, moved or replaced."
        ),
        _(
            "Nothing is lost: the next green run catches up. Have the engine adapted to a saved page."
        ),
    ),
    Outcome.POLICY_BLOCKED: (
        _(
            "This may not be read: the site refuses machines, or our own gate refused the address. Patrol gets around neither."
        ),
        _(
            "Read the detail. Ask the site for an official channel, correct the source's addresses, or end the source."
        ),
    ),
    Outcome.LOGIN_WALL: (
        _("The board wants a login. Patrol never signs in anywhere."),
        _("Look for a public part of the board, or end the source."),
    ),
    Outcome.RATE_LIMITED: (
        _("The site asked for fewer requests."),
        _("The next run waits. If it happens again, read this source less often."),
    ),
    Outcome.ROBOTS_DENIED: (
        _("The site's robots.txt forbids these addresses."),
        _("Choose addresses that it allows, or end the source."),
    ),
    Outcome.AUTHORIZATION_ENDED: (
        _("No authorization covers this source now, so nothing more is asked of the site."),
        _("Request an authorization and have another person approve it."),
    ),
    Outcome.OUTSIDE_HOURS: (
        _("The source may be read only at its hours."),
        _("Nothing: it runs at the next allowed hour."),
    ),
    Outcome.NETWORK: (
        _("The site could not be reached."),
        _("Check that the address still exists. The next run tries again."),
    ),
    Outcome.SERVER_ERROR: (
        _("The site answered with an error of its own."),
        _("Nothing for now: the next run tries again. Check the board if it lasts."),
    ),
    Outcome.STOPPED: (
        _("The run was stopped before its end (deadline, budget or a person)."),
        _("Nothing is lost: the next run reads the rest. Raise the page budget if it lasts."),
    ),
    Outcome.CRASHED: (
        _("The run's process died."),
        _("Nothing is lost: the next run reads it again. Tell the administrator if it lasts."),
    ),
}
"""Of every outcome: what happened, and what to do ("" is nothing). English source strings for gettext."""
