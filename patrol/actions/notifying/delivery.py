"""What leaves this machine: mails that gather what nobody has read, and calls of the webhook. Kept until it has left.

A message is written in a transaction, sent by the process that feeds the
index, and marked as sent afterwards. Killed between the last two it is sent
again, under the same key; nothing is lost.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from patrol.actions.desk import Desk
from patrol.actions.notifying.reach import Chosen, chosen_by
from patrol.actions.staffing.shifts import settings_now
from patrol.models import MessageChannel, Permission, Verb
from patrol.register import log
from patrol.register.tables import Message, Notice, Reach

MOST_IN_MAIL = 50
MAILED_WITHIN = timedelta(days=7)
"""Older notices stay in the inbox: who enters an address today gets no mail of last year."""
TRIES = 12
"""Within about nine hours; then it is a dead letter."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=2)
LATE = timedelta(hours=1)
"""A message that could have left for so long says that nobody sends."""


@dataclass(frozen=True)
class Outbound:
    """A message to send: to whom, in which language, and what it may say."""

    id: int
    key: str
    channel: MessageChannel
    address: str
    """Of a mail; empty with the webhook."""
    language: str
    body: dict[str, object]
    attempts: int


@dataclass(frozen=True)
class Standing:
    """How delivery goes."""

    waiting: int
    oldest: datetime | None
    """When the oldest of those could have left."""
    dead: int
    fault: str
    """Of the last dead letter, or else of the last try."""
    sent_at: datetime | None
    """When the last one left."""


def gather(now: datetime) -> int:
    """Put what each person has not read into one mail, unless they sleep or had one just now. Returns how many mails.

    What is urgent waits for neither.
    """
    if not settings_now().mail_server:
        return 0
    made = 0
    rows = Reach.objects.exclude(mail="").filter(person__is_active=True)
    for reach in rows.select_related("person"):
        with log.durably():
            made += _gathered(reach, chosen_by(reach), now)
    return made


def _gathered(reach: Reach, chosen: Chosen, now: datetime) -> bool:
    waiting = Notice.objects.filter(
        person=reach.person_id, read_at=None, mail=None, made_at__gt=now - MAILED_WITHIN
    )
    if chosen.is_quiet(now) or _had_one(reach, now):
        waiting = waiting.filter(urgent=True)
    notices = list(waiting.order_by("-urgent", "pk")[:MOST_IN_MAIL])
    if not notices:
        return False
    told = [
        {"kind": one.kind, "about": one.about, "count": one.count, "link": one.link}
        for one in notices
    ]
    message = Message.objects.create(
        key=secrets.token_hex(16),
        channel=MessageChannel.EMAIL,
        person_id=reach.person_id,
        body={"notices": told},
        urgent=any(one.urgent for one in notices),
        written_at=now,
        next_at=now,
    )
    Notice.objects.filter(pk__in=[one.pk for one in notices], mail=None).update(mail=message)
    return True


def _had_one(reach: Reach, now: datetime) -> bool:
    since = now - timedelta(minutes=reach.every_minutes)
    mails = Message.objects.filter(channel=MessageChannel.EMAIL, person=reach.person_id)
    return mails.filter(written_at__gt=since).exists()


def due(now: datetime, most: int = 20) -> list[Outbound]:
    """Messages to send now, urgent ones first."""
    rows = _waiting().filter(next_at__lte=now).select_related("person__reach")
    return [_outbound(row) for row in rows.order_by("-urgent", "pk")[:most]]


def _waiting() -> QuerySet[Message]:
    return Message.objects.filter(sent_at=None, dead_at=None)


def _outbound(row: Message) -> Outbound:
    person = row.person
    reach = getattr(person, "reach", None)
    return Outbound(
        id=row.pk,
        key=row.key,
        channel=MessageChannel(row.channel),
        address=reach.mail if reach else "",
        language=person.language if person else "",
        body=row.body,
        attempts=row.attempts,
    )


def sent(desk: Desk, message: Outbound) -> None:
    """It has left, on record."""
    with log.durably():
        row = _waiting().select_for_update().filter(pk=message.id).first()
        if row is None:
            return
        row.sent_at, row.fault = desk.now(), ""
        row.attempts += 1
        row.save(update_fields=["sent_at", "fault", "attempts"])
        notices = row.body.get("notices", [row.body])
        desk.record(
            Verb.MESSAGE_SENT,
            subject=f"person:{row.person_id}" if row.person_id else None,
            count=len(notices),
            details={"channel": row.channel, "key": row.key},
        )


def failed(message: Outbound, fault: str, now: datetime) -> bool:
    """It has not left: try later, or give it up after the last try. Returns whether it is a dead letter."""
    attempts = message.attempts + 1
    is_dead = attempts >= TRIES
    wait = min(FIRST_WAIT * 2**message.attempts, LONGEST_WAIT)
    with log.durably():
        _waiting().filter(pk=message.id).update(
            attempts=attempts,
            fault=fault[:300],
            next_at=now + wait,
            dead_at=now if is_dead else None,
        )
    return is_dead


def revive(now: datetime) -> int:
    """Try every dead letter again, from its first try on. Returns how many."""
    with log.durably():
        return Message.objects.exclude(dead_at=None).update(dead_at=None, attempts=0, next_at=now)


def try_again(desk: Desk) -> int:
    """The operator has every dead letter tried again. Returns how many."""
    with desk.act(Permission.SYSTEM_OPERATE, Verb.MESSAGES_REVIVED) as act:
        act.count = revive(desk.now())
    return act.count


def configured() -> Sequence[MessageChannel]:
    """The ways out that are set."""
    settings = settings_now()
    ways = (
        (MessageChannel.EMAIL, settings.mail_server),
        (MessageChannel.WEBHOOK, settings.webhook),
    )
    return tuple(way for way, value in ways if value)


def standing() -> Standing:
    """How delivery goes, for `patrol doctor`."""
    dead = Message.objects.exclude(dead_at=None).order_by("-dead_at")
    waiting = _waiting().order_by("written_at")
    sent_at = Message.objects.exclude(sent_at=None).order_by("-sent_at")
    return Standing(
        waiting=waiting.count(),
        oldest=waiting.values_list("written_at", flat=True).first(),
        dead=dead.count(),
        fault=(dead.first() or waiting.exclude(fault="").last() or Message()).fault,
        sent_at=sent_at.values_list("sent_at", flat=True).first(),
    )
