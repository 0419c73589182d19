"""A site that cannot be read is left alone for longer and longer, and tried again: never silently, never for good.

After so many failures in a row each further one doubles the interval, up to a
ceiling. The run that is due then is a single try: it leaves the site alone
after three bad answers, as every run does. One that is good closes the
breaker, and the schedule is as it was. What was not read meanwhile stays a gap.
"""

from datetime import timedelta

from patrol.models import Outcome

CEILING = timedelta(hours=12)
"""Twice a day it is tried at least: a site that is back is found within half a day."""
_MOST_DOUBLINGS = 12
NO_FAULT = (Outcome.STOPPED, Outcome.OUTSIDE_HOURS, Outcome.AUTHORIZATION_ENDED)
"""Ends of runs that say nothing about whether the source can be read."""
STILL_READ = (Outcome.SUSPICIOUSLY_EMPTY,)
"""A failure that is told, and no reason to look less often: the site answers, and may bring something any time."""


def stretched(every: timedelta, failures: int, after: int) -> timedelta:
    """How long a source is left alone after that many failures in a row; `every` until there are `after` of them."""
    if failures < after:
        return every
    doublings = min(failures - after + 1, _MOST_DOUBLINGS)
    return max(every, min(every * (1 << doublings), CEILING))
