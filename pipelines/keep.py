"""Keeps what a page brought: sightings, leads, outbox rows and the log record in one transaction.

Accepted means durable. Flagged posts go with their neighbours into the sealed
capture; other posts keep their words, encrypted, for a few days of backtests
and then only a keyed hash.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from patrol.models import Actor, Category, Post, ReadPage, Record, Verb
from patrol.register import log
from patrol.register.inserts import moment
from patrol.register.sealing import keyed_hash, new_unit
from patrol.register.tables import (
    RetentionUnit,
    RunRow,
    SeenPost,
    Sighting,
)
from patrol.register.turn import batch
from patrol.settings import Settings
from pipelines import brake, gone
from pipelines.aside import Aside, Counted
from pipelines.flagged import FlaggedKeeper, Found, KeptPage
from pipelines.flow import Flagger
from pipelines.history import History
from pipelines.seen import Known, Words, keep_words, known, see

_JUDGED_EVERY_SECONDS = 2.0
"""At most: to look through a week's tallies takes as long as to keep a hundred posts."""
_COUNT = (
    "UPDATE register_runrow SET posts = posts + %s, posts_new = posts_new + %s,"
    " sightings = sightings + %s, leads = leads + %s, beat_at = %s WHERE id = %s"
)


@dataclass(frozen=True)
class Kept:
    """What a page added."""

    posts: int
    posts_new: int
    sightings: int
    leads: int


class _Draft(NamedTuple):
    """A page, and which of its posts are new."""

    page: ReadPage
    fresh: Sequence[tuple[Post, str]]
    """In words that neither the register knows nor a page before it in its group says."""
    seen: Sequence[Known]


class Keeper:
    """Keeps the pages of one run. Used by one thread of one process alone."""

    def __init__(
        self, run: RunRow, flagger: Flagger, *, unflagged_days: int, now: Callable[[], datetime]
    ) -> None:
        if run.authorization is None:
            raise ValueError(f"run {run.pk} has no authorization: nothing may be kept")
        self.run = run
        self.mandate = run.authorization
        self.flagger = flagger
        self.categories = frozenset(Category(name) for name in run.authorization.categories)
        self.unflagged_days = unflagged_days
        self.now = now
        self.aside = Aside(run, flagger, now)
        self._flagged = FlaggedKeeper(run, self.aside, flagger.ruleset.sha256)
        self._history = History(run)
        self._missed = gone.missed(run.source_id)
        self.brake_percent = Settings().brake_percent
        self._unjudged = 0
        self._judged_at = -_JUDGED_EVERY_SECONDS
        self._actor = Actor(account="run", origin=f"run:{run.pk}")

    def keep(self, page: ReadPage) -> Kept:
        """Keep one page, durably when this returns. The same page again adds nothing."""
        return self.keep_all([page])[0]

    def keep_all(self, pages: Sequence[ReadPage]) -> list[Kept]:
        """Keep pages as one after the other, in one transaction: all are durable when this returns, or none is.

        What can be done beforehand is done before the transaction, so that nobody waits for it.
        """
        seen_before = known(self.run.source_id, {post.key for page in pages for post in page.posts})
        drafts = self._drafts(pages, seen_before)
        fresh = [post for draft in drafts for post, _ in draft.fresh]
        flagged = self.flagger.flag([post.words for post in fresh], self.categories)
        left, counted = self.aside.apart(fresh, flagged)
        flagged_before = {key for (key, _), one in seen_before.items() if one.flagged}
        weighed = self._history.weigh(fresh, left, flagged_before, self.now())
        again: Counter[str] = Counter()
        found = [
            [Found(post, hmac, *next(weighed)) for post, hmac in draft.fresh] for draft in drafts
        ]
        if not any(page.posts for page in pages):
            return [Kept(0, 0, 0, 0)] * len(pages)
        flagged_pages = self._flagged.draft(pages, found)
        with batch():
            now = self.now()
            self._see_again(drafts, now)
            every = [one for each in found for one in each]
            written = self._flagged.keep(flagged_pages, every, again, now)
            self._keep_unflagged([one for one in every if not one.flagging.matches], now)
            self.aside.write(counted, again)
            kept = [
                _kept(page, each, written.get(place))
                for place, (page, each) in enumerate(zip(pages, found, strict=True))
            ]
            self._count(kept, now)
            log.append_each(
                [
                    self._record(one, written.get(place))
                    for place, one in enumerate(kept)
                    if one.posts_new
                ]
            )
        self._judge(counted)
        return kept

    def _judge(self, counted: Counted) -> None:
        """Look now and then whether a rule hits too much: the busiest board fills a day in a second."""
        self._unjudged += counted.posts if counted.rules else 0
        now = time.monotonic()
        if self._unjudged < brake.LEAST_POSTS or now < self._judged_at + _JUDGED_EVERY_SECONDS:
            return
        self._unjudged, self._judged_at = 0, now
        found = list(brake.excesses(self.now(), self.brake_percent))
        if sum(brake.pull(one, self.now()) for one in found):
            self.aside.refresh()

    def _drafts(
        self, pages: Sequence[ReadPage], seen_before: Mapping[Words, Known]
    ) -> list[_Draft]:
        said: set[tuple[str, str]] = set()
        drafts = []
        for page in pages:
            seen: list[Known] = []
            fresh: list[tuple[Post, str]] = []
            for post in page.posts:
                version = (post.key, keyed_hash("words", post.words))
                if before := seen_before.get(version):
                    seen.append(before)
                elif version not in said:
                    said.add(version)
                    fresh.append((post, version[1]))
            drafts.append(_Draft(page, fresh, seen))
        return drafts

    def _see_again(self, drafts: Sequence[_Draft], now: datetime) -> None:
        there = {post.key for draft in drafts for post in draft.page.posts}
        if here := self._missed & there:
            gone.back(self.run.source_id, here, now)
            self._missed -= here
        numbers = [one.id for draft in drafts for one in draft.seen]
        if not numbers:
            return
        SeenPost.objects.filter(pk__in=numbers).update(last_seen_at=now)
        for draft in drafts:
            flagged = SeenPost.objects.filter(pk__in=[one.id for one in draft.seen if one.flagged])
            at = gone.page_hmac(draft.page)
            for key, hmac in flagged.values_list("key", "words_hmac"):
                theirs = Sighting.objects.filter(
                    source_id=self.run.source_id, key=key, words_hmac=hmac
                )
                theirs.update(last_seen_at=now, page_hmac=at)

    def _keep_unflagged(self, found: Sequence[Found], now: datetime) -> None:
        if not found:
            return
        versions = [(one.post.key, one.words_hmac) for one in found]
        numbers = see(self.run.source_id, versions, now, flagged=False)
        if not self.unflagged_days:
            return
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        expires_at = today + timedelta(days=self.unflagged_days)  # a day's words end together
        unit = self._day_unit(now, expires_at)
        keep_words(unit, numbers, [one.post for one in found], expires_at)

    def _day_unit(self, now: datetime, expires_at: datetime) -> RetentionUnit:
        of = f"{self.run.source.name} {now:%Y-%m-%d}"
        unit = RetentionUnit.objects.filter(kind="unflagged", of=of, destroyed_at=None).first()
        return unit or new_unit("unflagged", of, expires_at)

    def _count(self, kept: Sequence[Kept], now: datetime) -> None:
        sums = [
            sum(one.posts for one in kept),
            sum(one.posts_new for one in kept),
            sum(one.sightings for one in kept),
            sum(one.leads for one in kept),
        ]
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [*sums, moment(now), self.run.pk])

    def _record(self, kept: Kept, flagged: KeptPage | None) -> Record:
        sightings: list[int] = list(flagged.sightings) if flagged else []
        return Record(
            verb=Verb.POSTS_KEPT,
            actor=self._actor,
            subject=f"run:{self.run.pk}",
            purpose=f"authorization:{self.mandate.pk}",
            count=kept.posts_new,
            details={
                "flagged": len(sightings),
                "sightings": sightings,
                "ruleset": self.flagger.ruleset.sha256,
                **({"seal": flagged.seal} if flagged else {}),
            },
        )


def _kept(page: ReadPage, found: Sequence[Found], flagged: KeptPage | None) -> Kept:
    sightings, leads = (len(flagged.sightings), flagged.leads) if flagged else (0, 0)
    return Kept(len(page.posts), len(found), sightings, leads)
