"""Text in, flags out: the order of the steps.

    fold       one spelling; every folded character knows its place in the original
    views      other readings, only where separators or digits hide a word
    scan       all words of all rules in all posts at once, regexes a post, then the signs
    handles    contacts with their roles, only where a sign of one was seen
    prices     amounts of money, where words of a rule were found and the sign of a price
    rules      those of which a wanted term was found
    score      a sum of visible parts

Nothing here keeps anything: `keep` is the last step, and another file.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import NamedTuple

from patrol.models import Category, Flagging, HandleRole, Match, Rule, Span
from pipelines import score
from pipelines.fold import Folded, fold
from pipelines.handles import FoundHandle, contact_signs, handles
from pipelines.match import Scan, Signs, Texts
from pipelines.prices import SIGN as PRICE_SIGN
from pipelines.prices import Price, prices
from pipelines.rules import Ruleset
from pipelines.terms import Span as Piece
from pipelines.views import View, readings

BATCH = 256
"""Posts folded at a time: enough to share the cost of a call, few enough to stay in the cache."""

NOTHING = Flagging(matches=(), handles=(), parts=(), score=0)


class _Seen(NamedTuple):
    """What the passes over one post said of it."""

    post: int
    scan: Scan | None
    signs: AbstractSet[int]
    views: list[View]


@cache
def _price_sign() -> Signs:
    """The same for all rules, so compiled once a process."""
    return Signs((PRICE_SIGN,))


class Flagger:
    """Flags texts by a set of rules. Has no state but the rules: the same text gives the same flags."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset

    def flag(
        self, texts: Sequence[str], categories: Collection[Category] | None = None
    ) -> list[Flagging]:
        """What was found in each text, in their order.

        `categories` are those of the authorization, None is all of them; rules
        for possible victims always run.
        """
        found: list[Flagging] = []
        for start in range(0, len(texts), BATCH):
            found += self._batch(fold(texts[start : start + BATCH]), categories)
        return found

    def _batch(self, batch: Folded, categories: Collection[Category] | None) -> Iterable[Flagging]:
        views: dict[int, list[View]] = defaultdict(list)
        for post, view in readings(batch):
            views[post].append(view)
        texts = Texts(batch.texts)
        scans = self.ruleset.terms.scan(texts)
        signs = contact_signs().seen_in(texts)
        nothing: frozenset[int] = frozenset()
        for post in range(len(batch.texts)):
            if post in scans or post in signs or post in views or self.ruleset.needs_prices:
                seen = _Seen(post, scans.get(post), signs.get(post, nothing), views.get(post, []))
                yield self._post(batch, seen, categories)
            else:
                yield NOTHING

    def _post(
        self, batch: Folded, seen: _Seen, categories: Collection[Category] | None
    ) -> Flagging:
        post, scan, signs, views = seen
        found = self.ruleset.terms.spans(batch.texts[post], scan, views)
        contacts = handles(batch, post, signs, views) if signs or views else []
        amounts = []
        if found or self.ruleset.needs_prices:
            text = batch.texts[post]
            amounts = prices(text) if _price_sign().seen(text.encode()) else []
        if not (found or contacts or amounts):
            return NOTHING
        matches = tuple(
            _match(batch, post, rule, spans)
            for rule, spans in self._hits(found, contacts, amounts, categories)
        )
        kept = tuple(contact.handle for contact in contacts)
        parts = score.parts(matches, kept, priced=bool(amounts))
        return Flagging(matches=matches, handles=kept, parts=parts, score=score.score(parts))

    def _hits(
        self,
        found: dict[int, set[Piece]],
        contacts: Sequence[FoundHandle],
        amounts: Sequence[Price],
        categories: Collection[Category] | None,
    ) -> Iterable[tuple[Rule, list[Piece]]]:
        """Rules that hit. A contact that is only mentioned counts for possible victims alone."""
        terms = self.ruleset.terms
        everything = dict(found)
        for number in terms.prices if amounts else ():
            everything[number] = {(amount.start, amount.end) for amount in amounts}
        offers = dict(everything)
        for number, kinds in terms.handles.items() if contacts else ():
            of_kind = [one for one in contacts if one.handle.kind in kinds]
            meant = [one for one in of_kind if one.handle.role is not HandleRole.MENTIONED]
            everything[number] = {(one.start, one.end) for one in of_kind}
            offers[number] = {(one.start, one.end) for one in meant}
        return self.ruleset.hits(everything, offers, categories)


def _match(batch: Folded, post: int, rule: Rule, spans: Sequence[Piece]) -> Match:
    """A hit in the words of the original."""
    text = batch.originals[post]
    places = sorted({batch.place(post, start, end) for start, end in spans})
    return Match(
        rule=rule.name,
        version=rule.version,
        kind=rule.kind,
        category=rule.category,
        spans=tuple(Span(start=start, end=end, text=text[start:end]) for start, end in places),
        weight=score.WEIGHTS[rule.level],
    )
