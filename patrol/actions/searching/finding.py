"""Searching flagged posts. Never the people who were not flagged, and never a possible victim's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from patrol.actions.desk import Desk, Details
from patrol.actions.rulemaking.rulebook import titles
from patrol.actions.searching import following, history
from patrol.actions.staffing.pairs import accounts_of
from patrol.actions.triaging.leads import person_at
from patrol.actions.triaging.rows import QueueRow, rows_of
from patrol.errors import BadInput
from patrol.models import LeadKind, Permission, SearchKind, Verb
from patrol.register.sealing import keyed_hash
from patrol.register.tables import Lead, Person, SourceRow
from patrol.search import BadQuery, open_index, read_query
from patrol.search.answers import by
from patrol.search.index import DocumentKind, Facet, PostIndex, Query
from patrol.settings import Settings
from pipelines.fold import fold_one

PAGE = 25
FACETS = (Facet.SOURCE, Facet.CATEGORY, Facet.STATUS, Facet.CHANNEL, Facet.KIND, Facet.RULE)
"""Counted beside what was found."""
_VALUES = 12
"""Of one facet."""


class NothingAsked(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "There is nothing to search for.",
            why="A search looks for words in flagged posts.",
            do='Write a word, or several; `"two words"` in quotes stand together.',
        )


@dataclass(frozen=True)
class Found:
    """A page of leads whose posts hold the words, newest first."""

    rows: tuple[QueueRow, ...]
    total: int
    next: int | None
    """`before` of the next page."""
    query: Query
    """What was understood: words folded as they were compared, and the fields."""
    facets: Mapping[Facet, Mapping[str, int]]
    """How many leads each value has, scoped to the other fields; the most frequent first."""
    titles: Mapping[Facet, Mapping[str, dict[str, str]]]
    """Of the sources and rules among them, by name."""

    @property
    def folded(self) -> str:
        """The words as they were compared: what disguise was seen through."""
        return " ".join(self.query.words)


def find(desk: Desk, text: str, before: int | None = None) -> Found:
    """Leads of the unit whose posts hold all the words. Recorded by commitment and count, never by its words.

    Raises `BadQuery` with place and remedy, `NothingAsked`, or `IndexAway` (later, never lost).
    """
    desk.require(Permission.POSTS_SEARCH, Verb.POSTS_SEARCHED)
    unit = person_at(desk).unit_id
    if not text.strip():
        raise NothingAsked
    try:
        query = asked_of(unit, text)
    except BadQuery:
        desk.record(Verb.POSTS_SEARCHED, count=0)
        raise
    with reading() as index:
        page = index.search(query.model_copy(update={"before": before, "limit": PAGE}))
        facets = _facets(index, query)
    numbers = [item.number for item in page.items]
    related = ("source", "retention", "held_by", "assigned_to")
    searched = Lead.objects.exclude(kind=LeadKind.POSSIBLE_VICTIM)  # the index may not know yet
    leads = searched.select_related(*related).in_bulk(numbers)
    found = Found(
        rows=rows_of(
            desk, [leads[number] for number in numbers if number in leads], words=query.words
        ),
        total=page.total,
        next=page.next,
        query=query,
        facets=facets,
        titles=_titles(unit, facets),
    )
    _record(desk, text, found, before, sorted(leads))
    return found


def _titles(
    unit: int, facets: Mapping[Facet, Mapping[str, int]]
) -> dict[Facet, Mapping[str, dict[str, str]]]:
    sources = SourceRow.objects.filter(unit=unit, name__in=facets[Facet.SOURCE])
    return {
        Facet.SOURCE: {row.name: row.body["title"] for row in sources},
        Facet.RULE: titles(facets[Facet.RULE].keys()),
    }


def _record(desk: Desk, text: str, found: Found, before: int | None, leads: list[int]) -> None:
    """The record, and beside it the words: encrypted, once for all pages of a search."""
    words_hmac = keyed_hash("query", fold_one(text))
    named = following.somebody(person_at(desk).unit_id, written_words(text))
    with desk.act(Permission.POSTS_SEARCH, Verb.POSTS_SEARCHED) as act:
        act.count = found.total
        act.details = {"query_hmac": words_hmac, "leads": leads, **own(desk, text)}
        if before is None:
            act.details["search"] = history.keep(
                desk,
                SearchKind.WORDS,
                text,
                found.total,
                words_hmac=words_hmac,
                tags=[one.tag for one in named],
            )


def asked_of(unit: int, text: str, document: DocumentKind = DocumentKind.LEAD) -> Query:
    """What that text asks of the unit's leads or posts. Raises `BadQuery`."""
    query = read_query(text, fold_one)
    ours = {Facet.UNIT: (str(unit),), Facet.DOCUMENT: (document,)}
    return query.model_copy(update={"filters": {**query.filters, **ours}})


def written(text: str) -> Query:
    """The same with its words as they were written, not folded. Raises `BadQuery`."""
    return read_query(text, str)


def written_words(text: str) -> tuple[str, ...]:
    """The words of a query that can be read, as they were written."""
    return written(text).words


@contextmanager
def reading() -> Iterator[PostIndex]:
    """The index, to be read. Raises `IndexAway`."""
    index = open_index(Settings())
    try:
        yield index
    finally:
        index.close()


def _facets(index: PostIndex, query: Query) -> dict[Facet, Mapping[str, int]]:
    """Counts of each facet; one that the query narrows by is counted as if it did not."""
    victims = query.excluded.get(Facet.KIND, ())
    apart = {**query.excluded, Facet.KIND: (*victims, LeadKind.POSSIBLE_VICTIM.value)}
    whole = query.model_copy(update={"excluded": apart})
    free = [facet for facet in FACETS if facet not in query.filters]
    answers = index.count(whole, {facet.value: by(facet, _VALUES) for facet in free}).answers
    for facet in FACETS:
        if facet in query.filters:
            others = {name: kept for name, kept in query.filters.items() if name != facet}
            wider = whole.model_copy(update={"filters": others})
            answers |= index.count(wider, {facet.value: by(facet, _VALUES)}).answers
    return {
        facet: {str(one["key"]): one["doc_count"] for one in answers[facet.value]["buckets"]}
        for facet in FACETS
    }


def own(desk: Desk, text: str) -> Details:
    """That somebody searched for an account of their own: the commonest abuse begins with people one knows."""
    numbers = accounts_of(desk.actor.person)
    accounts = Person.objects.filter(pk__in=numbers).values_list("account", flat=True)
    folded = fold_one(text).lower()
    return {"own": True} if any(one.lower() in folded for one in accounts) else {}


__all__ = [
    "FACETS",
    "BadQuery",
    "Found",
    "NothingAsked",
    "asked_of",
    "find",
    "own",
    "reading",
    "written",
    "written_words",
]
