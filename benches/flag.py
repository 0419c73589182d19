"""How long it takes to flag a post, beside bare hyperscan and Python's own regexes."""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import hyperscan

from benches._posts import posts, terms
from patrol.config import read_rules
from patrol.garbage import settle
from patrol.models import (
    Category,
    Examples,
    Hit,
    LeadKind,
    Level,
    Lexicon,
    Miss,
    Rule,
    Term,
    Titles,
    Word,
)
from patrol.settings import ROOT
from pipelines.flow import Flagger
from pipelines.fold import fold, fold_one
from pipelines.rules import Ruleset

POSTS = 50_000
SLICE = 400
"""Posts that Python's `re` is given: all of them would take a minute."""

PASSES = 3
HOSTILE = {
    "confusables": "ｌіｎе",
    "separators": "援.",
    "nested": "加.-*~",
    "zero_width": "加\u200b",
    "leet": "l1n",
    "sounds": "佳賴",
    "turned": "\u202e賴加\u202c",
    "marks": "か\u3099",
    "flags": "加🇹🇼",
    "tags": "<b>加</b>",
    "entities": "&#21152;",
    "escapes": "\\u52a0",
    "upside_down": "ǝuıl ",
    "spelled_numbers": "one two ",
}
"""What a megabyte of one post is made of that is meant to hold up the reader."""
HOSTILE_BYTES = 1_000_000

A_LEXICON = 100
"""Words: 5,000 terms make 50 rules."""


def measure() -> dict[str, Any]:
    """Posts a second, on one core, through fold, match, rules, contacts and spans."""
    words, texts = terms(), posts(POSTS)
    flagger = Flagger(_ruleset(words))
    flagger.flag(texts[:500])
    folded = _folded(texts)
    bare = _Bare(words)
    pattern = _alternation(words)
    shipped = Flagger(Ruleset.build(*read_rules(ROOT / "config")))
    shipped.flag(texts[:500])
    settle()  # as a crawl does
    passes = [(_seconds(flagger.flag, texts), _seconds(bare.scan, folded)) for _ in range(PASSES)]
    shipped_posts_s = POSTS / _seconds(shipped.flag, texts)
    ours = POSTS / statistics.median(own for own, _ in passes)
    peer = POSTS / statistics.median(other for _, other in passes)
    python = SLICE / _seconds(lambda some: [pattern.findall(text) for text in some], folded[:SLICE])
    found = flagger.flag(texts)
    return {
        "figure": round(ours),
        "unit": "posts/s a core",
        "peer_name": "bare hyperscan on the folded posts, a str a call, encoding included",
        "peer": round(peer),
        "ratio": round(ours / peer, 3),
        "ratio_re": round(ours / python, 1),
        "shipped_posts_s": round(shipped_posts_s),
        "goal": "ratio at least 0.12, ratio_re at least 30",
        "settings": {
            "posts": POSTS,
            "terms": len(words),
            "rules": len(flagger.ruleset.rules),
            "characters_a_post": round(sum(map(len, texts)) / POSTS),
            "posts_with_matches": sum(bool(one.matches) for one in found),
            "posts_with_contacts": sum(bool(one.handles) for one in found),
            "posts_with_bare_hits": bare.scan(folded),
            "python_re_posts_s": round(python),
            "shipped_rules": len(shipped.ruleset.rules),
            **_hostile(shipped),
        },
    }


def _seconds(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Of this thread's processor: a noisy neighbour costs less of it than of the clock."""
    begun = time.process_time()
    work(texts)
    return time.process_time() - begun


def _hostile(flagger: Flagger) -> dict[str, int]:
    """Milliseconds for one post of each kind."""
    posts = {
        name: piece * (HOSTILE_BYTES // len(piece.encode())) for name, piece in HOSTILE.items()
    }
    return {
        f"hostile_{name}_ms": round(
            1000 * min(_seconds(flagger.flag, [text]) for _ in range(PASSES))
        )
        for name, text in posts.items()
    }


def _alternation(words: Sequence[str]) -> re.Pattern[str]:
    folded = sorted(map(fold_one, words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, folded)))


def _folded(texts: Sequence[str]) -> list[str]:
    return [
        text
        for start in range(0, len(texts), 256)
        for text in fold(texts[start : start + 256]).texts
    ]


class _Bare:
    """The fastest that the same words can be looked for: literals, one database, one call a post."""

    def __init__(self, words: Sequence[str]) -> None:
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[fold_one(word).encode() for word in words],
            ids=list(range(len(words))),
            elements=len(words),
            flags=[0] * len(words),
            literal=True,
        )

    def scan(self, texts: Sequence[str]) -> int:
        """How many posts hold a word."""
        hits: list[tuple[int, int]] = []
        found = 0

        def note(number: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            hits.append((number, end))

        for text in texts:
            self._database.scan(text.encode(), match_event_handler=note)
            if hits:
                found += 1
                hits.clear()
        return found


def _ruleset(words: Sequence[str]) -> Ruleset:
    """A rule a lexicon; every fifth also wants a contact or a price somewhere."""
    lexicons = [
        Lexicon(
            name=f"words{place}",
            title=_titles(f"Words {place}"),
            words=tuple(
                Word(word=word, meaning="none", origin="invented")
                for word in words[start : start + A_LEXICON]
            ),
        )
        for place, start in enumerate(range(0, len(words), A_LEXICON))
    ]
    return Ruleset.build(
        [_rule(place, lexicon.name) for place, lexicon in enumerate(lexicons)], lexicons
    )


def _rule(place: int, lexicon: str) -> Rule:
    alone = place % 5 != 0
    terms = {"word": Term(lexicon=lexicon)}
    if not alone:
        terms |= {"contact": Term(handle=("any",)), "price": Term(price=True)}
    return Rule(
        name=f"rule{place}",
        title=_titles(f"Rule {place}"),
        kind=LeadKind.LEAD,
        category=list(Category)[place % len(Category)],
        level=Level.MEDIUM,
        why="To be measured.",
        terms=terms,
        when="word" if alone else "word and (contact or price)",
        examples=Examples(hit=(Hit(text="x", spans=("x",)),), miss=(Miss(text="x", because="x"),)),
    )


def _titles(title: str) -> Titles:
    return {"en": title, "zh-Hant": title}
