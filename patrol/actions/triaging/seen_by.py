"""Who saw a lead: its own page, the lists and searches that showed it, and everything that was done with it."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from patrol.models import Verb
from patrol.register.tables import LedgerIndex, LedgerRecord

LISTS = (Verb.LEADS_LISTED, Verb.POSTS_SEARCHED, Verb.LEADS_SELECTED)
"""Their records name the leads that were on the page."""
MOST_LISTS = 20_000
"""Records of lists that are looked through, the newest first."""
_AT_ONCE = 500


class Seen(NamedTuple):
    """One record that is about a lead."""

    seq: int
    at: datetime
    account: str
    verb: str
    result: str
    listed: bool
    """Only a line of it stood in a list."""


class SeenBy(NamedTuple):
    """All of them, oldest first, and whether every list was looked through."""

    rows: tuple[Seen, ...]
    complete: bool


def seen_by(lead_id: int, since: datetime) -> SeenBy:
    """Who saw that lead, as the access log has it. Call it inside something that is recorded."""
    own = LedgerIndex.objects.filter(subject=f"lead:{lead_id}").order_by("seq")
    rows = [_seen(row, listed=False) for row in own]
    lists = LedgerIndex.objects.filter(verb__in=LISTS, at__gte=since).order_by("-seq")
    numbers = list(lists.values_list("seq", flat=True)[: MOST_LISTS + 1])
    found = list(_naming(lead_id, numbers[:MOST_LISTS]))
    shown = LedgerIndex.objects.filter(seq__in=found)
    rows += [_seen(row, listed=True) for row in shown]
    return SeenBy(tuple(sorted(rows)), len(numbers) <= MOST_LISTS)


def _naming(lead_id: int, numbers: list[int]) -> Iterator[int]:
    """Those of these records that name the lead among those on their page."""
    named = re.compile(rb'"leads":\[(?:\d+,)*%d[,\]]' % lead_id)
    for start in range(0, len(numbers), _AT_ONCE):
        some = LedgerRecord.objects.filter(seq__in=numbers[start : start + _AT_ONCE])
        for seq, body in some.values_list("seq", "body"):
            if named.search(bytes(body)) and lead_id in _leads(bytes(body)):
                yield seq


def _leads(body: bytes) -> list[int]:
    found = json.loads(body)["details"].get("leads")
    return found if isinstance(found, list) else []


def _seen(row: LedgerIndex, *, listed: bool) -> Seen:
    return Seen(row.seq, row.at, row.account, row.verb, row.result, listed)
