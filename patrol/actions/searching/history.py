"""What somebody searched for: their own to see again, counted by contact, and opened to an auditor only with a reason."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from patrol.actions.auditing.one_record import NoReason
from patrol.actions.desk import Desk
from patrol.actions.triaging.leads import person_at
from patrol.errors import NotFound
from patrol.models import Permission, SearchKind, Verb
from patrol.register.sealing import destroy, new_unit, seal, unseal
from patrol.register.tables import LedgerRecord, Person, RetentionUnit, SearchRow, SearchTag
from patrol.search.index import LOCAL
from patrol.settings import Settings

UNIT = "searches"
"""The kind of the retention unit: one for each person and month."""
SHOWN = 20
"""Searches that a page offers again."""


class NoWordsKept(NotFound):
    """A record is no search, or its words are gone."""

    def __init__(self, seq: int) -> None:
        super().__init__(
            f"The words of record {seq} are not kept.",
            why="Words of searches are kept beside the log, on their own schedule; then they are forgotten.",
            do="The record itself stays: who searched, when, and how much was found.",
        )


@dataclass(frozen=True)
class Past:
    """A search of one's own."""

    id: int
    text: str
    kind: SearchKind
    total: int
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A search's words, for an auditor's one page."""

    seq: int
    account: str
    kind: SearchKind
    text: str
    total: int
    at: datetime


def keep(  # noqa: PLR0913  (what is known of a search)
    desk: Desk,
    kind: SearchKind,
    text: str,
    total: int,
    *,
    words_hmac: str,
    tags: Iterable[str] = (),
) -> int:
    """Keep its words beside the log, in the transaction of its act. Returns its number, for the record."""
    now = desk.now()
    unit = _unit(person_at(desk), now)
    row = SearchRow.objects.create(
        person=person_at(desk),
        kind=kind,
        unit=unit,
        body=seal(unit, text.encode(errors="surrogatepass")),
        words_hmac=words_hmac,
        total=total,
        at=now,
    )
    SearchTag.objects.bulk_create(SearchTag(search=row, tag=tag) for tag in sorted(set(tags)))
    return row.pk


def _unit(person: Person, now: datetime) -> RetentionUnit:
    """The retention unit of that person's month."""
    month = now.astimezone(LOCAL).strftime("%Y-%m")
    of = f"{person.pk} {month}"
    found = RetentionUnit.objects.filter(kind=UNIT, of=of, destroyed_at=None).first()
    return found or new_unit(UNIT, of, now + timedelta(days=31 + Settings().searches_days))


def mine(desk: Desk) -> tuple[Past, ...]:
    """One's own last searches, each once, the newest first. Words of one's own: no look to be recorded."""
    found: dict[str, Past] = {}
    rows = SearchRow.objects.filter(
        person=person_at(desk),
        kind__in=(SearchKind.WORDS, SearchKind.BATCH),
        unit__destroyed_at=None,
    ).select_related("unit")
    for row in rows.order_by("-pk")[: SHOWN * 4]:
        if row.words_hmac not in found and len(found) < SHOWN:
            found[row.words_hmac] = _past(row)
    return tuple(found.values())


def _past(row: SearchRow) -> Past:
    return Past(row.pk, _words(row), SearchKind(row.kind), row.total, row.at)


def _words(row: SearchRow) -> str:
    return unseal(row.unit, row.body).decode(errors="surrogatepass")


def kept_of(record: LedgerRecord) -> SearchRow | None:
    """The words of that record, where it is a search and they are still kept."""
    number = json.loads(bytes(record.body))["details"].get("search")
    if not isinstance(number, int):
        return None
    rows = SearchRow.objects.filter(pk=number, unit__destroyed_at=None)
    return rows.select_related("unit", "person").first()


def unlock(desk: Desk, seq: int, reason: str) -> Opened:
    """The words of a search, for an auditor who says why. Recorded before they are shown. Raises `NoReason`, `NoWordsKept`."""
    with desk.act(
        Permission.LOG_UNLOCK, Verb.LOG_UNLOCKED, subject=f"record:{seq}", reason=reason.strip()
    ) as act:
        if not reason.strip():
            raise NoReason
        record = LedgerRecord.objects.filter(pk=seq).first()
        row = kept_of(record) if record is not None else None
        if row is None or row.person.unit_id != person_at(desk).unit_id:
            raise NoWordsKept(seq)
        act.count = 1
        return Opened(seq, row.person.account, SearchKind(row.kind), _words(row), row.total, row.at)


def forget_over(desk: Desk) -> int:
    """Destroy the keys of words whose time is over, and the words. Returns how many searches went."""
    over = RetentionUnit.objects.filter(kind=UNIT, expires_at__lte=desk.now(), destroyed_at=None)
    if not over.exists():
        return 0
    with desk.act(Permission.SYSTEM_OPERATE, Verb.SEARCHES_FORGOTTEN) as act:
        units = list(over)
        rows = SearchRow.objects.filter(unit__in=units)
        act.count = rows.count()
        rows.delete()
        for unit in units:
            destroy(unit, desk.now())
        act.details = {"units": [unit.pk for unit in units]}
        return act.count
