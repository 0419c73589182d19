"""What is known of one post, and what can be found out about it when a rule asks.

Words and contacts are known from the scan. A regex is dear: first it is asked
whether it may match at all, and only then where.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from patrol.models import HandleRole
from pipelines.handles import FoundHandle, Reading
from pipelines.match import Found, Scan
from pipelines.predicates import Asked, costs
from pipelines.prices import Price
from pipelines.readings import View
from pipelines.terms import Span, Terms, inside
from pipelines.torn import torn


class Clues:
    """The terms of a set of rules in one post."""

    def __init__(
        self,
        terms: Terms,
        readings: Sequence[Reading],
        contacts: Sequence[FoundHandle],
        amounts: Callable[[], Sequence[Price]],
    ) -> None:
        self._terms = terms
        self._readings = [one for one in readings if one.view is None or not one.view.words_only]
        """Those in which regexes count."""
        self._amounts = amounts
        self.text = readings[0].text
        """The post's fold: what all places count in."""
        words = [word for one in readings if one.scan for word in _words(one.scan, one.view)]
        self._covers = terms.covers(words)
        self._known: dict[int, set[Span]] = terms.of_words(words, self._covers)
        self._offered: dict[int, set[Span]] = {}
        self._may: list[AbstractSet[int]] | None = None
        self._matches: dict[int, list[Span]] = {}
        self._torn: dict[Span, bool] = {}
        self._add_contacts(contacts)

    def _add_contacts(self, contacts: Sequence[FoundHandle]) -> None:
        """A contact that is only mentioned counts for possible victims alone."""
        for number, kinds in self._terms.handles.items() if contacts else ():
            of_kind = [one for one in contacts if one.handle.kind in kinds]
            if roles := self._terms.roles.get(number):
                of_kind = [one for one in of_kind if one.handle.role in roles]
            else:
                meant = [one for one in of_kind if one.handle.role is not HandleRole.MENTIONED]
                self._offered[number] = {(one.start, one.end) for one in meant}
            if of_kind:
                self._known[number] = {(one.start, one.end) for one in of_kind}

    def known(self, number: int, *, offered: bool) -> bool:
        """Whether a term is there, as far as that is known without asking a regex."""
        if offered and number in self._offered:
            return bool(self._offered[number])
        return bool(self._known.get(number))

    def may(self, number: int) -> bool:
        """Whether a term may be there."""
        if number in self._known:
            return bool(self._known[number])
        if number not in self._terms.regexes:
            return number in self._terms.prices
        regex = self._terms.regexes[number].regex
        if self._may is None and not self._terms.is_first(regex):
            return True
        return any(self._may_match(regex))

    def _may_match(self, regex: int) -> list[bool]:
        """Of each reading whether a regex may match it. Those that all texts are scanned for were asked."""
        if self._terms.is_first(regex):
            return [bool(one.scan and regex in one.scan.regexes) for one in self._readings]
        self.look()
        return [regex in may for may in self._may or ()]

    def look(self) -> None:
        """Ask of all regexes whether they may match: `may` is stricter from now on."""
        if self._may is None:
            self._may = [self._terms.may(one.text) for one in self._readings]

    def spans(self, number: int, *, offered: bool) -> AbstractSet[Span]:
        """Where a term is, however dear it is to say."""
        if offered and number in self._offered:
            return self._offered[number]
        if number not in self._known:
            self._known[number] = self._found(number)
        return self._known[number]

    def torn(self, span: Span) -> bool:
        """Whether what stands there is only the meeting of two other words."""
        if span not in self._torn:
            self._torn[span] = torn(self.text, *span)
        return self._torn[span]

    def _found(self, number: int) -> set[Span]:
        if bounds := self._terms.prices.get(number):
            return {(one.start, one.end) for one in self._amounts() if costs(one, bounds)}
        if asked := self._terms.asked.get(number):
            return set(self._asked(self._terms.regexes[number].regex, asked))
        if number not in self._terms.regexes:
            return set()
        regex, unless = self._terms.regexes[number]
        if regex not in self._matches:
            self._matches[regex] = self._matched(regex)
        return {span for span in self._matches[regex] if not inside(span, unless, self._covers)}

    def _asked(self, regex: int, asked: Asked) -> Iterator[Span]:
        """Where the text says an age, or a number, of those that are asked for."""
        for one, may in zip(self._readings, self._may_match(regex), strict=True):
            for start, end in self._terms.matches(regex, one.text) if may else ():
                if asked.met(one.text, start, end):
                    yield one.view.place(start, end) if one.view else (start, end)

    def _matched(self, regex: int) -> list[Span]:
        spans: list[Span] = []
        for one, may in zip(self._readings, self._may_match(regex), strict=True):
            found = self._terms.matches(regex, one.text) if may else []
            spans += found if one.view is None else [one.view.place(*span) for span in found]
        return spans


def _words(scan: Scan, view: View | None) -> list[Found]:
    """The words of a reading, in places of the fold."""
    return scan.words if view is None else [_moved(found, view) for found in scan.words]


def _moved(found: Found, view: View) -> Found:
    start, end = view.place(found.start, found.end)
    free = found.free and (not view.cut or _severed(found, view))
    return found._replace(start=start, end=end, free=free)


def _severed(found: Found, view: View) -> bool:
    """Whether something was taken out behind a word's first or before its last character."""
    places = view.origins[found.start : found.end]
    return len(places) > 1 and (places[1] - places[0] > 1 or places[-1] - places[-2] > 1)
