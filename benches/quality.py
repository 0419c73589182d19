"""How much is found, and how much is flagged that should not be: the quality floor, `docs/quality.json`.

Precision on a set that is half scams says nothing about a queue. What an
officer meets is told by false leads per 10,000 ordinary posts, and by the queue
precision that they mean where one post in a thousand, five hundred or hundred is worth a look.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from benches._campaigns import campaign_figures
from benches._contacts import contact_figures
from benches._disguise import variants, words
from benches._figures import Figures, falls, figure
from benches._labelled import (
    PACKS,
    disguise_figures,
    english_figures,
    fraud_figures,
    lookalike_figures,
    pack_figures,
    packs,
)
from benches._ordinary import ordinary
from benches._unseen import unseen_figures
from patrol.config import read_rules
from patrol.errors import BadInput
from patrol.settings import ROOT
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

FLOOR = ROOT / "docs" / "quality.json"
POSTS = 100_000
FAST_POSTS = 4_000
"""What a test reads of them: their first."""
A_BATCH = 10_000
PREVALENCES = (0.001, 0.002, 0.01)
"""Shares of posts that are worth a look."""


class Fell(BadInput):
    """A figure is worse than the floor says."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(
            "These figures fell:\n" + "\n".join(f"  {sentence}" for sentence in sentences),
            why="docs/quality.json is the floor: what was found once is found again.",
            do="Mend what made them fall; or run `patrol bench quality --allow-regression` and say why in the commit.",
        )


def measure(*, allow_regression: bool = False) -> dict[str, Any]:
    """All figures, written to `docs/quality.json`. Raises `Fell` instead if one is worse than there."""
    flagger = shipped()
    found = figures(flagger, POSTS)
    fast = {**found, **ordinary_figures(flagger, FAST_POSTS)}
    if FLOOR.exists() and not allow_regression:
        before = json.loads(FLOOR.read_text("utf-8"))
        if fell := falls(before["figures"], found) + falls(before["fast"], fast):
            raise Fell(sorted(set(fell)))
    floor = {
        "says": "Shares with Wilson's 95 % interval; `fast` is what the tests compare. See docs/quality.md.",
        "figures": found,
        "queue_precision": queue_precision(found),
        "fast": {name: one for name, one in fast.items() if one != found.get(name)},
    }
    FLOOR.write_text(json.dumps(floor, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return _sums(found)


def shipped() -> Flagger:
    """The rules that ship."""
    return Flagger(Ruleset.build(*read_rules(ROOT / "config")))


def figures(flagger: Flagger, posts: int) -> dict[str, Mapping[str, Any]]:
    """All figures, with so many ordinary posts."""
    return {
        **disguise_figures(),
        **lookalike_figures(flagger),
        **fraud_figures(flagger),
        **english_figures(flagger),
        **pack_figures(flagger),
        **contact_figures(),
        **campaign_figures(flagger),
        **unseen_figures(flagger),
        **ordinary_figures(flagger, posts),
    }


def ordinary_figures(flagger: Flagger, count: int) -> dict[str, Mapping[str, Any]]:
    """Ordinary posts that each pack hit, and any; of those kept aside too."""
    hits: Counter[tuple[str, str]] = Counter()
    posts: Counter[str] = Counter()
    for language, aside, hit in _answers(flagger, count):
        groups = ("all", language, *(("aside",) if aside else ()))
        for group in groups:
            posts[group] += 1
            hits.update((group, pack) for pack in (*hit, *(("any",) if hit else ())))
    names = [("all", pack) for pack in (*PACKS, "any")]
    names += [("aside", pack) for pack in (*PACKS, "any")]
    names += [(group, "any") for group in sorted(posts) if group not in {"all", "aside"}]
    return {
        f"ordinary.{group}.{pack}.false_leads": figure(hits[group, pack], posts[group])
        for group, pack in names
    }


def _answers(flagger: Flagger, count: int) -> Iterator[tuple[str, bool, set[str]]]:
    """Language, whether kept aside, and the packs that hit, of each post."""
    posts = list(ordinary(count))
    for start in range(0, count, A_BATCH):
        some = posts[start : start + A_BATCH]
        for post, one in zip(some, flagger.flag([post.text for post in some]), strict=True):
            yield post.language, post.aside, packs(one)


def queue_precision(found: Figures) -> dict[str, Mapping[str, float]]:
    """Of the leads in a queue, how many are worth the look, by pack and share of such posts.

    From the recall on invented offers, on which the rules were partly tuned while they were
    built, and the rate of false leads: both are better here than on a real board, so read it
    as the most that can be hoped for.
    """
    return {
        pack: {
            f"{share:.1%}": round(share * recall / (share * recall + (1 - share) * false), 3)
            for share in PREVALENCES
        }
        for pack in PACKS
        for recall in [found[f"packs.{pack}.fresh.recall"]["value"]]
        for false in [found[f"ordinary.all.{pack}.false_leads"]["high"]]
    }


def _sums(found: Figures) -> dict[str, Any]:
    """The few that a reader of measurements looks at."""
    recall, plain = found["disguise.recall"]["value"], _plain_list()
    worst = max(found[f"ordinary.all.{pack}.false_leads"]["value"] for pack in PACKS)
    return {
        "figure": recall,
        "unit": "share of words in disguise that are found",
        "peer_name": "a plain word list on text in NFKC and lower case",
        "peer": plain,
        "ratio": round(recall / plain, 2),
        "fraud_recall": found["fraud.scam_vs_advice.recall"]["value"],
        "fraud_precision": found["fraud.scam_vs_advice.precision"]["value"],
        "false_leads_per_10000": round(10_000 * worst, 2),
        "lookalikes_hit": found["lookalikes.hits"]["part"],
        "near_words_hit": found["near_words.hits"]["part"],
        "goal": "figure at least 0.95, fraud_recall at least 0.80, fraud_precision at least 0.85, "
        "false_leads_per_10000 at most 5 (in the worst pack), lookalikes_hit under 1, near_words_hit under 1",
        "settings": {
            "disguises": found["disguise.recall"]["whole"],
            "lookalikes": found["lookalikes.hits"]["whole"],
            "ordinary_posts": found["ordinary.all.any.false_leads"]["whole"],
        },
    }


def _plain_list() -> float:
    """What a list finds that a simple program keeps: one alternation, NFKC, lower case."""
    pattern = re.compile("|".join(map(re.escape, words())))
    table = variants()
    texts = (unicodedata.normalize("NFKC", one.text).lower() for one in table)
    hits = [pattern.findall(text) for text in texts]
    found = sum(one.word in some for one, some in zip(table, hits, strict=True))
    return round(found / len(table), 4)
