"""A register as a national bureau has it after years: leads with their words, and posts that were only seen."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from benches._leads import plant
from benches._posts import posts
from benches.quality import shipped
from patrol.models import Category, LeadKind, LeadStatus
from patrol.register.tables import Lead, MatchRow, OutboxRow, RuleVersion, Sighting

TEXTS = 20_000
"""Different ones; more leads repeat them."""
_TOGETHER = 10_000
_STATUSES = (LeadStatus.NEW, LeadStatus.NEW, LeadStatus.DISMISSED, LeadStatus.RELEVANT)


YEARS = timedelta(days=3 * 365)


def fill(leads: int, seen: int, over: timedelta = YEARS) -> None:
    """So many leads, of which half wait, over that time; and rows for so many posts that were read."""
    texts = posts(min(leads, TEXTS))
    plant(shipped(), [texts[number % len(texts)] for number in range(leads)])
    now = timezone.now()
    with transaction.atomic():
        _vary(now, over / leads)
        _match()
        _see(seen, now)


def tell_index() -> int:
    """Everything into the outbox. Returns the rows."""
    now = timezone.now()
    numbers = {
        "post": Sighting.objects.values_list("pk", flat=True),
        "lead": Lead.objects.values_list("pk", flat=True),
    }
    rows = [
        OutboxRow(kind=kind, subject=number, op="put", written_at=now, next_at=now)
        for kind, some in numbers.items()
        for number in some
    ]
    OutboxRow.objects.bulk_create(rows, batch_size=_TOGETHER)
    return len(rows)


def _vary(now: datetime, between: timedelta) -> None:
    """Leads of every category, state, score and age; one in five hundred may be a victim's."""
    categories = list(Category)
    numbers = list(Lead.objects.order_by("-pk").values_list("pk", flat=True))
    rows: list[tuple[Any, ...]] = []
    for place, number in enumerate(numbers):
        victim = place % 500 == 0
        kind = LeadKind.POSSIBLE_VICTIM if victim else LeadKind.LEAD
        category = None if victim else categories[place % len(categories)]
        status = _STATUSES[place // len(categories) % len(_STATUSES)]
        score = place * 37 % 101
        at = now - place * between
        rows.append((kind, category, status, score, score + 101 * victim, at, at, number))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE register_lead SET kind = %s, category = %s, status = %s, score = %s, rank = %s,"
            " opened_at = %s, moved_at = %s WHERE id = %s",
            rows,
        )


def _match() -> None:
    """Two of the shipped rules for each sighting."""
    rules = sorted(set(RuleVersion.objects.values_list("name", flat=True)))
    for start in range(0, Sighting.objects.count(), _TOGETHER):
        numbers = Sighting.objects.order_by("pk").values_list("pk", flat=True)
        MatchRow.objects.bulk_create(
            MatchRow(
                sighting_id=number, rule=rules[(number + more) % len(rules)], version=1,
                kind=LeadKind.LEAD, category=Category.FRAUD, spans=[[0, 2], [5, 9]], weight=40,
            )
            for number in numbers[start : start + _TOGETHER]
            for more in (0, 7)
        )  # fmt: skip


def _see(count: int, now: datetime) -> None:
    (source,) = Sighting.objects.values_list("source_id", flat=True)[:1]

    with connection.cursor() as cursor:
        for start in range(0, count, _TOGETHER):
            cursor.executemany(
                "INSERT INTO register_seenpost (source_id, key, words_hmac, flagged, first_seen_at, last_seen_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    (source, f"s{number}", sha256(b"%d" % number).hexdigest(), False, now, now)
                    for number in range(start, min(start + _TOGETHER, count))
                ],
            )
