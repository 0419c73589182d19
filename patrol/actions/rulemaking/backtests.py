"""Backtests: what a rule would have flagged among the posts whose words are kept, and what a change of it changes."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.precision import Share
from patrol.actions.desk import Desk
from patrol.actions.rulemaking import kept_texts
from patrol.actions.rulemaking.kept_texts import Kept
from patrol.actions.rulemaking.rulebook import live_lexicons
from patrol.models import LeadStatus, Match, Rule
from patrol.register.tables import SourceRow
from pipelines import calendar
from pipelines.examples import match_of
from pipelines.flow import Flagger
from pipelines.rules import Ruleset
from pipelines.scope import Scopes

SAMPLES = 50
FOLLOWED = (LeadStatus.RELEVANT, LeadStatus.ESCALATED, LeadStatus.REFERRED)
Read = Callable[[int], None]
"""Told how many posts were compared so far."""


class Asked:
    """One rule, ready to be compared with posts of any source."""

    def __init__(self, desk: Desk, rule: Rule) -> None:
        rules, lexicons = calendar.on(desk.now().date(), [rule], live_lexicons())
        self.rule = rule
        self._over = not rules
        self.flagger = Flagger(Ruleset.build(rules or [rule], lexicons))
        self._scopes: dict[str, Scopes] = {}

    def matches(self, posts: Sequence[Kept], channels: dict[str, str]) -> list[Match | None]:
        """Its match in each post, where it is asked of it at all."""
        flaggings = self.flagger.flag([one.post.words for one in posts])
        return [
            match_of(flagging, self.rule.name) if self._asks(one, channels) else None
            for one, flagging in zip(posts, flaggings, strict=True)
        ]

    def _asks(self, one: Kept, channels: dict[str, str]) -> bool:
        scopes = self._scopes.get(one.source)
        if scopes is None:
            rules = {} if self._over else {self.rule.name: self.rule}
            scopes = Scopes(one.source, channels[one.source], rules)
            self._scopes[one.source] = scopes
        return scopes.covers(self.rule.name, one.post)


@dataclass
class Sampled:
    """Some of many posts, chosen by their number's hash: the same ones each time, and no day or source before others."""

    most: int = SAMPLES
    _heap: list[tuple[int, str, int]] = field(default_factory=list)

    def see(self, one: Kept) -> None:
        """Perhaps choose it."""
        if not one.shown:
            return
        order = hashlib.sha256(f"{one.kind}:{one.id}".encode()).digest()
        entry = (-int.from_bytes(order[:8], "big"), one.kind, one.id)
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    @property
    def chosen(self) -> list[list[str | int]]:
        """Their kinds and numbers."""
        return [[kind, number] for _, kind, number in sorted(self._heap, reverse=True)]


def backtest(
    desk: Desk, rule: Rule, days: int, *, unit: int | None, told: Read = lambda _: None
) -> dict[str, Any]:
    """What a rule would have flagged within so many days: counts, and the numbers of samples."""
    begin = kept_texts.since(desk, days)
    sources, left_out = kept_texts.sources_for(unit, rule.category, desk.now())
    asked = Asked(desk, rule)
    compared, hits = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    overlap, decided = Counter[str](), Counter[str]()
    confirmed = missed = fresh = 0
    samples = Sampled()
    for posts, matches in _compared(sources, begin, asked, told):
        for one, match in zip(posts, matches, strict=True):
            compared[one.day, one.source] += 1
            right = one.lead_status in FOLLOWED and one.lead_category == rule.category
            confirmed += right
            missed += right and match is None
            if match is None:
                continue
            hits[one.day, one.source] += 1
            overlap.update(name for name in one.rules if name != rule.name)
            fresh += one.kind == "seen"
            if one.lead is not None:
                decided[_decided(one.lead_status)] += 1
            samples.see(one)
    return {
        "rule": rule.name,
        "version": rule.version,
        "days": days,
        "first": f"{begin:%Y-%m-%d}",
        "compared": compared.total(),
        "hits": hits.total(),
        "fresh": fresh,
        "by_day": _by(compared, hits, 0),
        "by_source": _by(compared, hits, 1),
        "left_out": left_out,
        "overlap": overlap.most_common(20),
        "decided": {word: decided[word] for word in ("followed", "dismissed", "waiting")},
        "confirmed": confirmed,
        "missed": missed,
        "samples": samples.chosen,
    }


def changes(
    desk: Desk, pair: tuple[Rule, Rule], days: int, *, unit: int | None, told: Read = lambda _: None
) -> dict[str, Any]:
    """Which kept posts the second of two versions newly hits, and which it hits no longer."""
    old, new = pair
    begin = kept_texts.since(desk, days)
    sources, left_out = kept_texts.sources_for(unit, new.category, desk.now())
    before, after = Asked(desk, old), Asked(desk, new)
    channels = _channels(sources)
    newly, no_longer = Sampled(), Sampled()
    counts: Counter[str] = Counter()
    for posts, matches in _compared(sources, begin, after, told):
        was = before.matches(posts, channels)
        for one, then, now in zip(posts, was, matches, strict=True):
            counts["compared"] += 1
            counts["both"] += then is not None and now is not None
            if then is None and now is not None:
                counts["newly"] += 1
                newly.see(one)
            elif then is not None and now is None:
                counts["no_longer"] += 1
                no_longer.see(one)
    return {
        "rule": new.name,
        "version": new.version,
        "against": old.version,
        "days": days,
        "first": f"{begin:%Y-%m-%d}",
        "left_out": left_out,
        **{word: counts[word] for word in ("compared", "both", "newly", "no_longer")},
        "samples": newly.chosen,
        "gone": no_longer.chosen,
    }


def agreement(result: dict[str, Any]) -> Share:
    """Of the leads it hits that were decided, those that were followed."""
    decided = result["decided"]
    return Share(decided["followed"], decided["followed"] + decided["dismissed"])


def found_again(result: dict[str, Any]) -> Share:
    """Of the confirmed leads of its category, those that it hits."""
    return Share(result["confirmed"] - result["missed"], result["confirmed"])


def _compared(
    sources: Sequence[SourceRow], begin: Any, asked: Asked, told: Read
) -> Iterator[tuple[list[Kept], list[Match | None]]]:
    done = 0
    channels = _channels(sources)
    for posts in kept_texts.each_batch(sources, begin):
        yield posts, asked.matches(posts, channels)
        done += len(posts)
        told(done)


def _channels(sources: Sequence[SourceRow]) -> dict[str, str]:
    return {row.name: row.body["channel"] for row in sources}


def _decided(status: str) -> str:
    if status in FOLLOWED:
        return "followed"
    return "dismissed" if status == LeadStatus.DISMISSED else "waiting"


def _by(
    compared: Counter[tuple[str, str]], hits: Counter[tuple[str, str]], place: int
) -> dict[str, list[int]]:
    """Posts compared and posts hit, by day or by source."""
    rows: dict[str, list[int]] = {}
    for key, count in compared.items():
        rows.setdefault(key[place], [0, 0])[0] += count
    for key, count in hits.items():
        rows[key[place]][1] += count
    return dict(sorted(rows.items()))
