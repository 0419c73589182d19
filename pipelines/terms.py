"""The parts of rules: words, regexes, contacts and prices, and where a text holds them.

Equal terms of several rules are one term here, so a shared lexicon is looked
at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import NamedTuple

from patrol.errors import BadInput, PatrolError
from patrol.models import HandleKind, HandleRole, Lexicon, PriceBounds, Rule, Term
from pipelines import numerals
from pipelines.fold import fold_one
from pipelines.glyphs import lookalikes
from pipelines.match import UNREADABLE, Found, Matcher, Scan, Texts, escaped, fault
from pipelines.parted import Parted
from pipelines.predicates import Asked, asked_of
from pipelines.regexes import folded_regex
from pipelines.sounds import Sounds
from pipelines.spellings import Spelling, spellings

Span = tuple[int, int]
"""Characters of a folded text, as `text[start:end]`."""


class BadTerm(BadInput):
    """A term of a rule that cannot be looked for."""

    def __init__(self, rule: str, term: str, what: str, *, why: str, do: str) -> None:
        super().__init__(what, why=why, do=do, where=f"rule `{rule}`, term `{term}`")


class BadRegex(BadTerm):
    """A regex that one of the two engines refuses."""

    def __init__(self, rule: str, term: str, regex: str, reason: str) -> None:
        super().__init__(
            rule,
            term,
            f"the regex `{regex}` cannot be used: {reason}",
            why="A regex must be readable by two engines that take the same time on every text: "
            "look-arounds, back-references and patterns that match nothing are not.",
            do="Write it without them; several words are better written as `words`.",
        )


class _Use(NamedTuple):
    """A word in a term: where it counts, and inside which longer words it does not."""

    term: int
    unless: frozenset[int]


class Regex(NamedTuple):
    """A term that is a regex: its number, and inside which words its matches do not count."""

    regex: int
    unless: frozenset[int]


Spelled = tuple[int, int, Spelling]
"""A piece of a folded text, and what may be meant by it."""


class Scanned(NamedTuple):
    """What is in folded texts, by their place."""

    scans: Mapping[int, Scan]
    spelled: Mapping[int, list[Spelled]]


class Terms:
    """All terms of a set of rules, compiled."""

    def __init__(
        self,
        rules: Sequence[Rule],
        lexicons: Sequence[Lexicon],
        faults: list[PatrolError],
    ) -> None:
        """Compile them; what is wrong with a term is added to `faults` and the term left out."""
        self._lexicons = {lexicon.name: lexicon for lexicon in lexicons}
        self._numbers: dict[Term, int] = {}
        self._words: dict[str, int] = {}
        self._uses: dict[int, set[_Use]] = defaultdict(set)
        self._regexes: dict[str, int] = {}
        self._regex_terms: dict[int, set[int]] = defaultdict(set)
        self._written: list[tuple[str, str, str, str]] = []
        self.regexes: dict[int, Regex] = {}
        """Terms that are regexes."""
        self.handles: dict[int, frozenset[HandleKind]] = {}
        """Terms that are kinds of contact."""
        self.roles: dict[int, frozenset[HandleRole]] = {}
        """Of those that ask for it: whose the contact must be."""
        self.prices: dict[int, PriceBounds] = {}
        """Terms that are a price, and how much it must be."""
        self.asked: dict[int, Asked] = {}
        """Terms that are regexes of ours, of which each match is read: ages and numbers."""
        for rule in rules:
            for name, term in rule.terms.items():
                if term not in self._numbers:
                    self._numbers[term] = len(self._numbers)
                    faults += self._add(rule, name, term)
        listed = [word for word, number in self._words.items() if number in self._uses]
        self.sounds = Sounds(listed)
        """Words that are also heard in other characters."""
        self.parted = Parted(listed)
        """Words that are also read with gaps inside."""
        spelled = spellings(listed)
        self._ways = {self._words[word]: ways for word in listed if (ways := _ways(word))}
        self._spellings = {self._word(one): spelling for one, spelling in spelled.items()}
        in_words = (use.unless for uses in self._uses.values() for use in uses)
        in_regexes = (regex.unless for regex in self.regexes.values())
        self._unless = frozenset().union(*in_words, *in_regexes)
        self._matcher = self._compiled(faults)

    def _compiled(self, faults: list[PatrolError]) -> Matcher:
        """The matcher. All at once is fast; only if that fails, each regex is tried to find which."""
        try:
            return Matcher(tuple(self._words), tuple(self._regexes), self._ways)
        except UNREADABLE:
            for rule, name, written, regex in self._written:
                reason = fault(regex)
                if reason is not None:
                    faults.append(BadRegex(rule, name, written, reason))
            return Matcher(())

    def number(self, term: Term) -> int:
        """The number under which a term's spans are found."""
        return self._numbers[term]

    def scan(self, texts: Texts) -> Mapping[int, Scan]:
        """What is in folded texts, for those in which something is."""
        return self.scan_all(texts).scans

    def scan_words(self, texts: Texts) -> Mapping[int, Scan]:
        """The same without regexes, and without other spellings."""
        return self._matcher.scan(texts, words_only=True)

    def scan_all(self, texts: Texts) -> "Scanned":
        """The same, and where other spellings stand."""
        scans = self._matcher.scan(texts)
        spelled = {
            nth: [
                (one.start, one.end, self._spellings[one.number])
                for one in scan.words
                if one.number in self._spellings
            ]
            for nth, scan in scans.items()
            if not self._spellings.keys().isdisjoint(scan.numbers)
        }
        return Scanned(scans, spelled)

    def scan_first(self, terms: Iterable[int]) -> None:
        """Scan texts only for those of these terms that are regexes, and for words."""
        self._matcher.scan_first({
            self.regexes[one].regex for one in terms if one in self.regexes
        })  # fmt: skip

    def terms_of_words(self) -> Iterator[tuple[int, set[int]]]:
        """Each word's number, and the terms that hold it."""
        return ((word, {use.term for use in uses}) for word, uses in self._uses.items())

    def terms_of_regexes(self) -> Iterable[tuple[int, AbstractSet[int]]]:
        """Each regex's number, and the terms that it is."""
        return self._regex_terms.items()

    def is_first(self, regex: int) -> bool:
        """Whether texts are scanned for a regex before any rule asks."""
        return self._matcher.is_first(regex)

    def may(self, text: str) -> AbstractSet[int]:
        """Regexes that may match a folded text."""
        return self._matcher.may(text)

    def of_regexes(self, regexes: Iterable[int]) -> set[int]:
        """The terms that these regexes are."""
        return {number for regex in regexes for number in self._regex_terms[regex]}

    def matches(self, regex: int, text: str) -> list[Span]:
        """Where a regex matches a folded text."""
        return self._matcher.spans(regex, text)

    def covers(self, words: Iterable[Found]) -> Mapping[int, list[Span]]:
        """Where the longer words stand in which others do not count."""
        return _covers(words, self._unless)

    def of_words(
        self, words: Iterable[Found], covers: Mapping[int, list[Span]]
    ) -> dict[int, set[Span]]:
        """Where the terms stand of which these words are."""
        found: dict[int, set[Span]] = defaultdict(set)
        for word in words:
            span = (word.start, word.end)
            for use in self._uses.get(word.number, ()):
                if word.free and not inside(span, use.unless, covers):
                    found[use.term].add(span)
        return found

    def listed_in(self, word: int) -> Iterator[int]:
        """The terms that list a word."""
        return (use.term for use in self._uses.get(word, ()))

    def _add(self, rule: Rule, name: str, term: Term) -> Iterator[PatrolError]:
        number = self._numbers[term]
        if term.handle:
            yield from self._add_handle(rule, name, term)
        elif term.price:
            self.prices[number] = term.price
        elif asked := asked_of(term):
            self.asked[number] = asked
            self._add_regex(rule, name, term, asked.pattern)
        elif term.regex is not None:
            self._add_regex(rule, name, term, term.regex)
        else:
            yield from self._add_words(rule, name, term)

    def _add_handle(self, rule: Rule, name: str, term: Term) -> Iterator[PatrolError]:
        known = [kind.value for kind in HandleKind]
        kinds = set()
        for kind in term.handle:
            if kind == "any":
                kinds |= set(HandleKind)
            elif kind in known:
                kinds.add(HandleKind(kind))
            else:
                yield BadTerm(
                    rule.name, name, f"there is no kind of handle `{kind}`.",
                    why="A handle is a contact of a kind that Patrol can find.",
                    do=f"Write `{_nearest(kind, known)}`, or another of: {', '.join(known)}, any.",
                )  # fmt: skip
        self.handles[self._numbers[term]] = frozenset(kinds)
        if term.role:
            self.roles[self._numbers[term]] = frozenset(map(HandleRole, term.role))

    def _add_regex(self, rule: Rule, name: str, term: Term, written: str) -> None:
        regex = folded_regex(written)
        regex_number = self._regexes.setdefault(regex, len(self._regexes))
        self._written.append((rule.name, name, written, regex))
        longer = [self._word(word) for word in map(fold_one, term.unless) if word]
        self._regex_terms[regex_number].add(self._numbers[term])
        self.regexes[self._numbers[term]] = Regex(regex_number, frozenset(longer))

    def _add_words(self, rule: Rule, name: str, term: Term) -> Iterator[PatrolError]:
        words = [(word, term.unless) for word in term.words]
        if term.lexicon is not None:
            lexicon = self._lexicons.get(term.lexicon)
            if lexicon is None:
                known = sorted(self._lexicons)
                yield BadTerm(
                    rule.name, name, f"there is no lexicon `{term.lexicon}`.",
                    why="A lexicon is a file of shared words; its name is the file's.",
                    do=f"Write `{_nearest(term.lexicon, known)}`, or add the lexicon.",
                )  # fmt: skip
                return
            words = [(word.word, (*word.unless, *term.unless)) for word in lexicon.words]
        for word, unless in words:
            folded = fold_one(word).strip()
            if not folded:
                yield BadTerm(
                    rule.name, name, f"the word {word!r} is empty once it is folded.",
                    why="It is made of characters that nobody sees, so it would be everywhere.",
                    do="Take it out, or write the word that was meant.",
                )  # fmt: skip
                continue
            longer = [one for one in map(fold_one, unless) if folded in one and folded != one]
            use = _Use(self._numbers[term], frozenset(map(self._word, longer)))
            self._uses[self._word(folded)].add(use)

    def _word(self, folded: str) -> int:
        return self._words.setdefault(folded, len(self._words))


def _ways(word: str) -> list[str]:
    """Patterns of other ways to write a folded word."""
    plus = [rf"\+ ?{escaped(word[1:])}"] if len(word) > 1 and word[0] == _ADD else []
    return [*numerals.spellings(word), *map(_on_one_line, lookalikes(word)), *plus]


def _on_one_line(word: str) -> str:
    """A spelling as a pattern: who ends a line with `tele` writes no telegram on the next."""
    return " {1,2}".join(map(escaped, word.split(" ")))


_ADD = "加"
"""Also written `+`: +賴."""


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.0)
    return near[0] if near else "one that exists"


def _covers(words: Iterable[Found], numbers: AbstractSet[int]) -> Mapping[int, list[Span]]:
    """Where the longer words stand."""
    covers: dict[int, list[Span]] = defaultdict(list)
    for word in words:
        if word.number in numbers:
            covers[word.number].append((word.start, word.end))
    return covers


def inside(span: Span, unless: Iterable[int], covers: Mapping[int, list[Span]]) -> bool:
    """Whether a span lies inside one of the longer words."""
    if not covers:
        return False
    return any(
        start <= span[0] and span[1] <= end
        for number in unless
        for start, end in covers.get(number, ())
    )
