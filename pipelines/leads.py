"""Which leads flagged posts belong to: an earlier version's, the same words' elsewhere, or a new one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from patrol.models import Flagging, LeadKind, LeadStatus, Post
from patrol.register.inserts import Insert, moment
from patrol.register.sealing import Seal, Wrapped
from patrol.register.tables import Lead, SourceRow

VICTIM_RANK = 1000
"""Possible victims stand before everything else."""
_AT_ONCE = 100
"""Keys that one question names."""

_OF_KEYS = (
    "SELECT key, lead_id FROM register_sighting WHERE source_id = %s AND key IN ({})"
    " ORDER BY version"
)
_OF_WORDS = (
    "SELECT said.duplicate_hmac, said.lead_id FROM register_sighting said"
    " JOIN register_lead lead ON lead.id = said.lead_id"
    " JOIN register_retentionunit unit ON unit.id = lead.retention_id"
    " WHERE lead.unit_id = %s AND unit.wrapped_key IS NOT NULL AND said.duplicate_hmac IN ({})"
    " ORDER BY said.id DESC"
)
_LEADS = (
    "SELECT lead.id, lead.kind, lead.category, lead.score, lead.status, lead.version,"
    ' lead.sightings_count, unit.id, unit.kind, unit."of", unit.wrapped_key, unit.destroyed_at'
    " FROM register_lead lead JOIN register_retentionunit unit ON unit.id = lead.retention_id"
    " WHERE unit.wrapped_key IS NOT NULL AND lead.id IN ({})"
)
_JOIN = (
    "UPDATE register_lead SET kind = %s, category = %s, score = %s, rank = %s, status = %s,"
    " version = %s, sightings_count = %s, moved_at = %s, ranked_by_id = NULL WHERE id = %s"
)
_SPARE = (
    "UPDATE register_sighting SET author_hmac = NULL, said_day = NULL, stale_at = %s"
    " WHERE lead_id IN ({}) AND author_hmac IS NOT NULL"
)
_OPEN = Insert(
    Lead,
    *("unit", "source", "opened_at", "moved_at"),
    *("kind", "category", "score", "rank", "status", "version", "sightings_count", "retention"),
)


@dataclass(slots=True, eq=False)
class LeadAtHand:
    """What keeping a post reads and moves of a lead."""

    kind: str
    category: str | None
    score: int
    seal: Seal
    status: str = LeadStatus.NEW
    version: int = 1
    sightings: int = 1
    number: int = 0
    """0 until it is saved."""

    @property
    def row(self) -> tuple[str, str | None, int, int, str, int, int]:
        """Kind, category, score, rank, status, version, sightings. Its rank is what its score says."""
        rank = self.score + (VICTIM_RANK if self.kind == LeadKind.POSSIBLE_VICTIM else 0)
        return (
            *(self.kind, self.category, self.score, rank),
            *(self.status, self.version, self.sightings),
        )


class Leads:
    """The leads of some flagged posts, found with one look for all of them and saved together.

    Posts are told one after the other: the second that says the same belongs to
    the lead that the first has opened.
    """

    def __init__(
        self, source: SourceRow, keys: Collection[str], duplicates: Collection[str], now: datetime
    ) -> None:
        """For posts of these keys, whose words have these hashes."""
        self._source = source
        self._now = now
        by_key = dict(_asked(_OF_KEYS, [source.pk], keys))
        by_words = dict(_asked(_OF_WORDS, [source.unit_id], duplicates))
        self._known: dict[int, LeadAtHand] = {}
        self._know({*by_key.values(), *by_words.values()})
        self._by_key = {key: at for key, lead in by_key.items() if (at := self._known.get(lead))}
        self._by_words = {said: self._known[lead] for said, lead in by_words.items()}
        self._opened: list[LeadAtHand] = []
        self._joined: dict[int, LeadAtHand] = {}
        self._spared: set[int] = set()
        """That became possible victims': nothing is added up of their authors from here on."""

    def _know(self, numbers: Iterable[int]) -> None:
        """Read those of them that are not at hand. What was forgotten is joined by nothing."""
        for row in _asked(_LEADS, [], [each for each in numbers if each not in self._known]):
            number, kind, category, score, status, version, sightings, *unit = row
            seal = Seal.of(Wrapped(*unit))
            self._known[number] = LeadAtHand(
                kind, category, score, seal, status, version, sightings, number
            )

    def lead_for(
        self,
        post: Post,
        flagging: Flagging,
        duplicate: str | None,
        again: "LeadAtHand | int | None",
    ) -> tuple[LeadAtHand, bool]:
        """The lead of that post, and whether it was opened for it.

        `duplicate` is None for words too short to link anybody; `again` is the
        lead that a rule opened before for what it takes for the same.
        """
        if again is not None:
            lead, opened = self._join(self._same(again), flagging, reopen=False), False
        elif earlier := self._by_key.get(post.key):
            lead, opened = self._join(earlier, flagging, reopen=True), False
        elif duplicate is not None and (twin := self._by_words.get(duplicate)):
            lead, opened = self._join(twin, flagging, reopen=False), False
        else:
            lead, opened = self._open(post, flagging), True
        self._by_key[post.key] = lead
        if duplicate is not None:
            self._by_words.setdefault(duplicate, lead)
        return lead, opened

    def save(self, others: Sequence[Seal]) -> None:
        """Write all of them, and these other units, in the transaction at hand. From here on all have numbers."""
        Seal.save([*(lead.seal for lead in self._opened), *others])
        now = self._now
        where = (self._source.unit_id, self._source.pk, now, now)
        numbers = _OPEN.numbered([(*where, *lead.row, lead.seal.pk) for lead in self._opened])
        for lead, number in zip(self._opened, numbers, strict=True):
            lead.number = number
        at = moment(now)
        with connection.cursor() as cursor:
            for lead in self._joined.values():
                cursor.execute(_JOIN, [*lead.row, at, lead.number])
            if spare := sorted(self._spared):
                cursor.execute(_SPARE.format(", ".join(["%s"] * len(spare))), [at, *spare])

    def _same(self, lead: LeadAtHand | int) -> LeadAtHand:
        """The one at hand of a lead that was found elsewhere: changes of two would not meet."""
        if isinstance(lead, LeadAtHand):
            return lead
        self._know([lead])
        return self._known[lead]

    def _open(self, post: Post, flagging: Flagging) -> LeadAtHand:
        seal = Seal.fresh("lead", f"{self._source.name} {post.key}"[:100])
        category = None if flagging.category is None else flagging.category.value
        lead = LeadAtHand(flagging.kind.value, category, flagging.score, seal)
        self._opened.append(lead)
        return lead

    def _join(self, lead: LeadAtHand, flagging: Flagging, *, reopen: bool) -> LeadAtHand:
        """Other words under a known key put a dismissed lead back into the queue; the same words elsewhere do not."""
        lead.sightings += 1
        if flagging.kind is LeadKind.POSSIBLE_VICTIM and lead.kind != LeadKind.POSSIBLE_VICTIM:
            lead.kind, lead.category, reopen = LeadKind.POSSIBLE_VICTIM.value, None, True
            if lead.number:
                self._spared.add(lead.number)
        lead.score = max(lead.score, flagging.score)
        if reopen and lead.status == LeadStatus.DISMISSED:
            lead.status = LeadStatus.NEW.value
            lead.version += 1
        if lead.number:
            self._joined[lead.number] = lead
        return lead


def _asked(question: str, first: list[Any], named: Collection[Any]) -> list[tuple[Any, ...]]:
    """The rows of all that is named."""
    rows: list[tuple[Any, ...]] = []
    each = list(named)
    for at in range(0, len(each), _AT_ONCE):
        some = each[at : at + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(question.format(", ".join(["%s"] * len(some))), [*first, *some])
            rows += cursor.fetchall()
    return rows
