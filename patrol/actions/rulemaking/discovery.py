"""Terms that confirmed leads use and ordinary posts do not: candidates for a person to judge, and nothing more.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008,
"Fightin' Words", section 3.4): how much likelier a post of one set holds an
n-gram than a post of the other, in standard errors, with all posts together as
prior. Possible victims' words are never read for it, and contacts are left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import log, sqrt
from typing import Any

from patrol.actions.desk import Desk
from patrol.actions.rulemaking import kept_texts, rulebook
from patrol.actions.rulemaking.kept_texts import Kept
from patrol.models import LeadStatus
from patrol.register.tables import SourceRow
from pipelines.fold import fold_one

CONFIRMED = (LeadStatus.RELEVANT, LeadStatus.ESCALATED)
LEAST = 3
"""Leads, and authors, that a candidate must stand in: less is somebody's own way to write."""
SHORTEST, LONGEST = 2, 6
"""Ideographs of a candidate."""
MOST = 60
CLEAR = 2.0
"""Standard errors that make a difference worth a look."""
_PRIOR = 500
"""Weight of all posts together, in posts; never more than there are."""
_RUNS = re.compile(r"[\u3105-\u312f\u3400-\u9fff]+|[a-z]{3,20}")


def discover(
    desk: Desk, days: int, *, unit: int | None, told: Callable[[int], None] = lambda _: None
) -> dict[str, Any]:
    """Candidates, the clearest first, with in how many leads and in how many ordinary posts each stands."""
    begin = kept_texts.since(desk, days)
    sources = SourceRow.objects.order_by("name")
    mine = list(sources if unit is None else sources.filter(unit=unit))
    confirmed = [one for posts in kept_texts.each_confirmed(mine, CONFIRMED) for one in posts]
    inside, authors = _counted(confirmed)
    wanted = {
        gram for gram, count in inside.items() if count >= LEAST and len(authors[gram]) >= LEAST
    }
    wanted -= _known(wanted)
    outside: Counter[str] = Counter()
    ordinary = 0
    for posts in kept_texts.each_batch(mine, begin):
        plain = [one for one in posts if one.kind == "seen"]
        ordinary += len(plain)
        for one in plain:
            outside.update(wanted & _grams(fold_one(one.post.words)))
        told(ordinary)
    scores = {
        gram: _clearness(inside[gram], len(confirmed), outside[gram], ordinary) for gram in wanted
    }
    clear = _without_parts(
        {gram: score for gram, score in scores.items() if score >= CLEAR}, inside
    )
    return {
        "days": days,
        "leads": len(confirmed),
        "compared": ordinary,
        "terms": [
            {
                "term": gram,
                "leads": inside[gram],
                "authors": len(authors[gram]),
                "ordinary": outside[gram],
                "clearness": round(scores[gram], 1),
            }
            for gram in sorted(clear, key=lambda gram: (-scores[gram], gram))[:MOST]
        ],
    }


def _counted(posts: Sequence[Kept]) -> tuple[Counter[str], dict[str, set[str]]]:
    """In how many posts each n-gram stands, and whose; a copy of the same words counts once."""
    counts: Counter[str] = Counter()
    authors: dict[str, set[str]] = defaultdict(set)
    said: set[str] = set()
    for one, text in zip(posts, _without_contacts(posts), strict=True):
        if text in said:
            continue
        said.add(text)
        for gram in _grams(text):
            counts[gram] += 1
            authors[gram].add(one.post.author or f"{one.source}:{one.id}")
    return counts, authors


def _without_contacts(posts: Sequence[Kept]) -> Iterator[str]:
    """Folded words with a gap for each contact."""
    words = [one.post.words for one in posts]
    for text, flagging in zip(words, rulebook.flagger().flag(words), strict=True):
        shown = text
        for handle in flagging.handles:
            shown = shown.replace(handle.span.text, " ")
        yield fold_one(shown)


def _grams(folded: str) -> set[str]:
    """Pieces of a folded text that could be terms: some ideographs in a row, or a word."""
    found = set()
    for run in _RUNS.findall(folded):
        if run.isascii():
            found.add(run)
            continue
        for size in range(SHORTEST, LONGEST + 1):
            found.update(run[place : place + size] for place in range(len(run) - size + 1))
    return found


def _known(grams: Iterable[str]) -> set[str]:
    """Those that hold a word which is looked for already, or are a part of one."""
    rules, lexicons = rulebook.in_force()
    words = {word for rule in rules for term in rule.terms.values() for word in term.words}
    words |= {word.word for lexicon in lexicons for word in lexicon.words}
    listed = {fold_one(word) for word in words} - {""}
    parts = {part for word in listed for part in _grams(word)}
    return {gram for gram in grams if gram in parts or any(word in gram for word in listed)}


def _clearness(inside: int, leads: int, outside: int, ordinary: int) -> float:
    """How much likelier in leads, in standard errors."""
    everything = leads + ordinary
    prior = min(_PRIOR, everything) * (inside + outside) / everything
    weight = min(_PRIOR, everything)

    def odds(count: int, posts: int) -> float:
        return log((count + prior) / (posts + weight - count - prior + 1e-9))

    spread = sqrt(1 / (inside + prior) + 1 / (outside + prior))
    return (odds(inside, leads) - odds(outside, ordinary)) / spread


def _without_parts(scores: dict[str, float], counts: Counter[str]) -> set[str]:
    """Of n-grams inside each other that stand in nearly the same posts, the longest."""
    kept: set[str] = set()
    for gram in sorted(scores, key=len, reverse=True):
        if not any(gram in longer and counts[longer] >= 0.8 * counts[gram] for longer in kept):
            kept.add(gram)
    return kept
