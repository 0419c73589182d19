"""How officers are spared: what they chose for themselves, what is heavy, and how long they have been reading.

All of it is the officer's own affair. The minutes are taken from the access
log, where every look stands anyway; nothing more is kept, and nobody else is
shown them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.core.cache import caches

from patrol.actions.desk import Desk
from patrol.actions.staffing.shifts import settings_now, shift_at
from patrol.models import Category, LeadKind, Permission, Verb
from patrol.register.tables import Lead, LedgerIndex, MatchRow, Person, RuleVersion

PAUSE = timedelta(minutes=5)
"""Nothing read for so long is a pause; shorter gaps count as reading."""
FRESH_SECONDS = 30
_LOOKS = (
    Verb.LEADS_LISTED, Verb.LEAD_VIEWED, Verb.LEAD_DECIDED, Verb.POSTS_SEARCHED, Verb.THREAD_VIEWED, Verb.REVIEW_VIEWED,
)  # fmt: skip


class Mask(StrEnum):
    """What of collected words is covered until one wants to see it."""

    OFF = "off"
    TERMS = "terms"
    """The marked words."""
    COVER = "cover"
    """All words; the place they take stays."""
    SUMMARY = "summary"
    """All words; only what is known about the post stands there."""


@dataclass(frozen=True)
class Care:
    """What somebody chose for themselves."""

    mask: Mask = Mask.OFF
    forewarn: bool = True
    """Told before a heavy lead that one has not chosen oneself."""
    without: frozenset[Category] = frozenset()
    """Categories that are left out of one's queue, for no reason that anybody asks for."""


@dataclass(frozen=True)
class Exposure:
    """What somebody has read in this shift. Shown to nobody else."""

    minutes: int
    in_a_row: int
    """Minutes since the last pause."""
    leads: int
    heavy: int

    @property
    def wants_break(self) -> bool:
        return self.in_a_row >= settings_now().care_break_minutes

    @property
    def is_full(self) -> bool:
        return self.minutes >= settings_now().care_day_minutes


class Wait(StrEnum):
    """Why a heavy lead should not come next."""

    IN_A_ROW = "in_a_row"
    SHIFT_ENDS = "shift_ends"
    FULL = "full"


def care_of(person: Person | None) -> Care:
    """Theirs. What cannot be read is as shipped."""
    kept: Mapping[str, Any] = person.care if person is not None else {}
    mask, without = kept.get("mask", ""), kept.get("without", ())
    return Care(
        mask=Mask(mask) if mask in set(Mask) else Mask.OFF,
        forewarn=bool(kept.get("forewarn", True)),
        without=frozenset(Category(word) for word in without if word in set(Category)),
    )


def keep(desk: Desk, care: Care) -> None:
    """Keep somebody's own choice. The record says that they chose, not what."""
    person = desk.person
    subject = f"person:{person.pk}" if person else None
    with desk.act(Permission.LEADS_READ, Verb.PERSON_ACCOUNT_CHANGED, subject=subject) as act:
        if person is not None:
            person.care = {
                "mask": care.mask.value,
                "forewarn": care.forewarn,
                "without": sorted(care.without),
            }
            person.save(update_fields=["care"])
        act.details = {"care": True}


def left_out(desk: Desk) -> frozenset[Category]:
    """Categories that this person does not read."""
    return care_of(desk.person).without


def heavy_among(leads: Sequence[Lead]) -> frozenset[int]:
    """Which of those leads are heavy to read, as their rules say, or else their category.

    Never a possible victim's: nothing stands between them and help.
    """
    read = {lead.pk: lead for lead in leads if lead.kind != LeadKind.POSSIBLE_VICTIM}
    matched = MatchRow.objects.filter(sighting__lead__in=read)
    said: dict[int, set[tuple[str, int]]] = {}
    for lead, rule, version in matched.values_list("sighting__lead", "rule", "version").distinct():
        said.setdefault(lead, set()).add((rule, version))
    names = {name for pairs in said.values() for name, _ in pairs}
    rules = RuleVersion.objects.filter(name__in=names)
    levels = {(row.name, row.version): row.body.get("wellness") for row in rules}
    by_category = settings_now().care_heavy

    def heavy(lead: Lead) -> bool:
        told = {levels.get(pair) for pair in said.get(lead.pk, ())} - {None}
        return "A" in told if told else lead.category in by_category

    return frozenset(pk for pk, lead in read.items() if heavy(lead))


def is_heavy(lead: Lead) -> bool:
    """The same for one."""
    return lead.pk in heavy_among([lead])


def exposure(desk: Desk, rested_at: datetime | None = None) -> Exposure:
    """What this person has read in this shift, from their own records. A pause that they took ends the row.

    At most `FRESH_SECONDS` old.
    """
    key = f"exposure:{desk.actor.person}:{rested_at.timestamp() if rested_at else 0}"
    found: Exposure | None = caches["near"].get(key)
    if found is None:
        found = _exposure(desk, rested_at)
        caches["near"].set(key, found, FRESH_SECONDS)
    return found


def _exposure(desk: Desk, rested_at: datetime | None) -> Exposure:
    now = desk.now()
    looks = LedgerIndex.objects.filter(
        person=desk.actor.person, at__gte=shift_at(now).begins_at, verb__in=_LOOKS, result="allow"
    )
    rows = list(looks.order_by("at").values_list("at", "verb", "subject"))
    times = [at for at, _, _ in rows]
    since = [at for at in times if rested_at is None or at >= rested_at]
    opened = {
        int(subject.removeprefix("lead:"))
        for _, verb, subject in rows
        if verb == Verb.LEAD_VIEWED and subject
    }
    heavy = Lead.objects.filter(pk__in=opened, category__in=settings_now().care_heavy)
    return Exposure(
        minutes=_minutes(sum(_gaps(times), timedelta())),
        in_a_row=_minutes(_row(since, now)),
        leads=len(opened),
        heavy=heavy.exclude(kind=LeadKind.POSSIBLE_VICTIM).count(),
    )


def _gaps(times: Sequence[datetime]) -> list[timedelta]:
    """Between looks, pauses left out."""
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return [gap for gap in gaps if gap < PAUSE]


def _row(times: Sequence[datetime], now: datetime) -> timedelta:
    """From the first look after the last pause until the last one."""
    if not times or now - times[-1] >= PAUSE:
        return timedelta()
    begin = times[-1]
    for earlier in reversed(times):
        if begin - earlier >= PAUSE:
            break
        begin = earlier
    return times[-1] - begin


def _minutes(spent: timedelta) -> int:
    return int(spent.total_seconds() // 60)


def wait(desk: Desk, lead: Lead) -> Wait | None:
    """Why this heavy lead should not come next; None where nothing speaks against it."""
    chosen = settings_now()
    now = desk.now()
    left = shift_at(now).ends_at - now
    if timedelta() <= left <= timedelta(minutes=chosen.care_last_minutes):
        return Wait.SHIFT_ENDS
    if exposure(desk).is_full:
        return Wait.FULL
    looks = LedgerIndex.objects.filter(
        person=desk.actor.person, verb=Verb.LEAD_VIEWED, result="allow"
    ).exclude(subject=f"lead:{lead.pk}")
    last = looks.order_by("-seq").values_list("subject", "at")[: chosen.care_in_a_row]
    recent = [subject for subject, at in last if subject and at >= shift_at(now).begins_at]
    leads = Lead.objects.in_bulk([int(subject.removeprefix("lead:")) for subject in recent])
    whole = len(recent) == chosen.care_in_a_row and len(leads) == len(set(recent))
    return Wait.IN_A_ROW if whole and set(leads) == heavy_among(list(leads.values())) else None


def contacts() -> tuple[str, ...]:
    """Whom officers may turn to, as the unit has set it; empty is the public lines."""
    return settings_now().care_contacts
