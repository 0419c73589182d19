"""What the register itself tells of: rules that were braked, sources that fail or are read again, ends, referrals.

Each is found in the tables as they are and told under a name of its own, once:
killed in between, the next look tells what this one did not.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Sum

from patrol.actions.collecting.binding import binds
from patrol.actions.collecting.endings import WARNED
from patrol.actions.collecting.health import failures_of, health_of
from patrol.actions.notifying.notices import people_who, tell
from patrol.actions.notifying.oncall import on_call
from patrol.actions.rulemaking.last_days import last_days
from patrol.actions.staffing.shifts import settings_now, shift_at
from patrol.actions.triaging.referrals import open_referrals
from patrol.models import NoticeKind, Permission
from patrol.register import log
from patrol.register.tables import (
    AuthorizationRow,
    Message,
    Notice,
    Person,
    PrivacyRequest,
    RuleVersion,
    RunRow,
    SourceRow,
    Unit,
)

NEWS = timedelta(days=3)
"""What is older is no news: it was told, or nobody was there to tell it."""
RULES_WARNED = (1, 7)
"""Days before the last one."""
KEPT = timedelta(days=90)
"""Longer than anything is told under one name."""


def tell_news(now: datetime) -> int:
    """Tell all of it. Returns how many people heard something new."""
    told = 0
    for news in _ALL:
        with log.durably():
            told += news(now)
    with log.durably():
        forget_old(now)
    return told


def forget_old(now: datetime) -> None:
    """What was read, and what has left, is of no use for ever. What is unread or waits stays."""
    Notice.objects.filter(read_at__lt=now - KEPT).delete()
    Message.objects.filter(sent_at__lt=now - KEPT).delete()


def _braked(now: datetime) -> int:
    """Rules are everybody's: the supervisors of all units hear of it."""
    told = 0
    for row in RuleVersion.objects.filter(braked_at__gte=now - NEWS):
        for unit in Unit.objects.all():
            told += tell(
                people_who(unit.pk, Permission.RULES_APPROVE),
                NoticeKind.RULE_BRAKED,
                f"/rules/{row.name}/",
                about=f"rule:{row.name}",
                once=f"brake:{row.pk}:{row.braked_at}",
            )
    return told


def _rules_ending(now: datetime) -> int:
    """A week and a day before something of the rules counts no more, and once it does not: to who may propose another."""
    told = 0
    for about, link, day in last_days():
        left = (day - now.date()).days
        within = next((days for days in RULES_WARNED if 0 <= left <= days), None)
        if left < -NEWS.days or (left >= 0 and within is None):
            continue
        for unit in Unit.objects.all():
            told += tell(
                people_who(unit.pk, Permission.RULES_PROPOSE),
                NoticeKind.RULE_ENDED if within is None else NoticeKind.RULE_ENDING,
                link,
                about=about,
                count=within or 1,
                once=f"{about}:{day}:{within}",
                instead=True,
            )
    return told


def _failing(now: datetime) -> int:
    """One message after so many failures in a row; `once` names the last good run before them."""
    told = 0
    for source in SourceRow.objects.filter(paused_at=None).select_related("proposed_by"):
        row, good = failures_of(source)
        if row >= settings_now().failures_told:
            told += _tell_of(
                source, NoticeKind.SOURCE_FAILING, now, count=row, once=f"failing:{good}"
            )
        elif row == 0 and good:
            told += _tell_recovered(source, good)
    return told


def _tell_recovered(source: SourceRow, good: int) -> int:
    """To those who heard that it failed, unless they heard of this already. The count is of posts that are lost for good."""
    heard = Notice.objects.filter(
        kind=NoticeKind.SOURCE_FAILING, about=f"source:{source.name}"
    ).order_by("-pk")
    last = heard.values_list("once", flat=True).first()
    before = int(last.partition(":")[2]) if last else good
    if before >= good:
        return 0
    since = RunRow.objects.filter(source=source, pk__gt=before, pk__lte=good)
    people = [row.person for row in heard.filter(once=last).select_related("person")]
    return tell(
        people,
        NoticeKind.SOURCE_RECOVERED,
        f"/sources/{source.name}/",
        about=f"source:{source.name}",
        count=since.aggregate(lost=Sum("lost_posts"))["lost"] or 0,
        once=f"recovered:{source.pk}:{last}",
    )


def _drifting(now: datetime) -> int:
    """Once when a source's pages are not what they were, however many runs find the same; the count is of what differs."""
    told = 0
    for source in SourceRow.objects.filter(paused_at=None, health__isnull=False):
        found = health_of(source)
        if found is not None and found.drifted_since is not None and found.at >= now - NEWS:
            told += tell(
                people_who(source.unit_id, Permission.SOURCES_RUN),
                NoticeKind.SOURCE_DRIFTED,
                f"/sources/{source.name}/",
                about=f"source:{source.name}",
                count=len(found.drifts),
                once=f"drift:{source.pk}:{found.drifted_since:%Y%m%d%H%M%S}",
            )
    return told


def _tell_of(source: SourceRow, kind: NoticeKind, now: datetime, *, count: int, once: str) -> int:
    """Its owner and the officer on call hear of it; the supervisors where there is neither. One message for all."""
    if Notice.objects.filter(kind=kind, about=f"source:{source.name}", once=once).exists():
        return 0
    people = _present([source.proposed_by, on_call(source.unit_id, now)])
    return tell(
        people or people_who(source.unit_id, Permission.SOURCES_RUN),
        kind,
        f"/sources/{source.name}/",
        about=f"source:{source.name}",
        count=count,
        once=once,
    )


def _present(people: Iterable[Person | None]) -> list[Person]:
    return [person for person in people if person is not None and person.is_active]


def _ending(now: datetime) -> int:
    """At 30, 7 and 1 days, to who may ask for the next mandate; silent once there is a successor."""
    told = 0
    rows = AuthorizationRow.objects.filter(
        source__paused_at=None,
        approver__isnull=False,
        revoked_at=None,
        trial=False,
        valid_until__gt=now,
    ).select_related("source")
    last = {row.source_id: row for row in rows.order_by("valid_until") if binds(row)}
    for row in last.values():
        left = row.valid_until - now
        within = next((days for days in WARNED if left <= timedelta(days=days)), None)
        if within is not None:
            told += tell(
                people_who(row.source.unit_id, Permission.AUTHORIZATIONS_REQUEST),
                NoticeKind.MANDATE_ENDING,
                f"/sources/{row.source.name}/",
                about=f"source:{row.source.name}",
                count=within,
                once=f"ending:{row.pk}:{within}",
                instead=True,
            )
    return told


def _unfinished(now: datetime) -> int:
    """At the begin of each shift to who referred and who is on call, and at its end of time to the supervisors."""
    told = 0
    shift = shift_at(now).begins_at
    for row in open_referrals().select_related("lead", "by"):
        unit = row.lead.unit_id
        if row.begun_at < shift:
            people = _present([row.by, on_call(unit, now)])
            told += _tell_referral(people, row.lead_id, f"{row.pk}:{shift:%Y%m%d}")
        if row.due_at <= now:
            people = [row.by, *people_who(unit, Permission.ONCALL_SET)]
            told += _tell_referral(people, row.lead_id, f"{row.pk}:late")
    return told


def _tell_referral(people: list[Person], lead_id: int, once: str) -> int:
    return tell(
        people,
        NoticeKind.REFERRAL_UNFINISHED,
        f"/leads/{lead_id}/referral/",
        about=f"lead:{lead_id}",
        once=f"referral:{once}",
        urgent=True,
        instead=True,
    )


def _privacy(now: datetime) -> int:
    """Once when a request is near its end and once when it is over; to supervisors too where it waits for them."""
    told = 0
    rows = PrivacyRequest.objects.filter(answered_at=None, due_at__lte=now + NEWS)
    for row in rows:
        people = people_who(row.unit_id, Permission.PRIVACY_ANSWER)
        if row.handed_at is not None and row.carried_at is None:
            people += people_who(row.unit_id, Permission.PRIVACY_CARRY)
        late = row.due_at <= now
        told += tell(
            people,
            NoticeKind.PRIVACY_DUE,
            "/privacy/",
            about=f"privacy:{row.pk}",
            once=f"privacy:{row.pk}:{row.due_at:%Y%m%d}:{'late' if late else 'near'}",
            urgent=late,
            instead=True,
        )
    return told


_ALL: tuple[Callable[[datetime], int], ...] = (
    _braked,
    _rules_ending,
    _failing,
    _drifting,
    _ending,
    _unfinished,
    _privacy,
)
