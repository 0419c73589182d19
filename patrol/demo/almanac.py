"""When people write: evenings more than mornings, weekends more than weekdays."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")

HOURS = (3, 2, 1, 1, 1, 1, 2, 4, 5, 6, 7, 8, 10, 8, 7, 7, 8, 10, 12, 14, 17, 20, 18, 10)
"""How much is written in each hour of the day, from midnight on."""

WEEKDAYS = (0.8, 0.8, 0.85, 0.9, 1.2, 1.5, 1.3)
"""How much is written on each day of the week, from Monday on."""

_MOST = max(HOURS) * max(WEEKDAYS)


def moment(chance: Random, begun: datetime, ended: datetime) -> datetime:
    """Some second between the two, as likely as people write then."""
    while True:
        at = begun + (ended - begun) * chance.random()
        here = at.astimezone(TAIPEI)
        if HOURS[here.hour] * WEEKDAYS[here.weekday()] >= _MOST * chance.random():
            return at.replace(microsecond=0)


def on_duty(chance: Random, at: datetime) -> datetime:
    """That moment, or the next morning if it is at night: somebody is there from eight to eleven."""
    here = at.astimezone(TAIPEI)
    if 8 <= here.hour < 23:
        return at
    morning = here.replace(hour=8, minute=0) + timedelta(days=int(here.hour >= 23))
    return (morning + timedelta(minutes=90 * chance.random())).astimezone(at.tzinfo)
