"""Who reads a lead now: a lease that ends by itself, so that two officers do not decide on the same lead.

The open page renews it while somebody looks at it. A lease is no lock: a colleague may take it over, on record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import lead_row, person_at
from patrol.errors import Refused
from patrol.models import Permission, Verb
from patrol.register import log
from patrol.register.tables import Lead

LEASE_SECONDS = 180
BEAT_SECONDS = 60
"""How often the open page renews it: two beats may get lost."""


@dataclass(frozen=True)
class Lease:
    """Who reads a lead, and until when unless it is renewed."""

    account: str
    mine: bool
    since: datetime
    until: datetime


class LeadHeld(Refused):
    """A colleague reads the lead now."""

    def __init__(self, lead_id: int, lease: Lease) -> None:
        super().__init__(
            f"{lease.account} is reading lead {lead_id}.",
            why="Two officers who decide on one lead at the same time lose one decision.",
            do="Go on with the next lead, or take it over.",
        )
        self.lead_id = lead_id
        self.lease = lease


def lease(desk: Desk, lead: Lead) -> Lease | None:
    """The lead's lease, if one is alive."""
    if lead.held_by is None or lead.held_since is None or lead.held_until is None:
        return None
    if lead.held_until <= desk.now():
        return None
    mine = desk.person is not None and lead.held_by_id == desk.person.pk
    return Lease(lead.held_by.account, mine, lead.held_since, lead.held_until)


def refuse_held(desk: Desk, lead: Lead) -> None:
    """Raise `LeadHeld` where a colleague's lease is alive."""
    there = lease(desk, lead)
    if there is not None and not there.mine:
        raise LeadHeld(lead.pk, there)


def hold(desk: Desk, lead_id: int, *, take_over: bool = False) -> Lease:
    """Begin or renew the lease. Raises `LeadHeld` where a colleague has one, unless it is to be taken over.

    Its begin and its taking over are on record; a renewal changes nothing that anybody could ask about later.
    """
    subject = f"lead:{lead_id}"
    desk.require(Permission.LEADS_DECIDE, Verb.LEAD_HELD, subject)
    person = person_at(desk)
    with log.durably():
        lead = lead_row(desk, lead_id)
        there = lease(desk, lead)
        if there is not None and there.mine:
            lead.held_until = desk.now() + timedelta(seconds=LEASE_SECONDS)
            lead.save(update_fields=["held_until"])
            return Lease(person.account, mine=True, since=there.since, until=lead.held_until)
    with desk.act(Permission.LEADS_DECIDE, Verb.LEAD_HELD, subject=subject) as act:
        lead = lead_row(desk, lead_id)
        there = lease(desk, lead)
        if there is not None and not take_over:
            raise LeadHeld(lead_id, there)
        if there is not None:
            act.details = {"taken_from": there.account}
        now = desk.now()
        lead.held_by, lead.held_since = person, now
        lead.held_until = now + timedelta(seconds=LEASE_SECONDS)
        lead.save(update_fields=["held_by", "held_since", "held_until"])
    return Lease(person.account, mine=True, since=now, until=lead.held_until)
