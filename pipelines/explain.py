"""Why a rule hits a text, or does not: which terms were seen where, through which disguise, and what was missing.

Says again, slowly and for one text, what `rules` asks in passing. The answer is
the same, because the same compiled rule gives it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from importlib.metadata import version

from patrol.models import Disguise, LeadKind, Rule
from patrol.models.explained import ExceptionSeen, Piece, Place, TermSeen, Why
from pipelines.calendar import EXCEPTED
from pipelines.clues import Clues
from pipelines.flow import Flagger
from pipelines.fold import fold_one
from pipelines.handles import FoundHandle, Read
from pipelines.predicates import Asked, Range, spoken
from pipelines.prices import Price, prices
from pipelines.rules import Compiled
from pipelines.terms import Span, Terms
from pipelines.windows import in_order, windows

ENGINE = f"patrol {version('patrol')}, hyperscan {version('hyperscan')}"

_Hows = Mapping[Span, frozenset[str]]


class Explainer:
    """Explains the rules of a flagger; `written` are the rules as their authors wrote them."""

    def __init__(self, flagger: Flagger, written: Mapping[str, Rule], day: date) -> None:
        self.flagger = flagger
        self.written = written
        self.day = day

    def why(self, text: str, rule: str) -> Why:
        """Why that rule hits the text or does not. Raises `KeyError` for a rule that there is not."""
        compiled, anchors = self.flagger.ruleset.compiled(rule)
        read = self.flagger.read(text)
        if read is None:
            return _nothing(compiled, anchors, self._exceptions(compiled, there=False))
        return self._said(_Text(self.flagger.ruleset.terms, *read), compiled, anchors)

    def _said(self, text: "_Text", compiled: Compiled, anchors: frozenset[str]) -> Why:
        rule = compiled.rule
        offered = rule.kind is not LeadKind.POSSIBLE_VICTIM
        own = {
            name: spans
            for name, number in compiled.terms.items()
            if (spans := text.clues.spans(number, offered=offered))
        }
        wanted = compiled.wanted
        whole = {name: compiled.whole(name, spans, text.clues) for name, spans in own.items()}
        own = {name: spans for name, spans in whole.items() if spans}
        hit = bool(compiled.spans(text.clues))
        lacking = compiled.when.support(own.keys(), own.keys() & wanted) is None
        excepted = _excepted(self.written.get(rule.name, rule), compiled)
        return Why(
            hit=hit,
            when=rule.when,
            within=rule.within,
            sentences=rule.sentences,
            order=rule.order,
            windows=tuple(text.place(*one) for one in _windows(compiled, own, text.folded)),
            terms=tuple(
                TermSeen(
                    term=name,
                    looks_for=rule.terms[name].looks_for,
                    negated=name not in wanted,
                    anchor=name in anchors,
                    there=name in own,
                    found=tuple(text.pieces(number, own.get(name, frozenset()))),
                )
                for name, number in compiled.terms.items()
                if name != excepted
            ),
            exceptions=self._exceptions(compiled, there=excepted in own, text=text.folded),
            missing=tuple(sorted(wanted - own.keys())) if lacking else (),
        )

    def _exceptions(
        self, compiled: Compiled, *, there: bool, text: str = ""
    ) -> tuple[ExceptionSeen, ...]:
        rule = self.written.get(compiled.rule.name, compiled.rule)
        return tuple(
            ExceptionSeen(
                words=one.words,
                because=one.because,
                expires=one.expires.isoformat(),
                there=there and any(fold_one(word) in text for word in one.words),
            )
            for one in rule.exceptions
            if one.expires >= self.day
        )


class _Text:
    """A text as it is read, all of its readings apart."""

    def __init__(self, terms: Terms, read: Read, contacts: Sequence[FoundHandle]) -> None:
        self.terms = terms
        self.read = read
        self.folded = read.readings[0].text
        self.clues = Clues(terms, read.readings, contacts, self._amounts)
        self._contacts = contacts
        self._apart = [(one, Clues(terms, [one], (), self._amounts)) for one in read.readings]
        self._found: list[Price] | None = None

    def _amounts(self) -> Sequence[Price]:
        if self._found is None:
            self._found = prices(self.folded)
        return self._found

    def place(self, start: int, end: int) -> Place:
        """A piece of the fold in the original."""
        place = self.read.batch.place(self.read.post, start, end)
        text = self.read.batch.originals[self.read.post]
        return place.start, place.end, text[place.start : place.end]

    def pieces(self, number: int, counted: AbstractSet[Span]) -> Iterator[Piece]:
        """Where a term was seen, in the order of the text; what was left out with its reason."""
        hows = self._hows(number)
        left_out = self._left_out(number, counted)
        for span in sorted({*counted, *left_out}):
            start, end, written = self.place(*span)
            how = set(hows.get(span, ()))
            if not how and _odd(written, self.folded[slice(*span)]):
                how = {Disguise.CHARACTERS.value}
            yield Piece(
                start=start,
                end=end,
                written=written,
                read=self._read_as(span, how),
                how=tuple(sorted(how)),
                means=self._means(number, span),
                counts=span in counted,
                because=left_out.get(span),
            )

    def _means(self, number: int, span: Span) -> str | None:
        """What a contact, a price, an age or a number says."""
        if number in self.terms.handles:
            found = (one.handle for one in self._contacts if (one.start, one.end) == span)
            return next((f"{one.kind}, {one.role}" for one in found), None)
        if number in self.terms.prices:
            costs = (one for one in self._amounts() if (one.start, one.end) == span)
            return next((f"{one.amount:f} {one.currency}" for one in costs), None)
        asked = self.terms.asked.get(number)
        said = asked and next(
            (one for where, one in self._read(number, asked) if where == span), None
        )
        return spoken(said) if said else None

    def _read(self, number: int, asked: Asked) -> Iterator[tuple[Span, Range | None]]:
        """All ages, or numbers, of a text, those that are not asked for too."""
        for one, _ in self._apart:
            for start, end in self.terms.matches(self.terms.regexes[number].regex, one.text):
                place = one.view.place(start, end) if one.view else (start, end)
                yield place, asked.read(one.text, start, end)

    def _read_as(self, span: Span, how: AbstractSet[str]) -> str:
        for one, _ in self._apart:
            if one.view is not None and one.view.how.value in how:
                return one.view.read(*span)
        return self.folded[slice(*span)]

    def _hows(self, number: int) -> _Hows:
        """The disguises that each span was seen through: none where the plain fold shows it."""
        found: dict[Span, set[str]] = defaultdict(set)
        plain: set[Span] = set()
        for one, clues in self._apart:
            for span in clues.spans(number, offered=False):
                if one.view is None:
                    plain.add(span)
                else:
                    found[span].add(one.view.how.value)
        return {span: frozenset(how) for span, how in found.items() if span not in plain}

    def _left_out(self, number: int, counted: AbstractSet[Span]) -> dict[Span, str]:
        """What of a term stands there and does not count."""
        found = dict.fromkeys(set(self._others(number)) - counted, "it is not what is asked for")
        found |= dict.fromkeys(
            set(self._meetings(number)) - counted, "it is only where two other words meet"
        )
        scan = self.read.readings[0].scan
        for word in scan.words if scan else ():
            span = (word.start, word.end)
            if number in self.terms.listed_in(word.number) and span not in {*counted, *found}:
                found[span] = (
                    "it is part of a longer word that does not count"
                    if word.free
                    else "it stands inside a word of letters"
                )
        return found

    def _meetings(self, number: int) -> Iterator[Span]:
        """What is only the meeting of two other words."""
        return filter(self.clues.torn, self.clues.spans(number, offered=False))

    def _others(self, number: int) -> Iterator[Span]:
        """Contacts, prices, ages and numbers, whatever they say."""
        kinds = self.terms.handles.get(number, ())
        yield from ((c.start, c.end) for c in self._contacts if c.handle.kind in kinds)
        if number in self.terms.prices:
            yield from ((one.start, one.end) for one in self._amounts())
        if asked := self.terms.asked.get(number):
            yield from (place for place, said in self._read(number, asked) if said)


def _odd(written: str, read: str) -> bool:
    """Whether it is written in characters that are not those it is read as, capitals and scripts aside."""
    return written.lower() != read and any(
        not char.isascii() and (not char.isalnum() or fold_one(char).isascii()) for char in written
    )


def _excepted(written: Rule, compiled: Compiled) -> str | None:
    """The term that the exceptions became."""
    added = [name for name in compiled.rule.terms if name not in written.terms]
    return next((name for name in added if name.startswith(EXCEPTED)), None)


def _windows(compiled: Compiled, own: Mapping[str, AbstractSet[Span]], text: str) -> Iterator[Span]:
    for near in windows(compiled.rule, own, text):
        support = compiled.when.support(near.keys(), own.keys())
        if support and in_order(compiled.rule.order, support, near):
            spans = [span for name in support for span in near[name]]
            yield min(start for start, _ in spans), max(end for _, end in spans)


def _nothing(
    compiled: Compiled, anchors: frozenset[str], exceptions: tuple[ExceptionSeen, ...]
) -> Why:
    """Of a text in which no word, contact or sign of one is."""
    rule, wanted = compiled.rule, compiled.when.wanted()
    return Why(
        hit=False,
        when=rule.when,
        within=rule.within,
        sentences=rule.sentences,
        order=rule.order,
        windows=(),
        terms=tuple(
            TermSeen(
                term=name,
                looks_for=rule.terms[name].looks_for,
                negated=name not in wanted,
                anchor=name in anchors,
                there=False,
                found=(),
            )
            for name in compiled.terms
            if not name.startswith(EXCEPTED)
        ),
        exceptions=exceptions,
        missing=tuple(sorted(wanted)),
    )
