"""Which matches make leads: those of live rules where they are asked, and how often each rule hit.

A rule on trial flags, is counted and makes no lead; so does one that is to be
reviewed, unless it looks for possible victims: those are never set aside. A
match outside its rule's scope is none.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection

from patrol.models import Flagging, LeadKind, Match, Post, Rule, RuleStatus
from patrol.register.inserts import Insert, moment
from patrol.register.sealing import keyed_hash
from patrol.register.tables import MatchRow, RuleTally, RuleVersion, RunRow
from pipelines import score
from pipelines.flow import Flagger
from pipelines.fold import fold_one
from pipelines.prices import prices
from pipelines.scope import Scopes

FLAGGING = (RuleStatus.LIVE, RuleStatus.SHADOW, RuleStatus.REVIEW)
"""Versions that posts are compared with."""
MOST_AUTHORS = 200
"""Kept a rule, source and hour: more are as sudden."""
_FRESH_SECONDS = 5.0

Which = tuple[str, int]
"""Name and version of a rule."""
_ALL: Which = ("", 0)
"""Under which all posts are counted."""
T = TypeVar("T")
_TALLIED = (
    "SELECT rule, version, posts, aside, authors FROM register_ruletally"
    " WHERE source_id = %s AND hour = %s AND rule IN ({})"
)
_TALLY = Insert(
    RuleTally,
    *("rule", "version", "source", "hour", "posts", "aside", "authors"),
    over=("rule", "version", "source", "hour"),
)


def name_of(name: str, version: int, status: str) -> str:
    """Under which name a version is compiled: one on trial stands beside the live one of its name."""
    return f"{name}_t{version}" if status == RuleStatus.SHADOW else name


@dataclass
class Count:
    """What a rule's version did to some posts."""

    posts: int = 0
    aside: int = 0
    authors: set[str] = field(default_factory=set)


@dataclass
class Counted:
    """What all of them did, before it is written."""

    posts: int
    rules: dict[Which, Count] = field(default_factory=lambda: defaultdict(Count))


class Aside:
    """The standings of the rules, for one run. Used by the run's one writer thread alone."""

    def __init__(self, run: RunRow, flagger: Flagger, now: Callable[[], datetime]) -> None:
        self.run = run
        self.now = now
        self._rules = {rule.name: rule for rule in flagger.ruleset.rules}
        self._scopes = Scopes(run.source.name, run.source.body["channel"], self._rules)
        self._standing: dict[str, tuple[Which, RuleStatus]] = {}
        self._read_at = -_FRESH_SECONDS

    def refresh(self) -> None:
        """Read the standings again, whatever their age."""
        rows = RuleVersion.objects.filter(
            retired_at=None, status__in=(RuleStatus.SHADOW, RuleStatus.REVIEW)
        )
        self._standing = {
            name_of(name, version, status): ((name, version), RuleStatus(status))
            for name, version, status in rows.values_list("name", "version", "status")
        }
        self._read_at = time.monotonic()

    def apart(
        self, posts: Sequence[Post], flaggings: Sequence[Flagging]
    ) -> tuple[list[Flagging], Counted]:
        """The flaggings with those matches alone that make leads, and what is to be counted."""
        if time.monotonic() - self._read_at >= _FRESH_SECONDS:
            self.refresh()
        counted = Counted(len(posts))
        left = [
            self._one(post, flagging, counted) if flagging.matches else flagging
            for post, flagging in zip(posts, flaggings, strict=True)
        ]
        return left, counted

    def _one(self, post: Post, flagging: Flagging, counted: Counted) -> Flagging:
        kept = []
        for match in flagging.matches:
            if not self._scopes.covers(match.rule, post):
                continue
            which, status = self._standing.get(
                match.rule, ((match.rule, match.version), RuleStatus.LIVE)
            )
            count = counted.rules[which]
            count.posts += 1
            if post.author:
                count.authors.add(_author(post))
            if status is RuleStatus.LIVE or _kept_in_review(match, status):
                kept.append(match)
            else:
                count.aside += 1
        if len(kept) == len(flagging.matches):
            return flagging
        return narrowed(flagging, kept, post.words)

    def again(self, post: Post, flagging: Flagging) -> dict[str, str]:
        """Of each matching rule that suppresses, what makes its next matches the same again."""
        keys = {}
        for match in flagging.matches:
            rule = self._rules.get(match.rule)
            key = _key(rule, post, flagging) if rule else None
            if key is not None:
                keys[match.rule] = key
        return keys

    def earlier(
        self, flagging: Flagging, keys: Mapping[str, str], fresh: Mapping[tuple[str, str], T]
    ) -> int | T | None:
        """The lead that the same matches opened before; None as soon as one of them is not suppressed.

        `fresh` are leads of matches that are not written yet, others are told by their number.
        """
        if len(keys) < len(flagging.matches):
            return None
        lead: int | T | None = None
        for name, key in keys.items():
            suppress = self._rules[name].suppress
            since = self.now() - timedelta(hours=suppress.hours if suppress else 0)
            number = (
                MatchRow.objects.filter(rule=name, again_hmac=key)
                .filter(sighting__first_seen_at__gte=since)
                .filter(sighting__lead__unit=self.run.source.unit_id)
                .exclude(sighting__lead__retention__wrapped_key=None)
                .order_by("pk")
                .values_list("sighting__lead", flat=True)
                .first()
            )
            lead = number or fresh.get((name, key))
            if lead is None:
                return None
        return lead

    def write(self, counted: Counted, again: Counter[str]) -> None:
        """Add to the counts of this hour, in the transaction at hand."""
        if not counted.posts:
            return
        hour = self.now().replace(minute=0, second=0, microsecond=0)
        there = self._tallied(hour, {name for name, _ in counted.rules} | {""})
        rows = []
        for (name, version), count in (*counted.rules.items(), (_ALL, Count(counted.posts))):
            posts, aside, authors = there.get((name, version), (0, 0, ()))
            posts, aside = posts + count.posts, aside + count.aside + again[name]
            known = sorted(count.authors.union(authors))[:MOST_AUTHORS]
            rows.append((name, version, self.run.source_id, hour, posts, aside, known))
        _TALLY.all(rows)

    def _tallied(
        self, hour: datetime, rules: Collection[str]
    ) -> dict[Which, tuple[int, int, Collection[str]]]:
        """What was counted before in this hour, of these rules."""
        at = moment(hour)
        with connection.cursor() as cursor:
            asked = _TALLIED.format(", ".join(["%s"] * len(rules)))
            cursor.execute(asked, [self.run.source_id, at, *rules])
            return {
                (name, version): (posts, aside, json.loads(authors))
                for name, version, posts, aside, authors in cursor.fetchall()
            }


def narrowed(flagging: Flagging, kept: Sequence[Match], text: str) -> Flagging:
    """A flagging as if only these of its rules had been asked."""
    if not kept:
        return Flagging(matches=(), handles=flagging.handles, parts=(), score=0)
    parts = score.parts(kept, flagging.handles, priced=bool(prices(fold_one(text))))
    return Flagging(
        matches=tuple(kept), handles=flagging.handles, parts=parts, score=score.score(parts)
    )


def _kept_in_review(match: Match, status: RuleStatus) -> bool:
    return status is RuleStatus.REVIEW and match.kind is LeadKind.POSSIBLE_VICTIM


def _author(post: Post) -> str:
    return keyed_hash("author", f"{post.source}\0{post.author}")[:12]


def _key(rule: Rule, post: Post, flagging: Flagging) -> str | None:
    if rule.suppress is None:
        return None
    if rule.suppress.key == "author":
        same = f"{post.source}\0{post.author}" if post.author else None
    else:
        offered = sorted(
            f"{one.kind}:{one.value}" for one in flagging.handles if one.role == "offered"
        )
        same = offered[0] if offered else None
    return keyed_hash("again", f"{rule.suppress.key}\0{same}") if same else None
