"""How somebody is reached beside their inbox: a mail address, how often, and when not. Their own choice."""

import re
from dataclasses import dataclass
from datetime import datetime, time

from patrol.actions.desk import Desk
from patrol.actions.staffing.shifts import settings_now
from patrol.actions.triaging.leads import person_at
from patrol.errors import BadInput
from patrol.models import Permission, Verb
from patrol.register.tables import Reach
from patrol.search.index import LOCAL

EVERY = (15, 60, 240, 1440)
"""Minutes between two mails that may be chosen."""
USUAL = 60
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")


class BadReach(BadInput):
    """Somebody cannot be reached like that."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what, why="What is sent to a wrong address is told to strangers.", do=do)


@dataclass(frozen=True)
class Chosen:
    """What somebody chose."""

    mail: str = ""
    every_minutes: int = USUAL
    quiet_from: time | None = None
    quiet_until: time | None = None

    def is_quiet(self, at: datetime) -> bool:
        """Whether they sleep then, by the clock of Asia/Taipei. Hours may go over midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        clock = at.astimezone(LOCAL).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until


def chosen_by(row: Reach | None) -> Chosen:
    """As it is kept; as shipped where nothing is."""
    if row is None:
        return Chosen()
    return Chosen(row.mail, row.every_minutes, row.quiet_from, row.quiet_until)


def chosen(desk: Desk) -> Chosen:
    """This person's own. Theirs alone: not recorded."""
    return chosen_by(Reach.objects.filter(person=person_at(desk)).first())


def choose(desk: Desk, wanted: Chosen) -> None:
    """Keep somebody's own choice. The record says that they chose, not what. Raises `BadReach`."""
    person = person_at(desk)
    with desk.act(Permission.INBOX_READ, Verb.REACH_CHANGED, subject=f"person:{person.pk}"):
        _judge(wanted)
        Reach.objects.update_or_create(
            person=person,
            defaults={
                "mail": wanted.mail,
                "every_minutes": wanted.every_minutes,
                "quiet_from": wanted.quiet_from,
                "quiet_until": wanted.quiet_until,
                "changed_at": desk.now(),
            },
        )


def _judge(wanted: Chosen) -> None:
    if wanted.mail and not (len(wanted.mail) <= 254 and _ADDRESS.fullmatch(wanted.mail)):
        raise BadReach("This is no mail address.", "Write it as `name@unit.example`.")
    domains = [domain.lower() for domain in settings_now().mail_domains]
    if wanted.mail and domains and wanted.mail.rpartition("@")[2].lower() not in domains:
        raise BadReach(
            "Messages are not sent to this domain.", f"Use an address of {', '.join(domains)}."
        )
    if wanted.every_minutes not in EVERY:
        raise BadReach("Mails do not come that often.", "Choose one of the listed times.")
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        raise BadReach("Quiet hours need a begin and an end.", "Write both, or neither.")
